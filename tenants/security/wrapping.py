"""Ein Geheimnis unter einem Kennwort oder Code verschließen; ohne ihn öffnet es auch der Server nicht.

Aufbau: Verfahren (1 Byte) · Salz (16) · Nonce (12) · Inhalt mit Prüfzeichen. Verfahren 1: Argon2id mit den Vorgaben der
Kennwörter, daraus mit HKDF ein Schlüssel für AES-256-GCM; der Ort wird mitgeprüft. Das Salz ist ein anderes als das der
gespeicherten Kennwortprüfung: aus ihr lässt sich dieser Schlüssel nicht ableiten.
"""

from __future__ import annotations

import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenants.security import argon, passwords

ARGON2ID = 1
SALT, NONCE = 16, 12


def wrap(secret: bytes, words: str, place: str) -> bytes:
    """Verschließt ein Geheimnis unter Worten, die nur ein Mensch kennt."""
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    sealed = AESGCM(stretched(words, salt, place)).encrypt(nonce, secret, place.encode())
    return bytes((ARGON2ID,)) + salt + nonce + sealed


def unwrap(wrapped: bytes, words: str, place: str) -> bytes | None:
    """Öffnet; None bei falschen Worten, fremdem Ort oder Beschädigung."""
    if len(words) > 2 * passwords.LONGEST or len(wrapped) < 1 + SALT + NONCE + 16 or wrapped[0] != ARGON2ID:
        return None
    salt, nonce = wrapped[1 : 1 + SALT], wrapped[1 + SALT : 1 + SALT + NONCE]
    try:
        return AESGCM(stretched(words, salt, place)).decrypt(nonce, wrapped[1 + SALT + NONCE :], place.encode())
    except InvalidTag:
        return None


def under_key(secret: bytes, key: bytes, place: str) -> bytes:
    """Verschließt unter einem Schlüssel von 32 Bytes."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, secret, place.encode())


def from_key(wrapped: bytes, key: bytes, place: str) -> bytes | None:
    """Gegenstück zu under_key; None, wenn Schlüssel oder Ort nicht passen."""
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE], wrapped[NONCE:], place.encode())
    except (InvalidTag, ValueError):
        return None


def derived(secret: bytes, purpose: str) -> bytes:
    """Eigener Schlüssel für einen Zweck."""
    return HKDF(SHA256(), 32, salt=None, info=b"kreislohn dokumente:" + purpose.encode()).derive(secret)


def stretched(words: str, salt: bytes, place: str) -> bytes:
    """Schlüssel von 32 Bytes aus Worten, die nur ein Mensch kennt (Argon2id, HKDF), für diesen Ort."""
    made = argon.key(
        unicodedata.normalize("NFC", words).encode(),
        salt=salt,
        length=32,
        iterations=passwords.ITERATIONS,
        lanes=passwords.LANES,
        memory_kib=passwords.MEMORY_KIB,
    )
    return derived(made, place)
