"""Gemeinsames der Tatsachen: wem sie gehören, woran sie sich unterscheiden, was verschlüsselt ist."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKeyConstraint, FromClause, Index, Table, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import PublicId, Recorded, TenantRow


class Anchor(TenantRow, PublicId):
    """Unveränderliche Kennung, auf die Tatsachen verweisen."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str]


class Fact(TenantRow, PublicId, Recorded):
    """Tatsache mit zwei Uhren. `keys` nennt, worin sich gleichzeitig gültige Tatsachen unterscheiden müssen;
    `sealed` nennt die verschlüsselten Felder ohne Endung (Spalte `<feld>_siegel`), `hashed` die darunter suchbaren
    (Spalte `<feld>_hash`)."""

    keys: ClassVar[tuple[str, ...]] = ()
    sealed: ClassVar[tuple[str, ...]] = ()
    hashed: ClassVar[tuple[str, ...]] = ()

    if TYPE_CHECKING:  # given by the declarative base of each concrete class
        __tablename__: str
        __table__: ClassVar[FromClause]

        def __init__(self, **values: Any) -> None: ...


def table_of(model: type[Fact]) -> Table:
    """Die Tabelle einer Tatsache."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def belongs_to(table: str, column: str | None = None, *, index: bool = True) -> tuple[Any, ...]:
    """Zusammengesetzter Fremdschlüssel auf einen Anker desselben Mandanten, dazu der Index zum Finden."""
    name = column or f"{table}_id"
    key = ForeignKeyConstraint(["tenant_id", name], [f"{table}.tenant_id", f"{table}.id"])
    return (key, Index(None, "tenant_id", name)) if index else (key,)
