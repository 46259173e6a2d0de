"""Grundlage aller Tabellen: Namensregeln und die Bausteine Mandantenzeile, öffentliche Kennung, zwei Uhren."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Gemeinsame Basis aller abgebildeten Klassen aller Räume."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: DateTime(timezone=True)}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            _complete(cls, table)


class TenantRow:
    """Zeile eines Mandanten: der Mandant steht vorn in jedem Schlüssel."""

    tenant_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("tenant.id"), primary_key=True, autoincrement=False, sort_order=-20
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-19)


class PartRow(TenantRow):
    """Teil einer anderen Zeile desselben Mandanten, in großer Zahl geschrieben.

    Dass es den Mandanten gibt, hält der Schlüssel dieser anderen Zeile fest; es für jeden Teil noch einmal zu prüfen,
    kostete ein Drittel des Schreibens.
    """

    tenant_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, sort_order=-20)


class OwnTenant:
    """Die Zeile ist der Mandant selbst: seine Sitzung sieht nur sie."""

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True, sort_order=-20)


class PublicId:
    """Zufällige Kennung, die in Adressen stehen darf."""

    public_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, server_default=func.gen_random_uuid(), default=uuid.uuid4, sort_order=-18
    )


class Recorded:
    """Tatsache mit zwei Uhren: gültig von bis (einschließlich), bekannt seit, abgelöst am."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    superseded_at: Mapped[datetime | None]
    recorded_by: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default=text("''"), default="")


def _complete(cls: type[Base], table: Table) -> None:
    """Ergänzt, was die Bausteine an Schlüsseln und Prüfungen mitbringen."""
    if issubclass(cls, PublicId):
        leading = ("tenant_id",) if issubclass(cls, TenantRow) else ()
        table.append_constraint(UniqueConstraint(*leading, "public_id"))
    if issubclass(cls, Recorded):
        table.append_constraint(CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="zeitraum"))
        table.append_constraint(
            CheckConstraint("superseded_at IS NULL OR superseded_at >= recorded_at", name="kenntnis")
        )


def tenant_classes() -> list[type[TenantRow]]:
    """Alle abgebildeten Klassen, deren Zeilen einem Mandanten gehören."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted((c for c in mapped if issubclass(c, TenantRow)), key=lambda c: c.__name__)
