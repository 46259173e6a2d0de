"""Zugänge: anlegen, anmelden, Kennwort ändern, sperren. Mandate und Einmallinks stehen nebenan und sind hier mit da."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from tenants import audit
from tenants.db.session import PlatformSession, platform_session
from tenants.documents import people as document_keys
from tenants.models.user import User
from tenants.security import passwords, second_factor
from tenants.users import codes, recovery, throttle
from tenants.users.errors import SigninRefused, Throttled, UserError
from tenants.users.letters import issue_letter, redeem_letter
from tenants.users.links import issue_one_time_link, redeem
from tenants.users.mandates import HeldAt, end_mandate, give_employee_access, give_mandate, mandates_on
from tenants.users.recovery import issue_recovery_codes

__all__ = [
    "HeldAt",
    "SigninRefused",
    "Throttled",
    "UserError",
    "authenticate",
    "change_password",
    "create_user",
    "deactivate",
    "end_mandate",
    "enrol_second_factor",
    "give_employee_access",
    "give_mandate",
    "issue_letter",
    "issue_one_time_link",
    "issue_recovery_codes",
    "load_user",
    "mandates_on",
    "redeem",
    "redeem_letter",
]


def create_user(
    session: PlatformSession,
    login: str,
    display_name: str,
    *,
    kind: str = "staff",
    password: str | None = None,
    platform_admin: bool = False,
    demonstration: bool = False,
    language: str = "de",
) -> User:
    """Legt einen Zugang an; ohne Kennwort kann er sich erst anmelden, wenn eines vergeben ist."""
    name = login.strip().lower()
    if not name or any(sign.isspace() for sign in name):
        raise UserError("Der Anmeldename braucht mindestens ein Zeichen und keine Leerzeichen.")
    if session.scalars(select(User).where(User.login == name)).first():
        raise UserError(f"Der Anmeldename {name} ist vergeben: anderen wählen.")
    hashed = None if password is None else passwords.hash_password(password, login=name, personal=(display_name,))
    user = User(
        login=name,
        display_name=display_name,
        kind=kind,
        platform_admin=platform_admin,
        demo=demonstration,
        language=language,
        password_hash=hashed,
    )
    session.add(user)
    session.flush()
    audit.record(session, "user.create", str(user.public_id), {"login": name, "kind": kind, "demo": demonstration})
    return user


def enrol_second_factor(
    session: PlatformSession, user: User, reason: str | None = None, *, secret: str | None = None
) -> str:
    """Vergibt einen zweiten Faktor und gibt das Geheimnis einmal heraus; secret: schon mit einem Code bestätigt."""
    secret = second_factor.enrol(user, secret)
    audit.record(session, "user.second_factor", str(user.public_id), {}, reason)
    return secret


def change_password(session: PlatformSession, user: User, password: str, *, old: str | None = None) -> None:
    """Setzt ein neues Kennwort; alle laufenden Sitzungen enden. Mit old bleibt der Schlüssel der Dokumente derselbe."""
    user.password_hash = passwords.hash_password(password, login=user.login, personal=(user.display_name,))
    user.session_epoch += 1
    document_keys.at_password(session, user, password, old=old)
    audit.record(session, "user.password", str(user.public_id), {})


def deactivate(session: PlatformSession, user: User, reason: str) -> None:
    """Sperrt einen Zugang; alle laufenden Sitzungen enden."""
    user.active = False
    user.session_epoch += 1
    audit.record(session, "user.deactivate", str(user.public_id), {}, reason)


def load_user(user_id: int, epoch: int | None = None) -> User | None:
    """Zugang einer laufenden Sitzung; gesperrte und überholte Sitzungen finden nichts."""
    with platform_session(actor="system") as session:
        user = session.get(User, user_id)
        known = user is not None and user.active and epoch in (None, user.session_epoch)
        return user if known else None


def authenticate(
    login: str, password: str, code: str | None = None, now: datetime | None = None, remote: str | None = None
) -> User:
    """Meldet an oder wirft SigninRefused; Personal braucht immer den Code, andere, sobald sie einen haben."""
    moment, name = now or datetime.now(UTC), login.strip().lower()
    with platform_session(actor="system") as session:
        until = throttle.blocked_until(session, name, remote, moment)
        if until is not None and until > moment:
            raise Throttled(until)
        user = session.scalars(select(User).where(User.login == name).with_for_update()).first()
        good = _correct(session, user, password, code, moment)
        throttle.note(session, name, remote, moment, succeeded=good)
        if user is not None and good:
            _signed_in(session, user, password, moment)
    if user is None or not good:
        raise SigninRefused()
    return user


def _correct(session: PlatformSession, user: User | None, password: str, code: str | None, now: datetime) -> bool:
    """Prüft in jedem Fall das Kennwort, damit die Dauer nichts verrät; auch nicht bei einem Code vom Papier."""
    right = passwords.verify(password, user.password_hash if user else None)
    if user is None or not right or not user.active:
        codes.take_as_long(code or "")
        return False
    if user.totp_secret is None:
        return user.kind != "staff"
    return second_factor.accept(user, code or "", now) or recovery.accept(session, user, code or "", now)


def _signed_in(session: PlatformSession, user: User, password: str, now: datetime) -> None:
    user.last_signin_at = now
    if user.password_hash is not None and passwords.outdated(user.password_hash):
        user.password_hash = passwords.derive(password)
    session.info["actor"] = user.login
    audit.record(session, "signin.password", str(user.public_id), {})
