"""Siegel eines Dokuments: ein Schlüssel je Dokument, versiegelt an die Person und an das Archiv des Mandanten.

Verfahren 2: Der Dokumentschlüssel (32 Bytes) ist mit HPKE an jeden Empfänger versiegelt. Inhalt und Daten stehen unter
AES-256-GCM; dessen Schlüssel entsteht mit HKDF aus dem Dokumentschlüssel und einem Geheimnis des Mandanten. Zum Lesen
braucht es deshalb beides: einen Empfänger und den Mandanten. Mandant, Person, Monat, Art, Fassung und Empfänger werden
mitgeprüft; ein verlegtes Siegel öffnet nicht.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.documents import archive, recipients
from tenants.documents.binding import secret_of
from tenants.security import SealBroken
from tenants.security.recipient import KeyPair, Recipient, open_box

UNDER_TENANT, SEALED = 1, 2
NONCE = 12
CONTEXT = b"kreislohn dokument 2\n"


@dataclass(frozen=True)
class Sealer:
    """Womit dieser Mandant versiegelt: Archiv, Personen, Geheimnis; einmal je Auftrag gelesen."""

    tenant: int
    secret: bytes
    archive: archive.Archive
    people: dict[uuid.UUID, recipients.Person]

    def document_key(self) -> bytes:
        """Neuer Schlüssel für ein Dokument."""
        return os.urandom(32)

    def content(self, key: bytes, plaintext: bytes, place: str, column: str) -> bytes:
        """Verschlüsselt Inhalt oder Daten eines Dokuments."""
        nonce, where = os.urandom(NONCE), _where(self.tenant, place, column)
        return nonce + AESGCM(_content_key(key, self.secret, where)).encrypt(nonce, plaintext, where)

    def for_archive(self, key: bytes, place: str) -> bytes:
        """Dokumentschlüssel, versiegelt an das Archiv."""
        return sealed_to(self.archive.recipient, key, self.tenant, place, self.archive.key_id)

    def for_person(self, key: bytes, place: str, person: uuid.UUID) -> tuple[uuid.UUID, bytes] | None:
        """Kennung des Schlüssels der Person und das Siegel; None, solange sie keinen Schlüssel hat."""
        found = self.people.get(person)
        return (found.key_id, sealed_to(found.recipient, key, self.tenant, place, found.key_id)) if found else None


def sealer_of(session: TenantSession) -> Sealer:
    """Liest Archiv und Empfänger; ohne Archivschlüssel DocumentKeyError."""
    tenant = guard.tenant_of(session)
    return Sealer(tenant, secret_of(session, tenant), archive.current(session), recipients.of_tenant(session))


def sealed_to(to: Recipient, key: bytes, tenant: int, place: str, key_id: uuid.UUID) -> bytes:
    """Versiegelt einen Dokumentschlüssel für einen Empfänger an seinem Ort."""
    return to.seal(key, _context(tenant, place, key_id))


def document_key(session: TenantSession, pair: KeyPair, sealed: bytes, place: str, key_id: uuid.UUID) -> bytes:
    """Öffnet das Siegel eines Empfängers und gibt den Dokumentschlüssel."""
    return open_box(pair, sealed, _context(guard.tenant_of(session), place, key_id))


def content(session: TenantSession, key: bytes, stored: bytes, place: str, column: str) -> bytes:
    """Entschlüsselt Inhalt oder Daten mit dem Dokumentschlüssel."""
    tenant = guard.tenant_of(session)
    where = _where(tenant, place, column)
    try:
        cipher = AESGCM(_content_key(key, secret_of(session, tenant), where))
        return cipher.decrypt(stored[:NONCE], stored[NONCE:], where)
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"dokument.{column}: Inhalt passt nicht zu seinem Ort oder wurde verändert.") from error


def _content_key(key: bytes, secret: bytes, where: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=secret, info=CONTEXT + where).derive(key)


def _context(tenant: int, place: str, key_id: uuid.UUID) -> bytes:
    return CONTEXT + json.dumps([tenant, place, str(key_id)]).encode()


def _where(tenant: int, place: str, column: str) -> bytes:
    return json.dumps([tenant, "dokument", place, column]).encode()
