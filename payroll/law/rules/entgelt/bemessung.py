"""Annual bonus (§ 20 TVöD VKA, § 14 TVAöD): claim, base months, day of the rate, twelfths, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from payroll.law.rules.entgelt.laufzeit import Zeitraum, plus_monate

DAY = timedelta(days=1)
UNSCHAEDLICH = ("mutterschutz", "elternzeit_geburtsjahr", "krankengeldzuschuss")
GRUENDE = (*UNSCHAEDLICH, "elternzeit", "sonderurlaub", "krankheit_ohne_bezuege", "sonstige")


@dataclass(frozen=True)
class OhneEntgelt(Zeitraum):
    """A time without pay; ``grund`` is one of GRUENDE."""

    grund: str = "sonstige"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.grund not in GRUENDE:
            raise ValueError(f"grund: {self.grund!r} gibt es nicht; erlaubt: {', '.join(GRUENDE)}")


@dataclass(frozen=True)
class Bemessung:
    """Facts of the annual bonus of a year, as inputs of the rule ``sonderzahlung`` want them.

    monate: base months. tage: days with pay when not all (input ``bemessung_tage``), else 0. zwoelftel: 0 to 12.
    stichtag: the day whose group decides on the rate.
    """

    anspruch: bool
    monate: tuple[date, ...]
    tage: int
    zwoelftel: int
    stichtag: date
    gruende: tuple[str, ...]


def bemessung(jahr: int, beginn: date, ende: date | None = None, ohne_entgelt: Iterable[OhneEntgelt] = (), *,
              ausbildung: bool = False) -> Bemessung:
    """The base of the annual bonus of a year for an employment from ``beginn`` to ``ende`` (None = open)."""
    absences = [*ohne_entgelt]
    last = ende or date.max
    claim = beginn <= date(jahr, 12, 1) <= last
    reasons = [] if claim else [f"am 01.12.{jahr} besteht kein Arbeitsverhältnis (§ 20 Abs. 1)"]
    months, days, why = _base(jahr, beginn, last, absences, 8 if ausbildung else 7)
    twelfths, lost = _twelfths(jahr, beginn, last, absences)
    return Bemessung(claim, months, days, twelfths if claim else 0, max(beginn, date(jahr, 9, 1)),
                     tuple(reasons + why + lost))


def _base(jahr: int, beginn: date, last: date, absences: list[OhneEntgelt],
          first: int) -> tuple[tuple[date, ...], int, list[str]]:
    months = tuple(date(jahr, first + n, 1) for n in range(3))
    paid = sum(_paid_days(month, beginn, last, absences) for month in months)
    whole = sum(_length(month) for month in months)
    if paid == whole:
        return months, 0, ["drei volle Bemessungsmonate (§ 20 Abs. 2)"]
    if paid >= 30:
        return months, paid, [f"Entgelt an {paid} von {whole} Tagen der Bemessungsmonate (Protokollerklärung Nr. 1)"]
    every = [date(jahr, n, 1) for n in range(1, 13)]
    full = [month for month in every if _paid_days(month, beginn, last, absences) == _length(month)]
    if beginn > date(jahr, 9, 30):
        return tuple(full[:1]), 0, ["Beginn nach dem 30. September: erster voller Kalendermonat (§ 20 Abs. 2 Satz 2)"]
    before = [month for month in full if month < months[0]]
    known = [month for month in full if month < date(jahr, 11, 1)]  # the bonus is paid with November
    return (tuple(before[-1:] or known[-1:]), 0,
            ["weniger als 30 Tage Entgelt: letzter Monat mit Entgelt für alle Tage (Protokollerklärung Nr. 1)"])


def _twelfths(jahr: int, beginn: date, last: date, absences: list[OhneEntgelt]) -> tuple[int, list[str]]:
    reasons, left = [], 12
    kept = [one for one in absences if one.grund in UNSCHAEDLICH]
    for number in range(1, 13):
        month = date(jahr, number, 1)
        if _paid_days(month, beginn, last, absences):
            continue
        employed = beginn < plus_monate(month, 1) and last >= month
        if employed and any(one.von < plus_monate(month, 1) and one.bis >= month for one in kept):
            continue
        left -= 1
        cause = next((one.grund for one in absences if one.von <= month <= one.bis), "kein Arbeitsverhältnis")
        reasons.append(f"{month:%m/%Y} ohne Entgelt ({cause}): ein Zwölftel weniger (§ 20 Abs. 4)")
    return left, reasons


def _length(month: date) -> int:
    return (plus_monate(month, 1) - month).days


def _paid_days(month: date, beginn: date, last: date, absences: Iterable[OhneEntgelt]) -> int:
    first, end = max(month, beginn), min(plus_monate(month, 1) - DAY, last)
    gone = [one for one in absences if one.von <= end and one.bis >= first]
    days = max((end - first).days + 1, 0)
    if not gone:
        return days
    return sum(1 for n in range(days) if not any(one.von <= first + DAY * n <= one.bis for one in gone))
