"""Roundings of the law against a table of cases, and exactness beyond 64 bits against fractions."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
import pytest

from payroll.law.engine import (
    Exact,
    Money,
    Rate,
    ceil_cent,
    ceil_euro,
    cut_decimals,
    floor_cent,
    floor_euro,
    half_up,
    half_up_decimals,
    half_up_euro,
    up_decimals,
)
from payroll.law.engine.quantity import Quantity


def nearest(x: Fraction) -> int:
    return floor(x + Fraction(1, 2)) if x >= 0 else ceil(x - Fraction(1, 2))


def away(x: Fraction) -> int:
    return ceil(x) if x >= 0 else floor(x)


ROUNDINGS: dict[str, tuple[Callable[[Any], Any], Callable[[Fraction], Fraction]]] = {
    "half_up": (half_up, lambda x: Fraction(nearest(x))),
    "floor_cent": (floor_cent, lambda x: Fraction(int(x))),
    "ceil_cent": (ceil_cent, lambda x: Fraction(away(x))),
    "floor_euro": (floor_euro, lambda x: Fraction(int(x / 100) * 100)),
    "ceil_euro": (ceil_euro, lambda x: Fraction(away(x / 100) * 100)),
    "half_up_euro": (half_up_euro, lambda x: Fraction(nearest(x / 100) * 100)),
}

# cents before, then half_up, floor_cent, ceil_cent, floor_euro, ceil_euro, half_up_euro
TABLE = [
    ("0", 0, 0, 0, 0, 0, 0),
    ("1/2", 1, 0, 1, 0, 100, 0),
    ("-1/2", -1, 0, -1, 0, -100, 0),
    ("49/100", 0, 0, 1, 0, 100, 0),
    ("-49/100", 0, 0, -1, 0, -100, 0),
    ("3/2", 2, 1, 2, 0, 100, 0),
    ("-3/2", -2, -1, -2, 0, -100, 0),
    ("50", 50, 50, 50, 0, 100, 100),
    ("-50", -50, -50, -50, 0, -100, -100),
    ("4999/100", 50, 49, 50, 0, 100, 0),
    ("100", 100, 100, 100, 100, 100, 100),
    ("-100", -100, -100, -100, -100, -100, -100),
    ("12345678901/3", 4115226300, 4115226300, 4115226301, 4115226300, 4115226400, 4115226300),
    ("-25001/2", -12501, -12500, -12501, -12500, -12600, -12500),
]


@pytest.mark.parametrize("case", TABLE, ids=[row[0] for row in TABLE])
@pytest.mark.parametrize("position", range(len(ROUNDINGS)), ids=list(ROUNDINGS))
def test_table_of_roundings_as_one_value_and_in_a_column(case: tuple[Any, ...], position: int) -> None:
    function = list(ROUNDINGS.values())[position][0]
    amount = Fraction(case[0])
    alone = function(Exact(amount.numerator, amount.denominator))
    column = function(Exact(np.array([amount.numerator, 0, -amount.numerator]), amount.denominator))
    assert isinstance(alone, Money)
    assert alone.value == case[position + 1]
    assert column.num.tolist() == [case[position + 1], 0, -case[position + 1]]


@pytest.mark.parametrize("name", ROUNDINGS)
@pytest.mark.parametrize("size", [10, 10**6, 10**15, 10**25])
def test_roundings_equal_fractions_whatever_the_size(name: str, size: int) -> None:
    function, expected = ROUNDINGS[name]
    rng = random.Random(size)
    nums = [rng.randint(-size, size) for _ in range(200)]
    den = rng.randint(2, size)
    dtype = np.int64 if size < 2**62 else object
    got = function(Exact(np.array(nums, dtype=dtype), den))
    assert [int(n) for n in got.num] == [expected(Fraction(n, den)) for n in nums]


def test_rounding_over_a_column_of_divisors() -> None:
    nums = np.array([7, -7, 5, -5, 0, 10**17])
    dens = np.array([2, 2, 3, 3, 9, 7])
    got = half_up(Exact(nums, dens))
    assert got.num.tolist() == [nearest(Fraction(int(n), int(d))) for n, d in zip(nums, dens, strict=True)]


def test_a_positive_value_with_loose_bounds_is_rounded_as_a_positive_value() -> None:
    # bounds of a table may reach below zero although the value found does not
    assert half_up(Exact(1, 2, lo=-10, hi=10)).value == 1
    assert floor_cent(Exact(3, 2, lo=-10, hi=10)).value == 1
    assert ceil_cent(Exact(3, 2, lo=-10, hi=10)).value == 2


@pytest.mark.parametrize(("function", "places", "before", "after"), [
    (cut_decimals, 4, "123456/1000000", "1234/10000"),
    (cut_decimals, 2, "-129/1000", "-12/100"),
    (up_decimals, 3, "1/3", "334/1000"),
    (half_up_decimals, 2, "125/1000", "13/100"),
    (half_up_decimals, 2, "-125/1000", "-13/100"),
    (half_up_decimals, 0, "5/2", "3"),
])
def test_decimals_of_a_number(function: Callable[..., Rate], places: int, before: str, after: str) -> None:
    value = Fraction(before)
    assert function(Rate(value.numerator, value.denominator), places).value == Fraction(after)


def test_decimals_of_an_amount_count_in_euro() -> None:
    # 12.3456 euro cut at three decimals is 12.345 euro
    assert cut_decimals(Exact(123456, 100), 3).value == Fraction("1234.5")


def test_products_beyond_64_bits_stay_exact() -> None:
    big = np.array([2**61, -(2**61), 3])
    product = Money(big) * Rate(10**6 + 3, 7) * Rate(np.array([11, 13, 17]), 1)
    expected = [Fraction(int(n)) * (10**6 + 3) / 7 * f for n, f in zip(big, (11, 13, 17), strict=True)]
    assert [Fraction(int(n), product.den) for n in product.num] == expected
    back = half_up(product / (10**9))
    assert back.num.dtype == np.int64  # small again, so fast again
    assert [int(n) for n in back.num] == [nearest(e / 10**9) for e in expected]


def test_sums_beyond_64_bits_stay_exact() -> None:
    big = Money(np.array([2**61 + 2**60, -(2**61)]))
    total = big + big + big
    assert [int(n) for n in total.num] == [3 * (2**61 + 2**60), -3 * 2**61]


def test_loose_bounds_alone_do_not_make_a_sum_slow() -> None:
    loose = Money(np.array([5, 7]), lo=-(2**61), hi=2**61)
    total = loose + loose - Money(np.array([1, 1]), lo=-(2**62) + 2, hi=2**61)
    assert total.num.dtype == np.int64
    assert (total.num.tolist(), total.lo, total.hi) == ([9, 13], 9, 13)


def test_random_formulas_equal_fractions() -> None:
    rng = random.Random(20260101)
    for _ in range(300):
        a, b = ([rng.randint(-10**6, 10**6) for _ in range(4)] for _ in range(2))
        r = Fraction(rng.randint(1, 10**5), rng.randint(1, 10**5))
        den = rng.randint(1, 360)
        result: Quantity = half_up((Money(np.array(a)) * r - Money(np.array(b)) / den) * Rate(7, 12))
        expected = [nearest((x * r - Fraction(y, den)) * Fraction(7, 12)) for x, y in zip(a, b, strict=True)]
        assert [int(n) for n in np.atleast_1d(np.asarray(result.num))] == expected
