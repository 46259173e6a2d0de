"""Money of time: agreed and published examples, months, overtime, on-call time, flexitime."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.law.calculate import rule_book
from payroll.law.engine import Overlay
from timekeeping.rules.clock import Span, at, each_day, week_start
from timekeeping.rules.facts import (
    Abwesenheit,
    Anordnung,
    Anwesenheit,
    Einsatz,
    Gleitzeit,
    Rufbereitschaft,
    Zeitraum,
    Zuordnung,
)
from timekeeping.rules.flexitime import account, target, worked_by_day
from timekeeping.rules.oncall import flat_days, is_flat, paid_hours
from timekeeping.rules.overtime import ordered_work, remaining
from timekeeping.rules.period import evaluate_period
from timekeeping.rules.pricing import Betraege, amount
from timekeeping.rules.rates import AREAS, half_up, hourly_rates
from timekeeping.rules.spans import minutes


def _assigned(group: str, step: str, weekly: int = 3900, **more: object) -> Zuordnung:
    return Zuordnung("TVoeD-VKA", group, step, weekly, 3900, **more)  # type: ignore[arg-type]  # fields by name


def _money(facts: Zeitraum) -> Betraege:
    found = evaluate_period(facts).betraege
    assert found is not None
    return found


def _one_shift(assigned: Zuordnung, start: int, end: int, time_off: dict[date, bool] | None = None) -> Zeitraum:
    day = date.fromordinal(date(1970, 1, 1).toordinal() + start // 1440)
    return Zeitraum(day - timedelta(days=1), day + timedelta(days=1), assigned, (Anwesenheit(Span(start, end)),),
                    feiertagsausgleich=time_off or {})


def test_published_hour_of_night() -> None:
    """tariff and § 3b EStG: E15 step 5, June 2026, 22 to 23: 7.82, free of tax, 6.25 free of contributions."""
    day = date(2026, 6, 10)
    money = _money(_one_shift(_assigned("E15", "5"), at(day, 22), at(day, 23)))
    assert (money.zuschlaege["nacht"], money.steuerfrei, money.sv_frei) == (782, 782, 625)


def test_published_holiday() -> None:
    """E7 step 2, Corpus Christi without time off: 29.32 an hour, 26.06 of it free."""
    day = date(2026, 6, 4)
    money = _money(_one_shift(_assigned("E7", "2"), at(day, 8), at(day, 16), {day: False}))
    assert (money.zuschlaege["feiertag_ohne"], money.steuerfrei, money.sv_frei) == (23456, 20848, 20848)


def test_agreed_weekend_on_call_with_a_call_out() -> None:
    """E9b step 2, February 2026: 2 + 4 + 4 hourly rates, two hours of call-out on Sunday."""
    friday = date(2026, 2, 6)
    sunday = friday + timedelta(days=2)
    call = Einsatz("ausserhalb", Span(at(sunday, 10), at(sunday, 12)))
    period = Rufbereitschaft(Span(at(friday, 15), at(friday + timedelta(days=3), 7)), (call,))
    facts = Zeitraum(friday, friday + timedelta(days=3), _assigned("E9b", "2"), rufbereitschaften=(period,))
    found, money = evaluate_period(facts), _money(facts)
    assert (money.rufbereitschaft, money.einsaetze, money.zuschlaege["sonntag"]) == (23170, 6080, 1206)
    assert (money.steuerfrei, money.sv_frei, found.arbeitsminuten) == (1206, 1206, 0)


def test_calls_by_telephone_are_added_before_rounding_up() -> None:
    """Commentary's example: 30, 35 and 50 minutes are two hours by telephone, three away."""
    day = date(2026, 2, 6)

    def hours(kind: str) -> int:
        calls = tuple(Einsatz(kind, Span(at(day, hour), at(day, hour) + count)) for hour, count in (
            (18, 30), (19, 35), (20, 50)))
        return sum(paid_hours(Rufbereitschaft(Span(at(day, 16), at(day, 24)), calls)).values())

    assert (hours("telefonisch"), hours("ausserhalb")) == (2, 3)


