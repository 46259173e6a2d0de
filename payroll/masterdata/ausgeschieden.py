"""Zugang zum Portal nach dem Austritt: lesen bis zu einem Tag, nichts mehr ändern.

Er endet mit dem zweiten Jahr nach dem Austritt: dann sind Lohnsteuerbescheinigung und Nachzahlungen lange zugestellt
(Entscheidung dieses Hauses; kein Gesetz nennt eine Frist). Wer wieder eingestellt wird, bekommt ihn unbefristet zurück.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Person
from tenants import audit
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession
from tenants.models.user import EmployeeAccess

YEARS = 2
LIMITED, OPENED = "zugang.befristet", "zugang.geoeffnet"


def last_days(session: TenantSession, persons: Collection[uuid.UUID]) -> dict[uuid.UUID, date | None]:
    """Letzter Tag je Person, deren Beschäftigungen alle ein Ende haben; None: eine läuft weiter. Eine Abfrage."""
    rows = session.execute(
        select(Person.public_id, Beschaeftigung.id, BeschaeftigungAngaben.austritt)
        .join(Beschaeftigung, Beschaeftigung.person_id == Person.id)
        .join(BeschaeftigungAngaben, (BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
              & BeschaeftigungAngaben.superseded_at.is_(None))
        .where(Person.public_id.in_(persons)).order_by(BeschaeftigungAngaben.valid_from))
    newest = {(person, job): austritt for person, job, austritt in rows}
    found: dict[uuid.UUID, date | None] = {}
    for person in {person for person, _job in newest}:
        days = [day for (owner, _job), day in newest.items() if owner == person]
        found[person] = None if None in days else max(day for day in days if day is not None)
    return found


def access_until(last_day: date) -> date:
    """Bis wann das Portal nach diesem letzten Tag zum Lesen offen bleibt."""
    return date(last_day.year + YEARS, 12, 31)


def settle_access(session: TenantSession, today: date) -> tuple[int, int]:
    """Begrenzt die Zugänge der Ausgeschiedenen und öffnet die der Zurückgekehrten; gibt beide Zahlen.

    Ein von Hand gesetztes Ende bleibt, auch wenn es ein 31. Dezember ist; noch einmal aufgerufen, ändert sich nichts.
    """
    rows = session.scalars(select(EmployeeAccess)).all()
    last = last_days(session, {row.person_public_id for row in rows})
    ours = _limited_here(session, [row for row in rows if row.valid_to and last.get(row.person_public_id, 0) is None])
    limited = opened = 0
    for row in rows:
        if row.person_public_id not in last:
            continue
        day = last[row.person_public_id]
        if day is None and row.id in ours:
            _change(session, row, None)
            opened += 1
        elif day is not None and day < today and row.valid_to is None:
            _change(session, row, max(access_until(day), row.valid_from))
            limited += 1
    return limited, opened


def _limited_here(session: TenantSession, rows: Collection[EmployeeAccess]) -> set[int]:
    """Zugänge, deren geltendes Ende von hier stammt: der letzte Eintrag im Protokoll sagt es. Höchstens eine Abfrage.

    Einträge ohne Zugang (vor der Fassung, die ihn nennt) gelten für jeden Zugang der Person mit diesem Ende.
    """
    if not rows:
        return set()
    entries = session.execute(
        select(AuditEntry.subject, AuditEntry.action, AuditEntry.details)
        .where(AuditEntry.action.in_((LIMITED, OPENED)), AuditEntry.subject.in_({_subject(row) for row in rows}))
        .order_by(AuditEntry.id)).all()
    found = set()
    for row in rows:
        mine = [(action, details) for subject, action, details in entries
                if subject == _subject(row) and details.get("zugang", row.id) == row.id]
        if mine and mine[-1][0] == LIMITED and mine[-1][1].get("bis") == str(row.valid_to):
            found.add(row.id)
    return found


def _subject(row: EmployeeAccess) -> str:
    return f"person:{row.person_public_id}"


def _change(session: TenantSession, row: EmployeeAccess, until: date | None) -> None:
    before, row.valid_to = row.valid_to, until
    audit.record(session, LIMITED if until else OPENED, _subject(row),
                 {"bis": until, "vorher": before, "zugang": row.id})
