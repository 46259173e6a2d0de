"""Integer columns with known bounds: int64 as long as nothing can overflow, exact Python integers beyond.

NumPy overflows silently. Every column therefore carries bounds that hold for all its rows. Bounds follow from the
bounds of the operands without looking at the data; only when they no longer fit are the data looked at, and
only when these do not fit either are the numbers kept as Python integers (dtype object): slower, never wrong.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[Any]
Integers = int | IntArray

LIMIT = 2**62


def bounds(values: Integers) -> tuple[int, int]:
    """Smallest and largest value; (0, 0) for an empty column."""
    if isinstance(values, int):
        return values, values
    if values.size == 0:
        return 0, 0
    return int(values.min()), int(values.max())


def fits(lo: int, hi: int) -> bool:
    """True when all values between the bounds are safe in int64."""
    return lo > -LIMIT and hi < LIMIT


def widen(values: Integers) -> Integers:
    """The same numbers as Python integers."""
    return values if isinstance(values, int) else values.astype(object)


def narrow(values: Integers, lo: int, hi: int) -> Integers:
    """Back to int64 when the bounds allow it."""
    if isinstance(values, int) or values.dtype != object or not fits(lo, hi):
        return values
    return values.astype(np.int64)


def product_bounds(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Bounds of the product of two columns."""
    corners = (a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
    return min(corners), max(corners)


def floor_div(values: Integers, divisor: Integers) -> Integers:
    """Division rounded towards minus infinity; the divisor is positive."""
    quotient: Integers = values // divisor
    return quotient


def trunc_div(values: Integers, divisor: Integers, lo: int) -> Integers:
    """Division rounded towards zero; the divisor is positive, ``lo`` is the lower bound of the values."""
    if isinstance(values, int):
        lo = values
    if lo >= 0:
        return floor_div(values, divisor)
    if isinstance(values, int) and isinstance(divisor, int):
        return -(-values // divisor)
    array = np.asarray(values)
    return np.where(array < 0, -(-array // divisor), array // divisor)


def up_div(values: Integers, divisor: Integers, lo: int) -> Integers:
    """Division rounded away from zero; the divisor is positive, ``lo`` is the lower bound of the values."""
    if isinstance(values, int):
        lo = values
    if lo >= 0:
        return -floor_div(-values, divisor)
    if isinstance(values, int) and isinstance(divisor, int):
        return values // divisor
    array = np.asarray(values)
    return np.where(array < 0, array // divisor, -(-array // divisor))


def half_up_div(values: Integers, divisor: Integers, lo: int) -> Integers:
    """Division rounded to the nearest integer, halves away from zero; the divisor is positive."""
    if isinstance(values, int):
        lo = values
    if lo >= 0:
        return floor_div(2 * values + divisor, 2 * divisor)
    if isinstance(values, int) and isinstance(divisor, int):
        return -((-2 * values + divisor) // (2 * divisor))
    array = np.asarray(values)
    size = (2 * np.abs(array) + divisor) // (2 * divisor)
    signed: IntArray = np.where(array < 0, -size, size)
    return signed
