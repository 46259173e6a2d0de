"""Empfänger eines Mandanten lesen: je Person der geltende öffentliche Schlüssel, jeder mit geprüftem Prüfzeichen."""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.documents.binding import DocumentKeyError, binding, secret_of
from tenants.models.documents import RecipientKey
from tenants.security.recipient import Recipient


@dataclass(frozen=True)
class Person:
    """Empfänger Mensch mit der Kennung seines Schlüssels."""

    key_id: uuid.UUID
    recipient: Recipient


def of_tenant(session: TenantSession, person: uuid.UUID | None = None) -> dict[uuid.UUID, Person]:
    """Alle Personen mit eigenem Schlüssel nach ihrer öffentlichen Kennung; eine Anweisung für alle."""
    tenant = guard.tenant_of(session)
    statement = select(RecipientKey).where(RecipientKey.ended_at.is_(None))
    if person is not None:
        statement = statement.where(RecipientKey.person_public_id == person)
    secret, found = secret_of(session, tenant), {}
    for row in session.scalars(statement):
        owner = str(row.person_public_id)
        expected = binding(secret, tenant, owner, row.key_public_id, row.algorithm, row.public_key)
        if not hmac.compare_digest(expected, row.binding):
            raise DocumentKeyError(
                f"Der Schlüssel der Person {row.person_public_id} wurde an der Anwendung vorbei geändert: nichts "
                "ausstellen, den Vorfall untersuchen, der Person einen neuen Brief geben."
            )
        found[row.person_public_id] = Person(row.key_public_id, Recipient(row.algorithm, row.public_key))
    return found
