"""Months of an employment (§§ 187, 188 BGB) and whole calendar months."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def end_of_month_of_employment(begin: date, number: int) -> date:
    """Last day of the ``number``-th month that began on ``begin``: the day before the same day, or the month's last."""
    year, month = divmod(begin.year * 12 + begin.month - 1 + number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    if begin.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, begin.day) - timedelta(days=1)


def months_of_employment(begin: date, end: date) -> list[date]:
    """First days of the full months from ``begin`` that are over by ``end``."""
    found: list[date] = []
    start = begin
    while (over := end_of_month_of_employment(begin, len(found) + 1)) <= end:
        found.append(start)
        start = over + timedelta(days=1)
    return found


def calendar_months(begin: date, end: date) -> list[date]:
    """First days of the calendar months that lie wholly between ``begin`` and ``end``."""
    first = begin if begin.day == 1 else (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
    return months_of_employment(first, end)


def later(month: date, count: int) -> date:
    """First day of the month so many months after."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def month_end(month: date) -> date:
    """Last day of the month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
