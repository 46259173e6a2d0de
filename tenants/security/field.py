"""Versiegelte Spalten, die sich lesen lassen wie offene: am Objekt und in Abfragen mit vielen Zeilen.

`nachname = SealedField("")` neben der Spalte `nachname_siegel`: `zeile.nachname` öffnet den Wert, und
`select(PersonAngaben.nachname)` liefert ihn je Zeile geöffnet. Vergleichen, ordnen und verketten kann die Datenbank ihn
nicht. In die Datenbank geht nur das Siegel.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Generic, TypeVar, overload

from sqlalchemy import event
from sqlalchemy.orm import Bundle, Session, object_session

from tenants.db.guard import SESSION
from tenants.db.session import TenantSession
from tenants.security.envelope import open_sealed, seal_cell
from tenants.security.keys import TenantKeys, keys_of

T = TypeVar("T")
KEYS, PENDING = "_schluessel_der_sitzung", "_noch_nicht_versiegelt"


class SealedField(Generic[T]):
    """Der offene Wert einer Spalte `<name>_siegel`; kind ist sein Typ: str oder date."""

    def __init__(self, kind: type[str] | type[date] = str, *, place: tuple[str, ...] = ("public_id",)) -> None:
        self.kind, self.place = kind, place

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.column = name, f"{name}_siegel"
        if name == next(iter(sealed_fields(owner))):  # once per class
            event.listen(owner, "load", _keep_keys, propagate=True)

    @overload
    def __get__(self, row: None, owner: type) -> Any: ...

    @overload
    def __get__(self, row: object, owner: type) -> T: ...

    def __get__(self, row: Any, owner: Any) -> Any:
        if row is None:
            return SealedColumn(self, owner)
        if self.name in (waiting := vars(row).get(PENDING, {})):
            return waiting[self.name]
        sealed = getattr(row, self.column)
        if sealed is None:
            return None
        source = object_session(row) or vars(row).get(KEYS)
        if source is None:
            raise RuntimeError(f"{owner.__tablename__}.{self.name}: die Zeile gehört zu keiner Sitzung mehr.")
        return opened(source, sealed, owner.__tablename__, row_name(row, self.place), self.column, self.kind)

    def __set__(self, row: object, value: Any) -> None:
        session = object_session(row)
        if session is None or row in session.new:
            vars(row).setdefault(PENDING, {})[self.name] = value
        else:
            setattr(row, self.column, seal_field(keys_of(session), type(row), row_name(row, self.place), self.name,
                                                 value))


class SealedColumn(Bundle[Any]):
    """Öffnet eine versiegelte Spalte Zeile für Zeile, während die Abfrage gelesen wird."""

    single_entity = True

    def __init__(self, field: SealedField[Any], owner: Any) -> None:
        super().__init__(field.name, getattr(owner, field.column), *(getattr(owner, name) for name in field.place))
        self.kind, self.table, self.column = field.kind, owner.__tablename__, field.column

    def __eq__(self, other: object) -> bool:
        # Without this a comparison would be Python's own, always false, and the query would find nothing.
        if isinstance(other, SealedColumn):
            return self is other
        raise TypeError(f"{self.table}.{self.column} ist versiegelt: lesen und im Speicher vergleichen, nicht in SQL.")

    def __hash__(self) -> int:
        return id(self)

    def create_row_processor(self, query: Any, procs: Sequence[Callable[[Any], Any]],
                             labels: Sequence[str]) -> Callable[[Any], Any]:
        """Öffnet mit den Schlüsseln der Sitzung, die liest."""
        session = query.get_execution_options()[SESSION]()
        sealed_of, *place = procs
        table, column, kind = self.table, self.column, self.kind

        def proc(row: Any) -> Any:
            sealed = sealed_of(row)
            if sealed is None:
                return None
            return opened(session, sealed, table, ":".join(str(one(row)) for one in place), column, kind)

        return proc


def row_name(row: Any, place: Sequence[str]) -> str:
    """Wie eine Zeile im Siegel heißt: ihre öffentliche Kennung oder, wo es keine gibt, ihr eindeutiger Schlüssel."""
    return ":".join(str(getattr(row, name)) for name in place)


def opened(source: Session | TenantKeys, sealed: bytes, table: str, row: str, column: str, kind: type = str) -> Any:
    """Der Wert eines Siegels in seinem Typ."""
    text = open_sealed(source, sealed, table=table, row=row, column=column).decode()
    return date.fromisoformat(text) if kind is date else text


_fields: dict[type, dict[str, SealedField[Any]]] = {}  # asked for every value that is opened


def sealed_fields(model: type) -> dict[str, SealedField[Any]]:
    """Die Felder einer Klasse, die versiegelt sind und sich wie offene lesen lassen; je Klasse einmal gesucht."""
    if model not in _fields:
        _fields[model] = {name: one for name, one in vars(model).items() if isinstance(one, SealedField)}
    return _fields[model]


def _seal_waiting(session: Session, _context: object, _instances: object) -> None:
    """Was an neuen Zeilen offen gesetzt wurde, geht versiegelt in die Datenbank."""
    for row in session.new:
        waiting = vars(row).pop(PENDING, None) or {}
        for name, value in waiting.items():
            field = sealed_fields(type(row))[name]
            if field.place == ("public_id",) and row.public_id is None:
                row.public_id = uuid.uuid4()
            setattr(row, field.column, seal_field(keys_of(session), type(row), row_name(row, field.place), name, value))


def _keep_keys(row: Any, context: Any) -> None:
    """Eine gelesene Zeile lässt sich auch nach ihrer Sitzung noch zeigen."""
    vars(row)[KEYS] = keys_of(context.session)


def seal_field(keys: TenantKeys, model: Any, row: object, name: str, value: str | date | None) -> bytes | None:
    """Siegel eines Wertes für die Zeile mit dieser Kennung; leer bleibt leer."""
    if value is None or value == "":
        return None
    plain = value.isoformat() if isinstance(value, date) else value
    return seal_cell(keys, plain.encode(), table=model.__tablename__, row=str(row), column=f"{name}_siegel")


event.listen(TenantSession, "before_flush", _seal_waiting)
