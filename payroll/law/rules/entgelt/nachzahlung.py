"""Back pay and overpayment: every month recomputed as a whole, with the exclusion period of its claim (§ 37 TVöD)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from payroll.law.rules.entgelt.fristen import Frist, ausschlussfrist
from payroll.law.rules.entgelt.laufzeit import monatserster


@dataclass(frozen=True)
class Korrektur:
    """One corrected month: cents newly due, cents paid, and the period of the claim (of either side)."""

    monat: date
    neu: int
    gezahlt: int
    frist: Frist

    @property
    def differenz(self) -> int:
        """Cents to pay (negative: overpaid)."""
        return self.neu - self.gezahlt

    def text(self, tag: date) -> str:
        """What the correction says on a day: the amount and the state of the claim."""
        amount = f"{abs(self.differenz) // 100},{abs(self.differenz) % 100:02d} Euro"
        kind = "Nachzahlung" if self.differenz >= 0 else "Überzahlung"
        return f"{kind} {amount}; {self.frist.text(tag)}"


def korrekturen(monate: Iterable[tuple[date, int, int]], *, unstaendig: bool = False,
                geltend_gemacht: date | None = None) -> list[Korrektur]:
    """The corrected months in order; (month, newly due, paid) in cents. Months without a difference are left out."""
    found = [Korrektur(monatserster(month), new, paid,
                       ausschlussfrist(month, unstaendig=unstaendig, geltend_gemacht=geltend_gemacht))
             for month, new, paid in monate if new != paid]
    return sorted(found, key=lambda one: one.monat)


def durchsetzbar(zeilen: Sequence[Korrektur], tag: date) -> int:
    """Cents of all months whose claim has not lapsed on a day."""
    return sum(one.differenz for one in zeilen if not one.frist.verfallen(tag))
