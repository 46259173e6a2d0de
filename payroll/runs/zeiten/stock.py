"""Was die Zeitwirtschaft vom Arbeitgeber wissen muss: Beschäftigungen, Schlüssel, Monate, Schichtarbeit, Zahlmonat."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung as Anchor
from payroll.masterdata.models import BeschaeftigungAngaben as Angaben
from payroll.masterdata.models import Bezuegezuordnung, Lohnart, WiederkehrenderBezug
from payroll.masterdata.settings import ZAHLMONATE, settings_on
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
        select(Anchor.id, Anchor.personalnummer, Angaben.eintritt, Angaben.austritt)
        .join(Angaben, (Angaben.tenant_id == Anchor.tenant_id) & (Angaben.beschaeftigung_id == Anchor.id))
        .where(Angaben.superseded_at.is_(None)).order_by(Angaben.valid_from, Angaben.id)
    ).all()
    spans: dict[tuple[int, str], dict[date, date | None]] = defaultdict(dict)
    for row in rows:
        spans[(row.id, row.personalnummer)][row.eintritt] = row.austritt
    people = {number: Beschaeftigung(anchor, tuple(held.items())) for (anchor, number), held in spans.items()}
    keys = {str(number) for number in session.scalars(select(Lohnart.nummer))} | EIGENE
    pay = settings_on(session, month or date.max).zeit_zahlmonat
    return Bestand(people, frozenset(keys), closed_months(session), ZAHLMONATE.index(pay), _shifts(session, month),
                   _hours(session, month))


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
