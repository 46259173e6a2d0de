"""Protokoll schreiben: ein Eintrag in der Transaktion der Änderung, lückenlos je Mandant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, exists, func, select
from sqlalchemy.orm import Session

from tenants.audit.chain import GENESIS, entry_hash, plain
from tenants.audit.models import AuditEntry
from tenants.audit.values import FIELD, Values, sealed
from tenants.db import guard
from tenants.db.bulk import copy_rows
from tenants.db.session import PlatformSession, TenantSession
from tenants.models.tenant import TenantKey
from tenants.security.keys import KeyMissing

PLATFORM_CHAIN = 0
COLUMNS = ("id", "at", "actor", "action", "subject", "details", "reason", "prev_hash", "hash")
LOCK_CLASS = 0x4B52  # "KR": keeps our advisory locks apart from others in the same database


def record(
    session: TenantSession | PlatformSession,
    action: str,
    subject: str,
    details: dict[str, Any],
    reason: str | None = None,
    *,
    values: Values | None = None,
) -> AuditEntry:
    """Hängt einen Eintrag an die Kette; details ohne schützenswerte Werte angeben, values werden versiegelt."""
    session.flush()
    tenant, at = chain_of(session), _moment(session)
    if values is not None:
        if not isinstance(session, TenantSession):
            raise TypeError("Versiegelte Werte gibt es nur in der Kette eines Mandanten.")
        details = {**details, FIELD: sealed(session, [(action, subject, values)])[0]}
    last = session.scalars(
        select(AuditEntry).where(AuditEntry.tenant_id == tenant).order_by(AuditEntry.id.desc()).limit(1)
    ).first()
    entry = AuditEntry(
        tenant_id=tenant,
        id=last.id + 1 if last else 1,
        at=at,
        actor=str(session.info["actor"]),
        action=action,
        subject=subject,
        details=plain(details),
        reason=reason,
        prev_hash=last.hash if last else GENESIS,
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()
    return entry


@dataclass(frozen=True)
class Entry:
    """Ein Eintrag vor der Kette: Vorgang, Gegenstand, Einzelheiten ohne schützenswerte Werte, Grund, Werte."""

    action: str
    subject: str
    details: dict[str, Any]
    reason: str | None = None
    values: Values | None = None


def record_many(session: TenantSession, entries: Sequence[Entry]) -> int:
    """Hängt viele Einträge in ihrer Reihenfolge an: eine Sperre, ein Blick auf das Ende, ein Massenschreiben.

    Gibt ihre Zahl. Dieselbe Kette wie mit record, nur der Zeitpunkt ist für alle derselbe.
    """
    if not entries:
        return 0
    session.flush()
    tenant, at = chain_of(session), _moment(session)
    last = session.execute(
        select(AuditEntry.id, AuditEntry.hash)
        .where(AuditEntry.tenant_id == tenant)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    number, head = (last.id, last.hash) if last else (0, GENESIS)
    boxes = iter(sealed(session, [(one.action, one.subject, one.values) for one in entries if one.values is not None]))
    rows = []
    for one in entries:
        number += 1
        details = one.details if one.values is None else {**one.details, FIELD: next(boxes)}
        made = AuditEntry(
            tenant_id=tenant,
            id=number,
            at=at,
            actor=str(session.info["actor"]),
            action=one.action,
            subject=one.subject,
            details=plain(details),
            reason=one.reason,
            prev_hash=head,
        )
        head = entry_hash(made)
        rows.append((number, at, made.actor, one.action, one.subject, made.details, one.reason, made.prev_hash, head))
    return copy_rows(session, AuditEntry, COLUMNS, rows)


def lock(session: TenantSession | PlatformSession, chain: int | None = None) -> Connection:
    """Hält die Kette bis zum Ende der Transaktion fest, damit niemand dazwischen schreibt.

    chain: eine andere als die eigene; nur die Plattform hält so die eines Mandanten.
    """
    connection = session.bulk_connection() if isinstance(session, TenantSession) else session.connection()
    held = chain_of(session) if chain is None else chain
    connection.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, held)))
    return connection


def _moment(session: TenantSession | PlatformSession) -> datetime:
    """Hält die Kette fest und gibt den Zeitpunkt des Eintrags.

    Hat die Sitzung mit Schlüsseln gearbeitet, die inzwischen vernichtet sind, wird sie hier abgewiesen: was sie
    schrieb, stünde in keinem Paket und ließe sich nie öffnen. Gefragt wird erst nach der Sperre, die auch die
    Vernichtung hält.
    """
    tenant, connection = chain_of(session), lock(session)
    kept = exists(select(TenantKey.id).where(TenantKey.tenant_id == tenant))
    at, alive = connection.execute(select(func.clock_timestamp(), kept)).one()
    if not alive and "keys" in session.info:
        raise KeyMissing("Die Schlüssel dieses Mandanten wurden eben vernichtet: nichts davon ist gespeichert.")
    return cast(datetime, at)


def chain_of(session: Session) -> int:
    """Kette, in die diese Sitzung schreibt: ihr Mandant oder die der Plattform."""
    return guard.tenant_of(session) if isinstance(session, TenantSession) else PLATFORM_CHAIN
