"""The law behind the insurance cases: rule sets of a month, also with figures that a case brings along."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from payroll.law.calculate import rule_book
from payroll.law.conformance.report import CellError, parse_number
from payroll.law.engine import Fault, RuleSet, evaluate
from payroll.law.engine.parameters import IN_FORCE, quantity
from payroll.law.engine.rule_set import Node

AREA = "sozialversicherung"
FIRST = date(2024, 1, 1)
LAST = date(2027, 12, 31)
# key of extra_in: (unit of its value, parameter or value of the rule book)
FIGURES = {
    "G": ("euro", "sv_minijob_grenze_monat"), "upper": ("euro", "sv_midijob_obergrenze_monat"),
    "F": ("zahl", "sv_faktor"), "pv_rate": ("prozent", "sv_satz_pv"), "alv_rate": ("prozent", "sv_satz_av"),
    "rv_rate": ("prozent", "sv_satz_rv"), "kv_rate": ("prozent", "sv_satz_kv_allgemein"),
    "childless_rate": ("prozent", "sv_satz_pv_kinderlos"),
    "avg_zusatzbeitrag_assumed": ("prozent", "sv_satz_kv_zusatz_durchschnitt"),
}
Figures = tuple[tuple[str, Fraction], ...]


def numbers(text: str, column: str) -> dict[str, Any]:
    """A JSON object of a cell with exact numbers; an unreadable one is a CellError."""
    if not text:
        return {}
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise CellError(f"{column}: kein lesbares JSON ({error})") from error
    if not isinstance(found, dict):
        raise CellError(f"{column}: ein JSON-Objekt wird gebraucht, nicht {text!r}")
    return found


def figure(raw: Any, name: str) -> Fraction:
    """An exact number of a JSON value."""
    if isinstance(raw, bool) or not isinstance(raw, (int, str, Decimal)):
        raise CellError(f"{name}: {raw!r} ist keine Zahl")
    return parse_number(str(raw), name)


@dataclass(frozen=True)
class Job:
    """One calculation: month, own figures, inputs in the integers of the law."""

    day: date
    inputs: Mapping[str, int]
    figures: Figures = ()


@dataclass
class Outcome:
    """Values of one calculation in cents (conditions 0/1), or the fault that stopped it."""

    values: dict[str, int] = field(default_factory=dict)
    fault: Fault | None = None


@cache
def rule_set(day: date, figures: Figures) -> RuleSet:
    """The law of a month with the figures a case brings along.

    Years before the first known one use its rules: such cases bring the figures that differ.
    """
    base = rule_book(AREA).build(max(day, FIRST))
    arguments, nodes = dict(base.arguments), dict(base.nodes)
    for key, value in figures:
        unit, name = FIGURES[key]
        given = quantity(unit, value)
        if name in nodes:
            nodes[name] = _fixed(nodes[name], given)
        else:
            arguments[name] = given
    return replace(base, arguments=arguments, nodes=nodes)


def _fixed(node: Node, value: Any) -> Node:
    """A value that is given instead of computed."""
    return replace(node, rule=replace(node.rule, function=lambda: value, arguments=(), kinds={}), sources=(), when=None)


def upper_limit(job_day: date, figures: Figures) -> int:
    """Upper limit of the Midijob band in cents."""
    return int(rule_set(job_day, figures).arguments["sv_midijob_obergrenze_monat"].num)


def unconfirmed(day: date) -> list[str]:
    """Figures of a month that are drafts or carried over."""
    found = rule_set(day, ()).parameters.values()
    return sorted(p.titel for p, at in found if (value := p.on(at)) is not None and value.status not in IN_FORCE
                  and at >= day >= FIRST)


def compute(jobs: list[Job], outputs: tuple[str, ...]) -> list[Outcome]:
    """All calculations, one evaluation for each month and set of figures."""
    outcomes = [Outcome() for _ in jobs]
    together: dict[tuple[date, Figures], list[int]] = {}
    for index, job in enumerate(jobs):
        together.setdefault((job.day, job.figures), []).append(index)
    for (day, figures), members in together.items():
        names = sorted({name for index in members for name in jobs[index].inputs})
        columns = {name: [jobs[index].inputs[name] for index in members] for name in names}
        columns["kalendermonat"] = [day.month] * len(members)
        result = evaluate(rule_set(day, figures), columns, outputs, rows=len(members))
        for name in outputs:
            cells = result.cents(name)
            for position, index in enumerate(members):
                outcomes[index].values[name] = int(cells[position])
        for fault in result.faults:
            outcomes[members[fault.row]].fault = fault
    return outcomes
