"""Fehlzeiten eines Falls im Monat: Tage ohne Entgelt, beitragsfreie Tage, was an ihre Stelle tritt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from payroll.law.rules.entgelt.fehlzeiten import (
    ARTEN,
    BEHOERDE,
    ENTSCHAEDIGUNG,
    MUTTERSCHUTZ,
    OHNE,
    WITH_AVERAGE,
    Abschnitt,
    Fehlzeit,
    abschnitte,
)
from payroll.law.rules.entgelt.krankheit import ZUSCHUSS
from payroll.law.rules.entgelt.laufzeit import plus_monate
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import Case

DAY = timedelta(days=1)
# Reasons of the notice to the insurance after the first full calendar month without contributions (§ 9 DEÜV).
MELDEGRUND = {"elternzeit": "52", "sonderurlaub": "34", "sonderurlaub_dienstlich": "34", "unentschuldigt": "34",
              "rente_auf_zeit": "34", "streik": "35", "pflegezeit": "30"}  # fmt: skip


@dataclass(frozen=True)
class Ersatz:
    """Tage mit Krankengeldzuschuss, in der Mutterschutzfrist oder mit Entschädigung und die Angaben ihrer Tatsache
    (Cent je Tag); beginn: erster Tag des Ausfalls."""

    leistung: str
    tage: frozenset[int]
    beginn: date
    krankengeld: int | None = None
    krankengeld_netto: int | None = None
    netto_tag: int | None = None
    art: str = ""


@dataclass(frozen=True)
class Ereignis:
    """Ausfall mit Entgelt vor zwei Monaten: Kalendertage, für die der Tagesdurchschnitt jetzt fällig ist."""

    art: str
    beginn: date
    monat: date
    tage: tuple[date, ...]


@dataclass(frozen=True)
class Ausfall:
    """Was die Fehlzeiten eines Falls im Monat bewirken; Tage sind Tage des Monats."""

    ohne: frozenset[int]
    sv_fehltage: int
    ganz: bool
    am_ende: bool
    ersatz: tuple[Ersatz, ...]
    ereignisse: tuple[Ereignis, ...]
    abschnitte: tuple[Abschnitt, ...]

    def verloren(self, first: int, last: int) -> int:
        """Zahl der Tage ohne Entgelt von `first` bis `last`."""
        return sum(1 for day in self.ohne if first <= day <= last)


def service_since(case: Case, facts: Facts) -> date:
    """Seit wann die Beschäftigungszeit zählt, sonst der Eintritt."""
    rows = facts.tarif.service.get(case.job.anchor)
    return rows[-1].seit if rows else case.job.eintritt


def ausfall_of(case: Case, facts: Facts, problems: list[Finding]) -> Ausfall | None:
    """Alle Wirkungen; None, wenn in diesem Monat und vor zwei Monaten nichts war."""
    rows = facts.tarif.absences.get(case.job.anchor)
    if not rows:
        return None
    pieces = [one for one in stretches(case, facts) if one.bis >= plus_monate(facts.first, -2)]
    now = tuple(one for one in pieces if one.von <= case.last and one.bis >= case.first)
    events = tuple(_events(pieces, plus_monate(facts.first, -2)))
    if not now and not events:
        return None
    without = frozenset(day for one in now if not one.bezahlt for day in _days(one, case))
    uninsured = sum(len(_days(one, case)) for one in now if not one.versichert)
    whole = len(without) == (case.last - case.first).days + 1
    replaced = tuple(_replaced(now, rows, case))
    problems += _findings(case, facts, now, replaced)
    return Ausfall(without, uninsured, whole, case.last.day in without, replaced, events, now)


def stretches(case: Case, facts: Facts) -> list[Abschnitt]:
    """Alle Fehlzeiten eines Falls bis zum Monatsende, geschnitten nach ihrer Wirkung."""
    found = absences(facts.tarif.absences.get(case.job.anchor, ()), case.last)
    rows = facts.insurance.get(case.job.anchor)
    statutory = not rows or rows[-1].kv_art in ("gesetzlich", "freiwillig")
    return abschnitte(found, case.job.art, service_since(case, facts), krankengeld=statutory)


def absences(rows: Sequence[Any], until: date) -> list[Fehlzeit]:
    """Tatsachen als Fehlzeiten, die offenen bis zum Tag `until`."""
    return [
        Fehlzeit(
            row.valid_from,
            min(row.valid_to or until, until),
            row.art,
            row.kette,
            row.vorerkrankungstage,
            row.krankengeld_bis,
            row.kind_geboren_am,
        )
        for row in rows
        if row.valid_from <= until
    ]


def _days(one: Abschnitt, case: Case) -> range:
    return range(max(one.von, case.first).day, min(one.bis, case.last).day + 1)


def _replaced(now: Sequence[Abschnitt], rows: Sequence[Any], case: Case) -> Iterator[Ersatz]:
    """Je Tatsache und Abschnitt: sie kennt das Krankengeld, er die Tage."""
    for one in now:
        if one.leistung not in (ZUSCHUSS, MUTTERSCHUTZ, ENTSCHAEDIGUNG, BEHOERDE):
            continue
        for row in rows:
            first, last = max(one.von, row.valid_from, case.first), min(one.bis, row.valid_to or one.bis, case.last)
            if first <= last:
                yield Ersatz(one.leistung, frozenset(range(first.day, last.day + 1)), one.seit or one.von,
                             row.krankengeld_tag_cent, row.krankengeld_netto_tag_cent, row.netto_tag_cent,
                             one.art)  # fmt: skip


def _events(pieces: Sequence[Abschnitt], month: date) -> Iterator[Ereignis]:
    """Der Tagesdurchschnitt ist am Zahltag des zweiten Monats danach fällig (§ 24 Abs. 1 Satz 4 TVöD)."""
    last = plus_monate(month, 1) - DAY
    for one in pieces:
        if one.bezahlt and one.art in WITH_AVERAGE and one.von <= last and one.bis >= month:
            first = max(one.von, month)
            days = tuple(first + DAY * n for n in range((min(one.bis, last) - first).days + 1))
            yield Ereignis(one.art, one.von, month, days)


def _findings(
    case: Case, facts: Facts, now: Sequence[Abschnitt], replaced: Sequence[Ersatz]
) -> Iterator[Finding]:
    if any(one.leistung == ZUSCHUSS and one.krankengeld is None for one in replaced):
        yield case.finding(
            "krankengeld_tag_cent",
            "Krankengeldzuschuss steht zu (§ 22 Abs. 2 TVöD), das Krankengeld ist nicht bekannt; er wird nicht gezahlt",
            "Bruttokrankengeld je Kalendertag aus der Mitteilung der Krankenkasse an der Fehlzeit erfassen",
            left_out=False,
        )
    for one in now:
        if not one.bezahlt and case.first <= one.von <= case.last:
            yield case.hint("fehlzeit", f"ab {one.von:%d.%m.%Y}: {one.text or ARTEN[one.art].titel}", _remedy(one))
        elif one.bezahlt and one.art == "krankheit" and case.last - DAY * 13 <= one.bis < case.last:
            yield case.hint("fehlzeit", f"Entgeltfortzahlung endete am {one.bis:%d.%m.%Y}", _remedy(one))
        if not one.versichert and case.first <= one.von <= case.last:
            number = MELDEGRUND.get(one.art, "51")
            yield case.hint(
                "sv_fehltage",
                f"{ARTEN[one.art].titel}: beitragsfrei ab {one.von:%d.%m.%Y}",
                f"Meldung zur Sozialversicherung mit Grund {number} vormerken (§ 9 DEÜV)",
            )


def _remedy(one: Abschnitt) -> str:
    if one.art == "krankheit" and one.leistung != OHNE:
        return "Entgeltbescheinigung an die Krankenkasse senden (§ 107 SGB IV) und das Krankengeld erfassen"
    return "Zeitraum mit dem Antrag oder Bescheid vergleichen"
