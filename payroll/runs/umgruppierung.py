"""Höher- und Herabgruppierung: Stufe, Laufzeit und Entgelt nach § 17 Abs. 4 und 4a TVöD, erst gezeigt, dann erfasst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select

from payroll.law.calculate import law_of, month_inputs
from payroll.law.encode import UnknownName, gruppe_code, tarifwerk_code
from payroll.law.engine import evaluate
from payroll.law.rules.entgelt.fehlzeiten import ARTEN
from payroll.law.rules.entgelt.stufenlauf import (
    Unterbrechung,
    Zuordnung,
    herabgruppierung,
    hoehergruppierung,
    naechster_wechsel,
)
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Bezuegezuordnung, Fehlzeit, HoehereTaetigkeit, Stufenregelung
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.service import end_fact, record_fact
from payroll.masterdata.slices.ausfall import absences
from payroll.masterdata.slices.stufen import TARIF, changes_until, rule_of
from payroll.masterdata.slices.tarif import overlays
from payroll.runs.books import book_for
from tenants.db.session import TenantSession

DAY = timedelta(days=1)


class UmgruppierungRefused(ValueError):
    """Die Umgruppierung geht so nicht; `field` ist das Feld, der Text nennt Regel und Abhilfe."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True)
class Umgruppierung:
    """Was eine Umgruppierung bewirkt; Beträge in Cent im Monat nach der vereinbarten Arbeitszeit.

    `garantie` ist in `entgelt_neu` nicht enthalten; `uebertragen` der Beginn derselben Tätigkeit nach § 14 TVöD.
    """

    beschaeftigung_id: int
    hoeher: bool
    tarifwerk: str
    gruppe_bisher: str
    stufe_bisher: str
    gruppe: str
    stufe: str
    wirksam: date
    gezahlt_ab: date
    stufe_seit: date
    grund: str
    entgelt_bisher: int
    entgelt_neu: int
    garantie: int
    naechste_stufe: str | None
    naechste_ab: date | None
    uebertragen: date | None
    row: Any

    @property
    def unterschied(self) -> int:
        """Was im Monat mehr oder weniger gezahlt wird."""
        return self.entgelt_neu + self.garantie - self.entgelt_bisher


def proposed(session: TenantSession, employment: int, gruppe: str, wirksam: date) -> Umgruppierung:
    """Rechnet Stufe, Laufzeit und Entgelt aus, ohne etwas zu erfassen."""
    row = _one(session, Bezuegezuordnung, employment, wirksam)
    if row is None:
        raise UmgruppierungRefused("gueltig_ab", f"Am {wirksam:%d.%m.%Y} gibt es keine Eingruppierung.")
    if row.tarifwerk not in TARIF or not row.stufe.isdigit():
        raise UmgruppierungRefused("gruppe", f"{row.tarifwerk} kennt keine Umgruppierung nach § 17 TVöD; bitte die "
                                             "Eingruppierung ändern.")
    if row.stufe_seit is None:
        raise UmgruppierungRefused("gueltig_ab", "In der Eingruppierung fehlt „Stufe seit“; bitte erst nachtragen.")
    if gruppe == row.entgeltgruppe:
        raise UmgruppierungRefused("gruppe", f"{gruppe} ist schon die Entgeltgruppe am {wirksam:%d.%m.%Y}.")
    rule = _one(session, Stufenregelung, employment, wirksam)
    if rule is not None and rule.betrag_cent is not None:
        raise UmgruppierungRefused("gruppe", "Es gilt eine individuelle Stufe (§§ 6, 7 TVÜ-VKA); bitte Stufe und "
                                             "Betrag von Hand erfassen.")
    away = absences(_all(session, Fehlzeit, employment, wirksam), wirksam)
    place = _place_on(row, rule, tuple(away), wirksam)
    before = _amounts(session, row, place.entgeltgruppe, place.stufe, wirksam)
    duty = _same_duties(session, employment, gruppe, wirksam)
    try:
        up = _is_up(session, row, place, gruppe, wirksam)
        new, paid, reason = (hoehergruppierung(place, gruppe, wirksam, zuerst_uebertragen=duty) if up
                             else herabgruppierung(place, gruppe, wirksam))
        following = naechster_wechsel(new, [Unterbrechung(one.von, one.bis, ARTEN[one.art].stufe) for one in away])
    except UnknownName as error:
        raise UmgruppierungRefused("gruppe", f"{error.rule}; {error.remedy}.") from error
    except ValueError as error:
        raise UmgruppierungRefused("gruppe", str(error).partition(": ")[2] or str(error)) from error
    after = _amounts(session, row, gruppe, new.stufe, wirksam, place if up else None)
    return Umgruppierung(
        employment, up, row.tarifwerk, place.entgeltgruppe, str(place.stufe), gruppe, str(new.stufe), wirksam, paid,
        new.stufe_seit, reason, before[0], *after, str(following.stufe) if following else None,
        following.gezahlt_ab if following else None, duty if up else None, row)


