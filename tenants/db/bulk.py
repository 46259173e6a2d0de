"""Die eine Tür für Massendaten: binäres COPY in eine Zwischentabelle, dann INSERT SELECT; Lesen in Spalten."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.copy import FileWriter
from psycopg.types.json import Jsonb
from sqlalchemy import ARRAY, JSON, ColumnElement, Label, Select, Table, func, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Mapper

from tenants.db import guard
from tenants.db.base import TenantRow
from tenants.db.errors import TenantMismatch
from tenants.db.scope import LIMITED
from tenants.db.session import TenantSession

CAUGHT, WHOLE = "aufgehobene_zeilen", "im_ganzen"
# Without the first, a plan that cannot do without it looks dear enough to be compiled, which takes longer than it does.
WHOLE_SETTINGS = ("enable_nestloop", "jit")
_number = itertools.count(1)


def copy_rows(
    session: TenantSession,
    model: type[TenantRow],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]] | Mapping[str, Any],
) -> int:
    """Schreibt viele Zeilen einer Klasse; rows sind Tupel oder je Spalte eine Liste (auch NumPy).

    Was mehrere Werte hat (ARRAY), kommt als Text, wie :func:`array_text` ihn schreibt: zehnmal so schnell wie Listen.
    """
    caught: list[Caught] | None = session.info.get(CAUGHT)
    if caught is not None:
        caught.append(_caught(session, model, columns, rows))
        return caught[-1].count
    staging = Staging(session, model, columns)
    staging.add(rows)
    return staging.finish()


def copy_selected(session: TenantSession, model: type[TenantRow], columns: Sequence[str], statement: Select[Any],
                  portion: int = 1_000, **alike: Any) -> int:
    """Schreibt in eine Klasse, was eine Auswahl über abgebildete Klassen liest; ihre Spalten in derselben Folge.

    Im Speicher liegt eine Portion. alike: Spalten mit demselben Wert in jeder Zeile.
    """
    staging = Staging(session, model, columns)
    for rows in session.execute(statement, execution_options={"yield_per": portion}).partitions():
        staging.add(rows)
    return staging.finish(**alike)


@dataclass(frozen=True)
class Caught:
    """Zeilen einer Klasse, die nicht geschrieben, sondern fertig zum Schreiben aufgehoben sind (binäres COPY)."""

    table: str
    columns: tuple[str, ...]
    count: int
    content: bytes


@contextmanager
def catching(session: TenantSession) -> Iterator[list[Caught]]:
    """Solange der Block läuft, hebt copy_rows in dieser Sitzung auf, statt zu schreiben."""
    caught: list[Caught] = []
    session.info[CAUGHT] = caught
    try:
        yield caught
    finally:
        del session.info[CAUGHT]


def write_caught(session: TenantSession, model: type[TenantRow], columns: Sequence[str],
                 contents: Iterable[bytes]) -> int:
    """Schreibt Aufgehobenes einer Klasse in einem Zug; alle Inhalte mit denselben Spalten."""
    staging = Staging(session, model, columns)
    for content in contents:
        staging.add_caught(content)
    return staging.finish()


def _caught(session: TenantSession, model: type[TenantRow], columns: Sequence[str],
            rows: Iterable[Sequence[Any]] | Mapping[str, Any]) -> Caught:
    table = _table(model)
    _check_columns(table, columns)
    staged, _ = _as_staged(table, columns)
    with _cursor(session) as cursor:
        cursor.execute(sql.SQL("SELECT {} FROM {} WHERE false").format(staged, sql.Identifier(table.name)))
        types = [column.type_code for column in cursor.description or ()]
    held, count = io.BytesIO(), 0
    with _cursor(session) as cursor, psycopg.Copy(cursor, binary=True, writer=FileWriter(held)) as copy:
        copy.set_types(types)
        for row in _rows(table, columns, rows):
            copy.write_row(row)
            count += 1
    return Caught(table.name, tuple(columns), count, held.getvalue())


def copy_lines(
    session: TenantSession, model: type[TenantRow], columns: Sequence[str], portions: Iterable[bytes]
) -> int:
    """Schreibt viele Zeilen einer Klasse, die schon im Textformat von COPY stehen (UTF-8).

    Felder sind mit Tabulator getrennt, Zeilen mit Zeilenvorschub; Worte schreibt :func:`field_text`, was mehrere Werte
    hat (ARRAY) :func:`array_text` darin. Doppelt so schnell wie einzelne Zeilen, wo ein Feld sich oft wiederholt.
    """
    staging = Staging(session, model, columns, arrays_as_text=False)
    staging.add_lines(portions)
    return staging.finish()


class Staging:
    """Zwischentabelle einer Klasse, die in Portionen gefüllt und zuletzt in einem Zug übernommen wird.

    columns sind die der Portionen; finish ergänzt Spalten, die für alle Zeilen gleich sind und erst dann feststehen.
    Zwischen den Portionen darf die Sitzung anderes tun.
    """

    def __init__(self, session: TenantSession, model: type[TenantRow], columns: Sequence[str], *,
                 arrays_as_text: bool = True) -> None:
        self.session, self.columns = session, columns
        self.tenant = guard.tenant_of(session)
        self.table = _table(model)
        _check_columns(self.table, columns)
        self.names = sql.SQL(", ").join(map(sql.Identifier, columns))
        staged, self.taken = _as_staged(self.table, columns) if arrays_as_text else (self.names, self.names)
        self.target, self.staging = sql.Identifier(self.table.name), sql.Identifier(f"bulk_{next(_number)}")
        session.flush()
        with _cursor(session) as cursor:
            cursor.execute(
                sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                    self.staging, staged, self.target
                )
            )
            cursor.execute(sql.SQL("SELECT * FROM {}").format(self.staging))
            self.types = [column.type_code for column in cursor.description or ()]

    def add(self, rows: Iterable[Sequence[Any]] | Mapping[str, Any]) -> None:
        """Eine Portion: Tupel oder je Spalte eine Liste (auch NumPy)."""
        with (
            _cursor(self.session) as cursor,
            cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(self.staging)) as copy,
        ):
            copy.set_types(self.types)
            for row in _rows(self.table, self.columns, rows):
                copy.write_row(row)

    def add_caught(self, content: bytes) -> None:
        """Eine Portion, die schon zum Schreiben fertig ist."""
        with (
            _cursor(self.session) as cursor,
            cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(self.staging)) as copy,
        ):
            copy.write(content)

    def add_lines(self, portions: Iterable[bytes]) -> None:
        """Ganze Zeilen im Textformat von COPY."""
        with (
            _cursor(self.session) as cursor,
            cursor.copy(sql.SQL("COPY {} FROM STDIN").format(self.staging)) as copy,
        ):
            for portion in portions:
                copy.write(portion)

    def finish(self, **alike: Any) -> int:
        """Übernimmt alles und gibt die Zahl der Zeilen an; alike: Spalten mit demselben Wert in jeder Zeile."""
        if alike:
            _check_columns(self.table, list(alike))
        self.session.flush()
        more = [sql.Identifier("tenant_id"), *map(sql.Identifier, alike)]
        values = [sql.Literal(self.tenant), *map(sql.Literal, alike.values())]
        with _cursor(self.session) as cursor:
            cursor.execute(
                sql.SQL("INSERT INTO {} ({}, {}) SELECT {}, {} FROM {}").format(
                    self.target, sql.SQL(", ").join(more), self.names, sql.SQL(", ").join(values), self.taken,
                    self.staging
                )
            )
            count = cursor.rowcount
            cursor.execute(sql.SQL("DROP TABLE {}").format(self.staging))
        return count


def array_text(values: Iterable[str]) -> str:
    """Mehrere Worte in der Schreibweise der Datenbank, für eine Spalte mit mehreren Werten."""
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in escaped) + "}"


def field_text(value: str) -> str:
    """Ein Wort als Feld im Textformat von COPY."""
    return value.translate(ESCAPED) if ESCAPED.keys() & set(map(ord, value)) else value


ESCAPED = {ord("\\"): "\\\\", ord("\t"): "\\t", ord("\n"): "\\n", ord("\r"): "\\r"}


def reserve_ids(session: TenantSession, model: type[TenantRow], count: int) -> list[int]:
    """Vergibt Nummern im Voraus, damit abhängige Zeilen in einem Zug geschrieben werden können."""
    with _cursor(session) as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            (_table(model).name, count),
        )
        return [number for (number,) in cursor.fetchall()]


@contextmanager
def whole_tables(session: TenantSession) -> Iterator[None]:
    """Verbindet beim Lesen Tabellen als Ganzes statt Zeile um Zeile; für das, was alle Menschen liest.

    Die Statistik der Datenbank kommt Minuten nach dem Schreiben; bis dahin hält sie einen neuen Arbeitgeber für leer,
    und Zeile um Zeile wären 50.000 Menschen Stunden statt einer halben Sekunde. Wer wenige sucht, läse so die ganze
    Tabelle; in einer beschränkten Sitzung bleibt es deshalb, wie es ist. Eine Anweisung davor, eine danach,
    geschachtelt keine; nach einem Fehler gilt es bis zum Zurückrollen.
    """
    if session.info.get(WHOLE) or session.info.get(LIMITED):
        yield
        return
    session.info[WHOLE] = True
    try:
        _set(session, "off")
        yield
        _set(session, "DEFAULT")
    finally:
        del session.info[WHOLE]


def _set(session: TenantSession, value: str) -> None:
    with _cursor(session) as cursor:
        cursor.execute(sql.SQL("; ").join(sql.SQL("SET LOCAL {} TO {}").format(sql.Identifier(name), sql.SQL(value))
                                          for name in WHOLE_SETTINGS))


def gathered(name: str, column: ColumnElement[Any], order: ColumnElement[Any]) -> Label[Any]:
    """Eine Spalte, die die Datenbank zu einer Liste zusammenfasst: eine Zeile statt vieler, für Zahlen und Worte.

    Alle Listen einer Anweisung haben dieselbe Reihenfolge, wenn sie dieselbe `order` nennen; ohne Zeilen sind sie None.
    """
    return func.array_agg(aggregate_order_by(column, order)).label(name)


def read_columns(session: TenantSession, statement: Select[Any]) -> dict[str, list[Any]]:
    """Liest eine Auswahl über abgebildete Klassen spaltenweise; die Mandantenbedingung gilt."""
    named = [str(name) for name in (getattr(c, "name", None) for c in statement.selected_columns) if name]
    if len(set(named)) != len(named):
        raise ValueError(f"Spalten doppelt benannt: {', '.join(named)}. Mit .label() eindeutig benennen.")
    result = session.execute(statement)
    names = list(result.keys())
    data = list(zip(*result.all(), strict=True))
    return {name: list(data[i]) if data else [] for i, name in enumerate(names)}


def _as_staged(table: Table, columns: Sequence[str]) -> tuple[sql.Composed, sql.Composed]:
    """Spalten, wie sie in der Zwischentabelle stehen, und wie sie daraus genommen werden: ARRAY steht dort als Text."""
    kinds = {name: table.columns[name].type for name in columns}
    staged = [sql.SQL("{0}::text AS {0}" if isinstance(kind, ARRAY) else "{0}").format(sql.Identifier(name))
              for name, kind in kinds.items()]
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # not annotated there
    taken = [sql.SQL("{}::{}").format(sql.Identifier(name), sql.SQL(kind.compile(dialect)))
             if isinstance(kind, ARRAY) else sql.Identifier(name) for name, kind in kinds.items()]
    return sql.SQL(", ").join(staged), sql.SQL(", ").join(taken)


def _table(model: type[TenantRow]) -> Table:
    mapper: Mapper[TenantRow] = inspect(model)
    table = mapper.local_table
    if not isinstance(table, Table) or not issubclass(model, TenantRow):
        raise TypeError(f"{model!r} ist keine Klasse mit Mandantenzeilen.")
    return table


def _check_columns(table: Table, columns: Sequence[str]) -> None:
    if "tenant_id" in columns:
        raise TenantMismatch("Den Mandanten setzt die Tür selbst; tenant_id nicht angeben.")
    unknown = [name for name in columns if name not in table.columns]
    if unknown or not columns:
        raise ValueError(f"Tabelle „{table.name}“ hat keine Spalte {', '.join(unknown) or '(keine angegeben)'}.")


def _rows(
    table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]] | Mapping[str, Any]
) -> Iterable[Sequence[Any]]:
    if isinstance(rows, Mapping):
        lists = [_plain(rows[name]) for name in columns]
        rows = zip(*lists, strict=True)
    json_at = [i for i, name in enumerate(columns) if isinstance(table.columns[name].type, JSON)]
    return (_wrapped(row, json_at) for row in rows) if json_at else rows


def _plain(values: Any) -> Sequence[Any]:
    return values.tolist() if hasattr(values, "tolist") else values  # type: ignore[no-any-return]  # NumPy column


def _wrapped(row: Sequence[Any], json_at: Sequence[int]) -> list[Any]:
    out = list(row)
    for i in json_at:
        out[i] = None if out[i] is None else Jsonb(out[i])
    return out


def _cursor(session: TenantSession) -> psycopg.Cursor[Any]:
    driver = session.bulk_connection().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("Die Tür für Massendaten braucht psycopg 3.")
    return driver.cursor()
