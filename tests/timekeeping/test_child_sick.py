"""Kinderkrankentage: Grenzen je Kind und für alle, je Jahr, mit dem Paragrafen (§ 45 Abs. 1, 2, 2a SGB V)."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from timekeeping.leave.child_sick import notes
from timekeeping.rules.limits import limit

ANNA, BEN, CARL = date(2020, 5, 4), date(2022, 1, 2), date(2023, 3, 3)


def away(first: date, days: int, child: date = ANNA, *, half: bool = False) -> Any:
    """So viele Kalendertage; ohne Plan zählen Montag bis Freitag."""
    return SimpleNamespace(von=first, bis=first + timedelta(days=days - 1), kind_geboren_am=child, halb=half)


def weeks(year: int, count: int, child: date = ANNA, start: int = 0) -> list[Any]:
    """Wochen ohne Feiertag, je fünf Arbeitstage, ab Juli."""
    monday = date(year, 7, 7) - timedelta(days=date(year, 7, 7).weekday()) + timedelta(weeks=start)
    return [away(monday + timedelta(weeks=one), 5, child) for one in range(count)]


@pytest.mark.parametrize(("year", "own", "alone", "most", "most_alone"), [
    (2023, 30, 60, 65, 130), (2024, 15, 30, 35, 70), (2026, 15, 30, 35, 70), (2027, 10, 20, 25, 50)])
def test_limits_of_a_year(year: int, own: int, alone: int, most: int, most_alone: int) -> None:
    names = ("kind_krank_tage", "kind_krank_tage_allein", "kind_krank_hoechstens", "kind_krank_hoechstens_allein")
    assert [limit(name, date(year, 12, 31)) for name in names] == [own, alone, most, most_alone]


@pytest.mark.parametrize("year", [2025, 2026])
def test_fifteen_days_of_a_child_and_thirty_alone(year: int) -> None:
    three = weeks(year, 3)
    assert list(notes(three[-1], three, None)) == []
    four = weeks(year, 4)
    assert list(notes(four[-1], four, None)) == [
        f"20 Arbeitstage für dieses Kind im Jahr {year}: mehr als 15 gibt es nur für Alleinerziehende, bis 30 "
        "(§ 45 SGB V)"]
    seven = weeks(year, 7)
    assert list(notes(seven[-1], seven, None)) == [
        f"35 Arbeitstage für dieses Kind im Jahr {year}: mehr als die 15 je Elternteil und die 30 für Alleinerziehende "
        "(§ 45 SGB V)"]


def test_thirty_five_days_of_all_children() -> None:
    held = [*weeks(2026, 3), *weeks(2026, 3, BEN, 3), *weeks(2026, 2, CARL, 6)]
    assert list(notes(held[-1], held, None)) == [
        "40 Arbeitstage für alle Kinder im Jahr 2026: mehr als 35 gibt es nur für Alleinerziehende, bis 70 "
        "(§ 45 SGB V)"]


def test_half_days_years_and_age() -> None:
    three = weeks(2026, 3)
    half = away(date(2026, 11, 9), 1, half=True)
    assert next(notes(half, [*three, half], None)).startswith("15,5 Arbeitstage für dieses Kind")
    turn = away(date(2026, 12, 28), 12)  # until 8 January 2027: each year counts its own days
    assert list(notes(turn, [turn], None)) == []
    assert list(notes(away(date(2032, 5, 3), 1), [], None)) == []
    assert list(notes(away(date(2032, 5, 4), 1), [], None)) == [
        "Das Kind hat das 12. Lebensjahr vollendet: Kinderkrankengeld nur bei Behinderung und Angewiesensein auf Hilfe "
        "(§ 45 Abs. 1 SGB V)"]
    assert list(notes(away(date(2032, 5, 3), 2), [], None)) == [
        "Das Kind hat ab 04.05.2032 das 12. Lebensjahr vollendet: Kinderkrankengeld nur bei Behinderung und "
        "Angewiesensein auf Hilfe (§ 45 Abs. 1 SGB V)"]
    leap = date(2021, 2, 28), date(2024, 2, 29)
    assert [len(list(notes(away(date(2036, 2, 28), days, leap[1]), [], None))) for days in (1, 2)] == [0, 1]
    assert [len(list(notes(away(date(2033, 2, 27), days, leap[0]), [], None))) for days in (1, 2)] == [0, 1]
