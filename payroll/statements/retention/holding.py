"""Sperre zu einer Personalnummer und Datenart, wie Menschen sie angeben."""

from __future__ import annotations

from datetime import date

from payroll.statements.privacy.finding import by_number
from payroll.statements.retention.classes import NAMEN
from tenants.db.session import TenantSession
from tenants.retention.errors import DeletionRefused
from tenants.retention.holds import set_hold
from tenants.retention.models import RetentionHold


def set_by_number(session: TenantSession, number: str | None, kind: str | None, *, valid_from: date,
                  valid_to: date | None, reason: str) -> RetentionHold:
    """Setzt die Sperre; leere Angaben heißen alle. Eine unbekannte Personalnummer wirft PersonMissing."""
    if kind and kind not in NAMEN:
        raise DeletionRefused(f"Die Datenart „{kind}“ gibt es nicht; erlaubt: {', '.join(NAMEN)}.")
    person = by_number(session, number) if number else None
    return set_hold(session, person=person, record_class=kind or None, valid_from=valid_from, valid_to=valid_to,
                    reason=reason)
