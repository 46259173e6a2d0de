"""Codes, die Menschen abtippen: ohne Zeichen, die einander ähneln, in Vierergruppen, mit Prüfzeichen.

23 Zeichen (kein 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V), elf gewürfelt und ein Prüfzeichen: knapp 50 Bit. Weil 23 eine Primzahl
ist, findet das Prüfzeichen jedes falsche Zeichen und jeden Dreher. Gespeichert wird nur der Argon2id-Hash.
"""

from __future__ import annotations

import secrets

from tenants.security import argon, passwords

ALPHABET = "ACDEFGHJKMNPQRTWXY34679"
DRAWN, GROUP = 11, 4
SALT = 32


def generate() -> str:
    """Ein neuer Code, zum Beispiel K7PX-M4QT-9RWD."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(DRAWN))
    return shown(drawn + _check(drawn))


def derived(digest: bytes) -> str:
    """Derselbe Code zu demselben Fingerabdruck (mindestens 16 Bytes); wer dessen Schlüssel nicht hat, rät ihn nicht."""
    number, base = int.from_bytes(digest, "big"), len(ALPHABET)
    drawn = "".join(ALPHABET[number // base**place % base] for place in range(DRAWN))
    return shown(drawn + _check(drawn))


def shown(code: str) -> str:
    """Schreibweise auf Papier."""
    return "-".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def normal(text: str) -> str | None:
    """Die zwölf Zeichen ohne Gruppen; leer, wenn es kein Code sein kann (falsches Zeichen, Dreher, Länge)."""
    code = "".join(sign for sign in text.upper() if not sign.isspace() and sign not in "-–.")
    if len(code) != DRAWN + 1 or set(code) - set(ALPHABET) or _check(code[:-1]) != code[-1]:
        return None
    return code


def hashed(code: str, salt: bytes) -> bytes:
    """Hash zum Speichern und Vergleichen, so teuer wie der eines Kennworts."""
    return argon.key(
        code.encode(),
        salt=salt,
        length=32,
        iterations=passwords.ITERATIONS,
        lanes=passwords.LANES,
        memory_kib=passwords.MEMORY_KIB,
    )


def take_as_long(text: str) -> None:
    """Rechnet so lange wie ein Vergleich, wenn es nichts zu vergleichen gibt: die Dauer verrät nichts."""
    code = normal(text)
    if code is not None:
        hashed(code, bytes(SALT))


def _check(drawn: str) -> str:
    total = sum((place + 1) * ALPHABET.index(sign) for place, sign in enumerate(drawn))
    # The check sign itself has weight 12, whose inverse modulo 23 is 2.
    return ALPHABET[-total * 2 % len(ALPHABET)]
