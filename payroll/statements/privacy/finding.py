"""Die Person zu einer Personalnummer."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements.privacy.report import PersonMissing
from tenants.db.session import TenantSession


def by_number(session: TenantSession, number: str) -> uuid.UUID:
    """Öffentliche Kennung der Person mit dieser Personalnummer; sonst PersonMissing."""
    found = session.scalars(
        select(Person.public_id)
        .join(Beschaeftigung, Beschaeftigung.person_id == Person.id)
        .where(Beschaeftigung.personalnummer == number.strip())
    ).first()
    if found is None:
        raise PersonMissing(f"Die Personalnummer {number} gibt es bei diesem Arbeitgeber nicht.")
    return found
