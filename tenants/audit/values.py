"""Werte vor und nach einer Änderung, versiegelt im Protokoll.

Die Kette hält nur das Siegel fest: sie prüft sich ohne Schlüssel und auch noch, wenn er vernichtet ist. Der Schlüssel
gehört einer Person (oder einem Vorgang, oder einem Jahr) und geht mit deren Datenart am Ende der Aufbewahrung; dann ist
unlesbar, was das Protokoll über sie wusste, und kein Eintrag fehlt. Verfahren 1: AES-256-GCM über gepacktes JSON,
gebunden an Mandant, Vorgang, Gegenstand und Schlüssel.
"""

from __future__ import annotations

import base64
import json
import os
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from tenants.audit.chain import plain
from tenants.audit.models import AuditEntry, AuditKey
from tenants.db import guard
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from tenants.security.envelope import open_sealed, seal
from tenants.security.keys import KeyMissing, keys_of

FIELD = "werte"
NONCE, CHUNK = 12, 1_000
PERSON_CLASS, CLAIM_CLASS, YEAR_CLASS = "personalstamm", "pfaendung", "protokollwerte"
LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True)
class Scope:
    """Wessen Schlüssel: Datenart, in der er vernichtet wird, Gegenstand darin und die Person, wenn es eine gibt."""

    record_class: str
    subject: str
    person: uuid.UUID | None = None


@dataclass(frozen=True)
class Values:
    """Fachliche Werte vorher und nachher, im Klartext; je abgelöster oder neuer Fassung eine Abbildung."""

    scope: Scope
    before: Sequence[Mapping[str, Any]]
    after: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Opened:
    """Geöffnete Werte eines Eintrags; missing: der Schlüssel ist nach Ablauf der Aufbewahrung vernichtet."""

    before: list[dict[str, Any]] = field(default_factory=list)
    after: list[dict[str, Any]] = field(default_factory=list)
    missing: bool = False


def of_person(person: uuid.UUID) -> Scope:
    """Angaben zu einer Person: vernichtet mit ihr."""
    return Scope(PERSON_CLASS, str(person), person)


def of_claim(person: uuid.UUID, what: object) -> Scope:
    """Eine Forderung gegen das Entgelt (ihre Nummer) oder die Unterhaltspflichten: vernichtet mit der Forderung."""
    return Scope(CLAIM_CLASS, f"{person}:{what}", person)


def of_year(year: int | None = None) -> Scope:
    """Was keiner Person gehört: vernichtet mit seinem Jahr."""
    return Scope(YEAR_CLASS, str(year or datetime.now(UTC).year))


def sealed(session: TenantSession, wanted: Sequence[tuple[str, str, Values]]) -> list[dict[str, str]]:
    """Siegel je (Vorgang, Gegenstand, Werte); legt fehlende Schlüssel an. Die Kette muss gesperrt sein."""
    tenant, keys = guard.tenant_of(session), _keys(session, {values.scope for _, _, values in wanted})
    made = []
    for action, subject, values in wanted:
        key_id, key = keys[values.scope]
        content = {"vorher": plain(list(values.before)), "nachher": plain(list(values.after))}
        packed = zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
        nonce = os.urandom(NONCE)
        box = nonce + AESGCM(key).encrypt(nonce, packed, _place(tenant, action, subject, key_id))
        made.append({"schluessel": str(key_id), "siegel": base64.b64encode(b"\x01" + box).decode()})
    return made


def opened(session: TenantSession, entries: Iterable[AuditEntry]) -> dict[int, Opened]:
    """Die Werte dieser Einträge, nach Nummer; nur Einträge mit Werten. Wer es aufruft, protokolliert das Lesen."""
    boxes = {entry.id: entry for entry in entries if isinstance(entry.details.get(FIELD), dict)}
    wanted = {uuid.UUID(entry.details[FIELD]["schluessel"]) for entry in boxes.values()}
    rows = {row.public_id: row for row in _rows(session, AuditKey.public_id, wanted)}
    found = {}
    for number, entry in boxes.items():
        row = rows.get(uuid.UUID(entry.details[FIELD]["schluessel"]))
        found[number] = Opened(missing=True) if row is None else _open(session, row, entry)
    return found


def classes_of(session: TenantSession, entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Datenart der Werte je Eintrag, soweit der Schlüssel noch da ist."""
    held = {entry.id: uuid.UUID(entry.details[FIELD]["schluessel"]) for entry in entries
            if isinstance(entry.details.get(FIELD), dict)}
    rows = {row.public_id: row.record_class for row in _rows(session, AuditKey.public_id, set(held.values()))}
    return {number: rows[key] for number, key in held.items() if key in rows}


def _open(session: TenantSession, row: AuditKey, entry: AuditEntry) -> Opened:
    box = base64.b64decode(entry.details[FIELD]["siegel"])
    place = _place(guard.tenant_of(session), entry.action, entry.subject, row.public_id)
    try:
        packed = AESGCM(_unwrapped(session, row)).decrypt(box[1 : 1 + NONCE], box[1 + NONCE :], place)
    except InvalidTag as error:
        raise KeyMissing(f"Protokoll, Eintrag {entry.id}: die versiegelten Werte wurden verändert.") from error
    content = json.loads(zlib.decompressobj().decompress(packed, LARGEST))
    return Opened(content["vorher"], content["nachher"])


def _keys(session: TenantSession, scopes: set[Scope]) -> dict[Scope, tuple[uuid.UUID, bytes]]:
    asked = {(scope.record_class, scope.subject): scope for scope in scopes}
    held = {}
    for row in _rows(session, AuditKey.subject, {scope.subject for scope in scopes}):
        scope = asked.get((row.record_class, row.subject))
        if scope is not None:
            held[scope] = row.public_id, _unwrapped(session, row)
    tenant_keys, fresh = keys_of(session), []
    for scope in sorted(scopes - held.keys(), key=lambda one: (one.record_class, one.subject)):
        number, key = uuid.uuid4(), os.urandom(32)
        held[scope] = number, key
        wrapped = seal(tenant_keys, key, table=AuditKey.__tablename__, row=str(number), column="wrapped")
        fresh.append((number, scope.record_class, scope.subject, scope.person, wrapped))
    if fresh:
        columns = ("public_id", "record_class", "subject", "person_public_id", "wrapped")
        copy_rows(session, AuditKey, columns, fresh)
    return held


def _unwrapped(session: TenantSession, row: AuditKey) -> bytes:
    return open_sealed(session, row.wrapped, table=AuditKey.__tablename__, row=str(row.public_id), column="wrapped")


def _rows(session: TenantSession, column: Any, wanted: set[Any]) -> list[AuditKey]:
    """Schlüssel, je tausend eine Abfrage."""
    ordered, found = sorted(wanted), list[AuditKey]()
    for start in range(0, len(ordered), CHUNK):
        found += session.scalars(select(AuditKey).where(column.in_(ordered[start : start + CHUNK])))
    return found


def _place(tenant: int, action: str, subject: str, key: uuid.UUID) -> bytes:
    return json.dumps([tenant, action, subject, str(key)]).encode()
