"""Choices over columns, the table, and what the types refuse."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Days,
    Exact,
    LawFault,
    Lookup,
    Money,
    Rate,
    always,
    cent,
    choose,
    counted,
    euro,
    maximum,
    minimum,
    rate,
    ratio,
    sum_of,
    where,
)

AMOUNTS = Money(np.array([-300, 0, 250]))


def test_where_takes_row_by_row_over_a_common_denominator() -> None:
    got = where(AMOUNTS > 0, AMOUNTS / 3, AMOUNTS)
    assert [Fraction(int(n), got.den) for n in got.num] == [-300, 0, Fraction(250, 3)]
    assert isinstance(got, Exact)


def test_where_over_conditions_and_choices_keeps_their_kind() -> None:
    yes = Condition(np.array([True, False, True]))
    assert where(AMOUNTS > 0, yes, ~yes).mask.tolist() == [False, True, True]
    ports = Choice(np.array([0, 1, 1]), names=("nord", "sued"))
    moved = where(yes, Choice(1, names=("nord", "sued")), ports)
    assert moved.ist("sued").mask.tolist() == [True, True, True]


def test_where_with_one_answer_for_all_rows() -> None:
    assert where(always(True), euro(3), AMOUNTS).value == 300
    assert where(always(False), euro(3), AMOUNTS) is not AMOUNTS


def test_minimum_maximum_of_several_and_of_zero() -> None:
    assert maximum(AMOUNTS, 0).num.tolist() == [0, 0, 250]
    assert minimum(AMOUNTS, euro(2), cent(150)).num.tolist() == [-300, 0, 150]
    assert maximum(Rate(1, 3), rate("0.33"), Rate(2, 7)).value == Fraction(1, 3)


def test_minimum_compares_exactly_across_denominators() -> None:
    third, near = Rate(np.array([1, 1]), 3), Rate(np.array([333333333333, 333333333334]), 10**12)
    assert (near < third).mask.tolist() == [True, False]
    assert (near == third).mask.tolist() == [False, False]


def test_choose_counted_sum() -> None:
    steps = choose((AMOUNTS < 0, Count(-1)), (AMOUNTS == 0, Count(0)), otherwise=Count(1))
    assert steps.num.tolist() == [-1, 0, 1]
    assert counted((AMOUNTS > 0) | (AMOUNTS < 0)).num.tolist() == [1, 0, 1]
    assert sum_of(AMOUNTS, AMOUNTS, cent(1)).num.tolist() == [-599, 1, 501]


def test_ratio_has_its_own_answer_for_zero() -> None:
    got = ratio(Count(np.array([1, 2, 3])), Count(np.array([0, 4, -6])), if_zero=9)
    half = Fraction(1, 2)
    assert [Fraction(int(n), int(d)) for n, d in zip(got.num, got.den, strict=True)] == [9, half, -half]


def test_division_by_a_column_marks_the_zero_rows() -> None:
    with pytest.raises(LawFault) as fault:
        AMOUNTS / Count(np.array([1, 0, 2]))
    assert fault.value.rows.tolist() == [False, True, False]


def test_table_by_key_with_gap_edges_and_clip() -> None:
    table = Lookup(Money, [100, None, 300], first=5, name="Probe")
    assert table[Count(np.array([7, 5]))].num.tolist() == [300, 100]
    with pytest.raises(LawFault, match="Probe") as fault:
        table[Count(np.array([5, 6, 8, 4]))]
    assert fault.value.rows.tolist() == [False, True, True, True]
    clipped = Lookup(Rate, [1, 2], 10, first=1, outside="clip")
    assert clipped[Count(np.array([-3, 1, 99]))].num.tolist() == [1, 1, 2]


def test_kinds_of_results() -> None:
    assert type(Days(30) + 1) is Days
    assert type(AMOUNTS * Count(3)) is Money
    assert type(AMOUNTS * Rate(1, 3)) is Exact
    assert type(AMOUNTS / euro(2)) is Rate
    assert type(-AMOUNTS) is Money


@pytest.mark.parametrize("act", [
    lambda: AMOUNTS * 1.5,
    lambda: AMOUNTS + 1.0,
    lambda: Rate(1, 2) * 0.1,
    lambda: AMOUNTS + 5,
    lambda: AMOUNTS > 5,
    lambda: AMOUNTS + Rate(1, 2),
    lambda: AMOUNTS * AMOUNTS,
    lambda: Rate(1, 2) / AMOUNTS,
    lambda: bool(AMOUNTS > 0),
    lambda: bool(AMOUNTS),
    lambda: where(AMOUNTS > 0, AMOUNTS, 5),
    lambda: maximum(AMOUNTS, True),
], ids=["times float", "plus float", "rate times float", "money plus number", "money beside number",
        "money plus rate", "money times money", "number by money", "if condition", "if money", "where number",
        "money and bool"])
def test_what_the_types_refuse(act: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        act()


def test_unknown_name_of_a_choice_is_an_error() -> None:
    with pytest.raises(ValueError, match="tuple"):
        Choice(0, names=("nord",)).ist("west")
