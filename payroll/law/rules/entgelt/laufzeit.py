"""How long a period of service lasts when interruptions do not count; shared by steps and grades of experience."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Zeitraum:
    """Days from ``von`` to ``bis``, both included."""

    von: date
    bis: date

    def __post_init__(self) -> None:
        if self.bis < self.von:
            raise ValueError(f"Zeitraum: {self.bis:%d.%m.%Y} liegt vor {self.von:%d.%m.%Y}; Tage berichtigen")

    @property
    def tage(self) -> int:
        """Number of calendar days."""
        return (self.bis - self.von).days + 1


def plus_monate(day: date, months: int) -> date:
    """The same day so many months later (or earlier); the last day of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def plus_jahre(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March (the period ends on 28 February)."""
    later = plus_monate(day, years * 12)
    return later + timedelta(days=1) if (day.month, day.day) == (2, 29) and later.day == 28 else later


def monatsfrist(begin: date) -> date:
    """The last day of a month that begins on this day (§ 187 Abs. 2, § 188 Abs. 2, 3 BGB): the day before the same
    number, the last day of the next month where it has no such day.
    """
    later = plus_monate(begin, 1)
    return later if later.day < begin.day else later - timedelta(days=1)


def monatserster(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def erreicht(seit: date, monate: int, nicht_gezaehlt: Iterable[Zeitraum]) -> tuple[date, int]:
    """The first day after so many months of counted time since ``seit``, and how many days did not count."""
    plain = plus_jahre(seit, monate // 12) if monate % 12 == 0 else plus_monate(seit, monate)
    days = sorted({day for span in nicht_gezaehlt for day in _days(span) if day >= seit})
    reached, lost = plain, 0
    for day in days:
        if day >= reached:
            break
        lost += 1
        reached = plain + timedelta(days=lost)
    return reached, lost


def _days(span: Zeitraum) -> Iterable[date]:
    return (span.von + timedelta(days=n) for n in range(span.tage))
