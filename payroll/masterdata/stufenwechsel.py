"""Stufenwechsel der nächsten Monate: wer wann warum steigt; auf Wunsch steht die neue Stufe danach in der Akte."""

from __future__ import annotations

import calendar
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from payroll.law.rules.entgelt.laufzeit import plus_monate
from payroll.masterdata.models import Bezuegezuordnung
from payroll.masterdata.service import record_fact
from payroll.masterdata.slices.ausfall import absences
from payroll.masterdata.slices.reading import Facts, read_steps
from payroll.masterdata.slices.span import Case, active_cases
from payroll.masterdata.slices.stufen import changes_until, rule_of
from tenants.db.session import TenantSession

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wechsel:
    """Ein Wechsel der Stufe einer Beschäftigung; gezahlt wird ab `gezahlt_ab`, die Laufzeit zählt ab `am`."""

    beschaeftigung_id: int
    person: uuid.UUID
    personalnummer: str
    name: str
    tarifwerk: str
    entgeltgruppe: str
    bisher: str
    stufe: str
    am: date
    gezahlt_ab: date
    grund: str
    wochenstunden: Any
    vollzeitstunden: Any
    arbeitstage_woche: str | None


def upcoming(session: TenantSession, month: date, months: int = 3) -> list[Wechsel]:
    """Alle Wechsel ab dem Monat für so viele Monate, nach Tag und Name; fünf Abfragen.

    Wer ausgeschieden ist, steigt nicht mehr, auch wenn im Monat noch etwas gezahlt wird.
    """
    first = month.replace(day=1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    facts = read_steps(session, first, last)
    until = plus_monate(first, months) - DAY
    found = [one for case in active_cases(facts, []) for one in _of(case, facts, first, until)]
    return sorted(found, key=lambda one: (one.gezahlt_ab, one.name, one.personalnummer))


def adopt(session: TenantSession, month: date, *, reason: str) -> int:
    """Schreibt die Wechsel eines Monats in die Akten; gibt ihre Zahl. Gezahlt werden sie auch ohne das."""
    changes = upcoming(session, month, 1)
    for one in changes:
        record_fact(
            session,
            Bezuegezuordnung,
            beschaeftigung_id=one.beschaeftigung_id,
            valid_from=one.gezahlt_ab,
            reason=f"{reason}: {one.grund}",
            tarifwerk=one.tarifwerk,
            entgeltgruppe=one.entgeltgruppe,
            stufe=one.stufe,
            stufe_seit=one.am,
            wochenstunden=one.wochenstunden,
            vollzeitstunden=one.vollzeitstunden,
            arbeitstage_woche=one.arbeitstage_woche,
        )
    return len(changes)


def _of(case: Case, facts: Facts, first: date, until: date) -> Iterator[Wechsel]:
    rule = rule_of(facts.tarif.steps.get(case.job.anchor, ()))
    rows = facts.grades.get(case.job.anchor, ())
    if rule.angehalten or not rows or rows[-1].stufe_seit is None:
        return
    row = rows[-1]
    gaps = tuple(absences(facts.tarif.absences.get(case.job.anchor, ()), case.last))
    changes = changes_until(row, rule, gaps, min(until, row.valid_to or until))
    if any(one.gezahlt_ab <= row.valid_from for one in changes):
        return
    before = row.stufe
    for one in changes:
        if one.gezahlt_ab >= first:
            yield Wechsel(case.job.anchor, case.job.person_public_id, case.job.personalnummer, case.name,
                          row.tarifwerk, row.entgeltgruppe, before, str(one.stufe), one.am, one.gezahlt_ab, one.grund,
                          row.wochenstunden, row.vollzeitstunden, row.arbeitstage_woche)  # fmt: skip
        before = str(one.stufe)
