"""Whole payslips, gross to net to employer's cost, against a file of cases: one row is one person in one month."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TextIO

import numpy as np

from payroll.law.calculate import gross_to_net
from payroll.law.conformance.payslip_checks import complaint, complaint_after
from payroll.law.conformance.payslip_rows import Row, read_row
from payroll.law.conformance.report import Case, CaseFile, CaseFileError, CellError, Report, read_cases, refuse
from payroll.law.payslip_columns import INPUTS, OUTPUTS

EXPECTED = tuple(f"exp_{name}" for name in OUTPUTS)
KNOWN = frozenset(("fall", "monat", *INPUTS, *EXPECTED, "quelle", "toleranz_eur", "toleranz_felder", "bemerkung"))


def run(path: Path, out: TextIO) -> int:
    """Compute every row from its inputs, compare every filled expectation and report; 0 only if everything passes."""
    try:
        file = read_cases(path, label=("fall",))
        unknown = sorted(set(file.columns) - KNOWN)
        if unknown:
            raise CaseFileError(f"Spalte {', '.join(unknown)} gibt es nicht; umbenennen oder entfernen")
    except CaseFileError as error:
        return refuse(out, str(error))
    report = Report(out)
    report.broken_lines(file)
    same = [field for month, rows in _readable(report, file).items() for field in _month(report, month, rows)]
    report.note(f"{len(file.cases) + len(file.broken)} Zeilen, {len(same)} Felder geprüft, {sum(same)} bestanden, "
                f"{len(same) - sum(same)} abweichend")
    return report.finish()


def _readable(report: Report, file: CaseFile) -> dict[date, list[Row]]:
    """The rows that can be computed, by month; all others are reported."""
    by_month: dict[date, list[Row]] = {}
    seen: dict[str, int] = {}
    for case in file.cases:
        try:
            if not case.label:
                raise CellError("fall: leer, jede Zeile braucht einen Namen; fall angeben")
            if case.label in seen:
                raise CellError(f"fall: {case.label!r} steht schon in Zeile {seen[case.label]}; eindeutig benennen")
            seen[case.label] = case.line
            row = read_row(case)
            message = complaint(row)
            if message:
                raise CellError(message)
            by_month.setdefault(row.month, []).append(row)
        except CellError as error:
            report.error(case, str(error))
    return by_month


def _month(report: Report, month: date, rows: list[Row]) -> list[bool]:
    """Compute and compare the rows of a month; gives for every field checked whether it passed."""
    names = sorted({name for row in rows for name in row.values})
    # a column that a row does not have (pay by table or given) is never read for it
    columns = {name: np.array([row.values.get(name, 0) for row in rows], dtype=np.int64) for name in names}
    result = gross_to_net(month, columns, OUTPUTS)
    faults = {fault.row: fault for fault in result.faults}
    computed = {name: result.cents(name) for name in OUTPUTS}
    same: list[bool] = []
    for number, row in enumerate(rows):
        if number in faults:
            report.error(row.case, f"{faults[number].message} ({faults[number].law})")
            continue
        try:
            values = {name: int(column[number]) for name, column in computed.items()}
            message = complaint_after(row, values)
            if message:
                raise CellError(message)
            same += _compare(report, row.case, values)
            report.done(row.case)
        except CellError as error:
            report.error(row.case, str(error))
    return same


def _compare(report: Report, case: Case, computed: dict[str, int]) -> list[bool]:
    default = case.number("toleranz_eur", 0) * 100
    special = _tolerances(case)
    same = []
    for name, cents in computed.items():
        column = f"exp_{name}"
        if case.text(column):
            tolerance = special.get(column, default)
            same.append(report.check(case, column, case.whole(column, 100), cents, den=100, tolerance=tolerance))
    return same


def _tolerances(case: Case) -> dict[str, Fraction]:
    """Tolerances of single fields in cents, e.g. "exp_netto=0.02;exp_kv_an=0.01"."""
    found = {}
    for entry in filter(None, (part.strip() for part in case.text("toleranz_felder").split(";"))):
        column, _, amount = (part.strip() for part in entry.partition("="))
        if column not in EXPECTED:
            raise CellError(f"toleranz_felder: {column!r} ist keine Ergebnisspalte; Namen berichtigen")
        found[column] = Case(case.line, case.label, {"toleranz_felder": amount}).number("toleranz_felder") * 100
    return found
