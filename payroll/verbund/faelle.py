"""Fälle eines Arbeitgebers in einem Monat: gezählt aus abgeschlossenen Läufen und Bestand, Zahlen ohne Namen.

Zählregel 1 (Fassung): Abrechnungen je Person oder Beschäftigung des abgeschlossenen Laufs; Rückrechnungen, die der
Lauf gebucht hat; Eintritte nach dem Tag des Eintritts; ausgestellte Bescheinigungen nach dem Tag der Ausstellung;
Stellen und Zugänge am letzten Tag des Monats; Ausschreibungen nach ihrem ersten Tag der Veröffentlichung.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, or_, select

from jobportal.models import Ausschreibung
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung
from payroll.statements.models import Dokument
from staffplan.models import StelleStand
from tenants.db.clocks import known
from tenants.db.session import TenantSession
from tenants.models.user import EmployeeAccess

FASSUNG = "1"


@dataclass(frozen=True)
class Monatsfaelle:
    """Ein Monat: Abrechnungen nach der vereinbarten Zählung und alles weitere je Art."""

    monat: date
    abrechnungen: int
    weitere: dict[str, int]


def closed_months(session: TenantSession, von: date, bis: date) -> list[date]:
    """Abgeschlossene Monate eines Zeitraums, aufsteigend."""
    return list(session.scalars(select(Lauf.monat).where(
        Lauf.zustand == "abgeschlossen", Lauf.monat >= von, Lauf.monat <= bis).order_by(Lauf.monat)))


def cases(session: TenantSession, months: list[date], zaehlung: str) -> list[Monatsfaelle]:
    """Je Monat die Fälle; für Abrechnungen zählt nur ein abgeschlossener Lauf."""
    return [Monatsfaelle(month, _slips(session, month, zaehlung), dict(_others(session, month))) for month in months]


def _slips(session: TenantSession, month: date, zaehlung: str) -> int:
    counted = Beschaeftigung.person_id if zaehlung == "person" else Beschaeftigung.id
    return session.scalar(
        select(func.count(counted.distinct())).join(Ergebnis, Ergebnis.beschaeftigung_id == Beschaeftigung.id)
        .join(Lauf, Lauf.id == Ergebnis.lauf_id).where(Lauf.monat == month, Lauf.zustand == "abgeschlossen")) or 0


def _others(session: TenantSession, month: date) -> Iterator[tuple[str, int]]:
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    after = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=UTC)
    begin = datetime(month.year, month.month, 1, tzinfo=UTC)
    counts = {
        "rueckrechnung": select(func.count(Rueckrechnung.beschaeftigung_id.distinct())).join(
            Lauf, Lauf.id == Rueckrechnung.lauf_id).where(
            Lauf.monat == month, Lauf.zustand == "abgeschlossen", Rueckrechnung.art == "entstehung"),
        "eintritt": select(func.count(BeschaeftigungAngaben.beschaeftigung_id.distinct())).where(
            known(BeschaeftigungAngaben, None), BeschaeftigungAngaben.eintritt >= month,
            BeschaeftigungAngaben.eintritt <= last),
        "bescheinigung": select(func.count(Dokument.id)).where(
            Dokument.art != "abrechnung", Dokument.erstellt_am >= begin, Dokument.erstellt_am < after),
        "stelle": select(func.count(StelleStand.stelle_id.distinct())).where(
            known(StelleStand, None), StelleStand.valid_from <= last,
            or_(StelleStand.valid_to.is_(None), StelleStand.valid_to >= last)),
        "ausschreibung": select(func.count(Ausschreibung.id)).where(
            func.least(Ausschreibung.intern_ab, Ausschreibung.extern_ab) >= month,
            func.least(Ausschreibung.intern_ab, Ausschreibung.extern_ab) <= last),
        "portal": select(func.count(EmployeeAccess.person_public_id.distinct())).where(
            EmployeeAccess.valid_from <= last,
            or_(EmployeeAccess.valid_to.is_(None), EmployeeAccess.valid_to >= last)),
    }
    for kind, statement in counts.items():
        yield kind, session.scalar(statement) or 0


def numbers(session: TenantSession, month: date) -> list[tuple[str, int]]:
    """Nachweis der gezählten Abrechnungen: Personalnummer und wie viele Beschäftigungen dieselbe Person hat."""
    rows = session.execute(
        select(Beschaeftigung.personalnummer, Beschaeftigung.person_id)
        .join(Ergebnis, Ergebnis.beschaeftigung_id == Beschaeftigung.id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(Lauf.monat == month, Lauf.zustand == "abgeschlossen").order_by(Beschaeftigung.personalnummer)).all()
    held: dict[int, int] = {}
    for row in rows:
        held[row.person_id] = held.get(row.person_id, 0) + 1
    return [(row.personalnummer, held[row.person_id]) for row in rows]