@pytest.mark.parametrize(("start", "length", "counts"), [
    ((date(2026, 2, 6), 23), 25 * 60, [2, 4]), ((date(2026, 2, 6), 15), 64 * 60, [2, 4, 4]),
    ((date(2026, 2, 9), 6), 12 * 60, [2]), ((date(2026, 2, 9), 18), 14 * 60, [2]),
    ((date(2026, 6, 3), 20), 28 * 60, [2, 4]), ((date(2026, 2, 9), 0), 48 * 60, [2, 2])])
def test_flat_days(start: tuple[date, int], length: int, counts: list[int]) -> None:
    begin = at(*start)
    period = Rufbereitschaft(Span(begin, begin + length))
    assert is_flat(period)
    assert [count for _, count in flat_days(period)] == counts
    assert not is_flat(Rufbereitschaft(Span(begin, begin + 719)))


def test_each_month_of_the_work_has_its_own_rate_and_rounding() -> None:
    """A night over the pay rise of 1 May 2026."""
    day = date(2026, 4, 30)
    assigned = _assigned("E11", "6", schichtarbeit="schicht")
    money = _money(_one_shift(assigned, at(day, 21), at(day, 24) + 100, {date(2026, 5, 1): True}))
    april, may = (hourly_rates(assigned, month) for month in (date(2026, 4, 1), date(2026, 5, 1)))
    assert april is not None
    assert may is not None
    assert april.zuschlag["nacht"] < may.zuschlag["nacht"]
    assert money.zuschlaege["nacht"] == amount(april.zuschlag["nacht"], 180) + amount(may.zuschlag["nacht"], 100)
    assert money.zuschlaege["feiertag_mit"] == amount(may.zuschlag["feiertag_mit"], 100)


def test_before_the_first_table_minutes_are_counted_and_money_is_not() -> None:
    day = date(2022, 12, 24)
    found = evaluate_period(_one_shift(_assigned("E3", "4"), at(day, 5), at(day, 14)))
    assert found.betraege is None
    assert found.zuschlagsminuten == {"nacht": 60, "sonntag": 0, "feiertag_ohne": 0, "feiertag_mit": 0, "vorfest": 480,
                                      "samstag": 0}


def test_free_part_is_never_more_than_the_premiums() -> None:
    for group, step in (("E1", "2"), ("E9b", "1"), ("E15", "6")):
        for start in range(0, 7 * 24, 5):
            begin = at(date(2026, 12, 21)) + start * 60
            days = {date(2026, 12, 25): False, date(2026, 12, 26): True}
            money = _money(_one_shift(_assigned(group, step), begin, begin + 487, days))
            assert 0 <= money.sv_frei <= money.steuerfrei <= sum(money.zuschlaege.values())


MONDAY = date(2026, 9, 7)


def _ordered(count: int, *, weekly: int = 3900, balance: tuple[tuple[date, int], ...] = ()) -> Zeitraum:
    """Work of 300 minutes a day from 8:00; ``count`` of Tuesday's from 8:00 on are ordered."""
    work = tuple(Anwesenheit(Span(at(day, 8), at(day, 13))) for day in each_day(MONDAY, MONDAY + timedelta(days=4)))
    begin = at(MONDAY + timedelta(days=1), 8)
    return Zeitraum(MONDAY, MONDAY + timedelta(days=6), _assigned("E7", "5", weekly), work,
                    (Anordnung(Span(begin, begin + count), balance),))


