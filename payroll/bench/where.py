"""Where the time of a calculation goes: seconds in the rules of each area of law, and the engine around them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from payroll.law.calculate import law_of, month_inputs
from payroll.law.engine import RuleSet, evaluate

ENGINE = "Rechenwerk"


def by_area(month: date, columns: Mapping[str, Any], outputs: tuple[str, ...]) -> dict[str, float]:
    """Seconds per area in falling order; ``Rechenwerk`` is what the rules themselves do not need."""
    spent: dict[str, float] = defaultdict(float)
    rules = _watched(law_of(month), spent)
    started = time.perf_counter()
    evaluate(rules, {**month_inputs(month), **columns}, outputs)
    whole = time.perf_counter() - started
    spent[ENGINE] = max(whole - sum(spent.values()), 0.0)
    return {area: round(seconds, 4) for area, seconds in sorted(spent.items(), key=lambda item: -item[1])}


def _watched(rules: RuleSet, spent: dict[str, float]) -> RuleSet:
    """The same law with a clock around each rule."""
    nodes = {}
    for name, node in rules.nodes.items():
        clocked = _clocked(node.rule.function, node.rule.folder, spent)
        nodes[name] = replace(node, rule=replace(node.rule, function=clocked))
    return replace(rules, nodes=nodes)


def _clocked(function: Callable[..., Any], area: str, spent: dict[str, float]) -> Callable[..., Any]:
    def run(*values: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*values, **named)
        finally:
            spent[area] += time.perf_counter() - started

    return run
