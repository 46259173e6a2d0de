"""When pay falls due (§ 24 Abs. 1 TVöD) and when a claim lapses (§ 37 TVöD); shown on every correction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from payroll.law.rules.entgelt.feiertage import ist_feiertag, ist_werktag
from payroll.law.rules.entgelt.laufzeit import monatserster, plus_monate
from payroll.law.rules.entgelt.werte import zahl

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Frist:
    """A claim of a month: when it fell due and the last day to assert it in text form.

    geltend_gemacht: day on which the claim (or an earlier one from the same facts) was asserted, None = not yet.
    """

    monat: date
    faellig: date
    bis: date
    geltend_gemacht: date | None = None

    @property
    def gewahrt(self) -> bool:
        """True when the claim was asserted in time."""
        return self.geltend_gemacht is not None and self.geltend_gemacht <= self.bis

    def verfallen(self, tag: date) -> bool:
        """True when the claim has lapsed on a day; minimum wage and liability for intent never lapse this way."""
        return not self.gewahrt and tag > self.bis

    def text(self, tag: date) -> str:
        """The state of the claim on a day, for the correction."""
        begin = f"Anspruch {self.monat:%m/%Y}, fällig am {self.faellig:%d.%m.%Y}"
        if self.gewahrt:
            return f"{begin}: am {self.geltend_gemacht:%d.%m.%Y} geltend gemacht, Frist gewahrt (§ 37 TVöD)"
        if self.verfallen(tag):
            return (f"{begin}: seit {self.bis + DAY:%d.%m.%Y} verfallen, wenn nicht vorher in Textform geltend "
                    f"gemacht (§ 37 TVöD); der gesetzliche Mindestlohn bleibt")
        return f"{begin}: in Textform geltend zu machen bis {self.bis:%d.%m.%Y} (§ 37 TVöD)"


def faelligkeit(monat: date, *, unstaendig: bool = False) -> date:
    """The pay day of a month's pay; unsteady parts and daily averages fall due two months later."""
    following = plus_monate(monatserster(monat), 3 if unstaendig else 1)
    last = following - DAY
    if last.weekday() == 6:
        return _werktag_before(_werktag_before(last))
    if last.weekday() == 5 or ist_feiertag(last) or (last.month, last.day) == (12, 31):
        return _werktag_before(last)
    return last


def ausschlussfrist(monat: date, *, unstaendig: bool = False, geltend_gemacht: date | None = None) -> Frist:
    """The period of § 37 for a claim of a month; an end on a Saturday, Sunday or holiday moves on (§ 193 BGB)."""
    due = faelligkeit(monat, unstaendig=unstaendig)
    end = plus_monate(due, zahl("ausschlussfrist_monate", max(due, date(2024, 1, 1))))
    while end.weekday() > 4 or ist_feiertag(end):
        end += DAY
    return Frist(monatserster(monat), due, end, geltend_gemacht)


def fristen_der_korrektur(monate: Iterable[date], *, unstaendig: bool = False,
                          geltend_gemacht: date | None = None) -> list[Frist]:
    """The period of every corrected month; one assertion covers the later months from the same facts."""
    return [ausschlussfrist(month, unstaendig=unstaendig, geltend_gemacht=geltend_gemacht)
            for month in sorted(monatserster(one) for one in monate)]


def _werktag_before(day: date) -> date:
    before = day - DAY
    while not ist_werktag(before):
        before -= DAY
    return before