def carry_out(session: TenantSession, change: Umgruppierung, *, reason: str) -> None:
    """Erfasst Eingruppierung und, was an ihr hängt: Garantiebetrag, Laufzeit, Ende der vorübergehenden Übertragung."""
    number, first = change.beschaeftigung_id, max(change.gezahlt_ab, change.row.valid_from)
    record_fact(session, Bezuegezuordnung, beschaeftigung_id=number, valid_from=first, reason=reason,
                tarifwerk=change.tarifwerk, entgeltgruppe=change.gruppe, stufe=change.stufe,
                stufe_seit=change.stufe_seit, wochenstunden=change.row.wochenstunden,
                vollzeitstunden=change.row.vollzeitstunden, arbeitstage_woche=change.row.arbeitstage_woche)
    _record_rule(session, change, first, reason)
    if change.uebertragen is not None and change.uebertragen < first:
        end_fact(session, HoehereTaetigkeit, last_day=first - DAY, reason=reason, beschaeftigung_id=number)


def _record_rule(session: TenantSession, change: Umgruppierung, first: date, reason: str) -> None:
    """Eine Verkürzung galt nur der bisherigen Stufe; der Garantiebetrag steht zu, bis die Stufe steigt."""
    held = _one(session, Stufenregelung, change.beschaeftigung_id, first)
    values: dict[str, Any] = {
        "verkuerzt_monate": held.verkuerzt_monate if held and not change.hoeher else 0,
        "angehalten": bool(held and held.angehalten), "einstellungsstufe": held.einstellungsstufe if held else None,
        "betrag_cent": None, "gruppe_bisher": change.gruppe_bisher if change.garantie else None,
        "stufe_bisher": change.stufe_bisher if change.garantie else None}
    if held is None and not change.garantie:
        return
    until = change.naechste_ab - DAY if change.garantie and change.naechste_ab else None
    record_fact(session, Stufenregelung, beschaeftigung_id=change.beschaeftigung_id, valid_from=first, valid_to=until,
                reason=reason, **values)


def _place_on(row: Any, rule: Any, away: tuple[Any, ...], day: date) -> Zuordnung:
    """Gruppe und Stufe, die am Tag gelten: auch was von selbst gestiegen ist, ohne in der Akte zu stehen."""
    regel = rule_of([rule] if rule is not None else [])
    changes = [] if regel.angehalten else changes_until(row, regel, away, day)
    last = changes[-1] if changes and changes[0].gezahlt_ab > row.valid_from else None
    step, since = (last.stufe, last.am) if last else (int(row.stufe), row.stufe_seit)
    return Zuordnung(row.tarifwerk, row.entgeltgruppe, step, since, 0 if last else regel.verkuerzt,
                     regel.einstellungsstufe)


def _is_up(session: TenantSession, row: Any, place: Zuordnung, gruppe: str, day: date) -> bool:
    """Höher ist, was in derselben Stufe, mindestens der zweiten, mehr Entgelt gibt."""
    step = max(place.stufe, 2)
    here, there = (_amounts(session, row, name, step, day)[0] for name in (place.entgeltgruppe, gruppe))
    return there > here


def _amounts(session: TenantSession, row: Any, gruppe: str, stufe: int, day: date,
             before: Zuordnung | None = None) -> tuple[int, int]:
    """Tabellenentgelt des vollen Monats und Garantiebetrag, in Cent."""
    month = day.replace(day=1)
    days = month_inputs(month)["kalendertage_im_monat"]
    given = {"tarifwerk": tarifwerk_code(row.tarifwerk), "entgeltgruppe": gruppe_code(row.tarifwerk, gruppe),
             "stufe": stufe, "wochenstunden": int(row.wochenstunden * 100),
             "vollzeitstunden": int(row.vollzeitstunden * 100), "tage": days, "kalendertage_im_monat": days}
    names: tuple[str, ...] = ("teilzeitentgelt",)
    if before is not None and row.tarifwerk == "TVoeD-SuE":
        given |= {"hoehergruppiert": 1, "gruppe_bisher": gruppe_code(row.tarifwerk, before.entgeltgruppe),
                  "stufe_bisher": before.stufe}
        names += ("garantie_zulage",)
    law = law_of(month, book_for(overlays(session, month, None), "entgelt"))
    result = evaluate(law, {name: np.array([value], dtype=np.int64) for name, value in given.items()}, names)
    amounts = [int(result.cents(name)[0]) for name in names]
    if result.faults or not amounts[0]:
        raise UmgruppierungRefused("gruppe", f"{row.tarifwerk} {gruppe} hat am {day:%d.%m.%Y} keine Stufe {stufe}.")
    return amounts[0], sum(amounts[1:])


def _same_duties(session: TenantSession, employment: int, gruppe: str, day: date) -> date | None:
    """Beginn derselben, ohne Lücke vorübergehend übertragenen Tätigkeit (Protokollerklärung zu § 17 Abs. 4)."""
    duty = _one(session, HoehereTaetigkeit, employment, day) or _one(session, HoehereTaetigkeit, employment, day - DAY)
    return duty.valid_from if duty is not None and duty.entgeltgruppe == gruppe else None


def _one(session: TenantSession, model: type[Fact], employment: int, day: date) -> Any:
    job: Any = getattr(model, "beschaeftigung_id")  # noqa: B009 # every model here has one
    return session.scalars(select(model).where(job == employment, known(model, None), within(model, day, day))).first()


def _all(session: TenantSession, model: type[Fact], employment: int, until: date) -> Sequence[Any]:
    job: Any = getattr(model, "beschaeftigung_id")  # noqa: B009 # every model here has one
    return session.scalars(select(model).where(job == employment, known(model, None), model.valid_from <= until)
                           .order_by(model.valid_from)).all()
