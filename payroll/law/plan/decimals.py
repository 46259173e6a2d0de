"""Java's BigDecimal as columns: integers times a power of ten, with bounds; nothing is ever rounded unasked.

int64 while the bounds allow it, Python integers beyond; the bounds of an operation follow from the operands, and only
when they are too wide are the data looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from payroll.law.engine.integers import (
    IntArray,
    Integers,
    bounds,
    fits,
    narrow,
    product_bounds,
    widen,
)
from payroll.law.engine.quantity import BoolArray

MAX_SCALE = 60
MAX_SIZE = 10**80

Mask = bool | BoolArray


class RowsFault(Exception):
    """Some rows cannot be computed; ``rows`` marks them (one bool: all or none)."""

    def __init__(self, message: str, rows: Mask = True) -> None:
        super().__init__(message)
        self.message = message
        self.rows = rows


@dataclass(frozen=True, slots=True)
class Decimals:
    """A column (or one number for all rows) num / 10**scale; lo and hi bound num."""

    num: Integers
    scale: int
    lo: int
    hi: int


ZERO = Decimals(0, 0, 0, 0)


def one(number: int, scale: int = 0) -> Decimals:
    """One number for all rows."""
    return Decimals(number, scale, number, number)


def column(num: Integers, scale: int = 0) -> Decimals:
    """A column with the bounds of its data: int64 when they fit, else Python integers."""
    lo, hi = bounds(num)
    return Decimals(narrow(num, lo, hi) if fits(lo, hi) else widen(num), scale, lo, hi)


def tight(value: Decimals) -> Decimals:
    """The same column with the bounds of its data."""
    return column(value.num, value.scale)


Bounds = tuple[int, int]


def _apply(a: Decimals, b: Decimals, scale: int, limit: Callable[[Decimals, Decimals], Bounds],
           op: Callable[[Integers, Integers], Integers]) -> Decimals:
    """The operation in int64 if the bounds of the result allow it, else with Python integers."""
    if scale > MAX_SCALE:
        raise RowsFault(f"mehr als {MAX_SCALE} Nachkommastellen")
    lo, hi = limit(a, b)
    if not (fits(lo, hi) and fits(a.lo, a.hi) and fits(b.lo, b.hi)):
        a, b = tight(a), tight(b)
        lo, hi = limit(a, b)
    if fits(lo, hi) and fits(a.lo, a.hi) and fits(b.lo, b.hi):
        return Decimals(op(a.num, b.num), scale, lo, hi)
    num = op(widen(a.num), widen(b.num))
    lo, hi = bounds(num)
    if lo < -MAX_SIZE or hi > MAX_SIZE:
        raise RowsFault("Zahl ist größer als jede, mit der ein Plan rechnen kann", (num < -MAX_SIZE) | (num > MAX_SIZE))
    return Decimals(narrow(num, lo, hi), scale, lo, hi)


def shift(value: Decimals, places: int) -> Decimals:
    """The same value with so many more decimals written out."""
    return multiply(value, one(10**places, places)) if places else value


def aligned(a: Decimals, b: Decimals) -> tuple[Decimals, Decimals]:
    """Both over the larger scale."""
    return shift(a, max(0, b.scale - a.scale)), shift(b, max(0, a.scale - b.scale))


def add(a: Decimals, b: Decimals) -> Decimals:
    """a + b."""
    a, b = aligned(a, b)
    return _apply(a, b, a.scale, lambda x, y: (x.lo + y.lo, x.hi + y.hi), lambda x, y: x + y)


def subtract(a: Decimals, b: Decimals) -> Decimals:
    """a - b."""
    a, b = aligned(a, b)
    return _apply(a, b, a.scale, lambda x, y: (x.lo - y.hi, x.hi - y.lo), lambda x, y: x - y)


def multiply(a: Decimals, b: Decimals) -> Decimals:
    """a * b."""
    return _apply(a, b, a.scale + b.scale, lambda x, y: product_bounds((x.lo, x.hi), (y.lo, y.hi)), lambda x, y: x * y)


def negate(a: Decimals) -> Decimals:
    """-a."""
    return Decimals(-a.num, a.scale, -a.hi, -a.lo)


def larger(a: Decimals, b: Decimals) -> Decimals:
    """The larger of both."""
    return _pick(a, b, max, np.maximum)


def smaller(a: Decimals, b: Decimals) -> Decimals:
    """The smaller of both."""
    return _pick(a, b, min, np.minimum)


def absolute(a: Decimals) -> Decimals:
    """Without its sign."""
    return larger(a, negate(a))


def _pick(a: Decimals, b: Decimals, scalar: Callable[[int, int], int], array: Callable[..., IntArray]) -> Decimals:
    def op(x: Integers, y: Integers) -> Integers:
        return scalar(x, y) if isinstance(x, int) and isinstance(y, int) else array(x, y)

    a, b = aligned(a, b)
    return _apply(a, b, a.scale, lambda x, y: (scalar(x.lo, y.lo), scalar(x.hi, y.hi)), op)


_COMPARE: dict[str, Callable[[Integers, Integers], Mask]] = {
    "<": lambda x, y: x < y, "<=": lambda x, y: x <= y, ">": lambda x, y: x > y, ">=": lambda x, y: x >= y,
    "==": lambda x, y: x == y, "!=": lambda x, y: x != y,
}


def compare(a: Decimals, sign: str, b: Decimals) -> Mask:
    """Row by row; the scale does not matter."""
    a, b = aligned(a, b)
    x, y = a.num, b.num
    if not fits(min(a.lo, b.lo), max(a.hi, b.hi)):
        x, y = widen(x), widen(y)
    found = _COMPARE[sign](x, y)
    return found if isinstance(found, bool) else np.asarray(found, dtype=bool)
