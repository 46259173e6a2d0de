"""Wer mit einem Betroffenen zusammen gerechnet wird: alle Beschäftigungen derselben Person teilen sich die Grenzen."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func, select

from payroll.masterdata.models import Beschaeftigung
from payroll.runs.retro.affected import Affected
from tenants.db.session import TenantSession

Siblings = dict[int, tuple[int, ...]]


def extend(session: TenantSession, affected: Affected) -> Siblings:
    """Nimmt die anderen Beschäftigungen jeder betroffenen Person ab demselben Monat dazu; eine Abfrage.

    Gibt je Beschäftigung alle derselben Person zurück, nur bei Personen mit mehreren.
    """
    several = (select(Beschaeftigung.person_id).group_by(Beschaeftigung.person_id)
               .having(func.count(Beschaeftigung.id) > 1))
    people: dict[int, list[int]] = defaultdict(list)
    for row in session.execute(select(Beschaeftigung.id, Beschaeftigung.person_id)
                               .where(Beschaeftigung.person_id.in_(several)).order_by(Beschaeftigung.id)):
        people[row.person_id].append(row.id)
    siblings = {number: tuple(jobs) for jobs in people.values() for number in jobs}
    for jobs in people.values():
        touched = [number for number in jobs if number in affected.first]
        for number in touched:
            for other in jobs:
                if other not in touched:
                    _with(affected, number, other)
    return siblings


def _with(affected: Affected, number: int, other: int) -> None:
    for cause in affected.causes[number]:
        affected.add(other, affected.first[number], cause, affected.seit[number])
