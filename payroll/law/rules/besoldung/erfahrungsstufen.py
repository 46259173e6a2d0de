"""Grades of experience of civil servants (§§ 29, 30 LBesG NRW): the day of the next one and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from payroll.law.encode import steps_on
from payroll.law.rules.entgelt.laufzeit import Zeitraum, erreicht, monatserster, plus_jahre, plus_monate
from payroll.law.rules.entgelt.werte import zahl, zahlen

VERZOEGERT = ("ohne_dienstbezuege",)
ARTEN = (*VERZOEGERT, "dienstliches_interesse", "kinderbetreuung")


@dataclass(frozen=True)
class OhneBezuege(Zeitraum):
    """A time without pay; ``kinder``: children cared for in a time of ``kinderbetreuung``."""

    art: str = "ohne_dienstbezuege"
    kinder: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.art not in ARTEN:
            raise ValueError(f"art: {self.art!r} gibt es nicht; erlaubt: {', '.join(ARTEN)}")


@dataclass(frozen=True)
class Aufstieg:
    """A grade from the first of a month on, with the reason and the days that did not count."""

    stufe: int
    ab: date
    grund: str
    nicht_gezaehlte_tage: int = 0


def naechste_erfahrungsstufe(entgeltgruppe: str, stufe: int, seit: date,
                             ohne_bezuege: Sequence[OhneBezuege] = ()) -> Aufstieg | None:
    """The next grade of a group of order A; None in the last one.

    Raises ValueError for a group or grade without a known time (orders B, R, W) and for a grade that does not exist.
    """
    law_day = max(seit, date(2024, 11, 1))
    steps = steps_on("NRW-A", entgeltgruppe, law_day)
    if stufe not in steps:
        raise ValueError(f"stufe: {entgeltgruppe} hat in der Besoldungsordnung A keine Stufe {stufe}; "
                         f"vorhanden: {', '.join(map(str, steps)) or 'keine'}")
    if stufe + 1 not in steps:
        return None
    years = zahlen("erfahrungsstufe_jahre", law_day)[stufe]
    day, lost = erreicht(seit, years * 12, _delaying(ohne_bezuege))
    reason = f"{years} Jahre in Stufe {stufe} seit {seit:%d.%m.%Y} (§ 29 Abs. 2 LBesG NRW)"
    reason += f", {lost} Tage ohne Dienstbezüge verzögern (§ 30 LBesG NRW)" if lost else ""
    return Aufstieg(stufe + 1, monatserster(day), reason, lost)


def _delaying(spans: Sequence[OhneBezuege]) -> list[Zeitraum]:
    found: list[Zeitraum] = [one for one in spans if one.art in VERZOEGERT]
    for one in spans:
        if one.art == "kinderbetreuung":
            years = zahl("kinderbetreuung_jahre_je_kind", max(one.von, date(2024, 1, 1))) * one.kinder
            first = plus_jahre(one.von, years)
            found += [Zeitraum(first, one.bis)] if first <= one.bis else []
    return [*found]


def erste_stufe(entgeltgruppe: str, tag: date) -> int:
    """The entry grade of a group of order A."""
    steps = steps_on("NRW-A", entgeltgruppe, tag)
    if not steps:
        raise ValueError(f"entgeltgruppe: {entgeltgruppe} gibt es in der Besoldungsordnung A am {tag:%d.%m.%Y} nicht")
    return steps[0]


@dataclass(frozen=True)
class Festsetzung:
    """The grade of a first appointment and the day from which the time in it counts, with the reason."""

    stufe: int
    seit: date
    grund: str


def festsetzung(entgeltgruppe: str, ernennung: date, anerkannt: int = 0) -> Festsetzung:
    """The grade of a first appointment: the entry grade, or the one that recognised months (§ 30) lead to.

    anerkannt: recognised time in whole months. It takes effect on the first of the month of the appointment. Raises
    ValueError for a negative time and for a group outside order A.
    """
    if anerkannt < 0:
        raise ValueError("erfahrung_monate: anerkannte Zeiten sind nicht negativ; Monate berichtigen")
    first = monatserster(ernennung)
    entry = erste_stufe(entgeltgruppe, max(first, date(2024, 11, 1)))
    grade, since = entry, plus_monate(first, -anerkannt)
    years = zahlen("erfahrungsstufe_jahre", max(first, date(2024, 1, 1)))
    steps = steps_on("NRW-A", entgeltgruppe, max(first, date(2024, 11, 1)))
    while grade + 1 in steps and plus_monate(since, years[grade] * 12) <= first:
        since, grade = plus_monate(since, years[grade] * 12), grade + 1
    reason = f"Anfangsgrundgehalt Stufe {entry} (§ 29 Abs. 1 LBesG NRW)"
    reason += f", {anerkannt} Monate anerkannter Zeiten (§ 30 Abs. 1 LBesG NRW)" if anerkannt else ""
    return Festsetzung(grade, since, reason)


def vollendet(geburtsdatum: date, tag: date) -> int:
    """Completed years of life on a day."""
    years = tag.year - geburtsdatum.year
    return years if plus_jahre(geburtsdatum, years) <= tag else years - 1
