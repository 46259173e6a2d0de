"""Choices and comparisons over columns: where, minimum, maximum, ratio, lookup."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeVar, cast

import numpy as np

from payroll.law.engine import integers as ints
from payroll.law.engine.errors import LawFault
from payroll.law.engine.quantity import (
    Choice,
    Condition,
    Count,
    Quantity,
    align,
    coerce,
    common_class,
    number,
    origin_of,
    quotient,
    traced,
)
from payroll.law.engine.trace import Origin

Q = TypeVar("Q", bound=Quantity)


def _pair(a: Any, b: Any) -> tuple[Quantity, Quantity]:
    left = a if isinstance(a, Quantity) else coerce(a, b) if isinstance(b, Quantity) else number(a)
    return left, coerce(b, left)


def where(condition: Condition, then: Any, otherwise: Any) -> Any:
    """``then`` where the condition holds, else ``otherwise``; an explanation keeps only the branch that counted."""
    if isinstance(then, Condition) or isinstance(otherwise, Condition):
        return (condition & then) | (~condition & otherwise)
    a, b = _pair(then, otherwise)
    mask = condition.mask
    if condition.origin is not None:
        chosen = a if bool(np.asarray(mask).flat[0]) else b
        return _chosen(condition, chosen, a, b)
    (na, alo, ahi), (nb, blo, bhi), den = align(a, b)
    cls = common_class(a, b, den)
    if isinstance(mask, bool):
        num, lo, hi = (na, alo, ahi) if mask else (nb, blo, bhi)
    else:
        num, lo, hi = np.where(mask, na, nb), min(alo, blo), max(ahi, bhi)
    result = _named(cls(num, den, lo=lo, hi=hi), a, b)
    return traced(a, b, result, "wenn")


def _named(result: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """A value taken from one of two choices of the same kind stays such a choice."""
    if isinstance(a, Choice) and isinstance(b, Choice) and a.names == b.names:
        return Choice(result.num, lo=result.lo, hi=result.hi, names=a.names)
    return result


def _chosen(condition: Condition, chosen: Quantity, a: Quantity, b: Quantity) -> Quantity:
    (_, _, _), (_, _, _), den = align(a, b)
    result = _named(common_class(a, b, den)(chosen.num, chosen.den, lo=chosen.lo, hi=chosen.hi), a, b)
    holds = "weil" if bool(np.asarray(condition.mask).flat[0]) else "weil nicht"
    result.origin = Origin("choice", holds, result.value, result.kind, (origin_of(chosen), origin_of(condition)))
    return result


def choose(*cases: tuple[Condition, Any], otherwise: Any) -> Any:
    """The value of the first case whose condition holds, else ``otherwise``."""
    result = otherwise
    for condition, value in reversed(cases):
        result = where(condition, value, result)
    return result


def _extreme(a: Quantity, b: Quantity, larger: bool) -> Quantity:
    (na, alo, ahi), (nb, blo, bhi), den = align(a, b)
    if larger:
        lo, hi = max(alo, blo), max(ahi, bhi)
    else:
        lo, hi = min(alo, blo), min(ahi, bhi)
    num: Any
    if isinstance(na, int) and isinstance(nb, int):
        num = max(na, nb) if larger else min(na, nb)
    else:
        num = (np.maximum if larger else np.minimum)(na, nb)
    result = common_class(a, b, den)(num, den, lo=lo, hi=hi)
    return traced(a, b, result, "max" if larger else "min")


def minimum(first: Any, *others: Any) -> Any:
    """The smallest of the values, row by row."""
    result = first
    for other in others:
        result = _extreme(*_pair(result, other), larger=False)
    return result


def maximum(first: Any, *others: Any) -> Any:
    """The largest of the values, row by row."""
    result = first
    for other in others:
        result = _extreme(*_pair(result, other), larger=True)
    return result


def ratio(a: Quantity, b: Quantity, *, if_zero: int) -> Quantity:
    """``a / b``, and ``if_zero`` in rows where ``b`` is zero (use where the law never looks at these rows)."""
    empty = b == 0
    safe = type(b)(b.num if isinstance(b.num, int) and b.num else np.where(np.asarray(b.num) == 0, 1, b.num), b.den)
    safe.origin = b.origin
    result = quotient(a, safe)
    return cast(Quantity, where(empty, coerce(if_zero, result), result))


def counted(condition: Condition) -> Count:
    """1 where the condition holds, else 0."""
    mask = condition.mask
    num = int(mask) if isinstance(mask, bool) else mask.astype(np.int64)
    result = Count(num, lo=0, hi=1)
    if condition.origin is not None:
        result.origin = Origin("op", "1 wenn", result.value, "Count", (condition.origin,))
    return result


def always(value: bool) -> Condition:
    """The same condition for all rows."""
    return Condition(value)


class Lookup:
    """A table of values by whole-number key, e.g. a pay table or the pension allowance by year.

    ``values`` are integers over ``den``; ``first`` is the key of the first value. A key outside the table, or one
    whose value is missing (``None``), is a LawFault unless ``outside`` says what to do ("clip").
    """

    def __init__(self, kind: type[Quantity], values: list[int | None], den: int = 1, *, first: int = 0,
                 name: str = "", outside: str = "fault") -> None:
        self.kind = kind
        self.den = den
        self.first = first
        self.name = name
        self.outside = outside
        self._missing = np.array([v is None for v in values], dtype=bool)
        self._values = np.array([v or 0 for v in values], dtype=np.int64)
        self._bounds = ints.bounds(self._values)

    def cells(self) -> list[int | None]:
        """The values as given, None where there is none."""
        return [None if gap else int(v) for v, gap in zip(self._values, self._missing, strict=True)]

    def __getitem__(self, key: Count) -> Any:
        last = len(self._values) - 1
        index = np.atleast_1d(np.asarray(key.num, dtype=np.int64)) - self.first
        outside = (index < 0) | (index > last)
        safe = np.clip(index, 0, last)
        faulty = self._missing[safe] | (outside if self.outside == "fault" else False)
        if bool(faulty.any()):
            raise LawFault(f"kein Wert in der Tabelle {self.name}", np.asarray(faulty, dtype=bool))
        found = self._values[safe]
        num: Any = int(found[0]) if isinstance(key.num, int) else found
        result = self.kind(num, self.den, lo=self._bounds[0], hi=self._bounds[1])
        if key.origin is not None:
            result.origin = Origin("op", f"Tabelle {self.name}", result.value, result.kind, (key.origin,))
        return result


def sum_of(*values: Any) -> Any:
    """Sum of several quantities of one kind."""
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def literal(value: Fraction, kind: type[Q]) -> Q:
    """A constant of the given kind."""
    return kind(value.numerator, value.denominator)
