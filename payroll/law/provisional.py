"""Gross to net with the wage tax of the ministry's plan in place of our rules: provisional, and marked as such.

What the plan gives takes the place of the rules of the same names, as inputs of everything behind them; its own inputs
come from the bridge to the wage tax (area ``abrechnung``). Nothing else of the area ``lohnsteuer`` is computed: a value
that needs it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from payroll.law.engine import Fault, Input, Result, RuleBook, RuleSet, ValueColumn, evaluate
from payroll.law.engine.integers import IntArray
from payroll.law.plan.errors import PlanError
from payroll.law.plan.plan import LAW, Plan

AREA = "lohnsteuer"
MARK = "steuer_vorlaeufig"


def provisional(rules: RuleSet, book: RuleBook, inputs: Mapping[str, Any], outputs: Sequence[str] | None,
                plan: Plan) -> Result:
    """The values of a month whose wage tax comes from the plan.

    rules: the month's ordinary rule set; inputs with those of the calendar; outputs as for gross_to_net (None: all that
    need no other rule of the wage tax). The result also holds what the plan gave, and ``steuer_vorlaeufig``: the year
    of the plan. Raises PlanError for a plan of another time and for a value that the plan cannot give.
    """
    taxed = _taxed(rules, inputs, plan)
    behind = provisional_book(book, tuple(taxed.amounts)).build(rules.day)
    wanted = _untaxed(behind) if outputs is None else [name for name in outputs if name not in taxed.amounts]
    _refuse_own_tax(behind, wanted)
    result = evaluate(behind, {**inputs, **taxed.amounts}, wanted, rows=taxed.rows)
    for name, amounts in taxed.amounts.items():
        result.columns[name] = ValueColumn("Money", amounts)
    result.columns[MARK] = ValueColumn("Count", np.full(result.rows, plan.year, dtype=np.int64))
    return _without(result, taxed.faults)


def behind_plan(rules: RuleSet, book: RuleBook, inputs: Mapping[str, Any],
                plan: Plan) -> tuple[RuleSet, dict[str, Any]]:
    """The rules behind the plan, and the inputs together with what the plan gives: for an explanation."""
    taxed = _taxed(rules, inputs, plan)
    return provisional_book(book, tuple(taxed.amounts)).build(rules.day), {**inputs, **taxed.amounts}


@dataclass(frozen=True)
class _Taxed:
    """What the plan gives for all rows, in cents by name, and the rows that fail before or in it."""

    rows: int
    amounts: dict[str, IntArray]
    faults: list[Fault]


def _taxed(rules: RuleSet, inputs: Mapping[str, Any], plan: Plan) -> _Taxed:
    check_month(plan, rules.day)
    before = evaluate(rules, inputs, _asked(rules, plan))
    columns, faults = _plan_columns(before, plan)
    tax = plan.compute(columns, before.rows)
    amounts = {name: tax.cents(name) for name in replaced(rules, plan.outputs)}
    return _Taxed(before.rows, amounts, [*before.faults, *faults, *tax.faults])


def check_month(plan: Plan, day: date) -> None:
    """Refuse a plan that does not hold in a month."""
    if plan.year != day.year or plan.first_month > day.month:
        raise PlanError(f"Der Plan {plan.name} gilt ab {plan.first_month:02}/{plan.year}, nicht für {day:%m/%Y}")


def replaced(rules: RuleSet, names: Iterable[str]) -> tuple[str, ...]:
    """Which of these names are results of the wage tax in the rule set, in its order."""
    known = set(names)
    return tuple(name for name, node in rules.nodes.items() if node.rule.folder == AREA and name in known)


@lru_cache(maxsize=32)
def provisional_book(book: RuleBook, given: tuple[str, ...]) -> RuleBook:
    """The book in which these results of the wage tax are inputs; the book itself stays as it is."""
    found = copy(book)
    taken = {one.name: one for one in book.rules if one.name in given}
    found.rules = [one for one in book.rules if one.name not in given]
    found.inputs = {**book.inputs, **{
        name: Input(name, one.result, one.unit, f"nach dem Programmablaufplan: {name.upper()}", folder=AREA)
        for name, one in taken.items()}}
    found._built = {}
    return found


def provisional_rules(rules: RuleSet, book: RuleBook, names: Iterable[str]) -> RuleSet:
    """The rules of a month left when these results of the wage tax are given."""
    return provisional_book(book, replaced(rules, names)).build(rules.day)


def _asked(rules: RuleSet, plan: Plan) -> list[str]:
    return [one.name for one in plan.inputs if one.name in rules.nodes or one.name in rules.inputs]


def _plan_columns(before: Result, plan: Plan) -> tuple[dict[str, IntArray], list[Fault]]:
    """The plan's input columns in its own denominators; a value with more decimals than it takes is a fault."""
    dens = {one.name: one.den for one in plan.inputs}
    columns: dict[str, IntArray] = {}
    faults: list[Fault] = []
    for name, column in before.columns.items():
        scaled = column.num * dens[name]
        columns[name] = scaled // column.den
        faults += [Fault(int(row), name, LAW, f"{name.upper()} hat mehr Nachkommastellen, als der Plan {plan.name} "
                                              "aufnimmt")
                   for row in np.flatnonzero(columns[name] * column.den != scaled)]
    return columns, faults


def _untaxed(rules: RuleSet) -> list[str]:
    """All values that need no rule of the wage tax."""
    own: set[str] = set()
    for name, node in rules.nodes.items():
        if node.rule.folder == AREA or own & {*node.sources, *([node.when] if node.when else [])}:
            own.add(name)
    return [name for name in rules.nodes if name not in own]


def _refuse_own_tax(rules: RuleSet, wanted: Sequence[str]) -> None:
    allowed = {*_untaxed(rules), *rules.inputs, *rules.parameters}
    own = [name for name in wanted if name not in allowed]
    if own:
        raise PlanError(f"{', '.join(own[:5])}: der Programmablaufplan gibt das nicht, Regeln des Jahres fehlen")


def _without(result: Result, faults: Sequence[Fault]) -> Result:
    """The result without the rows that failed before or in the plan; one fault per row."""
    first: dict[int, Fault] = {}
    for fault in (*faults, *result.faults):
        first.setdefault(fault.row, fault)
    result.faults = [first[row] for row in sorted(first)]
    bad = np.array(sorted(first), dtype=np.int64)
    for name, column in result.columns.items():
        if bad.size and name != MARK:
            num = column.num.copy()
            num[bad] = 0
            result.columns[name] = ValueColumn(column.kind, num, column.den)
    return result
