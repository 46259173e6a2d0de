"""Ruhestand: bis wann jemand beschäftigt ist, der die Regelaltersgrenze erreicht."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from payroll.law.rules.besoldung.regelalter import last_day
from payroll.masterdata.slices.reading import Facts
from payroll.runs.whatif.anwenden import Wirkung

DAY = timedelta(days=1)
ENDS = ("tarif", "beamte")


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
