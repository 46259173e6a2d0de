"""Conformance of the wage tax with the ministry's own plan: a file of cases, computed by the plan and by our rules.

Three comparisons per case, all to the cent: the file's expected columns (if it has any) with the plan and with our
rules, and every output that both know with each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO

from payroll.law.calculate import rule_book
from payroll.law.conformance.report import Case, CaseFile, CaseFileError, CellError, Report, read_cases, refuse
from payroll.law.conformance.tax import OUTPUTS, PAY, column_of, integers, readable
from payroll.law.engine import Input, Result, RuleBookError, RuleSet, evaluate
from payroll.law.plan import Plan, PlanError, read_plan
from payroll.law.rules.lohnsteuer.eingaben import INPUTS

Values = list[int] | list[Fraction]


@dataclass(frozen=True)
class Side:
    """One of the two computations: how it is called, its columns in cents, the rows it could not compute."""

    name: str
    columns: dict[str, Values]
    faults: dict[int, str]


def run(path: Path, plan_path: Path, out: TextIO, month: date | None = None) -> int:
    """Compute every row by the plan and by the rules of the month (default: the plan's first); 0 when all agree."""
    report = Report(out)
    try:
        plan = read_plan(plan_path)
        file = read_cases(path)
        inputs = (*INPUTS, *_plan_only(plan))
        if not any(column_of(file, one) for one in inputs if one.name in PAY):
            raise CaseFileError("keine Spalte mit Arbeitslohn (RE4)")
    except (CaseFileError, PlanError) as error:
        return refuse(out, str(error))
    day = (month or date(plan.year, plan.first_month, 1)).replace(day=1)
    _introduce(plan, day, report)
    rules = _rules(day, report)
    report.broken_lines(file)
    cases, values = readable(file, report, inputs)
    if cases:
        columns: dict[str, Any] = {name: integers(column) for name, column in values.items()}
        sides = [_side("Plan", plan.compute(columns, len(cases)), plan.outputs)]
        if rules is not None:
            known = [name for name in OUTPUTS if name in rules.nodes]
            own = {one.name: columns[one.name] for one in INPUTS}
            sides.append(_side("Regeln", evaluate(rules, own, known), known))
        _compare(cases, _expected(file, sides, report), sides, report)
    return report.finish()


def _plan_only(plan: Plan) -> list[Input]:
    """Inputs of the plan that our rules of no year know."""
    return [Input(one.name, "Rate" if one.den > 1 else "Count", "zahl", "neu im Plan", one.default, one.den)
            for one in plan.inputs if one.name in plan.new_inputs]


def _introduce(plan: Plan, day: date, report: Report) -> None:
    report.note(f"Plan {plan.name}, gilt ab {plan.first_month:02}/{plan.year}, SHA-256 {plan.digest}")
    if plan.new_inputs:
        report.note(f"Eingaben des Plans, die den Regeln fremd sind: {', '.join(plan.new_inputs).upper()}")
    if day.year != plan.year or day.month < plan.first_month:
        report.note(f"Achtung: verglichen wird mit den Regeln für {day:%m/%Y}, der Plan gilt dann nicht")


def _rules(day: date, report: Report) -> RuleSet | None:
    try:
        rules = rule_book("lohnsteuer").build(day)
        if "lstlzz" in rules.nodes:
            return rules
    except RuleBookError as error:
        report.note(str(error))
    report.note(f"Für {day:%m/%Y} gibt es keine Regeln der Lohnsteuer; geprüft wird nur der Plan")
    return None


def _side(name: str, result: Result, outputs: Sequence[str]) -> Side:
    columns: dict[str, Values] = {}
    for output in outputs:
        column = result.columns[output]
        numbers, den = column.num.tolist(), column.den
        columns[output] = numbers if den == 1 else [Fraction(number, int(den)) for number in numbers]
    faults = {fault.row: f"{name}: {fault.rule} ({fault.law}): {fault.message}" for fault in result.faults}
    return Side(name, columns, faults)


def _expected(file: CaseFile, sides: Sequence[Side], report: Report) -> list[str]:
    """The file's columns with expected results that the plan or the rules can be held against."""
    found = [column for column in file.columns if any(column.lower() in side.columns for side in sides)]
    common = [name for name in sides[0].columns if all(name in side.columns for side in sides)]
    alone = sorted({name for side in sides for name in side.columns} - set(common))
    if len(sides) == 2:
        report.note(f"Plan gegen Regeln: {', '.join(common).upper() or 'nichts gemeinsam'}"
                    + (f"; nur auf einer Seite: {', '.join(alone).upper()}" if alone else ""))
    report.note(f"Erwartete Ergebnisse in der Datei: {', '.join(found) or 'keine'}")
    return found


def _compare(cases: Sequence[Case], expected: Sequence[str], sides: Sequence[Side], report: Report) -> None:
    for row, case in enumerate(cases):
        working = [side for side in sides if row not in side.faults]
        for side in sides:
            if row in side.faults:
                report.error(case, side.faults[row])
        for column in expected:
            _with_expected(case, column, [side for side in working if column.lower() in side.columns], row, report)
        if len(working) == 2:
            plan, rules = working
            for name in plan.columns:
                if name in rules.columns and plan.columns[name][row] != rules.columns[name][row]:
                    report.check(case, f"{name.upper()} (Plan gegen Regeln)", plan.columns[name][row],
                                 rules.columns[name][row], den=100)
        report.done(case)


def _with_expected(case: Case, column: str, sides: Sequence[Side], row: int, report: Report) -> None:
    try:
        if not case.text(column):
            return
        wanted = case.number(column)
    except CellError as error:
        report.error(case, str(error))
        return
    for side in sides:
        report.check(case, f"{column} ({side.name})", wanted, side.columns[column.lower()][row], den=100)
