"""Kurzfristige Beschäftigung: die Tage des Kalenderjahrs zusammenzählen.

Es zählen die kurzfristigen Beschäftigungen der Person hier und bei anderen Arbeitgebern (§ 8 Abs. 1 Nr. 2, Abs. 2
SGB IV). Gefragt wird die Datenbank nur, wenn im Monat jemand kurzfristig beschäftigt ist.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Versicherung, WeitereBeschaeftigung
from payroll.masterdata.slices import MonthFacts
from tenants.db.session import TenantSession

GRUPPE = 110
OFFEN = 366


@dataclass(frozen=True)
class Zeit:
    """Eine kurzfristige Beschäftigung: ihre Tage im Kalenderjahr, Arbeitstage (0: nicht erfasst)."""

    kalendertage: int
    arbeitstage: int


def counted(session: TenantSession, facts: MonthFacts) -> dict[str, Any]:
    """Spalten für die Prüfungen: Arbeitstage und Kalendertage des Jahres, Zahl der Beschäftigungen; sonst keine."""
    rows = np.flatnonzero(np.asarray(facts.cases.get("personengruppe", ())) == GRUPPE).tolist()
    if not rows:
        return {}
    people = {int(facts.cases["person_id"][row]) for row in rows}
    times = _times(session, facts, people)
    columns = {name: np.zeros(facts.size, dtype=np.int64)
               for name in ("kurzfristig_jahr_arbeitstage", "kurzfristig_jahr_kalendertage", "kurzfristig_anzahl",
                            "kurzfristig_dauer", "berufsmaessig", "kurzfristig_stunden", "kurzfristig_arbeitstage")}
    own = _own(session, facts, rows)
    for row in rows:
        found = times[int(facts.cases["person_id"][row])]
        columns["kurzfristig_jahr_kalendertage"][row] = sum(one.kalendertage for one in found)
        columns["kurzfristig_jahr_arbeitstage"][row] = (
            sum(one.arbeitstage for one in found) if all(one.arbeitstage for one in found) else OFFEN)
        columns["kurzfristig_anzahl"][row] = len(found)
        columns["kurzfristig_dauer"][row] = own.get(int(facts.cases["beschaeftigung_id"][row]), 0)
        for name in ("berufsmaessig", "kurzfristig_stunden", "kurzfristig_arbeitstage"):
            columns[name][row] = facts.cases[name][row]
    return columns


def _year(facts: MonthFacts) -> tuple[date, date]:
    return date(facts.month.year, 1, 1), date(facts.month.year, 12, 31)


def _times(session: TenantSession, facts: MonthFacts, people: Iterable[int]) -> dict[int, list[Zeit]]:
    first, last = _year(facts)
    found: dict[int, list[Zeit]] = defaultdict(list)
    for row in _jobs(session, facts, Beschaeftigung.person_id.in_(people)):
        if row.eintritt <= last and (row.austritt is None or row.austritt >= first):
            found[row.person_id].append(Zeit(_days(row.eintritt, row.austritt, first, last),
                                             row.kurzfristig_arbeitstage or 0))
    elsewhere = session.execute(
        select(WeitereBeschaeftigung.person_id, WeitereBeschaeftigung.valid_from, WeitereBeschaeftigung.valid_to,
               WeitereBeschaeftigung.arbeitstage)
        .where(known(WeitereBeschaeftigung, facts.known_at), within(WeitereBeschaeftigung, first, last),
               WeitereBeschaeftigung.art == "kurzfristig", WeitereBeschaeftigung.person_id.in_(people)))
    for row in elsewhere:
        found[row.person_id].append(Zeit(_days(row.valid_from, row.valid_to, first, last), row.arbeitstage or 0))
    return found


def _own(session: TenantSession, facts: MonthFacts, rows: list[int]) -> dict[int, int]:
    """Kalendertage der ganzen Beschäftigung, je Beschäftigung."""
    numbers = [int(facts.cases["beschaeftigung_id"][row]) for row in rows]
    return {row.id: 0 if row.austritt is None else (row.austritt - row.eintritt).days + 1
            for row in _jobs(session, facts, Beschaeftigung.id.in_(numbers))}


def _jobs(session: TenantSession, facts: MonthFacts, which: Any) -> list[Any]:
    """Kurzfristige Beschäftigungen, je eine Zeile mit der jüngsten Fassung beider Tatsachen."""
    first, last = _year(facts)
    rows = session.execute(
        select(Beschaeftigung.id, Beschaeftigung.person_id, BeschaeftigungAngaben.eintritt,
               BeschaeftigungAngaben.austritt, Versicherung.kurzfristig_arbeitstage)
        .join(BeschaeftigungAngaben, BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
        .join(Versicherung, Versicherung.beschaeftigung_id == Beschaeftigung.id)
        .where(known(BeschaeftigungAngaben, facts.known_at), known(Versicherung, facts.known_at),
               within(BeschaeftigungAngaben, first, last), within(Versicherung, first, last),
               Versicherung.personengruppe == GRUPPE, which)
        .order_by(BeschaeftigungAngaben.valid_from, Versicherung.valid_from))
    return list({row.id: row for row in rows}.values())


def _days(begin: date, end: date | None, first: date, last: date) -> int:
    return (min(end or last, last) - max(begin, first)).days + 1
