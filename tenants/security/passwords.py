"""Kennwörter von Menschen: Argon2id, als PHC-Zeichenkette gespeichert."""

from __future__ import annotations

import os
from collections.abc import Iterable

from tenants.security import argon, commonness

MEMORY_KIB, ITERATIONS, LANES = 64 * 1024, 3, 4
SHORTEST, LONGEST = 12, 256
PARAMETERS = f"$argon2id$v=19$m={MEMORY_KIB},t={ITERATIONS},p={LANES}$"
GUESSABLE = (
    "Das Kennwort ist zu leicht zu erraten, es besteht aus häufigen Wörtern, Namen, Daten oder Tastaturfolgen: "
    "mehrere Wörter nehmen, die nichts miteinander zu tun haben."
)
_decoy: list[str] = []


class PasswordRefused(ValueError):
    """Das Kennwort taugt nicht; die Meldung sagt, warum."""


def hash_password(password: str, *, login: str, personal: Iterable[str] = ()) -> str:
    """Prüft ein neues Kennwort und gibt die zu speichernde Zeichenkette; personal sind Wörter rund um den Menschen."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordRefused(f"Das Kennwort braucht {SHORTEST} bis {LONGEST} Zeichen: einen ganzen Satz nehmen.")
    if login.lower() in password.lower() or len(set(password)) < 5:
        raise PasswordRefused("Das Kennwort ist zu leicht zu erraten: ohne den eigenen Namen, ohne Wiederholungen.")
    if commonness.guessable(password, (login, *personal)):
        raise PasswordRefused(GUESSABLE)
    return derive(password)


def refuse_personal(password: str, personal: Iterable[str]) -> None:
    """PasswordRefused, wenn das Kennwort um Wörter rund um den Menschen gebaut ist, die erst jetzt bekannt sind."""
    if commonness.guessable(password, personal):
        raise PasswordRefused(GUESSABLE)


def verify(password: str, stored: str | None) -> bool:
    """Prüft ein Kennwort; ohne gespeichertes Kennwort dauert es ebenso lange und misslingt."""
    if len(password) > LONGEST:
        return False
    return argon.matches(password.encode(), stored or _stand_in()) and stored is not None


def outdated(stored: str) -> bool:
    """Ob mit anderen als den heutigen Vorgaben gerechnet wurde."""
    return not stored.startswith(PARAMETERS)


def derive(password: str) -> str:
    """Rechnet die Zeichenkette nach den heutigen Vorgaben, ohne das Kennwort zu beurteilen."""
    return argon.encoded(
        password.encode(), salt=os.urandom(16), iterations=ITERATIONS, lanes=LANES, memory_kib=MEMORY_KIB
    )


def _stand_in() -> str:
    if not _decoy:
        _decoy.append(derive(os.urandom(24).hex()))
    return _decoy[0]
