"""Why a value is what it is: the steps that led to it for one row, with figures, law and sources.

The row is computed once more alone, with values that remember how they arose. Every step must equal the value that
the columns give for this row; otherwise nothing is explained and :class:`ExplanationError` is raised.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from payroll.law.engine.build import PREVIOUS
from payroll.law.engine.errors import LawFault, RuleBookError
from payroll.law.engine.evaluate import (
    Result,
    evaluate,
    input_columns,
    needed_inputs,
)
from payroll.law.engine.explanation import Explanation, Fact, Source, Step
from payroll.law.engine.figures import value_text
from payroll.law.engine.formula import DATE, Reader, formula, reasons
from payroll.law.engine.functions import Lookup
from payroll.law.engine.parameters import IN_FORCE
from payroll.law.engine.quantity import Choice, Condition, Quantity
from payroll.law.engine.rule_set import Node, RuleSet
from payroll.law.engine.scope import Scope, Value, constant
from payroll.law.engine.trace import Origin
from payroll.law.tongue import hear, say

NEIGHBOURS = 128
ABSENT = -1  # default of inputs whose absence means something else than nothing
Trace = tuple[Origin | None, tuple[str, ...]]


class ExplanationError(RuntimeError):
    """The value cannot be explained: the row is faulty, or the explanation differs from the columns or the record."""


def explain(rules: RuleSet, inputs: Mapping[str, Any], row: int, name: str, *,
            expected: int | None = None) -> Explanation:
    """Explain the value ``name`` of one row (counted from 0) of the input columns.

    ``expected``: the recorded value (whole number, e.g. cents) that the explanation must meet as well.
    """
    order = rules.order_for([name])
    names = [node.name for node in order]
    batch, own, position = _row_in_batch(rules, inputs, row, order, name)
    scope = Scope(rules, own, 1)
    try:
        for node in order:
            scope.compute(node)
    except LawFault as fault:
        raise ExplanationError(f"Zeile {row + 1}: {name} ist nicht berechenbar: {fault.message}") from fault
    for one in names:
        alone, column = _exact(scope.full(one)), _cell(batch, one, position)
        if alone != column:
            raise ExplanationError(f"{one}: Erklärung ergibt {alone}, der Lauf {column}")
    value = _exact(scope.full(name))
    if expected is not None and value != expected:
        raise ExplanationError(f"{name}: Erklärung ergibt {value}, festgehalten ist {expected}")
    return _assembled(rules, scope, name, value)


def _row_in_batch(rules: RuleSet, inputs: Mapping[str, Any], row: int, order: list[Node],
                  name: str) -> tuple[Result, dict[str, Any], int]:
    """Batch values of the row computed among its neighbours, its own inputs, its place among the neighbours."""
    columns = input_columns(rules, inputs, needed_inputs(rules, order, [name]))
    sizes = {len(c) for c in inputs.values() if not isinstance(c, (bool, int))}
    count = max(sizes, default=1)
    if not 0 <= row < count:
        raise ExplanationError(f"Zeile {row + 1} gibt es nicht; die Eingabe hat {count} Zeilen")
    first = max(0, row - NEIGHBOURS)
    window = {n: c if isinstance(c, int) else c[first:row + NEIGHBOURS] for n, c in columns.items()}
    size = min(count, row + NEIGHBOURS) - first
    batch = evaluate(rules, window, [node.name for node in order], rows=size)
    for fault in batch.faults:
        if fault.row == row - first:
            raise ExplanationError(f"Zeile {row + 1}: {fault.rule} ({fault.law}) ist nicht berechenbar: "
                                   f"{fault.message}")
    own = {n: c if isinstance(c, int) else int(c[row]) for n, c in columns.items()}
    return batch, own, row - first


def _cell(batch: Result, name: str, position: int) -> Fraction:
    column = batch.columns[name]
    den = column.den if isinstance(column.den, int) else column.den[position]
    return Fraction(int(column.num[position]), int(den))


def _exact(value: Value) -> Fraction:
    if isinstance(value, Condition):
        return Fraction(int(np.asarray(value.mask).flat[0]))
    assert isinstance(value, Quantity)
    return value.value


def _assembled(rules: RuleSet, scope: Scope, name: str, value: Fraction) -> Explanation:
    traces, levels = _traces(rules, scope, name)
    teller = _Teller(rules, scope)
    steps = tuple(teller.step(rules.nodes[one], *traces[one], levels[one]) for one in _told_in_order(traces, name))
    uses = dict.fromkeys(use for step in steps for use in step.uses) or {name: None}
    facts = tuple(teller.fact(n) for n in uses if n in rules.inputs)
    sources = tuple(teller.source(n) for n in uses if n in rules.parameters)
    return Explanation(rules.day, name, teller.title(name), value, teller.text(name, period=True), facts, sources,
                       steps)


def _traces(rules: RuleSet, scope: Scope, name: str) -> tuple[dict[str, Trace], dict[str, int]]:
    """How every value that counted arose, and its distance from the value asked for."""
    traces: dict[str, Trace] = {}
    levels = {name: 0}
    queue = deque([name])
    while queue:
        one = queue.popleft()
        if one not in rules.nodes:
            continue
        traces[one] = _trace(rules, scope, rules.nodes[one])
        for use in traces[one][1]:
            if use not in levels:
                levels[use] = levels[one] + 1
                queue.append(use)
    return traces, levels


def _told_in_order(traces: Mapping[str, Trace], name: str) -> list[str]:
    """The values so that each comes right after what it is computed from."""
    told: dict[str, None] = {}
    stack = [(name, False)]
    while stack:
        one, ready = stack.pop()
        if one in told or one not in traces:
            continue
        if ready:
            told[one] = None
        else:
            stack.append((one, True))
            stack += [(use, False) for use in reversed(traces[one][1])]
    return list(told)


def _trace(rules: RuleSet, scope: Scope, node: Node) -> Trace:
    """How the value arose, and the names that counted for it; a guard that always holds does not count."""
    guard = (node.when,) if node.when and not _always(rules, node.when) else ()
    if node.when and not _exact(scope.full(node.when)):
        return None, (node.when,)
    arguments = [_named(scope.full(source), source) for source in node.sources]
    origin: Origin | None = node.rule.function(*arguments).origin
    if origin is None:
        return None, (*node.sources, *guard)
    labels = _labels(origin)
    tables = [s for s, a in zip(node.sources, arguments, strict=True)
              if isinstance(a, tuple) or (isinstance(a, Lookup) and f"Tabelle {a.name}" in labels)]
    return origin, tuple(dict.fromkeys((*origin.names(), *tables, *guard)))


def _always(rules: RuleSet, name: str) -> bool:
    """True for a condition that depends on nothing."""
    node = rules.nodes.get(name)
    return node is not None and not node.sources and node.when is None


def _labels(origin: Origin) -> set[str]:
    return {origin.label}.union(*(_labels(part) for part in origin.parts))


def _named(value: Value, name: str) -> Value:
    """The value with a memory of its name."""
    if isinstance(value, Condition):
        return Condition(value.mask, Origin("name", name, _exact(value), "Condition"))
    if not isinstance(value, Quantity):
        return value
    origin = Origin("name", name, value.value, value.kind)
    if isinstance(value, Choice):
        return Choice(value.num, value.den, lo=value.lo, hi=value.hi, names=value.names, origin=origin)
    return type(value)(value.num, value.den, lo=value.lo, hi=value.hi, origin=origin)


class _Teller:
    """Titles and figures of the values of one row."""

    def __init__(self, rules: RuleSet, scope: Scope) -> None:
        self.rules = rules
        self.scope = scope

    def title(self, name: str) -> str:
        if name in self.rules.nodes:
            node = self.rules.nodes[name]
            return node.rule.full_title
        if name in self.rules.inputs:
            return hear(self.rules.inputs[name].title)
        titel = say(self.rules.parameters[name][0].titel)
        return say("%(title)s (Vorjahr)", title=titel) if name.endswith(PREVIOUS) else titel

    def short(self, name: str) -> str:
        """The title up to its first semicolon, for use inside a formula."""
        return self.title(name).partition(";")[0]

    def fact(self, name: str) -> Fact:
        """An input of the row."""
        default = self.rules.inputs[name].default
        value = self.scope.full(name)
        assert isinstance(value, (Condition, Quantity))
        num = value.mask if isinstance(value, Condition) else value.num
        return Fact(name, self.short(name), self.text(name, period=True), default is None or int(num) != default)

    def unit(self, name: str) -> str:
        if name in self.rules.nodes:
            return self.rules.nodes[name].rule.unit
        if name in self.rules.inputs:
            return self.rules.inputs[name].unit
        return self.rules.parameters[name][0].einheit

    def text(self, name: str, *, period: bool = False) -> str:
        value = self.scope.full(name)
        if not isinstance(value, (Condition, Quantity)):
            return say("Tabelle")
        if name in self.rules.inputs and self.rules.inputs[name].default == ABSENT and _exact(value) < 0:
            return say("nicht angegeben")
        if self.unit(name) == DATE and not _exact(value):
            return say("nicht angegeben")
        names = value.names if isinstance(value, Choice) else ()
        return value_text(_exact(value), value.kind, self.unit(name), names, period=period)

    def source(self, name: str) -> Source:
        parameter, day = self.rules.parameters[name]
        value = parameter.on(day)
        assert value is not None
        return Source(name, self.title(name), parameter.paragraf, self.text(name, period=True), value.ab, value.quelle,
                      say(value.status), value.status in IN_FORCE)

    def both(self, origin: Origin) -> tuple[str, str]:
        """The formula in words and in figures."""
        words, figures = Reader(self.short, figures=False, unit=self.unit), Reader(
            self.text, figures=True, unit=self.unit)
        return formula(origin, words), formula(origin, figures)

    def reason(self, condition: Origin, holds: bool) -> str:
        """Why a branch counted."""
        words, figures = self.both(condition)
        plain = figures in (words, say("ja"), say("nein")) or (condition.label == "ist" and holds)
        shown = words if plain else f"{words} ({figures})"
        return shown if holds else say("nicht: %(what)s", what=shown)

    def step(self, node: Node, origin: Origin | None, uses: tuple[str, ...], level: int) -> Step:
        """One step as it is told."""
        words, figures, because = "", "", []
        if origin is not None:
            words, figures = self.both(origin)
            because = list(dict.fromkeys(self.reason(condition, holds) for condition, holds in reasons(origin)))
        if node.when and node.when in uses:
            holds = bool(_exact(self.scope.full(node.when)))
            because.insert(0, f"{self.short(node.when)}: {self.text(node.when)}")
            figures = figures if holds else _otherwise(node)
        value = _exact(self.scope.full(node.name))
        return Step(node.name, self.title(node.name), node.rule.law, node.rule.unit, value,
                    self.text(node.name, period=True), words, figures, tuple(because), uses, level)


def _otherwise(node: Node) -> str:
    value = constant(node)
    if not isinstance(value, (Condition, Quantity)):
        raise RuleBookError(f"{node.rule.place}: kein Ersatzwert")
    return value_text(_exact(value), value.kind, node.rule.unit)
