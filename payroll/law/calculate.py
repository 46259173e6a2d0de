"""The law in use: the rule book of this product, gross-to-net over columns."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from payroll.law import rules as rules_package
from payroll.law.engine import Result, RuleBook, evaluate, rules_in
from payroll.law.parameters import load_parameters


@cache
def rule_book(*areas: str) -> RuleBook:
    """All rules, inputs and parameters of the product, or of some areas only (e.g. "lohnsteuer" alone)."""
    rules, inputs, exports = rules_in(rules_package, areas)
    return RuleBook(rules, inputs, load_parameters(), exports)


def month_inputs(month: date) -> dict[str, int]:
    """What the calendar says about a month: the same for all rows."""
    last = calendar.monthrange(month.year, month.month)[1]
    return {"kalenderjahr": month.year, "kalendermonat": month.month, "kalendertage_im_monat": last}


def compute(month: date, inputs: Mapping[str, Any], outputs: Sequence[str] | None = None) -> Result:
    """All (or the named) values of one month for all rows; see the inputs declared by the rules."""
    rule_set = rule_book().build(month.replace(day=1))
    known = {name: value for name, value in month_inputs(month).items() if name in rule_set.inputs}
    return evaluate(rule_set, {**known, **inputs}, outputs)
