"""Vorrichtungen für Umbauten: leere Datenbank, Zugang des Verwalters, Zeilen für jede Tabelle."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy.engine import make_url

from migrations import runner
from tenants.db import passwords, setup
from tenants.db.engine import Dsns
from tenants.db.server import Server
from tenants.security import masterkey, seal_cell
from tenants.security.keys import DATA, TenantKeys, new_key, platform_keys, unwrap

Admin = psycopg.Connection[dict[str, Any]]
_number = itertools.count(1)
POOL: dict[str, list[Any]] = {
    "boolean": [True, False],
    "bytea": [bytes(32), b"x"],
    "date": ["2026-01-01", "2026-01-31"],
    "inet": ["127.0.0.1"],
    "json": ["{}"],
    "text": ["x", "12345678", "1111", "a@b.example", "DE02120300000000202051", "01"],
    "timestamp": ["2026-01-01T00:00:00Z"],
    "uuid": ["6f3b2c1e-0000-4000-8000-000000000001"],
    "number": [1, 0, 101, 100, 2, 12],
}
KINDS = (("char", "text"), ("text", "text"), ("timestamp", "timestamp"), ("json", "json"))


@pytest.fixture
def empty_database(postgres: Server, template: str) -> Iterator[Dsns]:
    """Datenbank ohne Tabellen; die Rollen gibt es."""
    name = f"leer_{next(_number)}"
    yield setup.prepare(postgres, database=name, migrate=False)
    with psycopg.connect(postgres.dsn(passwords.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def admin_of(postgres: Server) -> Iterator[Callable[[Dsns], Admin]]:
    """Öffnet eine Datenbank als Verwalter; er sieht alles."""
    opened: list[Admin] = []

    def connect(dsns: Dsns) -> Admin:
        name = str(make_url(dsns.owner).database)
        dsn = postgres.dsn(passwords.SUPERUSER, name)
        opened.append(psycopg.connect(dsn, autocommit=True, row_factory=dict_row))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def fill() -> Callable[[Admin], list[str]]:
    """Legt in jede Tabelle eine Zeile, auch in solche, die es beim Schreiben dieses Tests noch nicht gab."""
    return _fill


def _fill(admin: Admin) -> list[str]:
    # Triggers and foreign keys rest: every id is 1, so composite keys match whatever the order.
    admin.execute("SET session_replication_role = replica")
    tables = [
        row["name"]
        for row in admin.execute(
            "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND relname <> 'alembic_version' ORDER BY 1"
        )
    ]
    for table in tables:
        _insert(admin, table)
    _seal(admin, tables)
    admin.execute("SET session_replication_role = origin")
    return tables


def _seal(admin: Admin, tables: list[str]) -> None:
    """Ein Umbau öffnet, was versiegelt ist: der Mandant bekommt einen echten Schlüssel, die Spalten echte Siegel."""
    migration = ScriptDirectory.from_config(runner.config()).get_revision("0044").module
    known = {row["name"] for row in admin.execute("SELECT attname AS name FROM pg_attribute WHERE NOT attisdropped")}
    if "nachname_siegel" not in known:
        return
    row = new_key(1, DATA, 1, masterkey.current())
    admin.execute("UPDATE tenant_key SET purpose = %s, version = 1, wrapped = %s, master_id = %s",
                  (DATA, row.wrapped, row.master_id))
    keys = TenantKeys(1, {1: unwrap(row, masterkey.current())}, b"")
    for table, columns in migration.COLUMNS.items():
        (found,) = admin.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()
        platform = table in migration.PLATFORM
        for name, kind in columns.items():
            plain = b"1990-05-01" if kind == "date" else b"Zander"
            place = "" if platform else str(found["public_id"])
            sealed = seal_cell(platform_keys() if platform else keys, plain, table=table, row=place,
                               column=f"{name}_siegel")
            admin.execute(sql.SQL("UPDATE {} SET {} = %s").format(
                sql.Identifier(table), sql.Identifier(f"{name}_siegel")), (sealed,))
    admin.execute("UPDATE ergebniszeile SET worte_siegel = NULL")


def _insert(admin: Admin, table: str) -> None:
    columns = admin.execute(
        "SELECT column_name AS name, data_type AS type, udt_name AS element, is_nullable = 'YES' AS nullable, "
        "column_default IS NOT NULL AS defaulted FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        (table,),
    ).fetchall()
    checks = admin.execute(
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
        (table,),
    ).fetchall()
    words = {c["name"]: _words(checks, c["name"]) or _words(checks, "") for c in columns}
    dice = random.Random(table)
    last: Exception | None = None
    for attempt in range(20_000):
        chosen = [c for c in columns if not c["defaulted"] or attempt % 4 == 3]
        row = {c["name"]: _value(c, words[c["name"]], dice, attempt) for c in chosen}
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder(name) for name in row),
        )
        try:
            admin.execute(statement, row)
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            last = error
        else:
            return
    raise AssertionError(f"{table}: keine Zeile gefunden, die alle Prüfungen erfüllt. Zuletzt: {last}")


def _words(checks: list[dict[str, Any]], column: str) -> list[str]:
    """Die Worte der Prüfungen, die diese Spalte nennen."""
    named = [check["text"] for check in checks if re.search(rf"\b{column}\b", check["text"])]
    return sorted({word for text in named for word in re.findall(r"'([^']*)'", text)})


def _value(column: dict[str, Any], literals: list[str], dice: random.Random, attempt: int) -> Any:
    """Erst das Einfachste, dann gewürfelt aus Vorrat und den Worten der Prüfungen."""
    name = column["name"]
    if name == "id" or (name.endswith("_id") and column["type"] in ("integer", "bigint")):
        return 1
    if column["nullable"] and (attempt == 0 or dice.random() < 0.7):
        return None
    several = column["type"] == "ARRAY"
    type_name = column["element"] if several else column["type"]
    kind = next((kind for part, kind in KINDS if part in type_name), type_name)
    pool = POOL.get(kind, POOL["number"])
    if kind == "text" and attempt > 0:
        pool = literals + pool
    chosen = pool[0] if attempt == 0 else dice.choice(pool)
    return [chosen] if several else chosen
