"""``kreislohn calculate``: gross-to-net for the rows of a CSV file, without a database.

One row is one employment in one month; its columns are ``fall``, ``monat`` and the inputs of
:mod:`payroll.law.payslip_columns` (expectations and remarks of a test file are ignored). The result has a row for every
row read: the figures of the payslip first, then every value on the way. A row that cannot be computed says why in
``fehler``; the others are computed.
"""

from __future__ import annotations

import csv
import difflib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from payroll.law.calculate import explain, gross_to_net, law_of
from payroll.law.conformance.payslip_checks import complaint
from payroll.law.conformance.payslip_rows import read_row
from payroll.law.conformance.report import Case, CaseFile, CaseFileError, CellError, read_cases, shown_number
from payroll.law.engine import Explanation, ExplanationError, Result, RuleBookError, RuleSet, ValueColumn
from payroll.law.payslip_columns import INPUTS, OUTPUTS
from payroll.law.plan import Plan, PlanError, read_plan
from payroll.law.taxyear import tax_doubt

KNOWN = ("fall", "monat", *INPUTS)
IGNORED = ("quelle", "toleranz_eur", "toleranz_felder", "bemerkung")
EXPLAINED = "auszahlung"
LARGEST_MB = 100
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # wide ones too


@dataclass
class Rows:
    """The rows of a file for one month: labels, the integers of the usable rows, faults by row (counted from 0)."""

    labels: list[str] = field(default_factory=list)
    usable: list[int] = field(default_factory=list)
    values: list[dict[str, int]] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """The usable rows as integer columns; a cell that a row does not have is never read for it."""
        names = dict.fromkeys(name for row in self.values for name in row)
        return {name: np.array([row.get(name, 0) for row in self.values], dtype=np.int64) for name in names}


@dataclass(frozen=True)
class Calculated:
    """The outcome: the rows, the names of the values in order, their columns, remarks about numbers that are no law."""

    rows: Rows
    names: tuple[str, ...]
    result: Result
    remarks: tuple[str, ...]


def read_rows(path: Path, month: date) -> Rows:
    """All rows of a file; raises CaseFileError for a file that cannot be used at all."""
    if path.stat().st_size > LARGEST_MB * 2**20:
        raise CaseFileError(f"{path.name} ist größer als {LARGEST_MB} MB; bitte in mehrere Dateien teilen")
    file = read_cases(path, label=("fall",))
    _check_columns(file)
    rows = Rows()
    broken = [(line, Case(line, f"Zeile {line}", {}), message) for line, message in file.broken]
    for _, case, message in sorted([*((case.line, case, "") for case in file.cases), *broken], key=lambda one: one[0]):
        _read(rows, case, month, message)
    if not rows.labels:
        raise CaseFileError(f"{path.name} enthält keine Zeile nach der Kopfzeile")
    return rows


def _check_columns(file: CaseFile) -> None:
    for column in file.columns:
        if column not in KNOWN and column not in IGNORED and not column.startswith("exp_"):
            near = difflib.get_close_matches(column, KNOWN, 1)
            hint = f"meinten Sie {near[0]}?" if near else f"es gibt: {', '.join(KNOWN)}"
            raise CaseFileError(f"Spalte {column!r} gibt es nicht; {hint}")


def _read(rows: Rows, case: Case, month: date, message: str) -> None:
    number = len(rows.labels)
    rows.labels.append(case.label or str(number + 1))
    try:
        if message:
            raise CellError(message)
        given = case.text("monat", f"{month:%Y-%m}")
        if given != f"{month:%Y-%m}":
            raise CellError(f"monat: {given!r} ist nicht der Monat der Berechnung ({month:%Y-%m}); getrennt berechnen")
        row = read_row(replace(case, cells={**case.cells, "monat": given}))
        fault = complaint(row)
        if fault:
            raise CellError(fault)
        rows.values.append(row.values)
        rows.usable.append(number)
    except CellError as error:
        rows.faults[number] = str(error)


def calculate(rows: Rows, month: date, plan: Plan | None = None) -> Calculated:
    """Compute the payslip and all values behind it; a row that the law cannot compute gets a fault.

    With a plan the wage tax is the plan's; its amounts and the mark of a provisional result come last.
    """
    rules = law_of(month, plan=plan)
    names = _names(rules)
    if rows.values:
        result = gross_to_net(month, rows.columns(), names, plan=plan)
        names = (*names, *(name for name in result.columns if name not in names))
    else:
        result = Result(0, {name: ValueColumn("Count", np.zeros(0, dtype=np.int64)) for name in names})
    for fault in result.faults:
        rows.faults[rows.usable[fault.row]] = f"{fault.rule}: {fault.message} ({fault.law})"
    doubts = (tax_doubt(month, plan), *rules.doubtful_parameters(OUTPUTS))
    return Calculated(rows, names, result, tuple(str(one) for one in doubts if one is not None))