@settings(max_examples=100, deadline=None)
@given(count=st.integers(1, 1440), weekly=st.integers(500, 4200), late=st.integers(-3, 20), off=st.integers(0, 400))
def test_ordered_hours_are_balanced_extra_or_overtime(count: int, weekly: int, late: int, off: int) -> None:
    day = MONDAY + timedelta(days=1 + late)
    facts = _ordered(count, weekly=weekly, balance=((day, off),))
    worked = minutes(ordered_work(facts))
    balanced = min(off, worked) if day <= MONDAY + timedelta(days=13) else 0
    left = remaining(facts)
    extra, overtime = minutes(left.mehrarbeit), minutes(left.ueberstunden)
    assert worked == min(count, 300)
    assert extra + overtime == worked - balanced
    assert extra == min(worked - balanced, max(3900 - weekly, 0) * 60 // 100)
    if extra and overtime:
        assert max(span.bis for span in left.mehrarbeit) <= min(span.von for span in left.ueberstunden)


def test_balance_until_the_sunday_of_the_following_week() -> None:
    for offset, left in ((13, 15), (14, 60)):
        facts = _ordered(60, balance=((week_start(MONDAY) + timedelta(days=offset), 45),))
        assert minutes(remaining(facts).ueberstunden) == left


def test_overtime_premium_for_part_timers_is_a_setting_of_the_employer() -> None:
    facts = _ordered(60, weekly=1950)
    book = rule_book(*AREAS).with_overlays([Overlay(
        "teilzeit_ueberstundenzuschlag", date(2026, 1, 1), 1, "Festlegung des Arbeitgebers")])
    plain, changed = _money(facts), evaluate_period(facts, book).betraege
    assert changed is not None
    assert (plain.ueberstunden_zuschlag, plain.mehrarbeit) == (0, changed.mehrarbeit)
    rates = hourly_rates(facts.zuordnung, date(2026, 9, 1))
    assert rates is not None
    assert changed.ueberstunden_zuschlag == rates.zuschlag["ueberstunden"] > 0


def test_flexitime_is_the_sum_of_its_days() -> None:
    plan = dict.fromkeys(range(5), 468)
    start = Gleitzeit(100, 150, date(2026, 5, 14))
    days = list(each_day(date(2026, 4, 30), date(2026, 5, 31)))
    work = tuple(Anwesenheit(Span(at(day, 8), at(day, 17))) for day in days if day.weekday() < 5)
    facts = Zeitraum(days[0], days[-1], _assigned("E8", "3"), work, arbeitsplan=plan, gleitzeit=start,
                     feiertagsausgleich={date(2026, 5, 1): False, date(2026, 5, 14): True, date(2026, 5, 25): False})
    found, worked = account(facts, start), worked_by_day(facts)
    assert worked[date(2026, 5, 1)] == worked[date(2026, 5, 25)] == 0
    assert worked[date(2026, 5, 14)] == 540
    assert target(facts, date(2026, 5, 14)) == 0
    assert found.minuten + found.gekappt == 100 + sum(worked.get(day, 0) - target(facts, day) for day in days)
    assert found.gekappt > 0


@pytest.mark.parametrize(("kind", "change"), [("urlaub", 0), ("krank", 0), ("gleittag", -468)])
def test_absences_in_the_flexitime_account(kind: str, change: int) -> None:
    day = date(2026, 9, 8)
    facts = Zeitraum(day, day, _assigned("E8", "3"), arbeitsplan={1: 468}, abwesenheiten=(Abwesenheit(kind, day, day),),
                     gleitzeit=Gleitzeit(0))
    assert account(facts, Gleitzeit(0)).minuten == change


def test_eve_of_new_year_has_no_target_except_on_sundays() -> None:
    plan = dict.fromkeys(range(7), 468)
    for year, expected in ((2026, 0), (2028, 468)):  # 31 December 2028 is a Sunday
        facts = Zeitraum(date(year, 12, 31), date(year, 12, 31), _assigned("E8", "3"), arbeitsplan=plan)
        assert target(facts, date(year, 12, 31)) == expected


def test_days_off_by_custom_have_no_target() -> None:
    monday = date(2026, 2, 16)  # Carnival Monday
    facts = Zeitraum(monday, monday, _assigned("E8", "3"), arbeitsplan={0: 468}, freie_tage=frozenset({monday}))
    assert (target(facts, monday), target(replace(facts, freie_tage=frozenset()), monday)) == (0, 468)


def test_halves_go_away_from_zero() -> None:
    assert [half_up(Fraction(n, 2)) for n in (-3, -1, 0, 1, 3, 4)] == [-2, -1, 0, 1, 2, 2]
