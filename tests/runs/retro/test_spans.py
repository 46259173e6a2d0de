"""Wo sich Wissen geändert hat: reine Prüfungen der Spannen, auch gegen zufällige Folgen von Berichtigungen."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from payroll.runs.retro.spans import Version, changed

T0 = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
NONE = timedelta(0)


def _version(begin: date, end: date | None, at: datetime, gone: datetime | None, content: int) -> Version:
    return Version("bezug", (1,), begin, end, at, gone, (content,), "karla", "Grund", f"{begin}{at}{content}")


def test_the_cut_rest_of_an_old_fact_is_no_change() -> None:
    later = T0 + HOUR
    versions = [_version(FIRST, None, T0 - HOUR, later, 1), _version(FIRST, date(2025, 6, 30), later, None, 1),
                _version(date(2025, 7, 1), None, later, None, 2)]
    (span,) = changed(versions, T0, NONE, None, FIRST, LAST)
    assert (span.first, span.last, span.cause.content, span.ended) == (date(2025, 7, 1), LAST, (2,), False)


def test_an_ended_fact_names_what_held_before() -> None:
    later = T0 + HOUR
    versions = [_version(FIRST, None, T0 - HOUR, later, 1), _version(FIRST, date(2025, 3, 31), later, None, 1)]
    (span,) = changed(versions, T0, NONE, None, FIRST, LAST)
    assert (span.first, span.ended, span.cause.superseded_at) == (date(2025, 4, 1), True, later)


def test_forth_and_back_since_the_run_is_no_change() -> None:
    versions = [_version(FIRST, None, T0 - HOUR, T0 + HOUR, 1), _version(FIRST, None, T0 + HOUR, T0 + 2 * HOUR, 2),
                _version(FIRST, None, T0 + 2 * HOUR, None, 1)]
    assert list(changed(versions, T0, NONE, None, FIRST, LAST)) == []


def test_forth_just_before_and_back_after_the_run_is_a_change() -> None:
    """Der Lauf hat die Zwischenfassung gesehen; vor der Überlappung galt schon das Heutige."""
    minute = timedelta(minutes=1)
    versions = [_version(FIRST, None, T0 - HOUR, T0 - minute, 1), _version(FIRST, None, T0 - minute, T0 + minute, 2),
                _version(FIRST, None, T0 + minute, None, 1)]
    assert len(list(changed(versions, T0, 10 * minute, None, FIRST, LAST))) == 1


def test_what_began_before_and_became_visible_after_the_run_is_a_change() -> None:
    minute = timedelta(minutes=1)
    versions = [_version(FIRST, None, T0 - minute, None, 2)]
    assert list(changed(versions, T0, NONE, None, FIRST, LAST)) == []
    assert len(list(changed(versions, T0, 10 * minute, None, FIRST, LAST))) == 1


@pytest.mark.parametrize("seed", range(300))
def test_random_histories_day_by_day(seed: int) -> None:
    """Spannen = genau die Tage, deren Inhalt vorher und nachher verschieden ist."""
    rng = random.Random(seed)
    rows: list[Version] = []
    for step in range(rng.randint(1, 8)):
        at = T0 + (step - 3) * HOUR
        begin = FIRST + timedelta(days=rng.randint(0, 300))
        end = rng.choice([None, begin + timedelta(days=rng.randint(0, 90))])
        rows = _recorded(rows, begin, end, at, rng.randint(1, 3))
    days = [FIRST + timedelta(days=n) for n in range(365)]
    expected = {day for day in days if _content(rows, day, T0) != _content(rows, day, None)}
    moved = [v for v in rows if v.recorded_at > T0 or (v.superseded_at is not None and v.superseded_at > T0)]
    found = {span.first + timedelta(days=n) for span in changed(moved, T0, NONE, None, FIRST, LAST)
             for n in range((span.last - span.first).days + 1)}
    assert found == expected


def _content(rows: list[Version], day: date, moment: datetime | None) -> tuple[int, ...] | None:
    return next((v.content for v in rows if v.known(moment) and v.on(day)), None)


def _recorded(rows: list[Version], begin: date, end: date | None, at: datetime, content: int) -> list[Version]:
    out, day = [], timedelta(days=1)
    for row in rows:
        touched = (row.superseded_at is None and (end is None or row.valid_from <= end)
                   and (row.valid_to is None or row.valid_to >= begin))
        if not touched:
            out.append(row)
            continue
        out.append(_version(row.valid_from, row.valid_to, row.recorded_at, at, row.content[0]))
        if row.valid_from < begin:
            out.append(_version(row.valid_from, begin - day, at, None, row.content[0]))
        if end is not None and (row.valid_to is None or row.valid_to > end):
            out.append(_version(end + day, row.valid_to, at, None, row.content[0]))
    return [*out, _version(begin, end, at, None, content)]
