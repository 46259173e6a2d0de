"""Dokumente der Personalakte mit eigener Frist: Krankheit nach ihrem Tag, Pfändung nach der letzten Forderung."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.masterdata.models import Person
from payroll.statements.akte.models import AkteDokument
from payroll.statements.retention.claims import settled_on
from payroll.statements.retention.rows import Found
from tenants.db.session import TenantSession

TABLE = AkteDokument.__tablename__


def illness(session: TenantSession, limit: date) -> list[Found]:
    """Unterlagen über Krankheit, deren Tag vor `limit` liegt."""
    return [Found(TABLE, row.nummer, row.public_id, row.vom) for row in _rows(session, "gesundheit", limit)]


def claims(session: TenantSession, limit: date) -> list[Found]:
    """Unterlagen über Pfändungen, wenn auch die letzte Forderung der Person vor `limit` erledigt war."""
    rows = _rows(session, "pfaendung", limit)
    if not rows:
        return []
    last: dict[int, date] = {}
    for (person, _number), day in settled_on(session).items():
        last[person] = max(last.get(person, date.min), day or date.max)
    return [Found(TABLE, row.nummer, row.public_id, max(row.vom, last.get(row.person_id, row.vom)))
            for row in rows if last.get(row.person_id, date.min) < limit]


def _rows(session: TenantSession, kind: str, limit: date) -> list[Any]:
    return list(session.execute(
        select(AkteDokument.id.label("nummer"), AkteDokument.person_id, AkteDokument.vom, Person.public_id)
        .join(Person, Person.id == AkteDokument.person_id)
        .where(AkteDokument.klasse == kind, AkteDokument.vom < limit)))
