"""Zweiter Faktor: Einmalcode nach Zeit (TOTP); das Geheimnis liegt versiegelt in der Datenbank."""

from __future__ import annotations

from datetime import datetime

import pyotp
from pyotp.utils import strings_equal

from tenants.models.user import User
from tenants.security import envelope, keys, masterkey
from tenants.security.masterkey import MasterKey

ISSUER = "Kreislohn"
DRIFT = 1  # steps of 30 seconds a clock may be off


def enrol(user: User, secret: str | None = None) -> str:
    """Vergibt ein neues (oder ein schon mit einem Code bestätigtes) Geheimnis, versiegelt; gibt es heraus (Base32)."""
    secret = secret or pyotp.random_base32()
    user.totp_secret = envelope.seal(keys.platform_keys(), secret.encode(), **_place(user))
    user.totp_last_step = None
    return secret


def address(user: User, secret: str) -> str:
    """Adresse für die Erfassung in einer App (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name=ISSUER)


def accept(user: User, code: str, now: datetime) -> bool:
    """Prüft einen Code und verbraucht ihn: derselbe oder ein älterer gilt kein zweites Mal."""
    if user.totp_secret is None:
        return False
    totp = pyotp.TOTP(open_secret(user))
    given = "".join(code.split())
    step_now = totp.timecode(now)
    for step in range(step_now - DRIFT, step_now + DRIFT + 1):
        fresh = user.totp_last_step is None or step > user.totp_last_step
        if strings_equal(given, totp.generate_otp(step)) and fresh:
            user.totp_last_step = step
            return True
    return False


def open_secret(user: User) -> str:
    """Das Geheimnis im Klartext; nur zum Prüfen und für die Zugänge der Demonstration."""
    if user.totp_secret is None:
        raise ValueError(f"{user.login} hat keinen zweiten Faktor.")
    try:
        return envelope.open_sealed(keys.platform_keys(), user.totp_secret, **_place(user)).decode()
    except envelope.SealBroken:
        old = masterkey.previous()
        if old is None:
            raise
        return envelope.open_sealed(keys.platform_keys(old), user.totp_secret, **_place(user)).decode()


def reseal(user: User, new: MasterKey) -> None:
    """Versiegelt dasselbe Geheimnis für einen neuen Hauptschlüssel."""
    secret = open_secret(user).encode()
    user.totp_secret = envelope.seal(keys.platform_keys(new), secret, **_place(user))


def _place(user: User) -> dict[str, str]:
    return {"table": "user_account", "row": str(user.public_id), "column": "totp_secret"}
