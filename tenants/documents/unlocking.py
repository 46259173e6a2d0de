"""Geöffneter Schlüssel einer Sitzung: verschlossen in der Datenbank, das Geheimnis dazu nur im Keks des Browsers."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, bindparam, delete, select

from tenants.db.session import PlatformSession, platform_session
from tenants.documents.people import OwnKey
from tenants.models.documents import DocumentKey, DocumentUnlock
from tenants.security import wrapping
from tenants.security.recipient import KeyPair

BYTES = 32
_unlock, _key_row = DocumentUnlock.__table__, DocumentKey.__table__
# With the key of the account that is in force today; asked at every request, built once.
_UNLOCK = (
    select(_unlock.c.user_id, _unlock.c.wrapped, _unlock.c.expires_at, _key_row.c.public_id)
    .join(_key_row, and_(_key_row.c.user_id == _unlock.c.user_id, _key_row.c.retired_at.is_(None)))
    .where(_unlock.c.token_hash == bindparam("token_hash"))
)


def keep(own: OwnKey, user_id: int, lasting: timedelta, now: datetime | None = None) -> str:
    """Legt den geöffneten Schlüssel für eine Sitzung ab; zurück kommt das Geheimnis für den Keks."""
    token, moment = secrets.token_bytes(BYTES), now or datetime.now(UTC)
    content = json.dumps([str(own.key_id), own.pair.algorithm, own.pair.public.hex(), own.pair.private.hex()]).encode()
    with platform_session(actor="system") as session:
        session.execute(delete(DocumentUnlock).where(DocumentUnlock.expires_at <= moment))
        session.add(
            DocumentUnlock(
                token_hash=_hash(token),
                user_id=user_id,
                wrapped=wrapping.under_key(content, _key(token), _place(user_id)),
                expires_at=moment + lasting,
            )
        )
    return token.hex()


def kept(token: str, user_id: int, now: datetime | None = None) -> OwnKey | None:
    """Der Schlüssel zu einem Keks; None bei Ablauf, fremdem Zugang oder wenn inzwischen ein neuer Schlüssel gilt."""
    raw, moment = _raw(token), now or datetime.now(UTC)
    if raw is None:
        return None
    with platform_session(actor="system") as session:
        row = session.execute(_UNLOCK, {"token_hash": _hash(raw)}).first()
    if row is None or row.user_id != user_id or row.expires_at <= moment:
        return None
    content = wrapping.from_key(row.wrapped, _key(raw), _place(user_id))
    if content is None:
        return None
    key_id, algorithm, public, private = json.loads(content)
    if row.public_id != uuid.UUID(key_id):
        return None
    return OwnKey(uuid.UUID(key_id), KeyPair(algorithm, bytes.fromhex(public), bytes.fromhex(private)))


def forget(token: str) -> None:
    """Schließt wieder zu (Abmeldung)."""
    raw = _raw(token)
    if raw is not None:
        with platform_session(actor="system") as session:
            session.execute(delete(DocumentUnlock).where(DocumentUnlock.token_hash == _hash(raw)))


def shut(session: PlatformSession, user_id: int) -> None:
    """Schließt alle geöffneten Schlüssel eines Zugangs: wer eine Sitzung aus der Ferne beendet, traut ihr nicht."""
    session.execute(delete(DocumentUnlock).where(DocumentUnlock.user_id == user_id))


def _raw(token: str) -> bytes | None:
    try:
        raw = bytes.fromhex(token)
    except ValueError:
        return None
    return raw if len(raw) == BYTES else None


def _hash(token: bytes) -> bytes:
    return hashlib.sha256(b"kreislohn unlock" + token).digest()


def _key(token: bytes) -> bytes:
    return wrapping.derived(token, "sitzung")


def _place(user_id: int) -> str:
    return f"document_unlock:{user_id}"
