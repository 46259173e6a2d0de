"""Prüfzeichen an öffentlichen Schlüsseln: wer nur die Datenbank ändern kann, schiebt keinen eigenen Schlüssel unter.

Das Prüfzeichen (HMAC-SHA-256) rechnet mit einem Schlüssel aus dem Suchschlüssel des Mandanten; der wechselt nicht und
bleibt beim Wechsel des Hauptschlüssels derselbe.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from uuid import UUID

from sqlalchemy import select

from tenants.db import guard
from tenants.db.session import PlatformSession, TenantSession
from tenants.models.tenant import TenantKey
from tenants.security import keys, wrapping

ARCHIVE = "archiv"


class DocumentKeyError(RuntimeError):
    """Ein Schlüssel für Dokumente fehlt, passt nicht oder lässt sich nicht öffnen; die Meldung sagt, was zu tun ist."""


def binding(secret: bytes, tenant: int, owner: str, key_id: UUID, algorithm: int, public: bytes) -> bytes:
    """Prüfzeichen für den öffentlichen Schlüssel einer Person (owner: ihre Kennung) oder des Archivs."""
    text = json.dumps([tenant, owner, str(key_id), algorithm, public.hex()])
    return hmac.digest(wrapping.derived(secret, "empfaenger"), text.encode(), hashlib.sha256)


def secret_of(session: TenantSession | PlatformSession, tenant: int) -> bytes:
    """Geheimnis des Mandanten, aus dem Prüfzeichen und Vorführschlüssel entstehen."""
    if isinstance(session, TenantSession):
        if guard.tenant_of(session) != tenant:
            raise DocumentKeyError("Die Sitzung gehört zu einem anderen Mandanten.")
        return keys.keys_of(session).lookup
    row = session.scalars(
        select(TenantKey).where(TenantKey.tenant_id == tenant, TenantKey.purpose == keys.LOOKUP)
    ).first()
    if row is None:
        raise DocumentKeyError("Der Mandant hat keinen Schlüssel: nicht angelegt oder vernichtet.")
    return keys.unwrapped(row)
