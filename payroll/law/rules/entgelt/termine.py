"""Days that follow from facts: capital formation, year of training, jubilee, leave that lapses, raised hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from payroll.law.rules.entgelt.laufzeit import monatserster, plus_jahre, plus_monate
from payroll.law.rules.entgelt.werte import zahl, zahlen

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Termin:
    """A day and the reason for it."""

    tag: date
    grund: str


def vwl_ab(mitteilung: date, beginn: date) -> Termin:
    """The first month of the employer's benefit: the month of the notice or up to two months before, same year."""
    earliest = max(plus_monate(monatserster(mitteilung), -zahl("vwl_rueckwirkung_monate", _known(mitteilung))),
                   date(mitteilung.year, 1, 1))
    first = beginn if beginn.day == 1 else plus_monate(monatserster(beginn), 1)
    return Termin(max(earliest, first), f"Mitteilung am {mitteilung:%d.%m.%Y}: frühestens zwei Monate davor im selben "
                                        "Kalenderjahr, für volle Monate (§ 23 Abs. 1 TVöD)")


def ausbildungsjahr(beginn: date, tag: date, jahre: int = 4) -> tuple[int, date | None]:
    """The year of training on a day and the day on which the next one begins (None in the last of ``jahre``)."""
    if tag < beginn:
        raise ValueError(f"ausbildung: beginnt am {beginn:%d.%m.%Y}, nach dem {tag:%d.%m.%Y}; Tag berichtigen")
    year = next(n for n in range(1, jahre + 1) if n == jahre or tag < plus_jahre(beginn, n))
    return year, plus_jahre(beginn, year) if year < jahre else None


def jubilaeen(beschaeftigungszeit_seit: date) -> tuple[Termin, Termin]:
    """The days on which 25 and 40 years of service are complete; the money falls due with the pay of that month."""
    first, second = (Termin(plus_jahre(beschaeftigungszeit_seit, years),
                            f"{years} Jahre Beschäftigungszeit seit {beschaeftigungszeit_seit:%d.%m.%Y} "
                            "(§ 23 Abs. 2, § 34 Abs. 3 TVöD)") for years in (25, 40))
    return first, second


def urlaub_verfaellt(jahr: int, *, krank_oder_dienstlich: bool = False) -> Termin:
    """The last day of leave of a year: it must begin by then; later in illness or for official reasons.

    Leave never lapses before the employer has pointed it out (§ 7 Abs. 3 BUrlG in the reading of the Court of Justice).
    """
    month = zahlen("urlaub_uebertragung_monat", _known(date(jahr, 12, 31)))[1 if krank_oder_dienstlich else 0]
    end = plus_monate(date(jahr + 1, month, 1), 1) - DAY
    why = "Krankheit oder dienstliche Gründe" if krank_oder_dienstlich else "Regelfall"
    return Termin(end, f"Übertragung aus {jahr}, {why} (§ 26 Abs. 2 TVöD)")


def erhoehung_endet(beginn: date, bis: date | None = None) -> Termin:
    """The last day of an agreement on raised hours: as agreed, at most the months of the tariff.

    Raises ValueError when it begins before the tariff allows it or is agreed for longer.
    """
    first = date(2026, 1, 1)
    if beginn < first:
        raise ValueError(f"arbeitszeit: erhöhte Stunden sind erst ab {first:%d.%m.%Y} möglich (§ 6 Abs. 1a TVöD)")
    latest = plus_monate(beginn, zahl("erhoehung_monate_hoechstens", beginn)) - DAY
    if bis is not None and bis > latest:
        raise ValueError(f"arbeitszeit: bis {bis:%d.%m.%Y} vereinbart, höchstens bis {latest:%d.%m.%Y} möglich; danach "
                         "neu vereinbaren (§ 6 Abs. 1a TVöD)")
    return Termin(bis or latest, "befristete Vereinbarung über erhöhte Arbeitszeit (§ 6 Abs. 1a TVöD)")


def tausch_rechtzeitig(erklaert: date, jahr: int) -> bool:
    """True when exchange days for the bonus of a year were declared in time (by 1 September)."""
    return date(jahr, 1, 1) <= erklaert <= date(jahr, 9, 1)


def _known(day: date) -> date:
    return max(day, date(2024, 1, 1))
