"""Pflichtplätze und Ausgleichsabgabe: §§ 154 bis 160 SGB IX, Beträge nach BIH und REHADAT (Staffelbeträge)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from payroll.law.schwerbehindert import Monat, abgabesatz, jahresbild, pflichtplaetze


@pytest.mark.parametrize(("places", "owed"), [
    (19, 0),  # § 154 (1): from 20 posts on
    (20, 1), (39, 1), (40, 2), (59, 2),  # § 154 (1) sentence 3
    (60, 3), (69, 3), (70, 4), (100, 5), (109, 5), (110, 6)])  # § 157 (2): halves up from 60 posts on
def test_places_owed(places: int, owed: int) -> None:
    assert pflichtplaetze(places, Fraction(places)) == owed


@pytest.mark.parametrize(("year", "places", "filled", "open_", "rate", "levy"), [
    (2026, 100, 60, 0, 0, 0),  # 5 % all the year
    (2026, 100, 36, 24, 15_500, 372_000),  # 3 %: 24 x 155
    (2026, 100, 24, 36, 27_500, 990_000),  # 2 %: 36 x 275
    (2026, 100, 12, 48, 40_500, 1_944_000),  # 1 %: 48 x 405
    (2026, 100, 0, 60, 81_500, 4_890_000),  # none: 60 x 815
    (2024, 100, 0, 60, 72_000, 4_320_000),  # the fourth tier from 2024
    (2023, 100, 0, 60, 36_000, 2_160_000),  # before it
    (2026, 30, 0, 12, 23_500, 282_000), (2026, 30, 6, 6, 15_500, 93_000), (2026, 30, 12, 0, 0, 0),
    (2026, 50, 0, 24, 46_500, 1_116_000), (2026, 50, 6, 18, 27_500, 495_000), (2026, 50, 12, 12, 15_500, 186_000),
    (2026, 50, 24, 0, 0, 0), (2026, 19, 0, 0, 0, 0)])
def test_levy_by_size_and_quota(year: int, places: int, filled: int, open_: int, rate: int, levy: int) -> None:
    """`filled`: besetzte Pflichtplätze des Jahres, zwei je Monat, bis sie verbraucht sind."""
    months, left = [], filled
    for number in range(12):
        own = -(-left // (12 - number))
        months.append(Monat(places, own))
        left -= own
    view = jahresbild(year, months)
    assert (view.besetzt, view.unbesetzt, view.satz, view.abgabe) == (filled, open_, rate, levy)


def test_more_than_owed_in_one_month_helps_the_others() -> None:
    """Die Abgabe richtet sich nach dem Jahr (§ 160 Abs. 1 Satz 3 SGB IX)."""
    view = jahresbild(2026, [*[Monat(100, 10)] * 6, *[Monat(100, 0)] * 6])
    assert (view.unbesetzt, view.abgabe, view.quote) == (0, 0, Fraction(1, 20))


def test_years_without_amounts_are_refused() -> None:
    with pytest.raises(ValueError, match="erst ab 2021 hinterlegt, nicht 2020"):
        abgabesatz(2020, Fraction(100), Fraction(0), Fraction(0))
    with pytest.raises(ValueError, match="12 Monate, nicht 3"):
        jahresbild(2026, [Monat(100, 5)] * 3)
