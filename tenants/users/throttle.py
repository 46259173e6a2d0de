"""Bremse der Anmeldung: gezählt werden Fehlversuche je Name und Adresse, je Name und je Adresse."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address

from sqlalchemy import ColumnElement, delete, func, select

from tenants.db.session import PlatformSession
from tenants.models.user import SigninAttempt
from tenants.security import keys, lookup_hash

WINDOW = timedelta(minutes=15)
PER_LOGIN_AND_REMOTE, PER_LOGIN, PER_REMOTE = 5, 30, 60
KEPT = timedelta(days=30)
LOCK_CLASS = 0x4B5341  # "KSA": attempts on one name wait for each other


def address_of(remote: str | None) -> IPv4Address | IPv6Address | None:
    """Adresse der Anfrage; Unlesbares zählt als unbekannt."""
    try:
        return ipaddress.ip_address(remote or "")
    except ValueError:
        return None


def hash_of(login: str) -> bytes:
    """Name als Hash mit Schlüssel der Plattform: auch vertippte Namen und Kennwörter stehen nirgends im Klartext."""
    return lookup_hash(keys.platform_keys(), login, "signin")


def blocked_until(session: PlatformSession, login: str, remote: str | None, now: datetime) -> datetime | None:
    """Bis wann kein Versuch mehr zählt; nimmt zugleich die Sperre auf den Namen."""
    name, address = hash_of(login), address_of(remote)
    session.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, int.from_bytes(name[:4], "big", signed=True))))
    by_name, by_remote = SigninAttempt.login_hash == name, SigninAttempt.remote.is_not_distinct_from(address)
    last_good = select(func.max(SigninAttempt.at)).where(by_name, by_remote, SigninAttempt.succeeded).scalar_subquery()
    since = func.greatest(now - WINDOW, last_good)
    limits: list[tuple[int, tuple[ColumnElement[bool], ...]]] = [
        (PER_LOGIN_AND_REMOTE, (by_name, by_remote, SigninAttempt.at > since)),
        (PER_LOGIN, (by_name, SigninAttempt.at > now - WINDOW)),
        (PER_REMOTE, (by_remote, SigninAttempt.at > now - WINDOW)),
    ]
    ends = []
    for limit, conditions in limits:
        failed = select(SigninAttempt.at).where(SigninAttempt.succeeded.is_(False), *conditions)
        oldest = session.scalar(failed.order_by(SigninAttempt.at.desc()).offset(limit - 1).limit(1))
        if oldest is not None:
            ends.append(oldest + WINDOW)
    return max(ends, default=None)


def note(session: PlatformSession, login: str, remote: str | None, now: datetime, *, succeeded: bool) -> None:
    """Hält einen Versuch fest; gebremste Versuche zählen nicht, sonst bliebe die Bremse ewig zu."""
    session.add(SigninAttempt(at=now, remote=address_of(remote), login_hash=hash_of(login), succeeded=succeeded))
    session.execute(delete(SigninAttempt).where(SigninAttempt.at < now - KEPT))
