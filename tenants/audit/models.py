"""Protokollzeile, ein Glied der Kette eines Mandanten, und die Schlüssel der Werte, die in ihr versiegelt stehen."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow


class AuditEntry(TenantRow, Base):
    """Ein Eintrag; id ist die lückenlose Nummer in der Kette des Mandanten (0 = Plattform)."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("id >= 1", name="nummer"),
        CheckConstraint("octet_length(prev_hash) = 32 AND octet_length(hash) = 32", name="hash"),
    )

    # No foreign key to the tenant: the record outlives it, and 0 is the platform's own chain.
    tenant_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, sort_order=-20)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-19)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str | None]
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditKey(TenantRow, PublicId, Base):
    """Schlüssel der Werte vor und nach einer Änderung: je Datenart und Gegenstand einer, eingewickelt.

    Er geht mit der Datenart (record_class) am Ende ihrer Aufbewahrung; die Einträge bleiben, ihr Inhalt ist dann
    unlesbar.
    """

    __tablename__ = "audit_key"
    __table_args__ = (
        UniqueConstraint("tenant_id", "record_class", "subject"),
        Index(None, "tenant_id", "person_public_id"),
        Index(None, "tenant_id", "subject"),
    )

    record_class: Mapped[str]
    subject: Mapped[str]
    person_public_id: Mapped[uuid.UUID | None]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AccountLogKey(Base):
    """Schlüssel dessen, was das Protokoll der Plattform über einen Zugang weiß; er geht mit dem Zugang."""

    __tablename__ = "account_log_key"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
