"""Aufträge zum Löschen am Ende der Aufbewahrung, ihre Posten und die Sperren dagegen."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, Recorded, TenantRow
from tenants.models.tenant import one_of

ORDER_STATES = ("ordered", "approved", "done", "withdrawn")
ITEM_STATES = ("due", "deleted", "held")


class RetentionHold(TenantRow, PublicId, Recorded, Base):
    """Sperre: solange sie gilt, wird nichts gelöscht, was sie nennt. Ohne Person gilt sie für alle, ohne Datenart für
    jede. Sie endet mit einer neuen Fassung, die einen letzten Tag nennt."""

    __tablename__ = "retention_hold"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="grund"),
        Index(None, "tenant_id", "person_public_id"),
    )

    person_public_id: Mapped[uuid.UUID | None]
    record_class: Mapped[str | None]


class DeletionOrder(TenantRow, PublicId, Base):
    """Auftrag: was am Stichtag (due_day) fällig war, von einer Person angeordnet, von einer zweiten genehmigt.

    plan nennt Zahlen je Datenart, digest ist die Prüfsumme über alle Posten; kept_from der erste Monat, dessen
    Lohnkonto bleibt; certificate die unterschriebene Urkunde.
    """

    __tablename__ = "deletion_order"
    __table_args__ = (
        CheckConstraint(one_of("state", ORDER_STATES), name="state"),
        CheckConstraint("reason <> ''", name="grund"),
        CheckConstraint("approved_by <> ordered_by", name="zweite_person"),
        CheckConstraint(
            "state NOT IN ('approved', 'done') OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
            name="genehmigt",
        ),
        CheckConstraint("state <> 'done' OR (finished_at IS NOT NULL AND certificate IS NOT NULL)", name="urkunde"),
        CheckConstraint("octet_length(digest) = 32", name="digest"),
        Index(
            "uq_deletion_order_offen",
            "tenant_id",
            unique=True,
            postgresql_where=text("state IN ('ordered', 'approved')"),
        ),
    )

    due_day: Mapped[date]
    state: Mapped[str] = mapped_column(default="ordered", server_default=text("'ordered'"))
    reason: Mapped[str]
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    kept_from: Mapped[date | None]
    ordered_by: Mapped[str]
    ordered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class DeletionItem(TenantRow, Base):
    """Eine Zeile, die der Auftrag löscht: nur Tabelle und Nummer, kein Inhalt. held: sie blieb wegen einer Sperre."""

    __tablename__ = "deletion_item"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "order_id"], ["deletion_order.tenant_id", "deletion_order.id"]),
        UniqueConstraint("tenant_id", "order_id", "table_name", "row_id"),
        Index(None, "tenant_id", "table_name", "row_id"),
        CheckConstraint(one_of("state", ITEM_STATES), name="state"),
    )

    order_id: Mapped[int] = mapped_column(BigInteger)
    record_class: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[int] = mapped_column(BigInteger)
    person_public_id: Mapped[uuid.UUID | None]
    state: Mapped[str] = mapped_column(default="due", server_default=text("'due'"))


class AccountDeletion(Base):
    """Anordnung, einen Zugang zu löschen, durch zwei Menschen; sie bleibt als Nachweis, ohne Namen des Gelöschten."""

    __tablename__ = "account_deletion"
    __table_args__ = (
        CheckConstraint("approved_by <> ordered_by", name="zweite_person"),
        CheckConstraint("reason <> ''", name="grund"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    account_public_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    due_day: Mapped[date]
    ordered_by: Mapped[str]
    approved_by: Mapped[str]
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
