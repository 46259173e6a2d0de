"""Which figures behind a file of cases are drafts or not confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from payroll.law.calculate import rule_book
from payroll.law.conformance.report import Case, read_cases
from payroll.law.engine.parameters import IN_FORCE
from payroll.law.parameters.pay_tables import load_pay_tables

AREAS = {
    "tax": ("lohnsteuer",),
    "insurance": ("sozialversicherung",),
    "pay": ("entgelt", "besoldung", "bezuege", "zusatzversorgung"),
    "payslip": ("lohnsteuer", "sozialversicherung", "zusatzversorgung", "abrechnung", "entgelt"),
    "garnishment": ("pfaendung",),
}
CELLS = {"pay": ("scale", "group", "step"), "payslip": ("tarifwerk", "entgeltgruppe", "stufe")}


@dataclass(frozen=True)
class Doubt:
    """A figure that is not (yet) safe law: its title, law, status, source and first day."""

    titel: str
    paragraf: str
    status: str
    quelle: str
    ab: date

    def __str__(self) -> str:
        return f"{self.titel} ({self.paragraf}), seit {self.ab:%d.%m.%Y}: {self.status}, Quelle {self.quelle}"


def doubts(kind: str, path: Path, month: date | None) -> tuple[Doubt, ...]:
    """The doubtful figures in the months of the cases, each once; ``month`` for cases that carry no month."""
    cases = read_cases(path).cases if month is None else ()
    days = {month} if month else {day for case in cases if (day := _day(case))}
    found = dict.fromkeys(doubt for day in sorted(days) for doubt in _parameters(kind, day))
    found |= dict.fromkeys(_cells(kind, cases))
    return tuple(found)


def _day(case: Case) -> date | None:
    """First day of the month of a case, whatever the columns are called; None when it cannot be read."""
    text = next((case.text(column) for column in ("monat", "date", "month") if case.text(column)), "")
    if case.text("year"):
        text = f"{case.text('year')}-{text.zfill(2)}"
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None


def _parameters(kind: str, day: date) -> Iterator[Doubt]:
    for parameter in rule_book(*AREAS[kind]).parameters.values():
        value = parameter.on(day) if parameter.folder in AREAS[kind] else None
        if value is not None and value.status not in IN_FORCE:
            yield Doubt(parameter.titel, parameter.paragraf, value.status, value.quelle, value.ab)


def _cells(kind: str, cases: tuple[Case, ...]) -> Iterator[Doubt]:
    """Cells of the pay tables that a case uses; one that no table has is the case's own matter."""
    tables = load_pay_tables()
    for case in cases if kind in CELLS else ():
        day = _day(case)
        scale, group, step = (case.text(column) for column in CELLS[kind])
        cell = tables.on(day).get((scale, group, step)) if day else None
        if cell is not None and cell.status not in IN_FORCE:
            sheet = next(s for s in tables.sheets if (s.tarifwerk, s.ab) == (scale, cell.ab))
            yield Doubt(f"Tabellenwert {scale} {group} Stufe {step}", sheet.paragraf, cell.status, sheet.quelle,
                        cell.ab)
