"""What is known about the leave of a person in a year. No law in here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

UEBERTRAGUNG = ("", "grund", "dienstlich_bis_31_maerz_verhindert")
VERHINDERUNG = ("", "krank", "dienstlich")


class LeaveError(ValueError):
    """The facts contradict each other or are not enough; the message is German."""


@dataclass(frozen=True)
class Schichtblock:
    """Unbroken shift work; no ``bis``: it goes on."""

    art: str
    von: date
    bis: date | None
    staendig: bool


@dataclass(frozen=True)
class Uebertrag:
    """Tariff days of last year that were carried over; ``angetreten``: day on which leave began and its days."""

    tage: Fraction
    angetreten: tuple[tuple[date, Fraction], ...] = ()
    verhinderung: str = ""


@dataclass(frozen=True)
class Urlaubsjahr:
    """Facts of one person and one year; ``arbeitstage``: first day of a month and working days a week from then on.

    ``beamtet``: a civil servant, for whom FrUrlV NRW counts instead of TVöD and BUrlG; ``ruhestand``: the service ends
    because the age limit is reached. ``genommen_am``: days of ``genommen`` by the day their leave begins, where known.
    """

    jahr: int
    eintritt: date
    austritt: date | None
    arbeitstage: tuple[tuple[date, Fraction], ...]
    genommen: Fraction = Fraction(0)
    schwerbehindert_von: date | None = None
    schwerbehindert_bis: date | None = None
    gleichgestellt: bool = False
    schichten: tuple[Schichtblock, ...] = ()
    ruhen_monate: int = 0
    elternzeit_monate: int = 0
    elternzeit_kuerzung: bool = False
    hinweis_am: date | None = None
    krank_von: date | None = None
    krank_bis: date | None = None
    uebertragung: str = ""
    uebertrag: Uebertrag | None = field(default=None)
    beamtet: bool = False
    ruhestand: bool = False
    genommen_am: tuple[tuple[date, Fraction], ...] = ()

    @property
    def beginn(self) -> date:
        """First day of the employment in the year."""
        return max(self.eintritt, date(self.jahr, 1, 1))

    @property
    def ende(self) -> date:
        """Last day of the employment in the year."""
        return min(self.austritt or date.max, date(self.jahr, 12, 31))

    @property
    def endet_im_jahr(self) -> bool:
        """The employment ends in the year."""
        return self.austritt is not None and self.austritt.year == self.jahr

    @property
    def kuerzung_monate(self) -> int:
        """Months that take a twelfth each: without pay at rest, parental leave where the employer declared it."""
        return self.ruhen_monate + (self.elternzeit_monate if self.elternzeit_kuerzung else 0)

    def tage_je_woche(self, day: date) -> Fraction:
        """Working days a week in the month of a day."""
        known = [count for since, count in self.arbeitstage if since <= day]
        if not known:
            raise LeaveError(f"arbeitstage_je_woche: für {day:%m/%Y} fehlt eine Angabe")
        return known[-1]
