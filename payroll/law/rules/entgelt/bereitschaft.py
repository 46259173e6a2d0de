"""Stand-by at home and call-outs (§ 8 Abs. 3 TVöD): hourly rates and hours that times come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor

from payroll.law.rules.entgelt.feiertage import ist_feiertag
from payroll.law.rules.entgelt.werte import zahl, zahlen

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rufbereitschaft:
    """One unbroken stand-by: hourly rates by day when it lasts twelve hours, else hundredths of an hour.

    ``stundenentgelte`` go into ``stundenentgelt_betrag``, ``kurze_stunden`` into ``rufbereitschaft_stunden``.
    """

    pauschalen: tuple[tuple[date, int], ...]
    kurze_stunden: int

    @property
    def stundenentgelte(self) -> int:
        """All flat hourly rates, in hundredths as the input ``stunden`` wants."""
        return sum(count for _, count in self.pauschalen) * 100


def rufbereitschaft(von: datetime, bis: datetime) -> Rufbereitschaft:
    """What a stand-by earns; several short ones are never added together. Raises ValueError for an empty one."""
    if bis <= von:
        raise ValueError(f"Rufbereitschaft: Ende {bis:%d.%m.%Y %H:%M} liegt nicht nach dem Beginn; Zeiten berichtigen")
    if bis - von < timedelta(hours=zahl("rufbereitschaft_mindeststunden", von.date())):
        minutes = Fraction(int((bis - von).total_seconds()), 60)
        return Rufbereitschaft((), floor(minutes * 100 / 60 + Fraction(1, 2)))
    return Rufbereitschaft(tuple((day, pauschale(day)) for day in pauschaltage(von, bis)), 0)


def pauschaltage(von: datetime, bis: datetime) -> list[date]:
    """Days with a flat amount: the day of the beginning and the further days, not the day on which the rest ends."""
    last = max(bis.date() - DAY, von.date())
    return [von.date() + DAY * n for n in range((last - von.date()).days + 1)]


def pauschale(day: date) -> int:
    """Hourly rates for a day: more on Saturday, Sunday and holidays."""
    return zahlen("rufbereitschaft_pauschale", day)[1 if day.weekday() >= 5 or ist_feiertag(day) else 0]


def einsatzstunden(ausserhalb_minuten: Iterable[int], telefonisch_minuten: Iterable[int]) -> int:
    """Full hours of call-outs: each outside (with travel) and the sum of those from home rounded up to full hours."""
    outside = sum(-(-minutes // 60) for minutes in ausserhalb_minuten)
    return outside + -(-sum(telefonisch_minuten) // 60)
