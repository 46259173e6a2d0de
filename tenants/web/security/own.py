"""Eigenes Kennwort und eigener zweiter Faktor: Bestätigung mit dem geltenden Kennwort, gebremst wie die Anmeldung."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
import segno

from tenants.db.session import platform_session
from tenants.models.user import User
from tenants.security import passwords, second_factor
from tenants.users import service, throttle
from tenants.users.errors import SigninRefused, Throttled
from tenants.web.identity import Identity

NOT_CONFIRMED = "Das geltende Kennwort stimmt nicht."
WRONG_CODE = "Der Code passt nicht. Bitte den gerade angezeigten Code eingeben und die Uhr des Geräts prüfen."


class CodeRefused(ValueError):
    """Der Code der App passt nicht zum angezeigten Geheimnis."""


def new_secret() -> str:
    """Geheimnis für die Einrichtung; gilt erst, wenn ein Code daraus bestätigt ist."""
    return pyotp.random_base32()


def picture(identity: Identity, secret: str) -> str:
    """QR-Bild für die App als Datenadresse (SVG)."""
    address = pyotp.TOTP(secret).provisioning_uri(name=identity.login, issuer_name=second_factor.ISSUER)
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=2))


def set_factor(identity: Identity, secret: str, code: str, password: str, remote: str | None) -> None:
    """Richtet den zweiten Faktor ein, wenn Kennwort und Code stimmen."""
    _confirm(identity, password, remote)
    if not pyotp.TOTP(secret).verify("".join(code.split()), valid_window=second_factor.DRIFT):
        raise CodeRefused(WRONG_CODE)
    with platform_session(actor=identity.login) as session:
        service.enrol_second_factor(session, _user(session.get(User, identity.user_id)), secret=secret)


def set_password(identity: Identity, new: str, password: str, remote: str | None) -> User:
    """Ändert das Kennwort; alle anderen Sitzungen enden. Gibt den Zugang mit neuem Sitzungszähler."""
    _confirm(identity, password, remote)
    with platform_session(actor=identity.login) as session:
        user = _user(session.get(User, identity.user_id))
        service.change_password(session, user, new, old=password)
        return user


def _confirm(identity: Identity, password: str, remote: str | None) -> None:
    """Prüft das geltende Kennwort; Fehlversuche zählen wie bei der Anmeldung."""
    now = datetime.now(UTC)
    with platform_session(actor=identity.login) as session:
        until = throttle.blocked_until(session, identity.login, remote, now)
        if until is not None and until > now:
            raise Throttled(until)
        user = _user(session.get(User, identity.user_id))
        good = passwords.verify(password, user.password_hash)
        throttle.note(session, identity.login, remote, now, succeeded=good)
    if not good:
        raise SigninRefused(NOT_CONFIRMED)


def _user(user: User | None) -> User:
    if user is None:
        raise LookupError("Der Zugang besteht nicht mehr.")
    return user
