"""Laws of cutting and counting: every start and length of a week against a second count minute by minute."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timekeeping.rules.breaks import placed_break
from timekeeping.rules.clock import ClockError, Span, at, day_span, days_of, local_day, local_time, real_minute
from timekeeping.rules.facts import Anwesenheit, Zeitraum, Zuordnung
from timekeeping.rules.holidays import ist_feiertag, ist_hoher_sonntag
from timekeeping.rules.premiums import TAGARTEN, cut, minutes_by_kind, pieces
from timekeeping.rules.spans import difference, gaps, intersection, keep_first, minutes, union

BERLIN = ZoneInfo("Europe/Berlin")
HOLIDAYS = Path(__file__).parents[2] / "timekeeping" / "cases" / "nrw_holidays.csv"
with HOLIDAYS.open(encoding="utf-8", newline="") as _stream:
    LISTED = {date.fromisoformat(row["date"]) for row in csv.DictReader(_stream, delimiter=";")}


def test_holidays_are_those_of_the_land() -> None:
    first, last = date(min(LISTED).year, 1, 1), date(max(LISTED).year, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert {day for day in days if ist_feiertag(day)} == LISTED
    assert len(LISTED) == 11 * (last.year - first.year + 1)
    easter_days = [day for day in days if ist_hoher_sonntag(day)]
    assert [day.weekday() for day in easter_days] == [6] * len(easter_days)
    assert all(day + timedelta(days=1) in LISTED and day not in LISTED for day in easter_days)


def _second_count(minute: int, time_off: bool) -> tuple[bool, str]:
    """Night, and the premium of the day, of one minute: written down once more without the code under test."""
    now = datetime.fromtimestamp(minute * 60, UTC).astimezone(BERLIN)
    day, hour, kinds = now.date(), now.hour, []
    if day in LISTED:
        kinds.append((35 if time_off else 135, "feiertag_mit" if time_off else "feiertag_ohne"))
    if (day.month, day.day) in ((12, 24), (12, 31)) and hour >= 6:
        kinds.append((35, "vorfest"))
    if now.isoweekday() == 7:
        kinds.append((25, "sonntag"))
    if now.isoweekday() == 6 and 13 <= hour < 21:
        kinds.append((20, "samstag"))
    return hour >= 21 or hour < 6, max(kinds, default=(0, ""))[1]


@pytest.mark.parametrize(("monday", "step"), [
    (date(2026, 6, 1), 15), (date(2026, 3, 23), 60), (date(2026, 10, 19), 60), (date(2026, 12, 21), 60),
    (date(2026, 12, 28), 60), (date(2028, 12, 18), 60), (date(2026, 4, 27), 60)],
    ids=["corpus-christi", "spring", "autumn", "christmas", "new-year", "24-on-sunday", "may"])
@pytest.mark.parametrize("time_off", [True, False])
def test_ladder_of_every_start_and_length(monday: date, step: int, time_off: bool) -> None:
    if step == 15 and time_off:
        step = 60
    begin, days = at(monday), dict.fromkeys(LISTED, time_off)
    seconds = [_second_count(begin + n, time_off) for n in range(8 * 1440 + 60)]
    sums = {kind: [0, *accumulate(int(one[1] == kind) for one in seconds)] for kind in TAGARTEN}
    sums["nacht"] = [0, *accumulate(int(one[0]) for one in seconds)]
    for start in range(0, 7 * 1440, step):
        for length in range(step, 1440 + 1, step):
            span = Span(begin + start, begin + start + length)
            found = list(cut(span, span.von, days, saturday=True))
            assert sum(one.spanne.minuten for one in found) == length
            expected = {kind: line[start + length] - line[start] for kind, line in sums.items()}
            assert minutes_by_kind(found) == expected


MINUTES = st.integers(at(date(2026, 1, 1)), at(date(2027, 1, 1)))


@settings(max_examples=200, deadline=None)
@given(start=MINUTES, length=st.integers(2, 3000), share=st.floats(0, 1))
def test_a_split_changes_nothing(start: int, length: int, share: float) -> None:
    days = dict.fromkeys(LISTED, False)
    middle = start + min(max(int(length * share), 1), length - 1)
    whole = list(cut(Span(start, start + length), start, days, saturday=True))
    parts = [one for span in (Span(start, middle), Span(middle, start + length))
             for one in cut(span, start, days, saturday=True)]

    def classes(found: list) -> Counter:
        counted: Counter = Counter()
        for one in found:
            counted[one.tag, one.nacht, one.tagart, one.steuer_nacht, one.steuer_tag] += one.spanne.minuten
        return counted

    assert classes(whole) == classes(parts)
    assert [one.spanne.von for one in whole[1:]] == [one.spanne.bis for one in whole[:-1]]
    assert all(local_day(one.spanne.von) == local_day(one.spanne.bis - 1) == one.tag for one in whole)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 40)), max_size=6),
       st.lists(st.tuples(st.integers(0, 120), st.integers(0, 40)), max_size=6), st.integers(0, 80))
def test_spans_are_sets_of_minutes(left: list[tuple[int, int]], right: list[tuple[int, int]], count: int) -> None:
    one, two = ([Span(a, a + n) for a, n in raw] for raw in (left, right))
    first, second = ({m for span in raw for m in range(*span)} for raw in (one, two))

    def as_set(spans: list[Span]) -> set[int]:
        found = [m for span in spans for m in range(*span)]
        assert len(found) == len(set(found)) == minutes(spans)
        return set(found)

    assert as_set(union(one)) == first
    assert as_set(difference(one, two)) == first - second
    assert as_set(intersection(one, two)) == first & second
    assert as_set(keep_first(one, count)) == set(sorted(first)[:count])
    if first:
        assert as_set(gaps(one)) == set(range(min(first), max(first))) - first


@pytest.mark.parametrize("year", range(2024, 2031))
def test_nights_of_the_clock_change(year: int) -> None:
    for month, expected in ((3, 480), (10, 600)):
        sunday = max(date(year, month, day) for day in range(25, 32) if date(year, month, day).isoweekday() == 7)
        saturday = sunday - timedelta(days=1)
        night = Span(at(saturday, 21), at(sunday, 6))
        assert night.minuten == expected
        assert day_span(sunday).minuten == expected + 900
        found = list(cut(night, night.von, {}, saturday=True))
        assert {kind: count for kind, count in minutes_by_kind(found).items() if count} == {
            "nacht": expected, "sonntag": expected - 180}
        assert sum(one.spanne.minuten for one in found if one.steuer_nacht == "nacht_0_bis_4_uhr") == expected - 300


def test_local_times_that_do_not_exist_or_come_twice() -> None:
    with pytest.raises(ClockError, match="gibt es nicht"):
        real_minute(datetime(2026, 3, 29, 2, 0))
    with pytest.raises(ClockError, match="gibt es zweimal"):
        real_minute(datetime(2026, 10, 25, 2, 59))
    summer, winter = (real_minute(datetime.fromisoformat(f"2026-10-25T02:30+0{n}:00")) for n in (2, 1))
    assert winter - summer == 60
    assert local_time(summer) == local_time(winter) == datetime(2026, 10, 25, 2, 30)
    with pytest.raises(ClockError, match="Abstand zu UTC"):
        real_minute(datetime.fromisoformat("2026-07-01T08:00+01:00"))


def test_every_other_minute_of_two_years_comes_back() -> None:
    for minute in range(at(date(2026, 1, 1)), at(date(2028, 1, 1)), 37):
        local = local_time(minute)
        if (local.month, local.hour) != (10, 2):
            assert real_minute(local) == minute


def test_days_of_a_span_are_cut_at_midnight_and_month_end() -> None:
    span = Span(at(date(2026, 2, 27), 20), at(date(2026, 3, 2), 5))
    assert [(day, part.minuten) for day, part in days_of(span)] == [
        (date(2026, 2, 27), 240), (date(2026, 2, 28), 1440), (date(2026, 3, 1), 1440), (date(2026, 3, 2), 300)]


def test_a_break_of_unknown_place_lies_in_the_middle() -> None:
    for length in range(1, 90):
        found = placed_break(Span(0, 495), length)
        assert found.minuten == length
        assert found.von == (495 - length) // 2


def test_saturday_only_outside_shift_work_but_always_in_hospitals() -> None:
    saturday = date(2026, 6, 13)
    work = (Anwesenheit(Span(at(saturday, 12), at(saturday, 22))),)
    for kind, hospital, expected in (("keine", False, 480), ("schicht", False, 0), ("wechselschicht", False, 0),
                                     ("schicht", True, 480)):
        assigned = Zuordnung("TVoeD-VKA", "E5", "3", 3900, 3900, kind, krankenhaus=hospital)
        found = minutes_by_kind(pieces(Zeitraum(saturday, saturday, assigned, work)))
        assert (found["samstag"], found["nacht"]) == (expected, 60)
