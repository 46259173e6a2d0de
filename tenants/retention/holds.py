"""Sperren gegen das Löschen: setzen, beenden, nachsehen. Jede steht mit Grund im Protokoll."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from tenants import audit
from tenants.db.session import TenantSession
from tenants.retention.errors import DeletionRefused
from tenants.retention.models import RetentionHold


def set_hold(
    session: TenantSession,
    *,
    person: uuid.UUID | None = None,
    record_class: str | None = None,
    valid_from: date,
    valid_to: date | None = None,
    reason: str,
) -> RetentionHold:
    """Setzt eine Sperre; ohne Person für alle, ohne Datenart für jede, ohne Ende bis sie jemand beendet."""
    if not reason.strip():
        raise DeletionRefused("Die Sperre braucht einen Grund, zum Beispiel das Aktenzeichen des Rechtsstreits.")
    if valid_to is not None and valid_to < valid_from:
        raise DeletionRefused(f"Sperre: das Ende {valid_to:%d.%m.%Y} liegt vor dem Beginn {valid_from:%d.%m.%Y}.")
    row = _insert(session, person, record_class, valid_from, valid_to, reason.strip())
    audit.record(session, "sperre.gesetzt", _subject(row), _details(row), row.reason)
    return row


def end_hold(session: TenantSession, hold: uuid.UUID, *, last_day: date, reason: str) -> RetentionHold:
    """Beendet eine Sperre mit einem letzten Tag; die bisherige Fassung bleibt als abgelöst stehen."""
    if not reason.strip():
        raise DeletionRefused("Das Ende der Sperre braucht einen Grund.")
    old = session.scalars(
        select(RetentionHold)
        .where(RetentionHold.public_id == hold, RetentionHold.superseded_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if old is None:
        raise DeletionRefused("Diese Sperre gibt es nicht (mehr): die Liste neu laden.")
    if last_day < old.valid_from:
        raise DeletionRefused(f"Die Sperre gilt ab {old.valid_from:%d.%m.%Y}; ein früheres Ende gibt es nicht.")
    old.superseded_at = func.now()
    session.flush()
    row = _insert(session, old.person_public_id, old.record_class, old.valid_from, last_day, old.reason)
    audit.record(session, "sperre.beendet", _subject(row), {**_details(row), "vorher": str(hold)}, reason.strip())
    return row


def holds(session: TenantSession, day: date | None = None) -> Sequence[RetentionHold]:
    """Heute bekannte Sperren; mit day nur die, die an diesem Tag noch nicht geendet haben."""
    statement = select(RetentionHold).where(RetentionHold.superseded_at.is_(None))
    if day is not None:
        statement = statement.where(or_(RetentionHold.valid_to.is_(None), RetentionHold.valid_to >= day))
    return session.scalars(statement.order_by(RetentionHold.valid_from, RetentionHold.id)).all()


def holding(active: Iterable[RetentionHold], person: uuid.UUID | None, record_class: str) -> RetentionHold | None:
    """Die erste Sperre, die eine Zeile dieser Person und Datenart hält."""
    for hold in active:
        whose = hold.person_public_id is None or hold.person_public_id == person
        if whose and (hold.record_class is None or hold.record_class == record_class):
            return hold
    return None


def _insert(
    session: TenantSession, person: uuid.UUID | None, record_class: str | None, first: date, last: date | None, why: str
) -> RetentionHold:
    row = RetentionHold(
        public_id=uuid.uuid4(),
        person_public_id=person,
        record_class=record_class,
        valid_from=first,
        valid_to=last,
        recorded_by=str(session.info["actor"]),
        reason=why,
    )
    session.add(row)
    session.flush()
    return row


def _subject(row: RetentionHold) -> str:
    return f"person:{row.person_public_id}" if row.person_public_id else f"sperre:{row.public_id}"


def _details(row: RetentionHold) -> dict[str, Any]:
    return {"sperre": row.public_id, "datenart": row.record_class, "von": row.valid_from, "bis": row.valid_to}
