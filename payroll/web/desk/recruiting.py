"""Was der Stellenmarkt vom Lohn braucht: die Spanne einer Gruppe aus der geltenden Tabelle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from payroll.budget import leaving as ends
from payroll.law.parameters.uploaded import cells_on
from payroll.masterdata.slices.load import read_month
from payroll.masterdata.slices.tarif import uploaded_tables
from staffplan import grades
from tenants.db.session import TenantSession

TARIFFS = {"E": "TVoeD-VKA", "S": "TVoeD-SuE", "P": "TVoeD-P", "A": "NRW-A", "B": "NRW-B", "R": "NRW-R",
           "W": "NRW-W"}


def pay_range(session: TenantSession, group: str, day: date) -> tuple[int, int] | None:
    """Niedrigster und höchster Betrag der Gruppe an diesem Tag, Cent je Monat in Vollzeit; None ohne Tabelle."""
    table = grades.parse(group).table
    cells = cells_on(day, uploaded_tables(session, day, None))
    found = [cell.cent for (tariff, name, _step), cell in cells.items()
             if name == group and tariff == TARIFFS.get(table)]
    return (min(found), max(found)) if found else None


def steps_of(session: TenantSession, group: str, day: date) -> list[str]:
    """Stufen der Gruppe in der Tabelle dieses Tages, aufsteigend; leer ohne Tabelle, "0" ohne Stufen."""
    try:
        tariff = TARIFFS.get(grades.parse(group).table)
    except grades.UnknownGrade:
        return []
    cells = cells_on(day, uploaded_tables(session, day, None))
    return sorted((step for name, row, step in cells if (name, row) == (tariff, group)), key=int)


def leaving(session: TenantSession, today: date) -> Mapping[str, date]:
    """Letzter Tag derer, deren Austritt feststeht oder die in den nächsten Jahren die Regelaltersgrenze erreichen."""
    facts = read_month(session, today)
    return {**ends.standard_ages(facts, today), **ends.known_ends(facts)}
