"""The real rule book can be built on every day on which anything changes, from its first complete day on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from payroll.law.calculate import rule_book
from payroll.law.engine import DatedValue, RuleBook, RuleBookError

# From these days on there may be no gap. Areas that compute alone, then ("") the whole book.
COVERED_FROM = {
    "lohnsteuer": date(2024, 1, 1),
    "sozialversicherung": date(2025, 1, 1),
    "zusatzversorgung": date(2025, 1, 1),
    "entgelt": date(2025, 1, 1),
    "": date(2025, 1, 1),
}


def book_of(area: str) -> RuleBook:
    return rule_book(area) if area else rule_book()


@pytest.mark.parametrize("area", COVERED_FROM, ids=lambda area: area or "all")
def test_no_day_with_a_gap_since_the_start(area: str) -> None:
    book = book_of(area)
    if not book.rules:
        assert area != ""
        return
    first = book.first_complete_day()
    assert first <= COVERED_FROM[area], f"{area or 'das Regelwerk'} ist erst ab {first} vollständig"
    for day in book.change_days():
        if day >= first:
            assert book.build(day).nodes, day


def test_first_complete_day_of_the_island_is_not_before_its_rules(island: RuleBook) -> None:
    # rules begin in 2020; the growth over the previous year begins in 2021
    assert island.first_complete_day() == date(2020, 1, 1)
    assert date(2021, 1, 1) in island.change_days()


def test_a_gap_moves_the_first_complete_day_behind_it(island: RuleBook) -> None:
    gap = replace(island.parameters["grenze"], werte=(
        DatedValue(date(2020, 1, 1), date(2021, 2, 28), 1000, "A", "gesetz"),
        DatedValue(date(2021, 7, 1), None, 1000, "A", "gesetz")))
    parameters = {**island.parameters, "grenze": gap}
    book = island.with_overlays([])
    book.parameters = parameters
    assert book.first_complete_day() == date(2021, 7, 1)


def test_an_open_end_without_law_is_an_error(island: RuleBook) -> None:
    ended = replace(island.parameters["grenze"], werte=(
        DatedValue(date(2020, 1, 1), date(2023, 12, 31), 1000, "A", "gesetz"),))
    book = island.with_overlays([])
    book.parameters = {**island.parameters, "grenze": ended}
    with pytest.raises(RuleBookError, match=r"'grenze' .*hat am 2024-01-01 keinen Wert"):
        book.first_complete_day()


def test_the_previous_year_is_a_change_day_of_its_own(island: RuleBook) -> None:
    # the value of 2021 is the previous year's value from 1 January 2022 on
    assert date(2022, 1, 1) in island.change_days()
