"""Schlüssel eines Mandanten: einwickeln, auswickeln, anlegen und je Sitzung bereithalten."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.db import guard
from tenants.models.tenant import TenantKey
from tenants.security import masterkey
from tenants.security.masterkey import MasterKey

DATA, LOOKUP = "data", "lookup"
NONCE = 12


class KeyMissing(RuntimeError):
    """Der Schlüssel des Mandanten fehlt, wurde vernichtet oder passt nicht zum Hauptschlüssel."""


@dataclass(frozen=True)
class TenantKeys:
    """Ausgewickelte Schlüssel eines Mandanten: je Version einer für Daten, einer zum Suchen."""

    tenant_id: int
    data: dict[int, bytes] = field(repr=False)
    lookup: bytes = field(repr=False)
    ciphers: dict[tuple[int, str, str], AESGCM] = field(default_factory=dict, repr=False, compare=False)

    @property
    def version(self) -> int:
        """Version, mit der neu verschlüsselt wird."""
        return max(self.data)


def new_keys(tenant_id: int, master: MasterKey | None = None) -> list[TenantKey]:
    """Neue Schlüssel für einen neuen Mandanten, eingewickelt."""
    return [new_key(tenant_id, purpose, 1, master or masterkey.current()) for purpose in (DATA, LOOKUP)]


def new_key(tenant_id: int, purpose: str, version: int, master: MasterKey) -> TenantKey:
    """Ein neuer Schlüssel, eingewickelt mit dem Hauptschlüssel."""
    row = TenantKey(tenant_id=tenant_id, purpose=purpose, version=version)
    wrap(row, os.urandom(32), master)
    return row


def wrap(row: TenantKey, secret: bytes, master: MasterKey) -> None:
    """Wickelt einen Schlüssel mit diesem Hauptschlüssel ein; der Schlüssel selbst bleibt derselbe."""
    nonce, place = os.urandom(NONCE), _place(row.tenant_id, row.purpose, row.version)
    row.wrapped = nonce + AESGCM(master.derive("wrap")).encrypt(nonce, secret, place)
    row.master_id = master.key_id


def unwrap(row: TenantKey, master: MasterKey) -> bytes:
    """Wickelt einen Schlüssel aus."""
    if row.master_id != master.key_id:
        raise KeyMissing(
            f"Mandant {row.tenant_id}: Schlüssel gehört zum Hauptschlüssel {row.master_id}, "
            f"eingerichtet ist {master.key_id}. Den richtigen Hauptschlüssel bereitstellen."
        )
    try:
        place = _place(row.tenant_id, row.purpose, row.version)
        return AESGCM(master.derive("wrap")).decrypt(row.wrapped[:NONCE], row.wrapped[NONCE:], place)
    except InvalidTag as error:
        raise KeyMissing(f"Mandant {row.tenant_id}: der gespeicherte Schlüssel ist beschädigt.") from error


def keys_of(source: Session | TenantKeys, *, fresh: bool = False) -> TenantKeys:
    """Schlüssel der Sitzung; einmal gelesen, dann in der Sitzung gehalten. fresh liest neu, etwa nach einem Wechsel."""
    if isinstance(source, TenantKeys):
        return source
    tenant = guard.tenant_of(source)
    held = source.info.get("keys")
    if not fresh and isinstance(held, TenantKeys) and held.tenant_id == tenant:
        return held
    rows = source.scalars(select(TenantKey).where(TenantKey.tenant_id == tenant)).all()
    data = {row.version: unwrapped(row) for row in rows if row.purpose == DATA}
    lookup = [unwrapped(row) for row in rows if row.purpose == LOOKUP]
    if not data or not lookup:
        raise KeyMissing(f"Mandant {tenant} hat keinen Schlüssel: nicht angelegt oder vernichtet.")
    source.info["keys"] = keys = TenantKeys(tenant, data, lookup[-1])
    return keys


def unwrapped(row: TenantKey) -> bytes:
    """Wickelt mit dem Hauptschlüssel aus, den dieser Prozess hat (heutiger oder voriger)."""
    return unwrap(row, masterkey.held(row.master_id) or masterkey.current())


def require_master(session: Session) -> None:
    """Wirft KeyMissing, wenn Schlüssel in der Datenbank zu einem Hauptschlüssel gehören, den dieser Prozess nicht hat.

    Ein neuer Hauptschlüssel neben einer vorhandenen Datenbank öffnete nichts davon, und was er einwickelte, wäre bei
    der Rückkehr des richtigen ebenso verloren.
    """
    there = set(session.scalars(select(TenantKey.master_id).distinct()))
    if unknown := sorted(one for one in there if masterkey.held(one) is None):
        raise KeyMissing(
            f"Die Datenbank gehört zum Hauptschlüssel {', '.join(unknown)}, eingerichtet ist "
            f"{masterkey.current().key_id}: den richtigen aus dem Tresor zurückholen (Datei oder Umgebung, bei einem "
            "Wechsel auch den vorigen); ohne ihn ist nichts zu öffnen. Geändert ist nichts."
        )


def platform_keys(master: MasterKey | None = None) -> TenantKeys:
    """Schlüssel der Plattform (zum Beispiel für den zweiten Faktor), aus dem Hauptschlüssel abgeleitet."""
    master = master or masterkey.current()
    return TenantKeys(0, {1: master.derive("platform:data")}, master.derive("platform:lookup"))


def _place(tenant_id: int, purpose: str, version: int) -> bytes:
    return f"tenant_key:{tenant_id}:{purpose}:{version}".encode()
