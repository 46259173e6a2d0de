"""Pläne aufstellen, Änderungen vorsehen, beschließen, einfrieren, nachprüfen.

Vorgesehenes steht im Entwurf und gilt erst mit dem Beschluss; dann werden aus den Änderungen Tatsachen, und das
Dokument wird mit Prüfsumme eingefroren. Ein beschlossener Plan ändert sich nie, dafür gibt es Nachträge.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from staffplan import notes, posts, proposals, recording, settings
from staffplan.documents import content
from staffplan.models import Stellenplan, StellenplanAenderung, StellenplanNachwuchs
from staffplan.models.plan import NACHWUCHS
from staffplan.organisation import PRODUKTBEREICHE
from staffplan.reading import Reading
from staffplan.rules import Refused
from staffplan.state import Stelle
from tenants import audit
from tenants.db.session import TenantSession
from tenants.models.tenant import Tenant


def draft(session: TenantSession, jahr: int, *, reason: str) -> Stellenplan:
    """Stellt den Plan eines Jahres auf oder, wenn es ihn gibt, den nächsten Nachtrag; nur ein Entwurf zur Zeit."""
    if not 2000 <= jahr <= 2199:
        raise Refused("Stellenplan, Jahr: zwischen 2000 und 2199 angeben.")
    known = all_plans(session)
    if waiting := next((one for one in known if one.zustand == "entwurf"), None):
        raise Refused(f"{title(waiting)} ist noch ein Entwurf; erst ihn beschließen, dann den nächsten aufstellen.")
    same = [one.nachtrag for one in known if one.jahr == jahr]
    if known and jahr < max(one.jahr for one in known):
        raise Refused(f"Stellenplan {jahr}: ein späterer Plan ist schon beschlossen; Änderungen dort vorsehen.")
    plan = Stellenplan(public_id=uuid.uuid4(), jahr=jahr, nachtrag=max(same) + 1 if same else 0,
                       entworfen_von=recording.actor(session))
    session.add(plan)
    session.flush()
    audit.record(session, "stellenplan.aufgestellt", title(plan), {"jahr": jahr, "nachtrag": plan.nachtrag}, reason)
    return plan


def propose(
    session: TenantSession, plan: Stellenplan, art: str, stelle: str, *, ab: date, werte: Mapping[str, Any],
    begruendung: str,
) -> StellenplanAenderung:
    """Sieht eine Änderung vor; sie muss auf den Stand mit allen schon vorgesehenen passen."""
    _open(plan)
    if ab.year != plan.jahr:
        raise Refused(f"{title(plan)}, Stelle {stelle}: wirksam ab liegt nicht im Jahr {plan.jahr}; Tag berichtigen.")
    if not begruendung.strip():
        raise Refused(f"{title(plan)}, Stelle {stelle}: Begründung fehlt; sie steht in der Veränderungsliste.")
    before = proposed(session, plan)
    row = StellenplanAenderung(
        public_id=uuid.uuid4(), plan_id=plan.id, nummer=len(changes(session, plan, withdrawn=True)) + 1, art=art,
        stelle=stelle.strip(), wirksam_ab=ab, werte=dict(werte), begruendung=begruendung.strip(),
        erfasst_von=recording.actor(session))
    after = proposals.overlay(before, [row], title(plan), settings.of(session, ab).raster)
    if art == "neu" and posts.find(session, row.stelle) is not None:
        raise Refused(f"Stelle {row.stelle} gibt es schon oder gab es einmal; eine neue Nummer vergeben.")
    proposals.check_references(session, after.get(row.stelle))
    session.add(row)
    session.flush()
    audit.record(session, "stellenplan.vorgesehen", f"Stelle {row.stelle}",
                 {"plan": title(plan), "art": art, "ab": ab.isoformat(), "werte": dict(werte)}, row.begruendung)
    return row


def withdraw(session: TenantSession, plan: Stellenplan, change: StellenplanAenderung, *, reason: str) -> None:
    """Zieht eine vorgesehene Änderung zurück, wenn die übrigen ohne sie noch passen."""
    _open(plan)
    rest = [one for one in changes(session, plan) if one.id != change.id]
    proposals.overlay(base(session, plan), rest, title(plan), None)
    change.zustand = "zurueckgezogen"
    audit.record(session, "stellenplan.zurueckgezogen", f"Stelle {change.stelle}", {"plan": title(plan)}, reason)


def set_trainees(session: TenantSession, plan: Stellenplan, rows: Sequence[content.Nachwuchs], *, reason: str) -> None:
    """Setzt die Übersicht der Nachwuchskräfte eines Entwurfs."""
    _open(plan)
    for old in session.scalars(select(StellenplanNachwuchs).filter_by(plan_id=plan.id)).all():
        session.delete(old)
    session.flush()
    for position, one in enumerate(rows, 1):
        if one.art not in NACHWUCHS or not one.bezeichnung.strip() or one.vorgesehen < 0 or one.beschaeftigt < 0:
            raise Refused(f"{title(plan)}, Nachwuchskräfte, Zeile {position}: Art ({', '.join(NACHWUCHS)}), "
                          "Bezeichnung und Zahlen ab 0 angeben.")
        session.add(StellenplanNachwuchs(public_id=uuid.uuid4(), plan_id=plan.id, position=position, **vars(one)))
    audit.record(session, "stellenplan.nachwuchs", title(plan), {"zeilen": len(rows)}, reason)


def decide(
    session: TenantSession, plan: Stellenplan, *, gremium: str, sitzung: date, vorlage: str = "", reason: str
) -> Stellenplan:
    """Vollzieht den Beschluss: Änderungen werden Tatsachen, das Dokument wird eingefroren; als zweite Person."""
    _open(plan)
    who = recording.actor(session)
    if who == plan.entworfen_von:
        raise Refused(f"{title(plan)}: wer aufstellt, vollzieht nicht den Beschluss; eine zweite Person handelt.")
    if not gremium.strip():
        raise Refused(f"{title(plan)}: Gremium angeben, zum Beispiel Kreistag oder Rat.")
    planned = changes(session, plan)
    frozen = content.canonical(preview(session, plan))
    with session.begin_nested():
        for change in planned:
            apply(session, change, f"{title(plan)}, {gremium.strip()} {sitzung:%d.%m.%Y}")
            change.zustand = "beschlossen"
        session.flush()
    plan.beschlossen_am = session.execute(select(func.now()).select_from(Stellenplan).limit(1)).scalar_one()
    plan.inhalt, plan.sha256 = frozen, content.fingerprint(frozen)
    plan.gremium, plan.sitzung, plan.vorlage = gremium.strip(), sitzung, vorlage.strip() or None
    plan.beschlossen_von, plan.zustand = who, "beschlossen"
    session.flush()
    audit.record(session, "stellenplan.beschlossen", title(plan),
                 {"gremium": plan.gremium, "sitzung": sitzung.isoformat(), "sha256": plan.sha256.hex(),
                  "aenderungen": len(planned)}, reason)
    return plan


def apply(session: TenantSession, change: StellenplanAenderung, beschluss: str) -> None:
    """Macht aus einer beschlossenen Änderung Tatsachen."""
    ab, why = change.wirksam_ab, f"{beschluss}: {change.begruendung}"
    if change.art == "neu":
        posts.create(session, proposals.new_post(change, beschluss), reason=why)
        return
    if change.art == "wegfall":
        posts.drop(session, change.stelle, last_day=ab - recording.DAY, reason=why)
        return
    anchor, now = posts.on(session, change.stelle, ab)
    if change.art == "vermerk":
        notes.put(session, change.stelle, proposals.note_of(change), reason=why, by_plan=True)
    elif change.art == "vermerk_streichen":
        notes.lift(session, change.stelle, change.werte["vermerk"], last_day=ab - recording.DAY, reason=why,
                   by_plan=True)
    else:
        changed = proposals.changed(now, change)
        if replace(changed, verteilung=now.verteilung) != now:
            posts.store(session, anchor, replace(changed, ab=ab, bis=now.bis, beschluss=beschluss), reason=why)
        if "verteilung" in change.werte:
            posts.distribute(session, change.stelle, dict(changed.verteilung), ab=ab, reason=why)


def preview(session: TenantSession, plan: Stellenplan) -> content.Inhalt:
    """Der Plan, wie er jetzt aussähe; ein beschlossener, wie er eingefroren ist."""
    if plan.inhalt is not None:
        return content.thaw(plan.inhalt)
    why = {one.stelle: one.begruendung for one in changes(session, plan)}
    return content.build(_source(session, plan, proposed(session, plan), why))


def reproduce(session: TenantSession, plan: Stellenplan) -> content.Inhalt:
    """Baut einen beschlossenen Plan aus den Tatsachen neu, so wie sie beim Beschluss bekannt waren."""
    if plan.beschlossen_am is None or plan.inhalt is None:
        raise Refused(f"{title(plan)} ist noch nicht beschlossen.")
    why = {one.stelle: one.begruendung for one in changes(session, plan)}
    held = content.thaw(plan.inhalt)
    made = content.build(replace(_source(session, plan, plan_posts(session, plan.jahr, plan.beschlossen_am), why,
                                         plan.beschlossen_am), besetzt_nach=held.besetzt_nach))
    return replace(made, mandant=held.mandant, stellen=held.stellen, nachwuchs_stichtag=held.nachwuchs_stichtag)


def verify(session: TenantSession, plan: Stellenplan) -> list[str]:
    """Prüft einen beschlossenen Plan: Prüfsumme und Nachbau; leer, wenn alles stimmt."""
    if plan.inhalt is None or content.fingerprint(plan.inhalt) != plan.sha256:
        return [f"{title(plan)}: die Prüfsumme passt nicht zum eingefrorenen Inhalt."]
    made, held = reproduce(session, plan), content.thaw(plan.inhalt)
    return [f"{title(plan)}, {name}: der Nachbau aus den Tatsachen weicht vom eingefrorenen Plan ab."
            for name in ("teil_a", "teil_b", "uebersicht_a", "uebersicht_b", "nachwuchs", "veraenderungen")
            if getattr(made, name) != getattr(held, name)]


def plan_posts(session: TenantSession, jahr: int, bekannt: datetime | None = None) -> dict[str, Stelle]:
    """Die Stellen eines Haushaltsjahres: die am Jahresende, dazu befristete, die im Jahr enden."""
    reading = Reading(session, bekannt)
    first, last = reading.on(date(jahr, 1, 1)).stellen, reading.on(date(jahr, 12, 31)).stellen
    ending = {nummer: one for nummer, one in first.items() if one.bis is not None and one.bis == one.befristet_bis}
    return {nummer: _settled(one) for nummer, one in (ending | dict(last)).items()}


def base(session: TenantSession, plan: Stellenplan) -> dict[str, Stelle]:
    """Der beschlossene Stand, auf dem ein Entwurf aufbaut."""
    return plan_posts(session, plan.jahr)


def proposed(session: TenantSession, plan: Stellenplan) -> dict[str, Stelle]:
    """Der Stand mit allen vorgesehenen Änderungen eines Entwurfs; Vermerke, wie sie am Jahresende stehen."""
    after = proposals.overlay(base(session, plan), changes(session, plan), title(plan), None)
    last = date(plan.jahr, 12, 31)
    return {n: replace(one, vermerke=tuple(v for v in one.vermerke if v.stands(last))) for n, one in after.items()}


def changes(session: TenantSession, plan: Stellenplan, *, withdrawn: bool = False) -> list[StellenplanAenderung]:
    """Änderungen eines Plans in der Reihenfolge der Erfassung."""
    rows = session.scalars(select(StellenplanAenderung).filter_by(plan_id=plan.id).order_by(
        StellenplanAenderung.nummer)).all()
    return [one for one in rows if withdrawn or one.zustand != "zurueckgezogen"]


def open_changes(session: TenantSession, nummer: str) -> list[tuple[StellenplanAenderung, Stellenplan]]:
    """Was ein Entwurf für eine Stelle vorsieht, noch nicht beschlossen."""
    rows = session.execute(
        select(StellenplanAenderung, Stellenplan).join(
            Stellenplan, (Stellenplan.tenant_id == StellenplanAenderung.tenant_id)
            & (Stellenplan.id == StellenplanAenderung.plan_id))
        .where(StellenplanAenderung.stelle == nummer, StellenplanAenderung.zustand == "offen",
               Stellenplan.zustand == "entwurf").order_by(StellenplanAenderung.nummer))
    return [(row[0], row[1]) for row in rows]


def all_plans(session: TenantSession) -> Sequence[Stellenplan]:
    """Alle Pläne, der jüngste zuerst."""
    return session.scalars(select(Stellenplan).order_by(Stellenplan.jahr.desc(), Stellenplan.nachtrag.desc())).all()


def find(session: TenantSession, public_id: uuid.UUID) -> Stellenplan | None:
    """Ein Plan nach seiner Kennung."""
    return session.scalars(select(Stellenplan).filter_by(public_id=public_id)).first()


def title(plan: Stellenplan) -> str:
    """Name eines Plans."""
    return content.plan_title(plan.jahr, plan.nachtrag)


def _source(session: TenantSession, plan: Stellenplan, after: Mapping[str, Stelle], why: Mapping[str, str],
            bekannt: datetime | None = None) -> content.Quelle:
    chosen = settings.of(session, date(plan.jahr, 1, 1))
    earlier = [one for one in all_plans(session)
               if one.inhalt is not None and (one.jahr, one.nachtrag) < (plan.jahr, plan.nachtrag)]
    last = next((one for one in earlier if one.jahr == plan.jahr - 1), None)
    before = next(iter(earlier), None) if plan.nachtrag else last
    reading = Reading(session, bekannt)
    lastyear = _frozen(last) if last else {
        nummer: _settled(one) for nummer, one in reading.on(date(plan.jahr - 1, 12, 31)).stellen.items()}
    held = reading.on(date(plan.jahr, 12, 31))
    by_unit = chosen.gliederung == "einheit"
    by_product = chosen.gliederung == "produkt"
    names = {n: one.name for n, one in (held.einheiten if by_unit else held.produkte).items()}
    trainees = session.scalars(select(StellenplanNachwuchs).filter_by(plan_id=plan.id).order_by(
        StellenplanNachwuchs.position)).all()
    tenant = session.scalars(select(Tenant)).one()
    return content.Quelle(
        plan.jahr, plan.nachtrag, tenant.name, after, _frozen(before) if before else lastyear, lastyear,
        reading.on(date(plan.jahr - 1, 6, 30)), names if by_unit or by_product else PRODUKTBEREICHE,
        {n: n if by_product else one.bereich or content.WITHOUT for n, one in held.produkte.items()},
        [content.Nachwuchs(t.art, t.bezeichnung, t.verguetung or "", t.vorgesehen, t.beschaeftigt, t.erlaeuterung or "")
         for t in trainees], why, chosen.stellen, chosen.nachwuchs_stichtag, by_unit, chosen.besetzt_nach)


def _frozen(plan: Stellenplan) -> dict[str, Stelle]:
    assert plan.inhalt is not None
    return {one.nummer: one for one in content.thaw(plan.inhalt).liste}


def _settled(post: Stelle) -> Stelle:
    """Ohne Personen und ohne die Angaben, die nur diese Fassung betreffen: so vergleicht sich Stand mit Stand."""
    return replace(post, besetzungen=(), public_id=None)


def _open(plan: Stellenplan) -> None:
    if plan.zustand != "entwurf":
        raise Refused(f"{title(plan)} ist beschlossen und ändert sich nicht mehr; einen Nachtrag aufstellen.")
