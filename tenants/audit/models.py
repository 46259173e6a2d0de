"""Protokollzeile: ein Glied der Kette eines Mandanten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Integer, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, TenantRow


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
