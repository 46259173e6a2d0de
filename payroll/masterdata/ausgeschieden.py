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
from tenants.db.session import TenantSession
from tenants.models.user import EmployeeAccess

YEARS = 2


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

    Ein von Hand früher gesetztes Ende bleibt; noch einmal aufgerufen, ändert sich nichts.
    """
    rows = session.scalars(select(EmployeeAccess)).all()
    last = last_days(session, {row.person_public_id for row in rows})
    limited = opened = 0
    for row in rows:
        if row.person_public_id not in last:
            continue
        day = last[row.person_public_id]
        if day is None and row.valid_to is not None and (row.valid_to.month, row.valid_to.day) == (12, 31):
            _change(session, row, None)
            opened += 1
        elif day is not None and day < today and row.valid_to is None:
            _change(session, row, max(access_until(day), row.valid_from))
            limited += 1
    return limited, opened


def _change(session: TenantSession, row: EmployeeAccess, until: date | None) -> None:
    before, row.valid_to = row.valid_to, until
    audit.record(session, "zugang.befristet" if until else "zugang.geoeffnet", f"person:{row.person_public_id}",
                 {"bis": until, "vorher": before})
