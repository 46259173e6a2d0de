"""Ruhestand: bis wann jemand beschäftigt ist, der die Regelaltersgrenze erreicht.

Tarif: Ende des Monats, in dem das Alter vollendet wird (§ 33 Abs. 1 Buchst. a TVöD); Beamte ebenso (§ 31 Abs. 1, 2 LBG
NRW, dieselbe Staffel). Wer am Ersten geboren ist, vollendet sein Lebensjahr am Tag davor (§ 187 Abs. 2 BGB); die
Staffel geht auch dann nach dem Geburtsjahr (§ 235 Abs. 2 SGB VI).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from payroll.masterdata.slices.reading import Facts
from payroll.runs.whatif.anwenden import Wirkung

DAY = timedelta(days=1)
ENDS = ("tarif", "beamte")
# Month of life of the standard age by year of birth (§ 235 Abs. 2 Satz 2 SGB VI, § 31 Abs. 2 LBG NRW).
OLDEST, YOUNGEST, FULL = 1946, 1964, 67 * 12


@cache
def age_in_months(year: int) -> int:
    """Regelaltersgrenze in Lebensmonaten nach Geburtsjahr."""
    if year <= OLDEST:
        return 65 * 12
    if year >= YOUNGEST:
        return FULL
    return 65 * 12 + (year - OLDEST if year <= 1958 else 12 + 2 * (year - 1958))


def last_day(born: date) -> date:
    """Letzter Tag des Monats, in dem die Regelaltersgrenze erreicht wird."""
    eve = born - DAY
    at = eve.year * 12 + eve.month - 1 + age_in_months(born.year)
    return date(at // 12, at % 12 + 1, calendar.monthrange(at // 12, at % 12 + 1)[1])


def standard_ages(facts: Facts, since: date) -> dict[str, date]:
    """Je Personalnummer der letzte Tag vor dem Ruhestand, wenn er noch kommt."""
    found = {}
    for rows in facts.jobs.values():
        job = rows[-1]
        person: Any = (facts.people.get(job.person_id) or [None])[-1]
        if job.art in ENDS and person is not None and person.geburtsdatum is not None:
            end = last_day(person.geburtsdatum)
            if end >= since:
                found[job.personalnummer] = end
    return found


def retiring(facts: Facts) -> Iterator[tuple[str, Wirkung]]:
    """Wer in diesem Monat ausscheidet: Personalnummer und Wirkung; wer schon älter ist und arbeitet, bleibt."""
    for anchor, rows in facts.jobs.items():
        job = rows[-1]
        person: Any = (facts.people.get(job.person_id) or [None])[-1]
        if job.art not in ENDS or person is None or person.geburtsdatum is None:
            continue
        end = last_day(person.geburtsdatum)
        if end != facts.last or (job.austritt is not None and job.austritt <= end):
            continue
        yield job.personalnummer, Wirkung(anchor, facts.first, leaves=end)


def known_ends(facts: Facts) -> Mapping[str, date]:
    """Letzter Tag derer, deren Austritt schon feststeht."""
    return {rows[-1].personalnummer: rows[-1].austritt for rows in facts.jobs.values() if rows[-1].austritt is not None}
