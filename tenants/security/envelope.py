"""Umschlag: jeder Wert hat einen eigenen Datenschlüssel, gebunden an Mandant, Tabelle, Zeile und Spalte.

Aufbau: Verfahren (1 Byte) · Version des Mandantenschlüssels (4) · Nonce und eingewickelter Datenschlüssel (60) ·
Nonce (12) · Inhalt mit Prüfzeichen. Verfahren 1 ist AES-256-GCM.
"""

from __future__ import annotations

import json
import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from tenants.security.keys import NONCE, KeyMissing, TenantKeys, keys_of

AES_256_GCM = 1
HEAD = struct.Struct(">BI")
WRAPPED = NONCE + 32 + 16


class SealBroken(RuntimeError):
    """Der verschlüsselte Wert passt nicht zu seinem Ort oder wurde verändert."""


def seal(source: Session | TenantKeys, plaintext: bytes, *, table: str, row: str, column: str) -> bytes:
    """Verschlüsselt einen Wert für genau diesen Ort."""
    keys = keys_of(source)
    head = HEAD.pack(AES_256_GCM, keys.version)
    place = head + _place(keys.tenant_id, table, row, column)
    data_key, first, second = os.urandom(32), os.urandom(NONCE), os.urandom(NONCE)
    wrapped = AESGCM(keys.data[keys.version]).encrypt(first, data_key, b"key" + place)
    return b"".join((head, first, wrapped, second, AESGCM(data_key).encrypt(second, plaintext, b"value" + place)))


def open_sealed(source: Session | TenantKeys, sealed: bytes, *, table: str, row: str, column: str) -> bytes:
    """Entschlüsselt einen Wert; an einem anderen Ort oder verändert lässt er sich nicht öffnen."""
    keys = keys_of(source)
    if len(sealed) < HEAD.size + WRAPPED + NONCE + 16:
        raise SealBroken(f"{table}.{column}: verschlüsselter Wert ist unvollständig.")
    algorithm, version = HEAD.unpack_from(sealed)
    if algorithm != AES_256_GCM:
        raise SealBroken(f"{table}.{column}: unbekanntes Verfahren {algorithm}.")
    if version not in keys.data:
        keys = keys_of(source, fresh=True)  # rotated while this session was open
    if version not in keys.data:
        raise KeyMissing(f"Mandant {keys.tenant_id}: Schlüssel Version {version} fehlt oder wurde vernichtet.")
    place = sealed[: HEAD.size] + _place(keys.tenant_id, table, row, column)
    start, body = HEAD.size, HEAD.size + WRAPPED
    try:
        wrapped = sealed[start + NONCE : body]
        data_key = AESGCM(keys.data[version]).decrypt(sealed[start : start + NONCE], wrapped, b"key" + place)
        return AESGCM(data_key).decrypt(sealed[body : body + NONCE], sealed[body + NONCE :], b"value" + place)
    except InvalidTag as error:
        raise SealBroken(f"{table}.{column}: Wert passt nicht zu seinem Ort oder wurde verändert.") from error


def _place(tenant_id: int, table: str, row: str, column: str) -> bytes:
    return json.dumps([tenant_id, table, str(row), column]).encode()
