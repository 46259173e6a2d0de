"""Protokoll schreiben: ein Eintrag in der Transaktion der Änderung, lückenlos je Mandant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, Select, bindparam, event, exists, func, literal, select, true
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
PENDING = "audit_readings"
LOOKED_BACK = 200_000  # entries; a nightly look must not read the log of ten years
FEW = 8  # a staging table pays for more
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
    tenant, end = chain_of(session), _end(session)
    if values is not None:
        if not isinstance(session, TenantSession):
            raise TypeError("Versiegelte Werte gibt es nur in der Kette eines Mandanten.")
        details = {**details, FIELD: sealed(session, [(action, subject, values)])[0]}
    entry = AuditEntry(
        tenant_id=tenant,
        id=end.number + 1,
        at=end.at,
        actor=str(session.info["actor"]),
        action=action,
        subject=subject,
        details=plain(details),
        reason=reason,
        prev_hash=end.head,
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
    tenant, (at, number, head) = chain_of(session), _end(session)
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


def record_reading(
    session: TenantSession, action: str, subject: str, details: dict[str, Any], reason: str | None = None
) -> None:
    """Ein Lesen: eingetragen wird es erst zuletzt, in derselben Transaktion.

    So hält niemand, der liest, die Kette fest, während seine Seite entsteht. Lässt sich der Eintrag nicht schreiben,
    scheitert die Transaktion, und nichts wird gezeigt.
    """
    chain_of(session)
    session.info.setdefault(PENDING, []).append(Entry(action, subject, details, reason))


@event.listens_for(TenantSession, "before_commit")
def _write_readings(session: TenantSession) -> None:
    if session.in_nested_transaction():  # a savepoint ends too: only the last end counts
        return
    readings: list[Entry] = session.info.pop(PENDING, [])
    if len(readings) > FEW:
        record_many(session, readings)
        return
    for one in readings:
        record(session, one.action, one.subject, one.details, one.reason)


@event.listens_for(TenantSession, "after_rollback")
def _forget_readings(session: TenantSession) -> None:
    if session.in_nested_transaction():  # a savepoint that is taken back does not take back what was seen
        return
    session.info.pop(PENDING, None)


def lock(session: TenantSession | PlatformSession, chain: int | None = None) -> Connection:
    """Hält die Kette bis zum Ende der Transaktion fest, damit niemand dazwischen schreibt.

    chain: eine andere als die eigene; nur die Plattform hält so die eines Mandanten.
    """
    connection = session.bulk_connection() if isinstance(session, TenantSession) else session.connection()
    held = chain_of(session) if chain is None else chain
    connection.execute(_LOCK, {"chain": held})
    return connection


class _End(NamedTuple):
    """Ende der festgehaltenen Kette: Zeitpunkt jetzt, letzte Nummer (0: leer), ihr Hash."""

    at: datetime
    number: int
    head: bytes


def _end(session: TenantSession | PlatformSession) -> _End:
    """Hält die Kette fest und gibt ihr Ende und den Zeitpunkt des nächsten Eintrags, in einer Frage.

    Hat die Sitzung mit Schlüsseln gearbeitet, die inzwischen vernichtet sind, wird sie hier abgewiesen: was sie
    schrieb, stünde in keinem Paket und ließe sich nie öffnen. Gefragt wird erst nach der Sperre, die auch die
    Vernichtung hält.
    """
    tenant, connection = chain_of(session), lock(session)
    at, alive, number, head = connection.execute(_END, {"tenant": tenant}).one()
    if not alive and "keys" in session.info:
        raise KeyMissing("Die Schlüssel dieses Mandanten wurden eben vernichtet: nichts davon ist gespeichert.")
    return _End(at, number or 0, head or GENESIS)


def _end_statement() -> Select[*tuple[Any, ...]]:
    """Zeitpunkt, ob der Mandant Schlüssel hat, Nummer und Hash des letzten Eintrags; gebaut wird sie einmal."""
    tenant = bindparam("tenant", type_=BigInteger())
    last = select(AuditEntry.id, AuditEntry.hash).where(AuditEntry.tenant_id == tenant)
    end = last.order_by(AuditEntry.id.desc()).limit(1).subquery()
    alone = select(literal(1)).subquery()  # a row also for an empty chain
    kept = exists(select(TenantKey.id).where(TenantKey.tenant_id == tenant))
    return select(func.clock_timestamp(), kept, end.c.id, end.c.hash).select_from(alone.outerjoin(end, true()))


_END = _end_statement()
_LOCK = select(func.pg_advisory_xact_lock(LOCK_CLASS, bindparam("chain", type_=Integer())))


def clock_jumps(session: TenantSession | PlatformSession, since: datetime, least: timedelta) -> list[int]:
    """Nummern der Einträge seit since, deren Zeit um mehr als least vor der ihres Vorgängers liegt.

    Reihenfolge und Kette hängen an den Nummern; Tatsachen tragen aber die Zeit der Datenbank, und ein Lauf sucht
    Geändertes nach seinem Stand: was eine nachgehende Uhr nach einem Abschluss stempelt, sähe er nicht.
    """
    mine = select(AuditEntry.id, AuditEntry.at, func.lag(AuditEntry.at).over(order_by=AuditEntry.id).label("before"))
    newest = select(func.max(AuditEntry.id)).where(AuditEntry.tenant_id == chain_of(session)).scalar_subquery()
    rows = mine.where(AuditEntry.tenant_id == chain_of(session), AuditEntry.id > newest - LOOKED_BACK).subquery()
    newer = func.greatest(rows.c.at, rows.c.before) >= since
    return list(session.scalars(select(rows.c.id).where(newer, rows.c.at < rows.c.before - least).order_by(rows.c.id)))


def chain_of(session: Session) -> int:
    """Kette, in die diese Sitzung schreibt: ihr Mandant oder die der Plattform."""
    return guard.tenant_of(session) if isinstance(session, TenantSession) else PLATFORM_CHAIN
