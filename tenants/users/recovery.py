"""Codes zur Wiederherstellung: ersetzen je einmal den zweiten Faktor, wenn das Gerät fehlt."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from tenants import audit
from tenants.db.session import PlatformSession
from tenants.models.user import User, UserCode
from tenants.users import codes
from tenants.users.errors import UserError
from tenants.users.presence import has_second_factor

COUNT = 10
RECOVERY = "recovery"


def issue_recovery_codes(session: PlatformSession, user: User, reason: str | None = None) -> list[str]:
    """Zehn neue Codes, einmal herausgegeben; alle früheren gelten nicht mehr."""
    if not has_second_factor(session, user):
        raise UserError(f"{user.login} hat keinen zweiten Faktor: zuerst einrichten, dann Codes ausgeben.")
    made, salt = [codes.generate() for _ in range(COUNT)], secrets.token_bytes(codes.SALT)
    revoke(session, user, RECOVERY)
    store(session, user, RECOVERY, made, salt)
    audit.record(session, "user.recovery_codes", str(user.public_id), {"count": COUNT}, reason)
    return made


def remaining(session: PlatformSession, user: User) -> int:
    """Wie viele Codes noch gelten."""
    return session.scalar(select(func.count(UserCode.id)).where(*_open(user, RECOVERY))) or 0


def accept(session: PlatformSession, user: User, text: str, now: datetime) -> bool:
    """Prüft einen Code und verbraucht ihn."""
    if not spend(session, user, RECOVERY, text, now):
        return False
    audit.record(session, "signin.recovery_code", str(user.public_id), {"left": remaining(session, user)})
    return True


def revoke(session: PlatformSession, user: User, kind: str) -> None:
    """Entwertet alle unbenutzten Codes dieser Art."""
    session.execute(update(UserCode).where(*_open(user, kind)).values(revoked_at=func.now()))


def store(
    session: PlatformSession,
    user: User,
    kind: str,
    made: Iterable[str],
    salt: bytes,
    expires_at: datetime | None = None,
) -> None:
    """Legt die Hashes ab; alle Codes einer Ausgabe teilen ein Salz, damit ein Versuch nur einmal rechnet."""
    actor = str(session.info["actor"])
    for code in made:
        hashed = codes.hashed(str(codes.normal(code)), salt)
        session.add(
            UserCode(
                user_id=user.id, kind=kind, salt=salt, code_hash=hashed, issued_by=actor, expires_at=expires_at
            )
        )
    session.flush()


def spend(session: PlatformSession, user: User, kind: str, text: str, now: datetime) -> bool:
    """Sucht den Code unter den geltenden und verbraucht ihn; zwei gleichzeitige Versuche gelingen einmal."""
    code = codes.normal(text)
    if code is None:
        return False
    rows = session.scalars(select(UserCode).where(*_open(user, kind)).with_for_update()).all()
    if not rows:
        codes.take_as_long(text)
    by_salt = {salt: codes.hashed(code, salt) for salt in {row.salt for row in rows}}
    for row in rows:
        if hmac.compare_digest(by_salt[row.salt], row.code_hash) and (row.expires_at is None or row.expires_at > now):
            row.used_at = now
            session.flush()
            return True
    return False


def _open(user: User, kind: str) -> tuple[ColumnElement[bool], ...]:
    return (
        UserCode.user_id == user.id,
        UserCode.kind == kind,
        UserCode.used_at.is_(None),
        UserCode.revoked_at.is_(None),
    )
