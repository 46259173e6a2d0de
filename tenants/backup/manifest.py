"""Verzeichnis einer Sicherung: Stand, Versionen, Zeilen je Tabelle, Kopf jeder Protokollkette."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import psycopg
from psycopg import sql

from tenants.backup.container import BackupDamaged, BackupError

LENGTH = struct.Struct(">I")
LONGEST = 1 << 20
Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Manifest:
    """Was in der Sicherung steht; chains nennt je Mandant (0: Plattform) Zahl der Einträge und Kopf."""

    created: str
    revision: str
    postgres: int
    tool: int
    tables: dict[str, int]
    chains: dict[str, tuple[int, str]]

    def pack(self) -> bytes:
        """Länge und JSON."""
        text = json.dumps(asdict(self), sort_keys=True).encode()
        return LENGTH.pack(len(text)) + text

    @property
    def rows(self) -> int:
        """Alle Zeilen zusammen."""
        return sum(self.tables.values())


def taken(connection: Connection, tool: int) -> Manifest:
    """Verzeichnis des Zustands, den diese Transaktion sieht; die Rolle muss alle Zeilen sehen."""
    revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if revision is None:
        raise BackupError("Die Datenbank ist nicht eingerichtet: es gibt nichts zu sichern.")
    return Manifest(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        revision=str(revision[0]),
        postgres=connection.info.server_version // 10000,
        tool=tool,
        tables=counted(connection),
        chains=heads(connection),
    )


def counted(connection: Connection) -> dict[str, int]:
    """Zeilen je Tabelle."""
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
    ).fetchall()
    counts = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(str(name)))).fetchone()
        counts[str(name)] = int(str(row[0])) if row else 0
    return counts


def heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """Kopf jeder Kette."""
    rows = connection.execute(
        "SELECT DISTINCT ON (tenant_id) tenant_id, id, encode(hash, 'hex') FROM audit_entry ORDER BY tenant_id, id DESC"
    ).fetchall()
    return {str(tenant): (int(str(seq)), str(head)) for tenant, seq, head in rows}


def sees_everything(connection: Connection) -> bool:
    """Ob die Rolle die Zeilensicherheit umgeht; nur dann ist eine Sicherung vollständig."""
    row = connection.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def split(chunks: Iterable[bytes]) -> tuple[Manifest, Iterator[bytes]]:
    """Trennt das Verzeichnis vom Inhalt dahinter."""
    stream = iter(chunks)
    held = bytearray()
    size: int | None = None
    while size is None or len(held) < LENGTH.size + size:
        data = next(stream, None)
        if data is None:
            raise BackupDamaged("Das Verzeichnis der Sicherung fehlt: eine andere Sicherung nehmen.")
        held += data
        if size is None and len(held) >= LENGTH.size:
            (size,) = LENGTH.unpack(held[: LENGTH.size])
            if size > LONGEST:
                raise BackupDamaged("Das Verzeichnis der Sicherung ist unlesbar: eine andere Sicherung nehmen.")
    content = json.loads(held[LENGTH.size : LENGTH.size + size])
    content["chains"] = {tenant: (seq, head) for tenant, (seq, head) in content["chains"].items()}
    rest = bytes(held[LENGTH.size + size :])
    return Manifest(**content), _with(rest, stream)


def _with(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
