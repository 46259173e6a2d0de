"""Many stamps at once come to the same minutes as one by one, on every start and length, also in the odd nights."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from timekeeping.handover.quantities import Lage, quantities
from timekeeping.handover.stamp_sums import from_rows, premium_minutes

ZONE = ZoneInfo("Europe/Berlin")
MONTHS = (date(2026, 3, 1), date(2026, 5, 1), date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))


def stamps(month: date, count: int, seed: int) -> list[Any]:
    pick = random.Random(seed)
    first = datetime(month.year, month.month, 1, tzinfo=UTC) - timedelta(days=2)
    rows = []
    for number in range(1, count + 1):
        start = first + timedelta(minutes=pick.randrange(35 * 1440), seconds=pick.choice((0, 0, 31)))
        seconds = pick.randrange(60, 24 * 3600)
        pause = pick.choice((0, 0, 1800, 2700, pick.randrange(seconds)))
        begin, end = start.astimezone(ZONE), (start + timedelta(seconds=seconds)).astimezone(ZONE)
        rows.append(SimpleNamespace(
            id=number, art="stempel", lohnart="arbeitszeit", beschaeftigung_id=pick.randrange(1, 9), beginn=begin,
            ende=end, menge=Decimal(seconds - pause), von=begin.date(), bis=end.date(), monat=False, betrag=None,
            einheit="sekunden"))
    return rows


@pytest.mark.parametrize("feiertag", ["mit", "ohne", None])
@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_in_columns_as_one_by_one(month: date, feiertag: str | None) -> None:
    rows, lage = stamps(month, 600, month.toordinal()), Lage(frozenset({2, 5}), feiertag)
    found, left = quantities(rows, month, lage)
    one_by_one: Counter[tuple[int, int, int]] = Counter()
    for menge in found:
        one_by_one[menge.beschaeftigung_id, menge.lohnart, menge.klasse] += int(menge.menge)
    columns = from_rows(rows)
    at_once, undecided = premium_minutes(columns, month, lage)
    assert at_once == dict(one_by_one)
    assert columns.zeile[undecided].tolist() == [one.zeile_id for one in left if one.feiertag]
    assert len(found) > 500
    assert bool(left) == (feiertag is None and month.month != 3)  # no holiday in March 2026


def test_nothing_comes_to_nothing() -> None:
    found, undecided = premium_minutes(from_rows([]), date(2026, 11, 1), Lage())
    assert found == {}
    assert undecided.tolist() == []
