"""Wer vor dem Vorjahr kam, hat dasselbe Urlaubskonto wie alle, die lange da sind: die Wartezeit (§ 4 BUrlG) ist um."""

from __future__ import annotations

from datetime import date

import pytest

from timekeeping.leave.account import _stand

YEAR, TODAY = 2026, date(2026, 12, 31)
SAME = date(YEAR - 1, 1, 1)


@pytest.mark.parametrize("end", [None, date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 15)],
                         ids=["stays", "march", "june", "september"])
@pytest.mark.parametrize("begin", [date(1990, 5, 5), date(2019, 12, 31), date(2024, 12, 31)], ids=str)
def test_an_older_entry_changes_nothing(begin: date, end: date | None) -> None:
    old, known = (_stand(1, YEAR, (one, end), None, [], None, TODAY) for one in (begin, SAME))
    assert old == known
    assert old.konto is not None
    assert old.konto.rest > 0
