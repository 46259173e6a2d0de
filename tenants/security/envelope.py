"""Umschlag: jeder Wert ist an Mandant, Tabelle, Zeile und Spalte gebunden.

Aufbau: Verfahren (1 Byte) · Version des Mandantenschlüssels (4) · … · Nonce (12) · Inhalt mit Prüfzeichen. Beide
Verfahren sind AES-256-GCM. 1: jeder Wert hat einen eigenen Datenschlüssel, der eingewickelt davor steht (60). 2: der
Schlüssel gehört der Spalte und entsteht aus dem Mandantenschlüssel (HKDF-SHA256); für kurze Werte, die in Listen zu
Tausenden gelesen werden. Ein Schlüssel je Spalte trägt mit zufälliger Nonce 2^32 Werte (NIST SP 800-38D, 8.3).
"""

from __future__ import annotations

import json
import os
import struct
from functools import lru_cache
from json.encoder import encode_basestring_ascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from tenants.security.keys import NONCE, KeyMissing, TenantKeys, keys_of

AES_256_GCM = 1
AES_256_GCM_COLUMN = 2
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


def seal_cell(source: Session | TenantKeys, plaintext: bytes, *, table: str, row: str, column: str) -> bytes:
    """Verschlüsselt einen kurzen Wert für genau diesen Ort mit dem Schlüssel seiner Spalte (Verfahren 2)."""
    keys = keys_of(source)
    head, nonce = HEAD.pack(AES_256_GCM_COLUMN, keys.version), os.urandom(NONCE)
    place = head + _place(keys.tenant_id, table, row, column)
    return b"".join((head, nonce, _column_cipher(keys, keys.version, table, column).encrypt(nonce, plaintext, place)))


def open_sealed(source: Session | TenantKeys, sealed: bytes, *, table: str, row: str, column: str) -> bytes:
    """Entschlüsselt einen Wert; an einem anderen Ort oder verändert lässt er sich nicht öffnen."""
    keys = keys_of(source)
    if len(sealed) < HEAD.size + NONCE + 16:
        raise SealBroken(f"{table}.{column}: verschlüsselter Wert ist unvollständig.")
    algorithm, version = HEAD.unpack_from(sealed)
    if algorithm not in (AES_256_GCM, AES_256_GCM_COLUMN):
        raise SealBroken(f"{table}.{column}: unbekanntes Verfahren {algorithm}.")
    if version not in keys.data:
        keys = keys_of(source, fresh=True)  # rotated while this session was open
    if version not in keys.data:
        raise KeyMissing(f"Mandant {keys.tenant_id}: Schlüssel Version {version} fehlt oder wurde vernichtet.")
    place = sealed[: HEAD.size] + _place(keys.tenant_id, table, row, column)
    start, body = HEAD.size, HEAD.size + WRAPPED
    try:
        if algorithm == AES_256_GCM_COLUMN:
            cipher = _column_cipher(keys, version, table, column)
            return cipher.decrypt(sealed[start : start + NONCE], sealed[start + NONCE :], place)
        wrapped = sealed[start + NONCE : body]
        data_key = AESGCM(keys.data[version]).decrypt(sealed[start : start + NONCE], wrapped, b"key" + place)
        return AESGCM(data_key).decrypt(sealed[body : body + NONCE], sealed[body + NONCE :], b"value" + place)
    except InvalidTag as error:
        raise SealBroken(f"{table}.{column}: Wert passt nicht zu seinem Ort oder wurde verändert.") from error


def _column_cipher(keys: TenantKeys, version: int, table: str, column: str) -> AESGCM:
    """Das Verfahren mit dem Schlüssel einer Spalte; einmal hergeleitet, dann bei den Schlüsseln gehalten."""
    held = keys.ciphers.get((version, table, column))
    if held is None:
        info = json.dumps(["column", keys.tenant_id, table, column]).encode()
        secret = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(keys.data[version])
        held = keys.ciphers[version, table, column] = AESGCM(secret)
    return held


def _place(tenant_id: int, table: str, row: str, column: str) -> bytes:
    before, after = _frame(tenant_id, table, column)
    return f"{before}{encode_basestring_ascii(str(row))}{after}".encode()


@lru_cache(4096)
def _frame(tenant_id: int, table: str, column: str) -> tuple[str, str]:
    """The place is written as ``json.dumps([tenant, table, row, column])``; only the row differs from cell to cell."""
    return f"{json.dumps([tenant_id, table])[:-1]}, ", f", {json.dumps(column)}]"
