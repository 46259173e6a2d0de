"""Einmallinks: nur für Zugänge der Demonstration, nur auf derselben Maschine, nur einmal, nur kurze Zeit."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from tenants import audit
from tenants.db.session import PlatformSession, platform_session
from tenants.models.tenant import Tenant
from tenants.models.user import EmployeeAccess, Mandate, SigninToken, User
from tenants.users.errors import SigninRefused, UserError
from tenants.users.presence import is_present, office_day

LIFETIME = timedelta(hours=12)
REFUSED = "Dieser Link gilt nicht (mehr): mit Name, Kennwort und Code anmelden."


def issue_one_time_link(
    user: User, *, issued_by: str = "system", now: datetime | None = None, lifetime: timedelta = LIFETIME
) -> str:
    """Gibt ein Zeichen heraus, das einmal statt der Anmeldung gilt; gespeichert wird nur sein Hash."""
    moment, token = now or datetime.now(UTC), secrets.token_urlsafe(32)
    with platform_session(actor=issued_by) as session:
        stored = session.get(User, user.id)
        if stored is None or not _demonstration_only(session, stored):
            raise UserError(f"{user.login} gehört nicht zur Demonstration: Einmallinks gibt es nur dort.")
        session.add(
            SigninToken(user_id=stored.id, token_hash=_hash(token), issued_by=issued_by, expires_at=moment + lifetime)
        )
        audit.record(session, "signin.link_issued", str(stored.public_id), {"until": moment + lifetime})
    return token


def redeem(token: str, remote: str | None, *, now: datetime | None = None) -> User:
    """Löst einen Link ein; zwei gleichzeitige Einlösungen gelingen genau einmal."""
    moment = now or datetime.now(UTC)
    if not is_loopback(remote):
        raise SigninRefused(REFUSED)
    with platform_session(actor="system") as session:
        user_id = session.scalar(
            update(SigninToken)
            .where(
                SigninToken.token_hash == _hash(token),
                SigninToken.used_at.is_(None),
                SigninToken.expires_at > moment,
            )
            .values(used_at=moment, redeemed_from=ipaddress.ip_address(_plain(remote)))
            .returning(SigninToken.user_id)
        )
        user = session.get(User, user_id) if user_id is not None else None
        if user is None or not is_present(user, office_day(moment)) or not _demonstration_only(session, user):
            raise SigninRefused(REFUSED)
        user.last_signin_at = moment
        session.info["actor"] = user.login
        audit.record(session, "signin.link", str(user.public_id), {})
        return user


def is_loopback(remote: str | None) -> bool:
    """Ob die Anfrage von derselben Maschine kommt."""
    try:
        return ipaddress.ip_address(_plain(remote)).is_loopback
    except ValueError:
        return False


def _plain(remote: str | None) -> str:
    """Adresse ohne die Schreibweise für IPv4 in IPv6."""
    return (remote or "").lower().removeprefix("::ffff:")


def _demonstration_only(session: PlatformSession, user: User) -> bool:
    """Zugang und alle seine Mandanten gehören zur Demonstration."""
    mandates = select(Mandate.tenant_id).where(Mandate.user_id == user.id)
    accesses = select(EmployeeAccess.tenant_id).where(EmployeeAccess.user_id == user.id)
    real = select(Tenant.id).where(Tenant.id.in_(mandates.union(accesses)), Tenant.demo.is_(False))
    return user.demo and session.scalars(real.limit(1)).first() is None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
