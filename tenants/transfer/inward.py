"""Hinein: ein Paket in eine Datenbank, die diesen Mandanten noch nicht kennt; ganz oder gar nicht."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from migrations import runner
from tenants.backup import container
from tenants.backup.container import BackupError
from tenants.db.engine import normalise
from tenants.models.tenant import TenantKey
from tenants.security.keys import wrap
from tenants.security.masterkey import MasterKey
from tenants.transfer import frames
from tenants.transfer.frames import TransferError
from tenants.transfer.selection import KEYS, Manifest

Connection = psycopg.Connection[tuple[object, ...]]
Frames = Iterator[tuple[bytes, bytes]]


def manifest_of(source: Path, key: MasterKey) -> Manifest:
    """Das Verzeichnis eines Pakets; nur dessen erste Stücke werden geöffnet."""
    with _opened(source, key) as content:
        return _manifest(content)


def load(owner: str, source: Path, key: MasterKey, master: MasterKey) -> Manifest:
    """Spielt das Paket mit der Rolle des Eigentümers ein; master wickelt die Schlüssel des Mandanten neu ein.

    Die Datenbank muss auf dem Stand des Pakets sein (``manifest_of(...).revision``) und darf die Nummer des Mandanten
    nicht kennen. Zeilensicherheit und Auslöser ruhen nur in dieser einen Transaktion und nur für diese Tabellen.
    """
    with _opened(source, key) as content, _connected(owner) as connection, connection.transaction():
        made = _manifest(content)
        _fits(connection, made)
        names = [*made.tables, KEYS]
        _walls(connection, names, down=True)
        _unknown(connection, made)
        _fill(connection, content, made, master)
        for name in names:
            _sequence(connection, name)
        _walls(connection, names, down=False)
    return made


def _manifest(content: Frames) -> Manifest:
    kind, first = next(content, (b"", b""))
    if kind != frames.MANIFEST:
        raise TransferError("Die Datei ist kein Paket eines Mandanten.")
    return Manifest.parse(first)


def _fits(connection: Connection, made: Manifest) -> None:
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None or row[0] != made.revision:
        known = "das neuere Programm benutzen" if made.revision > runner.head() else "auf diesen Stand umbauen"
        raise TransferError(f"Das Paket hat den Stand {made.revision}, die Datenbank {row and row[0]}: {known}.")


def _unknown(connection: Connection, made: Manifest) -> None:
    row = connection.execute("SELECT number, name FROM tenant WHERE id = %s OR number = %s",
                             (made.tenant_id, made.number)).fetchone()
    if row is not None:
        raise TransferError(f"Die Kennung {made.tenant_id} oder Nummer {made.number} ist hier vergeben ({row[1]}): in "
                            "eine leere Einrichtung einspielen.")


def _fill(connection: Connection, content: Frames, made: Manifest, master: MasterKey) -> None:
    counts: dict[str, int] = {}
    kind, body = next(content)
    while kind == frames.TABLE:
        table = body.decode()
        if table not in made.tables:
            raise TransferError(f"Das Paket enthält die Tabelle {table}, sein Verzeichnis nennt sie nicht.")
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, made.tables[table])))
        with connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for kind, body in content:
                    if kind != frames.DATA:
                        break
                    copy.write(body)
            counts[table] = cursor.rowcount
        if table == "tenant":
            _insert_keys(connection, made, master)
    if kind != frames.END or json.loads(body) != counts:
        raise TransferError("Nicht alle Zeilen des Pakets sind angekommen: noch einmal übertragen.")


def _insert_keys(connection: Connection, made: Manifest, master: MasterKey) -> None:
    for one in made.keys:
        row = TenantKey(tenant_id=made.tenant_id, purpose=one["purpose"], version=one["version"])
        wrap(row, base64.b64decode(one["secret"]), master)
        connection.execute(
            "INSERT INTO tenant_key (tenant_id, purpose, version, master_id, wrapped) VALUES (%s, %s, %s, %s, %s)",
            (row.tenant_id, row.purpose, row.version, row.master_id, row.wrapped))


def _walls(connection: Connection, names: list[str], *, down: bool) -> None:
    for name in names:
        force, triggers = ("NO FORCE", "DISABLE") if down else ("FORCE", "ENABLE")
        for words in (f"{force} ROW LEVEL SECURITY", f"{triggers} TRIGGER USER"):
            connection.execute(sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(name), sql.SQL(words)))


def _sequence(connection: Connection, name: str) -> None:
    connection.execute(sql.SQL(
        "SELECT setval(s::regclass, greatest((SELECT coalesce(max(id), 0) FROM {0}), 1)) "
        "FROM pg_get_serial_sequence({1}, 'id') s WHERE s IS NOT NULL").format(sql.Identifier(name),
                                                                              sql.Literal(name)))


@contextmanager
def _opened(source: Path, key: MasterKey) -> Iterator[Frames]:
    try:
        with source.open("rb") as file:
            if container.header_of(file)["master"] != key.key_id:
                raise TransferError(f"Der angegebene Schlüssel öffnet {source.name} nicht: den Schlüssel dieses Pakets "
                                    "angeben.")
            file.seek(0)
            yield frames.frames(container.opened(file, key))
    except BackupError as error:
        raise TransferError(f"{source.name}: {error}") from error
    except OSError as error:
        raise TransferError(f"{source} lässt sich nicht lesen ({error.strerror}): Pfad und Rechte prüfen.") from error


@contextmanager
def _connected(dsn: str) -> Iterator[Connection]:
    plain = normalise(dsn).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True, connect_timeout=10) as connection:
        yield connection
