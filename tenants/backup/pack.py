"""Notpaket: eine Datei, die ohne Datenbank, ohne Server und ohne Hauptschlüssel aufgeht, mit den Codes zweier
Verwahrender des Archivschlüssels.

Aufbau: Kennzeichen · Länge des Kopfs (4 Byte) · Kopf (JSON: Mandant, Monat, Schlüssel, verschlossene Papiere, Siegel) ·
Nonce (12) · ZIP unter AES-256-GCM; der Kopf wird mitgeprüft. Der Schlüssel ist mit HPKE an das Archiv versiegelt, die
Papiere (privater Archivschlüssel unter je zwei Codes) liegen bei: sie nützen nur, wer zwei Codes hat.
"""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenants.backup.container import BackupDamaged, BackupError
from tenants.documents.archive import Box, private_from
from tenants.documents.paper import Paper
from tenants.security import SealBroken
from tenants.security.recipient import KeyPair, Recipient, open_box

MAGIC = b"KREISLOHN-NOTPAKET-1\n"
LENGTH = struct.Struct(">I")
NONCE, LONGEST_HEADER = 12, 1 << 20
CONTEXT = b"kreislohn notpaket 1\n"
WRONG = "Die beiden Codes öffnen dieses Notpaket nicht: Namen und Codes mit den Papieren vergleichen."


def sealed(files: Mapping[str, bytes], about: Mapping[str, Any], box: Box) -> bytes:
    """Das fertige Paket; about (Mandant, Monat, Stand) bleibt lesbar, die Dateien nicht."""
    key, nonce = os.urandom(32), os.urandom(NONCE)
    header = {
        **about,
        "schluessel": str(box.key_id),
        "verfahren": box.algorithm,
        "oeffentlich": box.public.hex(),
        "ort": box.place,
        "papiere": [[first, second, wrapped.hex()] for first, second, wrapped in box.papers],
        "siegel": Recipient(box.algorithm, box.public).seal(key, CONTEXT + str(box.key_id).encode()).hex(),
    }
    head = json.dumps(header, sort_keys=True, ensure_ascii=False).encode()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    body = AESGCM(key).encrypt(nonce, content.getvalue(), MAGIC + head)
    return MAGIC + LENGTH.pack(len(head)) + head + nonce + body


def about(raw: bytes) -> dict[str, Any]:
    """Der lesbare Kopf: Mandant, Monat, Stand, Namen der Verwahrenden."""
    return _split(raw)[0]


def opened(raw: bytes, papers: list[Paper]) -> dict[str, bytes]:
    """Alle Dateien nach Namen; falsche Codes: BackupError, Veränderung: BackupDamaged."""
    header, head, body = _split(raw)
    try:
        wraps = [(str(a), str(b), bytes.fromhex(c)) for a, b, c in header["papiere"]]
        key_id, algorithm, public = str(header["schluessel"]), int(header["verfahren"]), str(header["oeffentlich"])
        seal, place = bytes.fromhex(header["siegel"]), str(header["ort"])
        pair_public = bytes.fromhex(public)
    except (KeyError, TypeError, ValueError) as error:
        raise BackupDamaged("Der Kopf des Notpakets ist beschädigt: eine andere Kopie nehmen.") from error
    private = private_from(wraps, papers, place)
    if private is None:
        raise BackupError(WRONG)
    try:
        key = open_box(KeyPair(algorithm, pair_public, private), seal, CONTEXT + key_id.encode())
        content = AESGCM(key).decrypt(body[:NONCE], body[NONCE:], MAGIC + head)
    except (SealBroken, InvalidTag, ValueError) as error:
        raise BackupDamaged("Das Notpaket ist beschädigt oder verändert: eine andere Kopie nehmen.") from error
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _split(raw: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    start = len(MAGIC) + LENGTH.size
    if not raw.startswith(MAGIC) or len(raw) < start:
        raise BackupDamaged("Das ist kein Notpaket oder es ist abgeschnitten.")
    (length,) = LENGTH.unpack(raw[len(MAGIC) : start])
    head = raw[start : start + length]
    if length > LONGEST_HEADER or len(head) != length:
        raise BackupDamaged("Das Notpaket ist abgeschnitten: eine andere Kopie nehmen.")
    try:
        header = json.loads(head)
    except ValueError as error:
        raise BackupDamaged("Der Kopf des Notpakets ist beschädigt: eine andere Kopie nehmen.") from error
    if not isinstance(header, dict):
        raise BackupDamaged("Der Kopf des Notpakets ist beschädigt: eine andere Kopie nehmen.")
    return header, head, raw[start + length :]
