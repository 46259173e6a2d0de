"""Arbeitsnachweis: ein Rätsel, das nur Rechenzeit kostet; mit ihm gilt die weitere Grenze, ohne ihn die engere.

Das Rätsel ist signiert und zwei Stunden gültig. Es hält niemanden auf, der keine Skripte benutzt. Jedes Formular hat
sein eigenes: daran und am Eingetragenen ist zu erkennen, dass dasselbe zweimal abgeschickt wird.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

BITS, LIFETIME = 16, 7200
SALT = "stellenmarkt-arbeit"


def puzzle(subject: str) -> str:
    """Ein neues Rätsel für diese Anzeige."""
    return _signer().dumps([subject, secrets.token_hex(8)])


def solved(given: str, answer: str, subject: str) -> bool:
    """Ob die Antwort das Rätsel löst."""
    if not _ours(given, subject) or not (answer.isascii() and answer.isdecimal() and len(answer) <= 12):
        return False
    digest = hashlib.sha256(f"{given}:{answer}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - BITS) == 0


def token(given: str, subject: str, entered: bytes) -> str | None:
    """Das geheime Zeichen zum Formular mit diesem Rätsel und diesem Inhalt, für jedes Absenden dasselbe; None ohne
    Rätsel von uns. Wer im selben Formular anderes einträgt, bekommt ein anderes."""
    if not _ours(given, subject):
        return None
    key: bytes = current_app.secret_key  # type: ignore[assignment]  # settings hold bytes
    digest = hmac.digest(key, f"{SALT}:zeichen:{given}:".encode() + entered, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _ours(given: str, subject: str) -> bool:
    """Ob das Rätsel von hier und für diese Anzeige ist und noch gilt."""
    try:
        found = _signer().loads(given, max_age=LIFETIME)
    except BadData:
        return False
    return isinstance(found, list) and len(found) == 2 and found[0] == subject


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt=SALT)  # type: ignore[arg-type]  # set at the start
