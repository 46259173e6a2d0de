"""Wem ein Formular gehörte: der Formularschlüssel trägt, unterschrieben und befristet, eine Prüfsumme des Zugangs.

So lässt sich nach dem Ende der Sitzung noch sagen, wessen Eingaben es sind, ohne dass der Server sie sich merkt.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import current_app, session
from itsdangerous import BadData, URLSafeTimedSerializer

KEY, SALT = "csrf_token", "wtf-csrf-token"  # as Flask-WTF keeps and signs it
WITHIN = 12 * 3600  # seconds


def bind(user_id: int) -> None:
    """Legt den Schlüssel der Formulare einer eben begonnenen Sitzung an."""
    session[KEY] = f"{mark(user_id)}.{secrets.token_hex(20)}"


def mark(user_id: int) -> str:
    """Prüfsumme eines Zugangs, aus der sich seine Nummer nicht ablesen lässt."""
    return hmac.new(_secret(), f"form_owner:{user_id}".encode(), hashlib.sha256).hexdigest()[:32]


def owner_of(token: str) -> str | None:
    """Prüfsumme des Zugangs, dem das Formular gehörte; None: gefälscht, zu alt oder von niemandem."""
    try:
        value = URLSafeTimedSerializer(current_app.secret_key or b"", salt=SALT).loads(token, max_age=WITHIN)
    except BadData:
        return None
    owner, _, rest = str(value).partition(".")
    return owner if rest else None


def _secret() -> bytes:
    key = current_app.secret_key or b""
    return key if isinstance(key, bytes) else key.encode()
