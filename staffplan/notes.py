"""Vermerke setzen, aufheben, vollziehen: kw fällt weg, ku wandelt um, sobald die Stelle frei ist."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from staffplan import posts, recording
from staffplan.models import StelleBesetzung, StelleVermerk
from staffplan.reading import note, stand
from staffplan.rules import Refused
from staffplan.rules import posts as rules
from staffplan.state import Stand, Stelle, Vermerk
from tenants import audit
from tenants.db.session import TenantSession

BY_PLAN = ("kw", "ku")
KW_DONE, KU_DONE = "kw-Vermerk vollzogen", "ku-Vermerk vollzogen"


def put(session: TenantSession, nummer: str, new: Vermerk, *, reason: str, by_plan: bool = False) -> StelleVermerk:
    """Setzt einen Vermerk; kw und ku nur durch einen Plan."""
    if new.art in BY_PLAN and not by_plan:
        raise Refused(f"Stelle {nummer}, {new.art}-Vermerk: ihn beschließt der Stellenplan; im nächsten Plan oder "
                      "Nachtrag vorsehen.")
    anchor, now = posts.on(session, nummer, new.ab)
    rules.check_note(now, new)
    return recording.record(
        session, StelleVermerk, ab=new.ab, bis=new.bis, reason=reason, subject=f"Stelle {nummer}, Vermerk {new.art}",
        stelle_id=anchor.id, art=new.art, termin=new.termin, ziel_laufbahn=new.ziel_laufbahn,
        ziel_gruppe=new.ziel_gruppe, text=new.text, zaehler=new.teil.numerator if new.teil else None,
        nenner=new.teil.denominator if new.teil else None)


def lift(session: TenantSession, nummer: str, art: str, *, last_day: date, reason: str, by_plan: bool = False) -> None:
    """Hebt einen Vermerk mit Ablauf eines Tages auf."""
    if art in BY_PLAN and not by_plan:
        raise Refused(f"Stelle {nummer}, {art}-Vermerk: ihn streicht nur der Stellenplan.")
    anchor = posts.demand(session, nummer)
    if not recording.end(session, StelleVermerk, last_day=last_day, reason=reason,
                         subject=f"Stelle {nummer}, Vermerk {art}", stelle_id=anchor.id, art=art):
        raise Refused(f"Stelle {nummer}: nach dem {last_day:%d.%m.%Y} steht kein Vermerk {art}; Tag prüfen.")


def due(held: Stand) -> list[tuple[Stelle, Vermerk]]:
    """Vermerke, die am Tag des Standes wirken und noch nicht vollzogen sind."""
    return [(post, one) for post in held.stellen.values() for one in post.vermerke
            if one.art in BY_PLAN and one.acts(held.tag) and (one.termin is not None or executable(post, one))]


def executable(post: Stelle, one: Vermerk) -> bool:
    """Ist so viel frei, wie der Vermerk braucht?"""
    return post.frei >= (one.teil or post.anteil)


def execute_if_free(session: TenantSession, nummer: str, day: date) -> list[str]:
    """Vollzieht kw und ku einer Stelle an einem Tag, an dem sie frei ist und bleibt."""
    post = stand(session, day).stellen.get(nummer)
    anchor = posts.demand(session, nummer)
    later = recording.current(session, StelleBesetzung, day + recording.DAY, None, stelle_id=anchor.id)
    if post is None:
        return []
    acting = [one for one in post.vermerke if one.art in BY_PLAN and one.acts(day) and executable(post, one)]
    blocked = any(row.valid_from > day for row in later) or post.besetzungen
    done = []
    for one in acting:
        if not blocked or (one.art == "kw" and one.teil is not None and not any(r.valid_from > day for r in later)):
            done.append(_execute(session, post, one, day))
            break  # a post that fell away has nothing left to convert
    return done


def execute_due(session: TenantSession, day: date) -> list[str]:
    """Vollzieht an einem Tag alle fälligen Vermerke freier Stellen."""
    done: list[str] = []
    for post, _ in due(stand(session, day)):
        done += execute_if_free(session, post.nummer, day)
    return done


def _execute(session: TenantSession, post: Stelle, one: Vermerk, day: date) -> str:
    anchor = posts.demand(session, post.nummer)
    subject = f"Stelle {post.nummer}"
    if one.art == "kw" and (one.teil is None or one.teil == post.anteil):
        posts.drop(session, post.nummer, last_day=day - recording.DAY, reason=KW_DONE)
        words = f"{subject}: weggefallen ab {day:%d.%m.%Y} (kw)"
    else:
        changed = _reduced(post, one) if one.art == "kw" else replace(
            post, gruppe=str(one.ziel_gruppe), laufbahn=one.ziel_laufbahn,
            art="planstelle" if one.ziel_laufbahn else "stelle")
        reason = KW_DONE if one.art == "kw" else KU_DONE
        recording.end(session, StelleVermerk, last_day=day - recording.DAY, reason=reason, subject=subject,
                      stelle_id=anchor.id, art=one.art)
        posts.store(session, anchor, replace(changed, ab=day, bis=post.bis, beschluss=reason), reason=reason)
        words = f"{subject}: ab {day:%d.%m.%Y} {changed.gruppe}, Umfang {changed.anteil} ({one.art})"
    audit.record(session, "stellenplan.vermerk_vollzogen", subject, {"art": one.art, "tag": day.isoformat()},
                 "kw oder ku ist mit dem Plan beschlossen")
    return words


def _reduced(post: Stelle, one: Vermerk) -> Stelle:
    assert one.teil is not None
    return replace(post, anteil=post.anteil - one.teil)


def read(session: TenantSession, nummer: str) -> list[Vermerk]:
    """Alle heute bekannten Vermerke einer Stelle."""
    anchor = posts.demand(session, nummer)
    return [note(row) for row in recording.current(session, StelleVermerk, stelle_id=anchor.id)]
