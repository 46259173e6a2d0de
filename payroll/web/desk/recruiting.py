"""Was der Stellenmarkt vom Lohn braucht: die Spanne einer Gruppe aus der geltenden Tabelle."""

from __future__ import annotations

from datetime import date

from payroll.law.parameters.uploaded import cells_on
from payroll.masterdata.slices.tarif import uploaded_tables
from staffplan import grades
from tenants.db.session import TenantSession

TARIFFS = {"E": "TVoeD-VKA", "S": "TVoeD-SuE", "P": "TVoeD-P", "A": "NRW-A", "B": "NRW-B", "R": "NRW-R"}


def pay_range(session: TenantSession, group: str, day: date) -> tuple[int, int] | None:
    """Niedrigster und höchster Betrag der Gruppe an diesem Tag, Cent je Monat in Vollzeit; None ohne Tabelle."""
    table = grades.parse(group).table
    cells = cells_on(day, uploaded_tables(session, day, None))
    found = [cell.cent for (tariff, name, _step), cell in cells.items()
             if name == group and tariff == TARIFFS.get(table)]
    return (min(found), max(found)) if found else None
