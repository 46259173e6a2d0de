"""Arbeitsnachweis: ein Rätsel, das nur Rechenzeit kostet; mit ihm gilt die weitere Grenze, ohne ihn die engere.

Das Rätsel ist signiert und zwei Stunden gültig. Es hält niemanden auf, der keine Skripte benutzt.
"""

from __future__ import annotations

import hashlib

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

BITS, LIFETIME = 16, 7200
SALT = "stellenmarkt-arbeit"


def puzzle(subject: str) -> str:
    """Ein neues Rätsel für diese Anzeige."""
    return _signer().dumps(subject)


def solved(given: str, answer: str, subject: str) -> bool:
    """Ob die Antwort das Rätsel löst."""
    try:
        if _signer().loads(given, max_age=LIFETIME) != subject:
            return False
    except BadData:
        return False
    if not (answer.isascii() and answer.isdecimal() and len(answer) <= 12):
        return False
    digest = hashlib.sha256(f"{given}:{answer}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - BITS) == 0


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt=SALT)  # type: ignore[arg-type]  # set at the start
