"""Data of the annual notification to the fund (DATÜV-ZVE): insurance sections of a year with their booking keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from payroll.law.rules.entgelt.laufzeit import Zeitraum, monatserster, plus_monate

EINZAHLER = ("01", "03")
VERSICHERUNGSMERKMALE = ("10", "15", "17", "19", "20", "22", "28", "40", "41", "45", "49")
OHNE_ENTGELT = ("28", "40", "41", "45", "49")
STEUERMERKMALE = ("00", "01", "02", "03", "05", "10")
SANIERUNGSGELD = ("", "011900", "011910")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Buchung:
    """Amounts under one booking key: payer (2), insurance marker (2), tax marker (2); cents."""

    schluessel: str
    entgelt: int
    umlage: int

    def __post_init__(self) -> None:
        payer, marker, tax = self.schluessel[:2], self.schluessel[2:4], self.schluessel[4:]
        if payer not in EINZAHLER or marker not in VERSICHERUNGSMERKMALE or tax not in STEUERMERKMALE:
            raise ValueError(f"Buchungsschlüssel {self.schluessel!r}: Einzahler {', '.join(EINZAHLER)}, "
                             f"Versicherungsmerkmal {', '.join(VERSICHERUNGSMERKMALE)}, "
                             f"Steuermerkmal {', '.join(STEUERMERKMALE)}")
        if (marker in OHNE_ENTGELT) != (tax == "00") and marker != "19":
            raise ValueError(f"Buchungsschlüssel {self.schluessel!r}: Steuermerkmal 00 gehört zu Abschnitten ohne "
                             f"Entgelt ({', '.join(OHNE_ENTGELT)})")
        if tax == "00" and marker in OHNE_ENTGELT and (self.entgelt or self.umlage):
            raise ValueError(f"Buchungsschlüssel {self.schluessel!r}: ein Abschnitt ohne Entgelt hat keine Beträge")


@dataclass(frozen=True)
class Meldemonat(Zeitraum):
    """What one month (or a part of it) reports; days inside one calendar month."""

    buchungen: tuple[Buchung, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if monatserster(self.von) != monatserster(self.bis) or not self.buchungen:
            raise ValueError(f"Meldemonat ab {self.von:%d.%m.%Y}: Tage eines Monats mit mindestens einer Buchung")


@dataclass(frozen=True)
class Versicherungsabschnitt(Zeitraum):
    """A stretch with unchanged keys and the amounts of its keys."""

    buchungen: tuple[Buchung, ...] = ()


def umlagemonat(von: date, bis: date, entgelt: int, umlage: int, *, sanierungsgeld: int = 0,
                sanierungsgeld_schluessel: str = "") -> Meldemonat:
    """A month of the pay-as-you-go section; the key of the Sanierungsgeld is the fund's ("" = not reported)."""
    if sanierungsgeld_schluessel not in SANIERUNGSGELD:
        raise ValueError(f"Sanierungsgeld: {sanierungsgeld_schluessel!r} ist keiner der Schlüssel 011900, 011910")
    rows = [Buchung("011010", entgelt, umlage)]
    if sanierungsgeld_schluessel:
        rows.append(Buchung(sanierungsgeld_schluessel, entgelt, sanierungsgeld))
    return Meldemonat(von, bis, tuple(rows))


def beitragsmonat(von: date, bis: date, entgelt: int, steuerfrei: int, versteuert: int) -> Meldemonat:
    """A month of the capital-funded section; pay is split like the contribution, free and taxed in separate lines."""
    total = steuerfrei + versteuert
    free_pay = entgelt if not versteuert else (2 * entgelt * steuerfrei + total) // (2 * total)
    rows = [Buchung("011501", free_pay, steuerfrei)] if steuerfrei or not versteuert else []
    if versteuert:
        rows.append(Buchung("011503", entgelt - free_pay, versteuert))
    return Meldemonat(von, bis, tuple(rows))


def ohne_entgelt(von: date, bis: date, merkmal: str) -> Meldemonat:
    """A month without pay (parental leave, unpaid leave, sickness without pay) under its insurance marker."""
    return Meldemonat(von, bis, (Buchung(f"01{merkmal}00", 0, 0),))


def merkmal_ohne_entgelt(grund: str) -> str:
    """Insurance marker of a month without pay by its reason: 28 for parental leave, 40 for all others.

    Professional knowledge; which of 28, 40, 41, 45 and 49 a fund wants is not confirmed by a source at hand.
    """
    return "28" if grund.startswith("elternzeit") else "40"


def versicherungsabschnitte(jahr: int, monate: Iterable[Meldemonat]) -> list[Versicherungsabschnitt]:
    """The sections of a year: joined while the keys stay the same and no full calendar month lies between.

    Raises ValueError when a month is outside the year or two overlap.
    """
    found: list[Versicherungsabschnitt] = []
    for month in sorted(monate, key=lambda one: one.von):
        if month.von.year != jahr:
            raise ValueError(f"Meldemonat ab {month.von:%d.%m.%Y} liegt nicht im Jahr {jahr}")
        last = found[-1] if found else None
        if last is not None and month.von <= last.bis:
            raise ValueError(f"Meldemonat ab {month.von:%d.%m.%Y} überschneidet sich mit dem Abschnitt bis "
                             f"{last.bis:%d.%m.%Y}")
        if last is not None and _same_keys(last.buchungen, month.buchungen) and not _full_month_between(last, month):
            found[-1] = Versicherungsabschnitt(last.von, month.bis, _added(last.buchungen, month.buchungen))
        else:
            found.append(Versicherungsabschnitt(month.von, month.bis, _added((), month.buchungen)))
    return found


def meldefrist(jahr: int) -> date:
    """Last day for the annual notification of a year: the end of February of the following year."""
    return date(jahr + 1, 3, 1) - DAY


def _same_keys(first: Sequence[Buchung], second: Sequence[Buchung]) -> bool:
    return {one.schluessel for one in first} == {one.schluessel for one in second}


def _full_month_between(first: Zeitraum, second: Zeitraum) -> bool:
    start = first.bis + DAY
    begin = start if start.day == 1 else plus_monate(monatserster(start), 1)
    return plus_monate(begin, 1) <= second.von


def _added(first: Sequence[Buchung], second: Sequence[Buchung]) -> tuple[Buchung, ...]:
    amounts: dict[str, tuple[int, int]] = {}
    for one in (*first, *second):
        pay, levy = amounts.get(one.schluessel, (0, 0))
        amounts[one.schluessel] = (pay + one.entgelt, levy + one.umlage)
    return tuple(Buchung(key, *amounts[key]) for key in sorted(amounts))
