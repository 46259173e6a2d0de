"""Papier eines Verwahrenden, das in einer eigenen Sitzung entsteht: aus seinem Code ein Schlüsselpaar, an das der
private Archivschlüssel versiegelt wird, einmal je Person und ineinander. So sieht keine Sitzung beide Codes.

Aufbau: Verfahren (1 Byte) · Salz des ersten (32) · Salz des zweiten (32) · Siegel an den zweiten um das Siegel an den
ersten (HPKE, recipient). Aus dem Code wird der Schlüssel mit Argon2id (wrapping); gespeichert ist nur der öffentliche.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from tenants.security import SealBroken, recipient, wrapping
from tenants.security.recipient import KeyPair, Recipient, open_box

LAYERED = 2
SALT = 32


@dataclass(frozen=True)
class Share:
    """Was von einem gezogenen Papier bleibt: Name, Salz, öffentlicher Schlüssel; der Code steht nur auf dem Papier."""

    holder: str
    algorithm: int
    salt: bytes
    public: bytes


def share(holder: str, code: str, algorithm: int) -> Share:
    """Der öffentliche Teil zu einem eben gezeigten Code."""
    salt = os.urandom(SALT)
    return Share(holder, algorithm, salt, _pair(holder, code, algorithm, salt).public)


def wrap(private: bytes, one: Share, other: Share, place: str) -> bytes:
    """Verschließt den privaten Archivschlüssel für zwei Papiere zusammen; place nennt ihn."""
    first, second = sorted((one, other), key=lambda share: share.holder)
    inner = Recipient(first.algorithm, first.public).seal(private, _info(place, first.holder))
    outer = Recipient(second.algorithm, second.public).seal(inner, _info(place, second.holder))
    return bytes((LAYERED,)) + first.salt + second.salt + outer


def unwrap(wrapped: bytes, first: tuple[str, str], second: tuple[str, str], place: str) -> bytes | None:
    """Öffnet mit Namen und Codes zweier Papiere, nach Namen geordnet; None, wenn sie nicht passen."""
    salts, sealed = wrapped[1 : 1 + 2 * SALT], wrapped[1 + 2 * SALT :]
    if wrapped[:1] != bytes((LAYERED,)) or not sealed:
        return None
    try:
        outer = _pair(*second, sealed[0], salts[SALT:])
        inner = open_box(outer, sealed, _info(place, second[0]))
        return open_box(_pair(*first, inner[0], salts[:SALT]), inner, _info(place, first[0]))
    except (SealBroken, ValueError, IndexError):
        return None


def _pair(holder: str, code: str, algorithm: int, salt: bytes) -> KeyPair:
    return recipient.from_seed(algorithm, wrapping.stretched(code, salt, f"archive_holder:{holder}"))


def _info(place: str, holder: str) -> bytes:
    return f"kreislohn archivpapier 2\n{place}\n{holder}".encode()
