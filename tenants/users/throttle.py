"""Bremse der Anmeldung: gezählt werden Fehlversuche je Name und Adresse, je Name und je Adresse.

Dazu falsche Codes der App je Zugang an einem Tag: sie haben sechs Ziffern, und wer das Kennwort schon kennt, hätte mit
vielen Adressen sonst Zeit für alle.
"""

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
CODES, CODE_WINDOW, CODE_OF = 20, timedelta(days=1), "\0code "  # no login begins like this
KEPT = timedelta(days=30)
SUBSCRIBER = 64  # bits of an IPv6 address that name who has it; the rest anyone chooses at will
LOCK_CLASS = 0x4B5341  # "KSA": attempts on one name wait for each other


def address_of(remote: str | None) -> IPv4Address | IPv6Address | None:
    """Adresse der Anfrage; Unlesbares zählt als unbekannt."""
    try:
        return ipaddress.ip_address(remote or "")
    except ValueError:
        return None


def counted(remote: str | None) -> IPv4Address | IPv6Address | None:
    """Wofür gezählt wird: die Adresse, bei IPv6 der Anfang des Netzes, in dem jeder Anschluss beliebig viele hat."""
    found = address_of(remote)
    if not isinstance(found, IPv6Address):
        return found
    return found.ipv4_mapped or ipaddress.ip_network((found.packed, SUBSCRIBER), strict=False).network_address


def hash_of(login: str) -> bytes:
    """Name als Hash mit Schlüssel der Plattform: auch vertippte Namen und Kennwörter stehen nirgends im Klartext."""
    return lookup_hash(keys.platform_keys(), login, "signin")


def blocked_until(session: PlatformSession, login: str, remote: str | None, now: datetime) -> datetime | None:
    """Bis wann kein Versuch mehr zählt; nimmt zugleich die Sperre auf den Namen."""
    name, address = hash_of(login), counted(remote)
    session.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, int.from_bytes(name[:4], "big", signed=True))))
    by_name, by_remote = SigninAttempt.login_hash == name, SigninAttempt.remote.is_not_distinct_from(address)
    last_good = select(func.max(SigninAttempt.at)).where(by_name, by_remote, SigninAttempt.succeeded).scalar_subquery()
    since = func.greatest(now - WINDOW, last_good)
    limits: list[tuple[int, tuple[ColumnElement[bool], ...]]] = [
        (PER_LOGIN_AND_REMOTE, (by_name, by_remote, SigninAttempt.at > since)),
        (PER_LOGIN, (by_name, SigninAttempt.at > now - WINDOW)),
    ]
    if address is not None:  # codes are counted without one, and they are no attempts of one place
        limits.append((PER_REMOTE, (by_remote, SigninAttempt.at > now - WINDOW)))
    ends = []
    for limit, conditions in limits:
        failed = select(SigninAttempt.at).where(SigninAttempt.succeeded.is_(False), *conditions)
        oldest = session.scalar(failed.order_by(SigninAttempt.at.desc()).offset(limit - 1).limit(1))
        if oldest is not None:
            ends.append(oldest + WINDOW)
    return max(ends, default=None)


def note(session: PlatformSession, login: str, remote: str | None, now: datetime, *, succeeded: bool) -> None:
    """Hält einen Versuch fest; gebremste Versuche zählen nicht, sonst bliebe die Bremse ewig zu."""
    session.add(SigninAttempt(at=now, remote=counted(remote), login_hash=hash_of(login), succeeded=succeeded))
    session.execute(delete(SigninAttempt).where(SigninAttempt.at < now - KEPT))


def guessing(session: PlatformSession, login: str, now: datetime) -> bool:
    """Ob für diesen Zugang seit dem letzten richtigen Code an einem Tag zu viele falsche kamen."""
    of_login = SigninAttempt.login_hash == hash_of(CODE_OF + login)
    last_good = select(func.max(SigninAttempt.at)).where(of_login, SigninAttempt.succeeded).scalar_subquery()
    wrong = select(func.count()).select_from(SigninAttempt).where(
        of_login, SigninAttempt.succeeded.is_(False), SigninAttempt.at > func.greatest(now - CODE_WINDOW, last_good))
    return (session.scalar(wrong) or 0) >= CODES


def note_code(session: PlatformSession, login: str, now: datetime, *, succeeded: bool) -> None:
    """Hält einen Code fest, richtig oder falsch."""
    session.add(SigninAttempt(at=now, remote=None, login_hash=hash_of(CODE_OF + login), succeeded=succeeded))
