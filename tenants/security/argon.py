"""Argon2id, immer nur einer Rechnung zugleich.

Die Bibliothek stellt für jede Rechnung mit mehreren Bahnen die Zahl der Fäden des ganzen Prozesses um und danach
zurück. Zwei Rechnungen zugleich nehmen sich die Fäden weg: eine scheitert oder wartet ewig, und mit ihr jede weitere
Anmeldung unter demselben Namen. Die Sperre hält zugleich den Speicher bei einer Rechnung.
"""

from __future__ import annotations

import threading

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_alone = threading.Lock()


def key(words: bytes, *, salt: bytes, length: int, iterations: int, lanes: int, memory_kib: int) -> bytes:
    """Schlüssel von length Bytes aus Worten."""
    argon = Argon2id(salt=salt, length=length, iterations=iterations, lanes=lanes, memory_cost=memory_kib)
    with _alone:
        return argon.derive(words)


def encoded(words: bytes, *, salt: bytes, iterations: int, lanes: int, memory_kib: int) -> str:
    """Zeichenkette nach PHC mit 32 Bytes, zum Speichern."""
    argon = Argon2id(salt=salt, length=32, iterations=iterations, lanes=lanes, memory_cost=memory_kib)
    with _alone:
        return argon.derive_phc_encoded(words)


def matches(words: bytes, stored: str) -> bool:
    """Ob die Worte zur gespeicherten Zeichenkette passen."""
    try:
        with _alone:
            Argon2id.verify_phc_encoded(words, stored)
    except InvalidKey:
        return False
    return True
