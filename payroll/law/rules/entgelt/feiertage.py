"""Public holidays of North Rhine-Westphalia, which premiums, stand-by pay and pay days go by."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays


def ist_feiertag(day: date) -> bool:
    """True on a public holiday of North Rhine-Westphalia (Easter and Whit Sunday are Sundays, not holidays)."""
    return day in _of_year(day.year)


@cache
def _of_year(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="NW", years=year))


def ist_hoher_sonntag(day: date) -> bool:
    """Easter and Whit Sunday: no public holidays in the Land, but holidays for the wage tax (R 3b Abs. 3 LStR)."""
    monday = day + timedelta(days=1)
    fixed = ((1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))
    return day.weekday() == 6 and ist_feiertag(monday) and (monday.month, monday.day) not in fixed


def ist_werktag(day: date) -> bool:
    """True from Monday to Saturday except on public holidays."""
    return day.weekday() < 6 and not ist_feiertag(day)


def werktag_vor(day: date) -> date:
    """The last day before ``day`` that banks work on: no Saturday, Sunday or public holiday, no 31 December."""
    before = day - timedelta(days=1)
    while before.weekday() > 4 or ist_feiertag(before) or (before.month, before.day) == (12, 31):
        before -= timedelta(days=1)
    return before
