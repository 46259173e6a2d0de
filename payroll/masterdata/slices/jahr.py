"""Was der Dezember über das Kalenderjahr wissen muss: Zeiten ohne Anspruch auf Arbeitslohn (Großbuchstabe U)."""

from __future__ import annotations

from datetime import date, timedelta

from payroll.law.rules.entgelt.fehlzeiten import MUTTERSCHUTZ, Abschnitt
from payroll.masterdata.slices.ausfall import stretches
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import Case

DAY = timedelta(days=1)
DEZEMBER, ARBEITSTAGE = 12, 5


def buchstabe_u(case: Case, facts: Facts) -> int:
    """Monate des Jahres, in denen eine Zeit mit Großbuchstabe U beginnt, als Bits (Januar = 1); nur im Dezember.

    Mindestens fünf aufeinanderfolgende Arbeitstage (Montag bis Freitag), für die der Anspruch auf Arbeitslohn im
    Wesentlichen weggefallen ist; ein Zuschuss zum Krankengeld ändert daran nichts, die Mutterschutzfrist zählt nicht
    (§ 41 Abs. 1 Satz 5 EStG, R 41.2 LStR).
    """
    if facts.first.month != DEZEMBER or not facts.tarif.absences.get(case.job.anchor):
        return 0
    found = 0
    for first, last in _spells([one for one in stretches(case, facts)
                                if not one.bezahlt and one.leistung != MUTTERSCHUTZ]):
        begin, end = max(first, date(facts.first.year, 1, 1)), min(last, facts.last)
        if _working_days(begin, end) >= ARBEITSTAGE:
            found |= 1 << (begin.month - 1)
    return found


def _spells(pieces: list[Abschnitt]) -> list[tuple[date, date]]:
    """Aneinander anschließende Stücke als eine Zeit."""
    found: list[tuple[date, date]] = []
    for one in sorted(pieces, key=lambda piece: piece.von):
        if found and found[-1][1] + DAY >= one.von:
            found[-1] = (found[-1][0], max(found[-1][1], one.bis))
        else:
            found.append((one.von, one.bis))
    return found


def _working_days(first: date, last: date) -> int:
    return sum(1 for n in range((last - first).days + 1) if (first + DAY * n).weekday() < ARBEITSTAGE)
