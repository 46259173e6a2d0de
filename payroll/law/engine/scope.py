"""The values of one block of rows while its rules are computed; guarded rules only see the rows of their condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from payroll.law.engine.errors import RuleBookError
from payroll.law.engine.integers import IntArray, Integers, fits
from payroll.law.engine.quantity import KINDS, Choice, Condition, Exact, Quantity
from payroll.law.engine.rule import Input
from payroll.law.engine.rule_set import Node, RuleSet

Value = Any  # Quantity, Condition, Lookup or a tuple of records: what a rule takes and gives


def as_value(declared: Input, column: Integers) -> Value:
    """An input column as rules take it; a column with one value for all rows becomes a constant."""
    if not isinstance(column, int) and column.size and bool((column == column[0]).all()):
        column = int(column[0])
    if declared.kind == "Condition":
        return Condition(bool(column) if isinstance(column, int) else column.astype(bool))
    if declared.kind == "Choice":
        return Choice(column, names=declared.names)
    return KINDS[declared.kind](column, declared.den)


class Scope:
    """The values of one block. A guarded rule is computed only for the rows of its condition."""

    def __init__(self, rules: RuleSet, inputs: Mapping[str, Integers], size: int) -> None:
        self.rules = rules
        self.size = size
        self._values: dict[str, tuple[str | None, Value]] = {
            name: (None, as_value(rules.inputs[name], column)) for name, column in inputs.items()}
        for name, argument in rules.arguments.items():
            self._values[name] = (None, argument)
        self._rows: dict[str, IntArray] = {}
        self._cut: dict[tuple[str, str], Value] = {}
        self._cut_by: dict[str, list[str]] = {}

    def compute(self, node: Node) -> None:
        """Compute one value for the rows that need it."""
        when = node.when
        if when is not None:
            mask = self.full(when).mask
            if isinstance(mask, bool):
                if not mask:
                    self._values[node.name] = (None, constant(node))
                    return
                when = None
        value = conform(node, node.rule.function(*(self._argument(source, when) for source in node.sources)))
        if isinstance(value, Condition) and not isinstance(value.mask, bool):
            first = bool(value.mask[0]) if value.mask.size else False
            if bool((value.mask == first).all()):
                value = Condition(first)
        self._values[node.name] = (when, value)

    def _argument(self, source: str, when: str | None) -> Value:
        domain, value = self._values[source]
        if domain == when:
            return value
        if domain is not None:
            value = self.full(source)
        if when is None:
            return value
        key = (source, when)
        if key not in self._cut:
            self._cut[key] = take(value, self._rows_of(when))
            self._cut_by.setdefault(source, []).append(when)
        return self._cut[key]

    def _rows_of(self, when: str) -> IntArray:
        if when not in self._rows:
            self._rows[when] = np.flatnonzero(self.full(when).mask)
        return self._rows[when]

    def forget(self, names: Iterable[str]) -> None:
        """Let go of values that nothing needs any more."""
        for name in names:
            del self._values[name]
            for when in self._cut_by.pop(name, ()):
                del self._cut[name, when]

    def full(self, name: str) -> Value:
        """The value for all rows of the block."""
        domain, value = self._values[name]
        if domain is None:
            return value
        spread = scatter(value, self._rows_of(domain), self.size, self.rules.nodes[name])
        self._values[name] = (None, spread)
        return spread

    def faulty_rows(self, node: Node, rows: IntArray) -> IntArray:
        """Positions in the block of the rows marked by a LawFault."""
        hit = np.flatnonzero(rows)
        mask = self.full(node.when).mask if node.when else True
        domain = np.arange(self.size) if isinstance(mask, bool) else np.flatnonzero(mask)
        return domain if rows.size != domain.size else domain[hit]


def conform(node: Node, value: Value) -> Value:
    """The value in the kind that its rule declares; an unrounded amount where money is declared is an error."""
    declared = node.rule.result
    if declared == "Condition":
        if isinstance(value, Condition):
            return value
    elif isinstance(value, Quantity):
        kind = KINDS[declared]
        if isinstance(value, kind):
            return value
        related = isinstance(value, Exact) == issubclass(kind, Exact) and kind is not Choice
        if related and isinstance(value.den, int) and value.den == 1:
            return kind(value.num, lo=value.lo, hi=value.hi, origin=value.origin)
    given = getattr(value, "kind", type(value).__name__)
    hint = "; es fehlt eine Rundung (half_up, floor_cent, ...)" if declared == "Money" and given == "Exact" else ""
    raise RuleBookError(f"{node.rule.place}: {node.name!r} soll {declared} liefern, liefert aber {given}{hint}")


def constant(node: Node) -> Value:
    """The value of a guarded rule where its condition does not hold."""
    if node.rule.result == "Condition":
        return Condition(bool(node.rule.otherwise))
    return KINDS[node.rule.result](node.rule.otherwise)


def take(value: Value, rows: IntArray) -> Value:
    """The value for some rows only."""
    if isinstance(value, Condition):
        return value if isinstance(value.mask, bool) else Condition(value.mask[rows])
    if not isinstance(value, Quantity):
        return value
    num = value.num if isinstance(value.num, int) else value.num[rows]
    den = value.den if isinstance(value.den, int) else value.den[rows]
    if isinstance(value, Choice):
        return Choice(num, den, lo=value.lo, hi=value.hi, names=value.names)
    return type(value)(num, den, lo=value.lo, hi=value.hi)


def scatter(value: Value, rows: IntArray, size: int, node: Node) -> Value:
    """Spread the value of some rows over all rows of the block; the others get the rule's ``otherwise``."""
    if isinstance(value, Condition):
        mask = np.full(size, bool(node.rule.otherwise))
        mask[rows] = value.mask
        return Condition(mask)
    other = node.rule.otherwise
    if isinstance(value.den, int):
        den: Any = value.den
        other *= den
    else:
        den = np.ones(size, dtype=value.den.dtype)
        den[rows] = value.den
    lo, hi = min(value.lo, other), max(value.hi, other)
    num = np.full(size, other, dtype=_dtype(value.num))
    num[rows] = value.num
    if isinstance(value, Choice):
        return Choice(num, den, lo=lo, hi=hi, names=value.names)
    return type(value)(num, den, lo=lo, hi=hi)


def _dtype(num: Integers) -> Any:
    if isinstance(num, int):
        return np.int64 if fits(num, num) else object
    return num.dtype
