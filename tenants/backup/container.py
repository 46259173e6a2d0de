"""Verschlossene Datei: ein Strom in Stücken, jedes mit AES-256-GCM verschlüsselt und an seine Stelle gebunden.

Aufbau: Kennzeichen · Länge des Kopfs (4 Byte) · Kopf (JSON: Verfahren, Kennung des Hauptschlüssels, Salz, Zeitpunkt) ·
Stücke zu 1 MiB mit 16 Byte Prüfzeichen. Der Schlüssel entsteht aus Hauptschlüssel und Salz (HKDF-SHA256) und gilt nur
für diese Datei; die Nonce ist die Nummer des Stücks mit einem Zeichen für das letzte. Der Kopf ist mit jedem Stück
mitgeprüft. Fehlende, vertauschte, veränderte und angehängte Stücke fallen beim Öffnen auf.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenants.security.masterkey import MasterKey

MAGIC = b"KREISLOHN-SICHERUNG-1\n"
ALGORITHM = "AES-256-GCM"
CHUNK, TAG, LONGEST_HEADER = 1 << 20, 16, 4096
LENGTH = struct.Struct(">I")
PURPOSE = "backup"


class BackupError(RuntimeError):
    """Sichern oder Zurückspielen geht so nicht; die Meldung nennt die Abhilfe."""


class BackupDamaged(BackupError):
    """Die Datei ist beschädigt, verändert oder keine Sicherung."""


class SealedWriter:
    """Schreibt einen Strom verschlüsselt; erst close() macht die Datei vollständig."""

    def __init__(self, target: BinaryIO, master: MasterKey) -> None:
        salt = os.urandom(32)
        header = {
            "algorithm": ALGORITHM,
            "master": master.key_id,
            "salt": salt.hex(),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self._target, self._buffer, self._number = target, bytearray(), 0
        self._header = json.dumps(header, sort_keys=True).encode()
        self._cipher = _cipher(master, salt)
        target.write(MAGIC + LENGTH.pack(len(self._header)) + self._header)

    def write(self, data: bytes) -> None:
        """Nimmt Klartext entgegen; ganze Stücke gehen sofort verschlüsselt hinaus."""
        self._buffer += data
        while len(self._buffer) > CHUNK:
            self._put(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]

    def close(self) -> None:
        """Schreibt das letzte Stück."""
        self._put(bytes(self._buffer), last=True)
        self._buffer.clear()

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last), plain, self._header))
        self._number += 1


def header_of(source: BinaryIO) -> dict[str, str]:
    """Kopf einer Sicherung; danach steht source am ersten Stück."""
    return _header(source)[0]


def opened(source: BinaryIO, master: MasterKey) -> Iterator[bytes]:
    """Klartext in Stücken; wirft BackupDamaged, bevor ein verändertes Stück herauskommt."""
    header, raw = _header(source)
    if header["master"] != master.key_id:
        raise BackupError(
            f"Die Sicherung gehört zum Hauptschlüssel {header['master']}, eingerichtet ist {master.key_id}. "
            "Den Hauptschlüssel der gesicherten Einrichtung bereitstellen."
        )
    cipher, number = _cipher(master, bytes.fromhex(header["salt"])), 0
    held = source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        try:
            plain = cipher.decrypt(_nonce(number, not following), held, raw)
        except (InvalidTag, ValueError) as error:
            raise BackupDamaged(
                f"Die Sicherung ist ab Byte {number * (CHUNK + TAG)} beschädigt, verändert oder unvollständig: "
                "eine andere Sicherung nehmen."
            ) from error
        yield plain
        if not following:
            return
        held, number = following, number + 1


def _header(source: BinaryIO) -> tuple[dict[str, str], bytes]:
    try:
        if source.read(len(MAGIC)) != MAGIC:
            raise ValueError
        (length,) = LENGTH.unpack(source.read(LENGTH.size))
        if length > LONGEST_HEADER:
            raise ValueError
        raw = source.read(length)
        header = json.loads(raw)
        if header["algorithm"] != ALGORITHM or len(bytes.fromhex(header["salt"])) != 32:
            raise ValueError
        return {name: str(header[name]) for name in ("master", "salt", "created")}, raw
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise BackupDamaged("Die Datei ist keine Sicherung von Kreislohn, oder ihr Kopf ist beschädigt.") from error


def _cipher(master: MasterKey, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=MAGIC).derive(master.derive(PURPOSE)))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
