"""Nummern der Bescheide: je Arbeitgeber und Jahr des Zeitraums eine lückenlose Reihe, der Storno eingeschlossen."""

from __future__ import annotations

from sqlalchemy import func, select

from payroll.verbund.models import Kostenbescheid
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant


def following(session: TenantSession, jahr: int) -> str:
    """Die nächste Nummer des Jahres; zwei zugleich lässt die Datenbank nicht zu."""
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    count = session.scalar(select(func.count(Kostenbescheid.id)).where(
        func.extract("year", Kostenbescheid.von) == jahr)) or 0
    return f"KV-{tenant.number}-{jahr}-{count + 1:03d}"
