"""Welche Tabellen und Zeilen ein Paket enthält: ganze Räume, ohne das, was an einer ausgelassenen Zeile hängt."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from psycopg import sql
from sqlalchemy import ForeignKeyConstraint, MetaData, Table

KEYS = "tenant_key"


@dataclass(frozen=True)
class Part:
    """Eine Tabelle des Pakets: ihre Spalten und die Bedingung an ihre Zeilen (leer: alle)."""

    table: str
    columns: tuple[str, ...]
    where: sql.Composable | None = None


@dataclass(frozen=True)
class Manifest:
    """Was im Paket steht; keys sind die ausgewickelten Schlüssel des Mandanten, extra gehört dem, der es schrieb."""

    tenant_id: int
    number: str
    name: str
    revision: str
    created: str
    tables: dict[str, list[str]]
    keys: list[dict[str, Any]] = field(repr=False)
    extra: dict[str, Any] = field(repr=False)

    def pack(self) -> bytes:
        """Als JSON."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def parse(cls, content: bytes) -> Manifest:
        """Aus dem Rahmen eines Pakets."""
        return cls(**json.loads(content))


def select_parts(metadata: MetaData, wanted: Callable[[Table], bool], *,
                 conditions: Mapping[str, sql.Composable] | None = None) -> list[Part]:
    """Tabellen mit Mandantenzeilen, für die wanted gilt, in der Reihenfolge ihrer Verweise.

    conditions: Bedingung an die Zeilen einer Tabelle; was über Verweise an einer ausgelassenen Zeile hängt, bleibt mit
    ihr draußen. Die Schlüssel des Mandanten stehen nie als Tabelle im Paket, sondern im Verzeichnis.
    """
    limited: dict[str, sql.Composable] = dict(conditions or {})
    parts = []
    for table in metadata.sorted_tables:
        if table.name == KEYS or not _of_tenant(table) or not wanted(table):
            continue
        where = _all([limited[table.name]] if table.name in limited else [], _following(table, limited))
        if where is not None:
            limited[table.name] = where
        columns = tuple(column.name for column in table.columns if column.computed is None)
        parts.append(Part(table.name, columns, where))
    return parts


def _of_tenant(table: Table) -> bool:
    return table.name == "tenant" or "tenant_id" in table.columns


def _following(table: Table, limited: Mapping[str, sql.Composable]) -> list[sql.Composable]:
    found: list[sql.Composable] = []
    for constraint in sorted((c for c in table.constraints if isinstance(c, ForeignKeyConstraint)),
                             key=lambda c: tuple(map(str, c.column_keys))):
        for element in constraint.elements:
            target = element.column.table.name
            if element.parent.name == "tenant_id" or target == table.name or target not in limited:
                continue
            found.append(sql.SQL("({0} IS NULL OR {0} IN (SELECT {1} FROM {2} WHERE {3}))").format(
                sql.Identifier(element.parent.name), sql.Identifier(element.column.name), sql.Identifier(target),
                limited[target]))
    return found


def _all(own: list[sql.Composable], following: list[sql.Composable]) -> sql.Composable | None:
    conditions = own + following
    return sql.SQL(" AND ").join(conditions) if conditions else None
