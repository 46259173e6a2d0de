"""Conformance of the wage tax with files of cases: PAP input columns and expected PAP outputs, to the cent.

Columns carry the names of the ministry's plan, in capitals or not. Empty input cells and missing input columns take the
plan's default; an empty expectation is not part of the case; all other columns are ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from payroll.law.calculate import rule_book
from payroll.law.conformance.report import Case, CaseFile, CaseFileError, CellError, Report, read_cases, refuse
from payroll.law.engine import Input, Result, RuleBookError, RuleSet, evaluate
from payroll.law.rules.lohnsteuer.eingaben import INPUTS

OUTPUTS = ("lstlzz", "solzlzz", "bk", "sts", "solzs", "bks", "stv", "solzv", "bkv", "vkvlzz", "vkvsonst",
           "vfrb", "vfrbs1", "vfrbs2", "wvfrb", "wvfrbo", "wvfrbm")
DEFAULTS = {"lzz": 1, "stkl": 1, "re4": 0}
PAY = ("re4", "jre4", "sonstb", "mbv", "vmt", "vkapa")


def run(path: Path, month: date, out: TextIO) -> int:
    """Compute every row of the file by the plan in force in that month; 0 when all rows agree, else 1."""
    report = Report(out)
    try:
        rules = rule_book("lohnsteuer").build(month.replace(day=1))
        file = read_cases(path)
        outputs = _expected_columns(file, rules, report)
    except (CaseFileError, RuleBookError) as error:
        return refuse(out, str(error))
    report.broken_lines(file)
    cases, values = readable(file, report)
    if not cases:
        return report.finish()
    columns: dict[str, Any] = {name: integers(column) for name, column in values.items()}
    result = evaluate(rules, columns, [name.lower() for name in outputs])
    _compare(cases, outputs, result, report)
    return report.finish()


def integers(values: list[int]) -> Any:
    """A column of these numbers: int64, or Python integers where that is too small."""
    wide = any(abs(value) >= 2**62 for value in values)
    return np.array(values, dtype=object if wide else np.int64)


def _expected_columns(file: CaseFile, rules: RuleSet, report: Report) -> list[str]:
    outputs = [column for column in file.columns if column.lower() in OUTPUTS]
    known = [column for column in outputs if column.lower() in rules.nodes]
    if not known:
        raise CaseFileError(f"keine Spalte mit einem erwarteten Ergebnis des Plans {rules.day:%m/%Y}; "
                            f"möglich: {', '.join(name for name in OUTPUTS if name in rules.nodes).upper()}")
    foreign = [column for column in outputs if column not in known]
    if foreign:
        report.note(f"Nicht geprüft, der Plan {rules.day:%m/%Y} kennt es nicht: {', '.join(foreign)}")
    if not any(column_of(file, one) for one in INPUTS if one.name in PAY):
        raise CaseFileError("keine Spalte mit Arbeitslohn (RE4)")
    return known


def column_of(file: CaseFile, one: Input) -> str | None:
    """The column of the file that carries this input, in capitals or not."""
    return next((column for column in file.columns if column.lower() == one.name), None)


def readable(file: CaseFile, report: Report,
             inputs: Sequence[Input] = INPUTS) -> tuple[list[Case], dict[str, list[int]]]:
    """The cases whose inputs can be read, and their inputs as columns of integers."""
    columns = [(one, column_of(file, one)) for one in inputs]
    given = [(one, column) for one, column in columns if column is not None]
    cases: list[Case] = []
    rows: list[list[int]] = []
    for case in file.cases:
        try:
            rows.append([_value(case, one, column) for one, column in given])
            cases.append(case)
        except CellError as error:
            report.error(case, str(error))
    values: dict[str, list[int]] = {one.name: [default_of(one)] * len(cases) for one in inputs}
    values.update((one.name, list(column)) for (one, _), column in zip(given, zip(*rows, strict=True), strict=False))
    return cases, values


def default_of(one: Input) -> int:
    return DEFAULTS.get(one.name, one.default or 0)


def _value(case: Case, one: Input, column: str) -> int:
    if not case.cells[column]:
        return default_of(one)
    return case.whole(column, one.den, Fraction(default_of(one), one.den))


def _compare(cases: Sequence[Case], outputs: Sequence[str], result: Result, report: Report) -> None:
    faults = {fault.row: fault for fault in result.faults}
    computed = {column: result.cents(column.lower()).tolist() for column in outputs}
    for row, case in enumerate(cases):
        if row in faults:
            report.error(case, f"{faults[row].rule} ({faults[row].law}): {faults[row].message}")
            continue
        for column in outputs:
            if not case.cells[column] or case.cells[column] == str(computed[column][row]) or not case.text(column):
                continue
            try:
                report.check(case, column, case.number(column), computed[column][row], den=100)
            except CellError as error:
                report.error(case, str(error))
        report.done(case)
