"""Aufgaben für Passkeys in der Sitzung des Browsers: gestellt auf der Seite, eingelöst mit dem Formular."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from tenants.users.passkeys import Assertion, Challenge, Site, new_challenge
from tenants.web import own_name

SIGN_IN, REGISTER = "passkey_signin", "passkey_register"
REUSED = timedelta(minutes=2)


def site() -> Site:
    """Wofür Passkeys hier gelten; eine Seite unter fremdem Namen bekommt vom Gerät keine passende Antwort."""
    return Site(own_name.bare(own_name.host()), own_name.root())


def current(purpose: str) -> Challenge:
    """Die Aufgabe dieser Sitzung; zwei offene Fenster teilen sie kurze Zeit, damit beide funktionieren."""
    now, held = datetime.now(UTC), _held(purpose)
    if held is not None and now - held.at < REUSED:
        return held
    made = new_challenge(now)
    session[purpose] = [bytes_to_base64url(made.value), made.at.isoformat()]
    return made


def answered(purpose: str, response: str) -> Assertion | None:
    """Die Antwort zu der gestellten Aufgabe; sie ist damit verbraucht."""
    held = _held(purpose)
    session.pop(purpose, None)
    return Assertion(response, held, site()) if held is not None and response else None


def _held(purpose: str) -> Challenge | None:
    stored = session.get(purpose)
    if not isinstance(stored, list):
        return None
    return Challenge(base64url_to_bytes(stored[0]), datetime.fromisoformat(stored[1]))
