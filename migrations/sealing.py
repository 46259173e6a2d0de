"""Bausteine für Umbauten, die lesbare Spalten versiegeln oder wieder öffnen; sie brauchen den Hauptschlüssel.

Nur wo Zeilen stehen. Ist der Schlüssel eines Mandanten vernichtet, entsteht ein Siegel, das niemand öffnet: was die
Vernichtung lesbar gelassen hatte, wird es jetzt auch nicht mehr.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from tenants.models.tenant import TenantKey
from tenants.security import open_sealed, seal_cell
from tenants.security.keys import DATA, TenantKeys, platform_keys, unwrapped

CHUNK = 5_000
LOST: dict[str, Any] = {"text": "vernichtet", "date": date(1900, 1, 1)}


def seal_columns(table: str, columns: dict[str, str], *, demanded: Collection[str] = (),
                 platform: bool = False) -> None:
    """Füllt je Spalte `<name>_siegel` aus der lesbaren; die Zeile heißt im Siegel nach ihrer öffentlichen Kennung.

    Ein leerer Text bekommt nur ein Siegel, wo eines verlangt ist (demanded).
    """
    def sealed(keys: TenantKeys, row: str, name: str, value: Any) -> bytes | None:
        if value is None or (value == "" and name not in demanded):
            return None
        text = value.isoformat() if isinstance(value, date) else str(value)
        return seal_cell(keys, text.encode(), table=table, row=row, column=f"{name}_siegel")

    rewrite(table, "''" if platform else "public_id", tuple(columns), {f"{name}_siegel": "bytea" for name in columns},
            lambda keys, row, values: [sealed(keys, row, *pair) for pair in zip(columns, values, strict=True)],
            platform=platform)


def open_columns(table: str, columns: dict[str, str], *, empty: Collection[str] = (), platform: bool = False) -> None:
    """Das Umgekehrte: füllt die lesbaren Spalten aus den Siegeln („text“ oder „date“); ohne Siegel leer oder, wo die
    Spalte nie fehlt (empty), der leere Text."""
    def opened(keys: TenantKeys, row: str, name: str, value: bytes | None) -> Any:
        if value is None:
            return "" if name in empty else None
        if not keys.data:
            return LOST[columns[name]]
        text = open_sealed(keys, value, table=table, row=row, column=f"{name}_siegel").decode()
        return date.fromisoformat(text) if columns[name] == "date" else text

    rewrite(table, "''" if platform else "public_id", tuple(f"{name}_siegel" for name in columns), columns,
            lambda keys, row, values: [opened(keys, row, *pair) for pair in zip(columns, values, strict=True)],
            writing=False, platform=platform)


def rewrite(table: str, named: str, read: tuple[str, ...], written: dict[str, str],
            convert: Callable[[TenantKeys, str, list[Any]], list[Any]], *, where: str = "true",
            writing: bool = True, platform: bool = False) -> None:
    """Rechnet Spalten jeder Zeile um; named ist der Ausdruck, nach dem die Zeile im Siegel heißt.

    platform: Tabelle ohne Mandanten, unter dem Schlüssel der Plattform.
    """
    owner = "0" if platform else "tenant_id"
    connection = op.get_bind()
    with _unguarded(table):
        rows = connection.execute(sa.text(
            f"SELECT {owner} AS owner, id, ({named})::text, {', '.join(read)} FROM {table} WHERE {where}"))  # noqa: S608 # names of the program
        held = [tuple(row) for row in rows]
        keys = _keys({row[0] for row in held}, writing=writing) if held and not platform else {}
        keys |= {0: platform_keys()} if held and platform else {}
        targets = ", ".join(f"{name} = v.{name}" for name in written)
        columns = ", ".join(written)
        statement = sa.text(
            f"UPDATE {table} AS t SET {targets} FROM unnest(cast(:a_tenant AS int[]), cast(:a_id AS bigint[]), "  # noqa: S608 # names of the program
            + ", ".join(f"cast(:a_{name} AS {kind}[])" for name, kind in written.items())
            + f") AS v(owner, id, {columns}) WHERE {owner} = v.owner AND t.id = v.id")
        for start in range(0, len(held), CHUNK):
            part = held[start:start + CHUNK]
            made = [convert(keys[row[0]], row[2], list(row[3:])) for row in part]
            connection.execute(statement, {
                "a_tenant": [row[0] for row in part], "a_id": [row[1] for row in part],
                **{f"a_{name}": [values[i] for values in made] for i, name in enumerate(written)}})


def forget_old_values(table: str) -> None:
    """Schreibt die Datei der Tabelle neu: gelöschte Spalten und abgelöste Zeilen verschwinden von der Platte."""
    with _unguarded(table):
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first() is not None:  # noqa: S608 # names of the program
            op.execute(f"CLUSTER {table} USING pk_{table}")
            op.execute(f"ALTER TABLE {table} SET WITHOUT CLUSTER")


@contextmanager
def _unguarded(table: str) -> Iterator[None]:
    """Der Besitzer sieht und ändert alle Zeilen, solange er umbaut."""
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _keys(tenants: set[int], *, writing: bool) -> dict[int, TenantKeys]:
    """Schlüssel je Mandant; für vernichtete beim Schreiben ein Wegwerfschlüssel, beim Lesen keiner."""
    with _unguarded("tenant_key"):
        rows = op.get_bind().execute(sa.text(
            "SELECT tenant_id, purpose, version, wrapped, master_id FROM tenant_key WHERE purpose = :data"),
            {"data": DATA}).all()
    found: dict[int, dict[int, bytes]] = {}
    for row in rows:
        if row.tenant_id in tenants:
            key = TenantKey(tenant_id=row.tenant_id, purpose=row.purpose, version=row.version,
                            wrapped=bytes(row.wrapped), master_id=row.master_id)
            found.setdefault(row.tenant_id, {})[row.version] = unwrapped(key)
    lost: dict[int, bytes] = {1: os.urandom(32)} if writing else {}
    return {tenant: TenantKeys(tenant, found.get(tenant) or lost, b"") for tenant in tenants}
