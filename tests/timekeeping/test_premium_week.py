"""Premiums over a whole week of every start and length, against a second program that asks every minute what it is.

The second program knows nothing of the first: holidays are written down, the clock is the system's, the premiums are
the words of § 8 Abs. 1 TVöD and § 3b EStG, minute by minute.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from timekeeping.handover.quantities import Lage
from timekeeping.handover.stamp_sums import Stempel, premium_minutes
from timekeeping.rules.clock import Span
from timekeeping.rules.premiums import STEUER_NACHT, STEUER_TAG, cut

ZONE = ZoneInfo("Europe/Berlin")
STEP, LONGEST = 30, 24 * 60
HOLIDAYS = {date(2026, 5, 25), date(2026, 12, 25), date(2026, 12, 26), date(2026, 1, 1), date(2026, 4, 3),
            date(2026, 4, 6)}
TAX_SUNDAYS = {date(2026, 4, 5), date(2026, 5, 24)}  # Easter and Whit Sunday (R 3b LStR)
WEEKS = {"plain": date(2026, 11, 9), "whitsun": date(2026, 5, 20), "summer_time": date(2026, 3, 25),
         "winter_time": date(2026, 10, 21), "christmas": date(2026, 12, 21), "easter": date(2026, 4, 2)}


def relief_on(day: date, hour: int) -> int:
    if (day.month, day.day) in {(12, 25), (12, 26), (5, 1)} or ((day.month, day.day) == (12, 24) and hour >= 14):
        return 3
    if day in HOLIDAYS or day in TAX_SUNDAYS or ((day.month, day.day) == (12, 31) and hour >= 14):
        return 2
    return 1 if day.weekday() == 6 else 0


def kinds_of(moment: datetime, began: date, *, shift: bool) -> list[tuple[int, int]]:
    """Wage type and relief of everything that is due for the minute of work that begins at this local time."""
    day, hour, found = moment.date(), moment.hour, []
    late = hour < 4 and began < day
    if hour >= 21 or hour < 6:
        found.append((1200, 2 if late else 1))
    relief = max(relief_on(day, hour), relief_on(day - timedelta(days=1), 23) if late else 0)
    if day in HOLIDAYS:
        found.append((1202, relief))
    elif day.month == 12 and day.day in (24, 31) and hour >= 6:
        found.append((1204 if day.day == 24 else 1205, relief))
    elif day.weekday() == 6:
        found.append((1201, relief))
    elif day.weekday() == 5 and 13 <= hour < 21 and not shift:
        found.append((1206, 0))
    return found


def minutes_asked(first: datetime, count: int, began: date, *, shift: bool) -> list[list[tuple[int, int]]]:
    return [kinds_of((first + timedelta(minutes=n)).astimezone(ZONE), began, shift=shift) for n in range(count)]


@pytest.mark.parametrize("shift", [False, True], ids=["days", "shift"])
@pytest.mark.parametrize("week", WEEKS)
def test_every_start_and_length_of_a_week(week: str, shift: bool) -> None:
    midnight = datetime.combine(WEEKS[week], datetime.min.time(), ZONE).astimezone(UTC)
    zero = int(midnight.timestamp()) // 60
    month = WEEKS[week].replace(day=1)
    lengths = np.arange(STEP, LONGEST + 1, STEP)
    expected: list[dict[tuple[int, int], int]] = []
    begins = range(0, 7 * 1440, STEP)
    for begin in begins:
        start = midnight + timedelta(minutes=begin)
        sums: dict[tuple[int, int], int] = defaultdict(int)
        began = start.astimezone(ZONE).date()
        for block in range(len(lengths)):  # half an hour from a full or half hour is of one kind
            moment = (start + timedelta(minutes=block * STEP)).astimezone(ZONE)
            if moment.date().replace(day=1) == month:
                for kind in kinds_of(moment, began, shift=shift):
                    sums[kind] += STEP
            expected.append(dict(sums))
    starts = zero + np.repeat(np.array(begins), len(lengths))
    long = np.tile(lengths, len(begins))
    jobs = np.arange(1, len(starts) + 1)
    lage = Lage(frozenset(jobs.tolist()) if shift else frozenset(), "ohne")
    found, undecided = premium_minutes(Stempel(jobs, jobs, starts, starts + long, long), month, lage)
    of_job: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)
    for (job, lohnart, klasse), count in found.items():
        of_job[job][lohnart, klasse] = count
    wrong = [(job, of_job[job], sums) for job, sums in enumerate(expected, 1) if of_job[job] != sums]
    assert not wrong, wrong[:3]
    assert len(expected) == 336 * 48
    assert not len(undecided)


@pytest.mark.parametrize("week", WEEKS)
def test_odd_minutes_one_by_one(week: str) -> None:
    """Starts and lengths between, through the pieces that the pages show."""
    midnight = datetime.combine(WEEKS[week], datetime.min.time(), ZONE).astimezone(UTC)
    zero = int(midnight.timestamp()) // 60
    names = {"nacht": 1200, "sonntag": 1201, "feiertag_ohne": 1202, "samstag": 1206}
    for begin, length in [(n * 397 % 10_080, 61 + n * 211 % 1300) for n in range(40)]:
        first = midnight + timedelta(minutes=begin)
        began = first.astimezone(ZONE).date()
        expected: dict[tuple[int, int], int] = defaultdict(int)
        for kinds in minutes_asked(first, length, began, shift=False):
            for kind in kinds:
                expected[kind] += 1
        found: dict[tuple[int, int], int] = defaultdict(int)
        span = Span(zero + begin, zero + begin + length)
        for piece in cut(span, span.von, dict.fromkeys(HOLIDAYS, False), saturday=True):
            if piece.nacht:
                found[1200, STEUER_NACHT.index(piece.steuer_nacht)] += piece.spanne.minuten
            if piece.tagart:
                eve = 1204 if piece.tag.day == 24 else 1205
                relief = 0 if piece.tagart == "samstag" else STEUER_TAG.index(piece.steuer_tag)
                found[names.get(piece.tagart, eve), relief] += piece.spanne.minuten
        assert found == expected
