"""Zugänge: anlegen, anmelden, Kennwort ändern, sperren. Mandate und Einmallinks stehen nebenan und sind hier mit da."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from tenants import audit
from tenants.db.session import PlatformSession, platform_session
from tenants.documents import people as document_keys
from tenants.documents import unlocking
from tenants.models.user import User
from tenants.outbox import service as outbox
from tenants.security import passwords, second_factor
from tenants.users import codes, passkeys, recovery, throttle
from tenants.users.errors import SigninRefused, Throttled, UserError
from tenants.users.letters import LETTER, issue_letter, redeem_letter
from tenants.users.links import issue_one_time_link, redeem
from tenants.users.mandates import HeldAt, end_mandate, give_employee_access, give_mandate, mandates_on
from tenants.users.passkeys import Assertion
from tenants.users.presence import has_second_factor, is_present, keep_an_administrator, office_day
from tenants.users.recovery import issue_recovery_codes

__all__ = [
    "HeldAt",
    "SigninRefused",
    "Throttled",
    "UserError",
    "accept_second_factor",
    "authenticate",
    "authenticate_with_passkey",
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
    "reactivate",
    "redeem",
    "redeem_letter",
    "reset_second_factor",
    "signed_in",
]

# Who acts in the log where no person does; nobody may look like one of them. A colon parts the kind from the name.
NO_PERSONS = frozenset({"system", "plattform", "befehl", "schnittstelle", "kalender", "brett", "bewerbung", "nachtlauf",
                        "nachrechnung", "sammellauf.stueck", "sammellauf.auftrag", "demonstration", "übernahmeprobe"})
LONGEST_LOGIN = 120
PASSKEY_REFUSED = "Anmeldung mit Passkey nicht möglich: noch einmal versuchen oder Name, Kennwort und Code benutzen."


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
    details: dict[str, Any] | None = None,
) -> User:
    """Legt einen Zugang an; ohne Kennwort kann er sich erst anmelden, wenn eines vergeben ist.

    details: external_id, first_day, last_day, email, phone, room, unit, position.
    """
    name = login.strip().lower()
    if not name or any(sign.isspace() for sign in name):
        raise UserError("Der Anmeldename braucht mindestens ein Zeichen und keine Leerzeichen.")
    if name in NO_PERSONS or ":" in name or not name.isprintable() or len(name) > LONGEST_LOGIN:
        raise UserError("So heißt im Protokoll kein Mensch: einen Anmeldenamen ohne Doppelpunkt und Unsichtbares "
                        f"wählen, höchstens {LONGEST_LOGIN} Zeichen, und keinen, unter dem das Programm handelt.")
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
        **(details or {}),
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
    """Sperrt einen Zugang, nie den letzten der Verwaltung; alle laufenden Sitzungen enden, und ein Brief, der noch
    unterwegs ist, öffnet auch nach dem Öffnen des Zugangs nichts mehr."""
    keep_an_administrator(session, user)
    user.active = False
    user.session_epoch += 1
    unlocking.shut(session, user.id)
    recovery.revoke(session, user, LETTER)
    audit.record(session, "user.deactivate", str(user.public_id), {}, reason)


def reactivate(session: PlatformSession, user: User, reason: str) -> None:
    """Öffnet einen gesperrten Zugang wieder; Mandate, Kennwort und zweiter Faktor sind die alten."""
    if not reason.strip():
        raise UserError(f"{user.login}: den Grund angeben.")
    user.active = True
    audit.record(session, "user.reactivate", str(user.public_id), {}, reason)


def reset_second_factor(session: PlatformSession, user: User, reason: str, now: datetime) -> None:
    """Nimmt App, Passkeys, Codes und Kennwort zurück, weil alles verloren ist; alle Sitzungen enden.

    Danach geht es nur mit einem neuen Brief weiter, und das Personal richtet dabei zuerst wieder einen Faktor ein. Ein
    früherer, noch nicht eingelöster gilt nicht mehr: ohne den Faktor genügte er allein.
    """
    if not reason.strip():
        raise UserError(f"{user.login}: den Grund angeben.")
    user.totp_secret = user.totp_last_step = user.password_hash = None
    user.session_epoch += 1
    unlocking.shut(session, user.id)
    for kind in (recovery.RECOVERY, LETTER):
        recovery.revoke(session, user, kind)
    for row in passkeys.held(session, user.id):
        row.revoked_at = now
    audit.record(session, "user.factor_reset", str(user.public_id), {}, reason)
    outbox.changed(session, user, "factor", now)


def load_user(user_id: int, epoch: int | None = None, day: date | None = None) -> User | None:
    """Zugang mit diesem Sitzungszähler; gesperrte, überholte und ausgeschiedene findet niemand."""
    with platform_session(actor="system") as session:
        user = session.get(User, user_id)
        present = user is not None and is_present(user, day or office_day(datetime.now(UTC)))
        return user if user is not None and present and epoch in (None, user.session_epoch) else None


def authenticate(
    login: str,
    password: str,
    code: str | None = None,
    now: datetime | None = None,
    remote: str | None = None,
    passkey: Assertion | None = None,
) -> User:
    """Meldet an oder wirft SigninRefused; Personal braucht immer Code oder Passkey, andere, sobald sie etwas haben."""
    moment, name = now or datetime.now(UTC), login.strip().lower()
    with platform_session(actor="system") as session:
        until = throttle.blocked_until(session, name, remote, moment)
        if until is not None and until > moment:
            raise Throttled(until)
        user = session.scalars(select(User).where(User.login == name).with_for_update()).first()
        good = _correct(session, user, password, code, passkey, moment)
        throttle.note(session, name, remote, moment, succeeded=good)
        if user is not None and good:
            if user.password_hash is not None and passwords.outdated(user.password_hash):
                user.password_hash = passwords.derive(password)
            signed_in(session, user, "password", moment)
    if user is None or not good:
        raise SigninRefused()
    return user


def authenticate_with_passkey(answer: Assertion, now: datetime | None = None, remote: str | None = None) -> User:
    """Meldet nur mit einem Passkey an; das Gerät muss den Menschen geprüft haben (PIN, Finger, Gesicht)."""
    moment = now or datetime.now(UTC)
    with platform_session(actor="system") as session:
        row = passkeys.owner(session, answer)
        user = session.get(User, row.user_id) if row is not None else None
        name = user.login if user is not None else "passkey"
        until = throttle.blocked_until(session, name, remote, moment)
        if until is not None and until > moment:
            raise Throttled(until)
        present = user is not None and is_present(user, office_day(moment))
        good = row is not None and present and passkeys.accept(session, row, answer, moment, alone=True)
        throttle.note(session, name, remote, moment, succeeded=good)
        if user is not None and good:
            signed_in(session, user, "passkey", moment)
    if user is None or not good:
        raise SigninRefused(PASSKEY_REFUSED)
    return user


def accept_second_factor(
    session: PlatformSession, user: User, code: str | None, passkey: Assertion | None, now: datetime
) -> bool:
    """Prüft Code der App, Code vom Papier oder Passkey als zweiten Faktor dieses Zugangs.

    Nach zu vielen falschen Codes an einem Tag gilt keiner der App mehr; Papier und Passkey lassen sich nicht erraten.
    Was dann kommt, zählt nicht als falsch: sonst verlängerte es die Sperre ohne Ende, auch ein richtiger Code.
    """
    if passkey is not None:
        row = passkeys.owner(session, passkey)
        return row is not None and row.user_id == user.id and passkeys.accept(session, row, passkey, now, alone=False)
    given, closed = code or "", throttle.guessing(session, user.login, now)
    good = (not closed and second_factor.accept(user, given, now)) or recovery.accept(session, user, given, now)
    if given and (good or not closed):
        throttle.note_code(session, user.login, now, succeeded=good)
    return good


def signed_in(session: PlatformSession, user: User, method: str, now: datetime) -> None:
    """Vermerkt die Anmeldung am Zugang und im Protokoll."""
    user.last_signin_at = now
    session.info["actor"] = user.login
    audit.record(session, f"signin.{method}", str(user.public_id), {})


def _correct(
    session: PlatformSession,
    user: User | None,
    password: str,
    code: str | None,
    passkey: Assertion | None,
    now: datetime,
) -> bool:
    """Prüft in jedem Fall das Kennwort, damit die Dauer nichts verrät; auch nicht bei einem Code vom Papier."""
    right = passwords.verify(password, user.password_hash if user else None)
    if user is None or not right or not is_present(user, office_day(now)):
        codes.take_as_long(code or "")
        return False
    if not has_second_factor(session, user):
        return user.kind != "staff"
    return accept_second_factor(session, user, code, passkey, now)
