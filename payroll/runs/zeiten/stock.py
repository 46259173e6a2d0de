"""Was die Zeitwirtschaft vom Arbeitgeber wissen muss: Beschäftigungen, Schlüssel, Monate, Schichtarbeit, Zahlmonat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.law.rules.besoldung.regelalter import last_day
from payroll.masterdata.models import Beschaeftigung as Anchor
from payroll.masterdata.models import BeschaeftigungAngaben as Angaben
from payroll.masterdata.models import Bezuegezuordnung, Lohnart, PersonAngaben, WiederkehrenderBezug
from payroll.masterdata.settings import ZAHLMONATE, settings_on
from payroll.masterdata.slices.span import BEAMTE
from tenants.db.session import TenantSession
from timekeeping.handover.closing import closed_months
from timekeeping.imports.judging import Beschaeftigung, Bestand
from timekeeping.imports.keys import EIGENE

SCHICHTZULAGEN = (1103, 1104)


def load_stock(session: TenantSession, month: date | None = None) -> Bestand:
    """Der Bestand eines Arbeitgebers; in Schichtarbeit ist, wer im Monat eine ständige Schichtzulage bekommt.

    month: Monat, für den Zahlmonat und Schichtarbeit gelten (leer: was heute bekannt ist, ohne Ende).
    """
    rows = session.execute(
        select(Anchor.id, Anchor.personalnummer, Anchor.person_id, Angaben.eintritt, Angaben.austritt, Angaben.art)
        .join(Angaben, (Angaben.tenant_id == Anchor.tenant_id) & (Angaben.beschaeftigung_id == Anchor.id))
        .where(Angaben.superseded_at.is_(None)).order_by(Angaben.valid_from, Angaben.id)
    ).all()
    spans: dict[tuple[int, str], dict[date, Any]] = defaultdict(dict)
    for row in rows:
        spans[(row.id, row.personalnummer)][row.eintritt] = row
    retired = _retired(session, [row for held in spans.values() for row in held.values()])
    people = {number: Beschaeftigung(
        anchor, tuple((begin, row.austritt) for begin, row in held.items()),
        frozenset(begin for begin, row in held.items() if row.art == BEAMTE),
        frozenset(begin for begin in held if (anchor, begin) in retired)) for (anchor, number), held in spans.items()}
    keys = {str(number) for number in session.scalars(select(Lohnart.nummer))} | EIGENE
    pay = settings_on(session, month or date.max).zeit_zahlmonat
    return Bestand(people, frozenset(keys), closed_months(session), ZAHLMONATE.index(pay), _shifts(session, month),
                   _hours(session, month))


def _retired(session: TenantSession, rows: Iterable[Any]) -> frozenset[tuple[int, date]]:
    """Beschäftigung und Eintritt derer, deren Beamtenverhältnis mit der Regelaltersgrenze endet (§ 31 LBG NRW)."""
    leaving = [row for row in rows if row.art == BEAMTE and row.austritt is not None]
    if not leaving:
        return frozenset()
    born = {one.person_id: one.geburtsdatum for one in session.scalars(
        select(PersonAngaben).where(PersonAngaben.superseded_at.is_(None),
                                    PersonAngaben.person_id.in_({row.person_id for row in leaving}))
        .order_by(PersonAngaben.valid_from, PersonAngaben.id))}
    return frozenset((row.id, row.eintritt) for row in leaving
                     if (day := born.get(row.person_id)) is not None and last_day(day) == row.austritt)


def _hours(session: TenantSession, month: date | None) -> dict[int, tuple[int, int]]:
    """Eigene und volle Wochenstunden in Hundertsteln; gilt im Monat mehreres, das letzte."""
    last = month.replace(day=28) if month is not None else date.max
    rows = session.execute(
        select(Bezuegezuordnung.beschaeftigung_id, Bezuegezuordnung.wochenstunden, Bezuegezuordnung.vollzeitstunden)
        .where(Bezuegezuordnung.superseded_at.is_(None), Bezuegezuordnung.valid_from <= last)
        .order_by(Bezuegezuordnung.valid_from))
    return {row[0]: (int(row[1] * 100), int(row[2] * 100)) for row in rows}


def _shifts(session: TenantSession, month: date | None) -> frozenset[int]:
    statement = (
        select(WiederkehrenderBezug.beschaeftigung_id)
        .join(Lohnart, (Lohnart.tenant_id == WiederkehrenderBezug.tenant_id)
              & (Lohnart.id == WiederkehrenderBezug.lohnart_id))
        .where(WiederkehrenderBezug.superseded_at.is_(None), Lohnart.nummer.in_(SCHICHTZULAGEN)))
    if month is not None:
        statement = statement.where(WiederkehrenderBezug.valid_from <= month.replace(day=28),
                                    WiederkehrenderBezug.valid_to.is_(None) | (WiederkehrenderBezug.valid_to >= month))
    return frozenset(session.scalars(statement))
