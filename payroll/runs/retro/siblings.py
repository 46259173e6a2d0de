"""Wer mit einem Betroffenen zusammen gerechnet wird: alle Beschäftigungen derselben Person teilen sich die Grenzen, und
das Sterbegeld folgt den Bezügen der verstorbenen Person."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben
from payroll.runs.retro.affected import Affected
from tenants.db.session import TenantSession

Siblings = dict[int, tuple[int, ...]]


def extend(session: TenantSession, affected: Affected, known_at: datetime | None = None) -> Siblings:
    """Nimmt die anderen Beschäftigungen jeder betroffenen Person ab demselben Monat dazu; zwei Abfragen.

    Gibt je Beschäftigung alle derselben Person zurück, nur bei Personen mit mehreren.
    """
    several = (select(Beschaeftigung.person_id).group_by(Beschaeftigung.person_id)
               .having(func.count(Beschaeftigung.id) > 1))
    people: dict[int, list[int]] = defaultdict(list)
    for row in session.execute(select(Beschaeftigung.id, Beschaeftigung.person_id)
                               .where(Beschaeftigung.person_id.in_(several)).order_by(Beschaeftigung.id)):
        people[row.person_id].append(row.id)
    _survivors(session, affected, known_at)
    siblings = {number: tuple(jobs) for jobs in people.values() for number in jobs}
    for jobs in people.values():
        touched = [number for number in jobs if number in affected.first]
        for number in touched:
            for other in jobs:
                if other not in touched:
                    _with(affected, number, other)
    return siblings


def _survivors(session: TenantSession, affected: Affected, known_at: datetime | None) -> None:
    """Nimmt dazu, wer Sterbegeld nach einem Betroffenen empfängt, ab dem Monat der Zahlung."""
    angaben, dead = BeschaeftigungAngaben, aliased(Beschaeftigung)
    rows = session.execute(
        select(angaben.beschaeftigung_id, angaben.eintritt, dead.id.label("verstorben"))
        .join(dead, dead.personalnummer == angaben.verstorbene)
        .where(known(angaben, known_at), dead.id.in_(affected.first)))
    for row in rows:
        month = row.eintritt.replace(day=1)
        for cause in affected.causes[row.verstorben]:
            affected.add(row.beschaeftigung_id, month, cause, affected.seit[row.verstorben])


def _with(affected: Affected, number: int, other: int) -> None:
    for cause in affected.causes[number]:
        affected.add(other, affected.first[number], cause, affected.seit[number])
