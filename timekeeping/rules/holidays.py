"""Public holidays of North Rhine-Westphalia and the days that tariff and tax treat specially."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

from payroll.law.rules.entgelt.feiertage import ist_feiertag

__all__ = ["ist_feiertag", "ist_hoher_sonntag", "ist_sonntag", "ist_vorfest"]


def ist_sonntag(day: date) -> bool:
    """True on Sundays."""
    return day.weekday() == 6


def ist_vorfest(day: date) -> bool:
    """24 and 31 December (§ 6 Abs. 3, § 8 Abs. 1 Satz 2 Buchst. e TVöD)."""
    return day.month == 12 and day.day in (24, 31)


def ist_hoher_sonntag(day: date) -> bool:
    """Easter Sunday and Whit Sunday: no public holidays in the Land, but holidays for the wage tax (R 3b LStR)."""
    return day in _easter_and_whit(day.year)


@cache
def _easter_and_whit(year: int) -> frozenset[date]:
    return frozenset((easter(year), easter(year) + timedelta(days=49)))
