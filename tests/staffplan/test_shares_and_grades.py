"""Anteile bleiben genau, Gruppen werden verstanden und geordnet."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffplan import grades, shares


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", Fraction(1)),
        ("0,5", Fraction(1, 2)),
        ("19,5/39", Fraction(1, 2)),
        ("30/39", Fraction(10, 13)),
        ("1/3", Fraction(1, 3)),
        ("50 %", Fraction(1, 2)),
        ("0.77", Fraction(77, 100)),
        (" 25,5 / 39 ", Fraction(17, 26)),
    ],
)
def test_a_share_is_read_exactly(text: str, value: Fraction) -> None:
    assert shares.parse(text) == value


@pytest.mark.parametrize("text", ["", "halb", "1/0", "-0,5", "1e3", "½", "1/2/3", "٣"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(shares.NotAShare):
        shares.parse(text)


def test_three_thirds_are_one_although_each_shows_less() -> None:
    third = Fraction(1, 3)
    assert shares.shown(third, 2) == "0,33"
    assert shares.shown(third * 3, 2) == "1,00"
    assert shares.rounding_difference([third] * 3, 2) == Decimal("-0.01")


@given(st.fractions(min_value=0, max_value=5000, max_denominator=10**6), st.integers(0, 4))
def test_rounding_is_nearest_and_half_goes_up(share: Fraction, places: int) -> None:
    got, unit = Fraction(shares.rounded(share, places)), Fraction(1, 10**places)
    assert -unit / 2 < got - share <= unit / 2


@given(st.fractions(min_value=Fraction(1, 1000), max_value=1, max_denominator=10**5))
def test_exact_text_comes_back(share: Fraction) -> None:
    assert shares.parse(shares.exact(share)) == share


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A 13", "A13"),
        ("EG 9b", "E9b"),
        ("e9B", "E9b"),
        ("Entgeltgruppe 6", None),
        ("E 15Ü", "E15Ü"),
        ("E2Ue", "E2Ü"),
        ("S 8a", "S8a"),
        ("P 7", "P7"),
        ("B3", "B3"),
        ("Besoldungsgruppe A 9", "A9"),
        ("W2", "W2"),
        ("R1", "R1"),
        ("A17", None),
        ("E16", None),
        ("S8c", None),
        ("E5a", None),
        ("S1", None),
        ("P4", None),
        ("E3Ü", None),
        ("", None),
        ("A9a", None),
    ],
)
def test_a_grade_is_understood_or_refused(text: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(grades.UnknownGrade):
            grades.parse(text)
    else:
        assert str(grades.parse(text)) == name


@pytest.mark.parametrize(
    ("grade", "career", "fits"),
    [
        ("A13", "2.2", True),
        ("A13", "2.1", True),
        ("A13", "1.2", False),
        ("A9", "1.2", True),
        ("A9", "2.1", True),
        ("A16", "2.1", False),
        ("B4", "2.2", True),
        ("B4", "wahl", True),
        ("B4", "2.1", False),
        ("E9b", None, True),
        ("E9b", "2.1", False),
        ("A13", None, False),
        ("A13", "3.1", False),
        ("A15", "wahl", True),
    ],
)
def test_career_and_grade_belong_together(grade: str, career: str | None, fits: bool) -> None:
    assert (grades.check_career(grades.parse(grade), career) is None) is fits


@pytest.mark.parametrize(
    ("held", "post", "higher"),
    [
        (("E9b", None), ("E9a", None), True),
        (("E9a", None), ("E9b", None), False),
        (("E10", None), ("E9c", None), True),
        (("A13", "2.2"), ("A13", "2.1"), True),
        (("A13", "2.1"), ("A13", "2.2"), False),
        (("B2", "2.2"), ("A16", "2.2"), True),
        (("E2Ü", None), ("E2", None), True),
        (("E3", None), ("E2Ü", None), True),
        (("S12", None), ("E9b", None), False),
        (("A11", "2.1"), ("A11", "2.1"), False),
    ],
)
def test_what_lies_above_the_valuation(
    held: tuple[str, str | None], post: tuple[str, str | None], higher: bool
) -> None:
    assert grades.above(grades.parse(held[0]), held[1], grades.parse(post[0]), post[1]) is higher


def test_the_plan_is_ordered_from_the_top() -> None:
    keys = [
        ("wahl", "B4"),
        ("2.2", "B2"),
        ("2.2", "A16"),
        ("2.2", "A13"),
        ("2.1", "A13"),
        ("2.1", "A9"),
        ("1.2", "A9"),
        (None, "E15Ü"),
        (None, "E15"),
        (None, "E9c"),
        (None, "E9a"),
        (None, "E2Ü"),
        (None, "E2"),
        (None, "S18"),
        (None, "P7"),
    ]
    turned = list(reversed(keys))
    assert sorted(turned, key=lambda key: grades.sort_key(*key)) == keys
