"""Hinaus: die Zeilen, die die Sitzung des Mandanten sieht, in eine neue verschlossene Datei."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import select

from migrations import runner
from tenants.backup.container import SealedWriter
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models.tenant import Tenant, TenantKey
from tenants.security import masterkey
from tenants.security.keys import unwrap
from tenants.security.masterkey import MasterKey
from tenants.transfer import frames
from tenants.transfer.frames import TransferError, frame
from tenants.transfer.selection import Manifest, Part


def write(session: TenantSession, target: Path, key: MasterKey, parts: Sequence[Part], *,
          extra: Mapping[str, Any] | None = None) -> Manifest:
    """Schreibt das Paket (Modus 0600) und gibt sein Verzeichnis; key öffnet es und gehört auf einen anderen Weg.

    Gelesen wird mit den Rechten der Anwendung: die Zeilensicherheit lässt nur Zeilen dieses Mandanten heraus.
    """
    if target.exists():
        raise TransferError(f"{target} gibt es schon: einen anderen Namen wählen, Pakete werden nie überschrieben.")
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    made = Manifest(tenant.id, tenant.number, tenant.name, runner.head(), datetime.now(UTC).isoformat("T", "seconds"),
                    {part.table: list(part.columns) for part in parts}, _keys(session), dict(extra or {}))
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.teil")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            writer = SealedWriter(file, key)
            writer.write(frame(frames.MANIFEST, made.pack()))
            counts = {part.table: _rows(session, part, writer) for part in parts}
            writer.write(frame(frames.END, json.dumps(counts).encode()))
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return made


def _keys(session: TenantSession) -> list[dict[str, Any]]:
    rows = session.scalars(select(TenantKey).order_by(TenantKey.purpose, TenantKey.version)).all()
    return [{"purpose": row.purpose, "version": row.version, "secret": base64.b64encode(
        unwrap(row, masterkey.held(row.master_id) or masterkey.current())).decode()} for row in rows]


def _rows(session: TenantSession, part: Part, writer: SealedWriter) -> int:
    names = sql.SQL(", ").join(map(sql.Identifier, part.columns))
    statement = sql.SQL("COPY (SELECT {} FROM {} WHERE {} ORDER BY id) TO STDOUT").format(
        names, sql.Identifier(part.table), part.where or sql.SQL("true"))
    writer.write(frame(frames.TABLE, part.table.encode()))
    driver = session.bulk_connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for piece in copy:
                writer.write(frame(frames.DATA, bytes(piece)))
        return cursor.rowcount