def _names(rules: RuleSet) -> tuple[str, ...]:
    return (*OUTPUTS, *(node.name for node in rules.order_for(OUTPUTS) if node.name not in OUTPUTS))


def write(done: Calculated, out: TextIO) -> None:
    """The results as CSV: ``fall``, ``fehler``, then all values; text can never act as a formula."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("fall", "fehler", *done.names))
    texts = [list(_texts(done.result.columns[name])) for name in done.names]
    place = {number: position for position, number in enumerate(done.rows.usable)}
    for number, label in enumerate(done.rows.labels):
        fault = done.rows.faults.get(number, "")
        values = [""] * len(texts) if fault else [column[place[number]] for column in texts]
        writer.writerow((harmless(label), harmless(fault), *values))


def harmless(text: str) -> str:
    """Text that a spreadsheet shows and never runs."""
    return f"'{text}" if text.startswith(RISKY) else text


def _texts(column: ValueColumn) -> Iterator[str]:
    """Money in euro with two decimals, conditions ja/nein, everything else as an exact number (or num/den)."""
    dens = [column.den] * len(column.num) if isinstance(column.den, int) else column.den.tolist()
    for num, den in zip(column.num.tolist(), dens, strict=True):
        if column.kind == "Condition":
            yield "ja" if num else "nein"
        elif column.kind == "Money":
            yield f"{'-' if num < 0 else ''}{abs(num) // 100}.{abs(num) % 100:02d}"
        else:
            yield shown_number(Fraction(num, den) / (100 if column.kind == "Exact" else 1))


def explanation_of(rows: Rows, month: date, wanted: str, plan: Plan | None = None) -> Explanation:
    """Why a row is paid what it is; ``wanted``: a ``fall`` or a row number from 1, then ``:name`` of another value."""
    label, _, name = wanted.partition(":")
    if label in rows.labels:
        number = rows.labels.index(label)
    elif label.isascii() and label.isdigit() and 1 <= int(label) <= len(rows.labels):
        number = int(label) - 1
    else:
        raise CaseFileError(f"Zeile {label!r} gibt es nicht; möglich: 1 bis {len(rows.labels)} oder ein Name aus fall")
    if number in rows.faults:
        raise CaseFileError(f"Zeile {number + 1} ({rows.labels[number]}): {rows.faults[number]}")
    try:
        return explain(month, rows.columns(), rows.usable.index(number), name or EXPLAINED, plan=plan)
    except (ExplanationError, RuleBookError, PlanError) as error:
        raise CaseFileError(str(error)) from error


def run(path: Path, month: date, out: TextIO, *, target: Path | None = None, explain_row: int | str | None = None,
        plan: Path | None = None, errors: TextIO | None = None) -> int:
    """The command; 0 if every row could be computed, else 1.

    The results (or the explanation of ``explain_row``, see :func:`explanation_of`) go to ``target``, else to ``out``;
    remarks go to ``errors`` (standard error). ``target`` is only replaced when it is complete. ``plan``: file of the
    ministry's plan that computes the wage tax provisionally.
    """
    errors = errors or sys.stderr
    text = io.StringIO()
    try:
        tax_plan = None if plan is None else read_plan(plan)
        rows = read_rows(path, month)
        if explain_row is not None:
            text.write("\n".join(explanation_of(rows, month, str(explain_row), tax_plan).lines()) + "\n")
        else:
            done = calculate(rows, month, tax_plan)
            write(done, text)
        _hand_over(text.getvalue(), out, target)
    except (CaseFileError, RuleBookError, PlanError) as error:
        errors.write(f"{error}\n")
        return 1
    if explain_row is not None:
        return 0
    _remarks(done, errors)
    return 1 if rows.faults else 0


def _hand_over(text: str, out: TextIO, target: Path | None) -> None:
    if target is None:
        out.write(text)
        return
    part = target.with_name(f".{target.name}.teil")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CaseFileError(f"{target.name} kann nicht geschrieben werden: {error.strerror}") from error


def _remarks(done: Calculated, errors: TextIO) -> None:
    rows = done.rows
    for remark in done.remarks:
        errors.write(f"Hinweis: {remark}\n")
    for number, fault in sorted(rows.faults.items()):
        errors.write(f"Zeile {number + 1} ({rows.labels[number]}): {fault}\n")
    errors.write(f"{len(rows.labels) - len(rows.faults)} berechnet, {len(rows.faults)} fehlerhaft\n")
