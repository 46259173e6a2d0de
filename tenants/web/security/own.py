"""Eigenes Kennwort und eigener zweiter Faktor: Bestätigung mit dem geltenden Kennwort, gebremst wie die Anmeldung."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import segno

from tenants.db.session import PlatformSession, platform_session
from tenants.models.user import User
from tenants.outbox import service as outbox
from tenants.security import passwords, second_factor
from tenants.users import service, throttle
from tenants.users.errors import SigninRefused, Throttled
from tenants.web.identity import Identity

NOT_CONFIRMED = "Das geltende Kennwort stimmt nicht."
NOT_FRESH = "Dieser Zugang hat kein Kennwort: bitte ab- und wieder anmelden und es dann innerhalb von zehn Minuten tun."
NOT_RECENT = (
    "Womit Sie sich anmelden, ändern Sie nur kurz nach der Anmeldung: bitte ab- und wieder anmelden und es dann "
    "innerhalb von zehn Minuten tun."
)
ELSEWHERE_TOO = (
    "Die Anmeldung über den Verzeichnisdienst eines Arbeitgebers gilt nur dort und ändert nicht, wie Sie sich "
    "anmelden: dafür bitte einen Brief bestellen und mit dem eigenen Kennwort anmelden."
)
FRESH = timedelta(minutes=10)
WRONG_CODE = "Der Code passt nicht. Bitte den gerade angezeigten Code eingeben und die Uhr des Geräts prüfen."


class CodeRefused(ValueError):
    """Der Code der App passt nicht zum angezeigten Geheimnis."""


def new_secret() -> str:
    """Geheimnis für die Einrichtung; gilt erst, wenn ein Code daraus bestätigt ist."""
    return pyotp.random_base32()


def app_link(identity: Identity, secret: str) -> str:
    """Adresse für die App auf demselben Gerät (otpauth://), das sein eigenes Bild nicht aufnehmen kann."""
    return pyotp.TOTP(secret).provisioning_uri(name=identity.login, issuer_name=second_factor.ISSUER)


def picture(identity: Identity, secret: str) -> str:
    """QR-Bild für die App als Datenadresse (SVG)."""
    return str(segno.make(app_link(identity, secret), error="m").svg_data_uri(scale=4, border=2))


def set_factor(identity: Identity, secret: str, code: str, password: str, remote: str | None) -> User:
    """Richtet den zweiten Faktor ein, wenn Kennwort und Code stimmen; der Code ist damit verbraucht."""
    confirm_way_in(identity, password, remote)
    if not pyotp.TOTP(secret).verify("".join(code.split()), valid_window=second_factor.DRIFT):
        raise CodeRefused(WRONG_CODE)
    with platform_session(actor=identity.login) as session:
        user = own_account(session, identity)
        service.enrol_second_factor(session, user, secret=secret)
        second_factor.accept(user, code, datetime.now(UTC))
        outbox.changed(session, user, "factor", datetime.now(UTC))
        return user


def set_password(identity: Identity, new: str, password: str, remote: str | None) -> User:
    """Ändert das Kennwort; alle anderen Sitzungen enden. Gibt den Zugang mit neuem Sitzungszähler."""
    confirm(identity, password, remote, everywhere=True)
    with platform_session(actor=identity.login) as session:
        user = own_account(session, identity)
        service.change_password(session, user, new, old=password)
        outbox.changed(session, user, "password", datetime.now(UTC))
        return user


def confirm(identity: Identity, password: str, remote: str | None, *, everywhere: bool = False) -> None:
    """Prüft das geltende Kennwort, gebremst wie die Anmeldung; ohne Kennwort gilt die frische Sitzung.

    everywhere: was damit entsteht, öffnet den Zugang bei allen Arbeitgebern; dann nicht die Sitzung, die nur der
    Verzeichnisdienst von einem bezeugt.
    """
    if everywhere:
        require_own_way(identity)
    now = datetime.now(UTC)
    with platform_session(actor=identity.login) as session:
        until = throttle.blocked_until(session, identity.login, remote, now)
        if until is not None and until > now:
            raise Throttled(until)
        user = own_account(session, identity)
        if user.password_hash is None:
            if not recent(identity):
                raise SigninRefused(NOT_FRESH)
            return
        good = passwords.verify(password, user.password_hash)
        throttle.note(session, identity.login, remote, now, succeeded=good)
    if not good:
        raise SigninRefused(NOT_CONFIRMED)


def confirm_way_in(identity: Identity, password: str, remote: str | None) -> None:
    """Wie confirm, für alles, womit man sich anmeldet: wer einen zweiten Faktor hat, muss ihn eben gezeigt haben.

    Sonst machte eine offen gelassene Sitzung aus dem Kennwort allein neue Codes, und mit ihnen alles, was den Faktor in
    diesem Augenblick verlangt.
    """
    require_recent(identity)
    confirm(identity, password, remote, everywhere=True)


def require_own_way(identity: Identity) -> None:
    """SigninRefused in einer Sitzung, die nur der Verzeichnisdienst eines Arbeitgebers bezeugt, auch mit Kennwort.

    Wer dort verwaltet, kann ein Kennwort kennen; mit einem neuen Faktor dazu öffnete es ihm alle anderen Arbeitgeber.
    """
    if identity.employer is not None:
        raise SigninRefused(ELSEWHERE_TOO)


def require_recent(identity: Identity) -> None:
    """SigninRefused, wenn es einen zweiten Faktor gibt und die Anmeldung mit ihm länger als zehn Minuten her ist.

    Auch in einer Sitzung, die nur für einen Arbeitgeber gilt: was hier entsteht oder geht, betrifft alle.
    """
    require_own_way(identity)
    if identity.second_factor and not recent(identity):
        raise SigninRefused(NOT_RECENT)


def recent(identity: Identity) -> bool:
    """Ob die Sitzung vor höchstens zehn Minuten begann."""
    return identity.since is not None and datetime.now(UTC) - identity.since <= FRESH


def own_account(session: PlatformSession, identity: Identity) -> User:
    """Der eigene Zugang in dieser Sitzung der Datenbank."""
    user = session.get(User, identity.user_id)
    if user is None:
        raise LookupError("Der Zugang besteht nicht mehr.")
    return user
