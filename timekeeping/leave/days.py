"""Arbeitstage einer Abwesenheit nach dem Plan der Person; ohne Plan gilt Montag bis Freitag."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from timekeeping.own.plan import Plan
from timekeeping.rules.clock import each_day
from timekeeping.rules.holidays import ist_feiertag, ist_sonntag, ist_vorfest

HALF, FIVE = Fraction(1, 2), 5


def is_working_day(plan: Plan | None, day: date) -> bool:
    """Ob die Person an diesem Tag arbeiten müsste; Feiertage und 24. und 31. Dezember kosten keinen Urlaub."""
    if plan is not None and plan.regelung(day) is not None:
        return plan.soll(day) > 0
    free = (ist_feiertag(day) or ist_vorfest(day)) and not ist_sonntag(day)
    return day.weekday() < FIVE and not free


def working_days(plan: Plan | None, first: date, last: date, *, half: bool = False) -> Fraction:
    """Arbeitstage von first bis last; ein halber Tag zählt einen halben."""
    count = sum(is_working_day(plan, day) for day in each_day(first, last))
    return count * HALF if half else Fraction(count)


def in_year(first: date, last: date, year: int) -> tuple[date, date] | None:
    """Der Teil des Zeitraums im Kalenderjahr."""
    begin, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
    return (begin, end) if begin <= end else None


def weekly(plan: Plan | None, year: int) -> Iterator[tuple[date, Fraction]]:
    """Arbeitstage je Woche in jedem Monat des Jahres, so wie das Urlaubsrecht sie braucht."""
    for month in range(1, 13):
        day = date(year, month, 1)
        days, weeks = plan.arbeitstage_je_woche(day) if plan is not None else (0, 1)
        yield day, Fraction(days, weeks) if days else Fraction(FIVE)
