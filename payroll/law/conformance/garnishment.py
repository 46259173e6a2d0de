"""``kreislohn conformance garnishment FILE``: the table of § 850c ZPO against cases expected elsewhere.

Columns: id, date (the last day, or any day, of the pay period), period (month, week, day), net, dependants; expected:
excess_over_ceiling, rounded_net, free_amount, garnishable. An empty expectation is not part of the case.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from payroll.law.calculate import rule_book
from payroll.law.conformance.report import Case, CaseFile, CaseFileError, CellError, Report, read_cases, refuse
from payroll.law.engine import RuleBookError, RuleSet, evaluate

PERIODS = {"month": 0, "week": 1, "day": 2, "monat": 0, "woche": 1, "tag": 2}
EXPECTED = {"excess_over_ceiling": "pf_uebersteigend", "rounded_net": "pf_netto_gerundet",
            "free_amount": "pf_freibetrag", "garnishable": "pf_reichweite"}
INPUT_COLUMNS = ("id", "date", "period", "net", "dependants", "check", "source", "remark")
MOST_CENTS = 10**15
Row = tuple[Case, int, int, int]


def run(path: Path, out: TextIO = sys.stdout) -> int:
    """Compute every case, write differences and the last line ``N passed, M failed``; 0 only if all pass."""
    try:
        file = read_cases(path, label=("id",))
        file.require(("date", "period", "net", "dependants"))
        unknown = [column for column in file.columns if column not in (*INPUT_COLUMNS, *EXPECTED)]
        if unknown:
            raise CaseFileError(f"unbekannte Spalten: {', '.join(unknown)}; erlaubt sind "
                                f"{', '.join((*INPUT_COLUMNS, *EXPECTED))}")
        if not any(column in file.columns for column in EXPECTED):
            raise CaseFileError(f"keine Spalte mit einem erwarteten Ergebnis; möglich: {', '.join(EXPECTED)}")
    except CaseFileError as error:
        return refuse(out, str(error))
    report = Report(out)
    report.broken_lines(file)
    for day, rows in sorted(_readable(report, file).items()):
        _compare(report, day, rows)
    return report.finish()


def _readable(report: Report, file: CaseFile) -> dict[date, list[Row]]:
    """The cases that can be computed, by first of the month; all others are reported."""
    by_month: dict[date, list[Row]] = {}
    seen: dict[str, int] = {}
    for case in file.cases:
        try:
            if case.label and seen.setdefault(case.label, case.line) != case.line:
                raise CellError(f"id: {case.label!r} steht schon in Zeile {seen[case.label]}; eindeutig benennen")
            day = _day(case)
            by_month.setdefault(day.replace(day=1), []).append((case, _period(case), _net(case), _dependants(case)))
        except CellError as error:
            report.error(case, str(error))
    return by_month


def _day(case: Case) -> date:
    raw = case.text("date")
    try:
        return date.fromisoformat(raw if len(raw) == 10 else "")
    except ValueError:
        raise CellError(f"date: {raw!r} ist kein Tag; als 2026-07-31 angeben") from None


def _period(case: Case) -> int:
    raw = case.text("period").lower()
    if raw not in PERIODS:
        raise CellError(f"period: {case.text('period')!r} gibt es nicht; erlaubt: month, week, day")
    return PERIODS[raw]


def _net(case: Case) -> int:
    cents = case.whole("net", 100)
    if not 0 <= cents <= MOST_CENTS:
        raise CellError(f"net: {case.text('net')} liegt nicht zwischen 0 und {MOST_CENTS // 100}; Betrag berichtigen")
    return cents


def _dependants(case: Case) -> int:
    number = case.whole("dependants")
    if not 0 <= number <= 99:
        raise CellError(f"dependants: {case.text('dependants')} liegt nicht zwischen 0 und 99; Zahl berichtigen")
    return number


def _rules(day: date) -> RuleSet | str:
    book = rule_book("pfaendung")
    first = min(rule.since for rule in book.rules)
    try:
        if day >= first:
            return book.build(day)
    except RuleBookError as error:
        return f"date: für diesen Tag nicht rechenbar ({error})"
    return f"date: Grenzen vor dem {first:%d.%m.%Y} sind nicht hinterlegt (§ 850c ZPO); einen späteren Tag angeben"


def _compare(report: Report, day: date, rows: list[Row]) -> None:
    rules = _rules(day)
    if isinstance(rules, str):
        for case, *_ in rows:
            report.error(case, rules)
        return
    periods, nets, dependants = (np.array([row[i] for row in rows], dtype=np.int64) for i in (1, 2, 3))
    columns: dict[str, Any] = {"pf_gepfaendet": 1, "pf_zeitraum": periods, "pf_netto_vorgegeben": nets,
                               "pf_unterhaltsberechtigte": dependants}
    result = evaluate(rules, columns, list(EXPECTED.values()), rows=len(rows))
    computed = {column: result.cents(name).tolist() for column, name in EXPECTED.items()}
    faults = {fault.row: fault for fault in result.faults}
    for number, (case, *_) in enumerate(rows):
        if number in faults:
            report.error(case, f"date: {faults[number].message} ({faults[number].law})")
            continue
        try:
            for column, values in computed.items():
                if case.text(column):
                    report.check(case, column, case.whole(column, 100), values[number], den=100)
            report.done(case)
        except CellError as error:
            report.error(case, str(error))
