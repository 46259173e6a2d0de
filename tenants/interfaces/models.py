"""Tabelle der Zugänge für andere Programme."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow


class ApiAccess(TenantRow, PublicId, Base):
    """Zugang eines Programms: gespeichert ist nur der Hash des Zeichens (SHA-256 über 32 zufällige Bytes).

    scopes: Namen der Bereiche, mit Leerzeichen getrennt. window_start und window_count zählen die Aufrufe der laufenden
    Minute, über alle Server hinweg.
    """

    __tablename__ = "api_zugang"
    __table_args__ = (
        UniqueConstraint("tenant_id", "secret_hash"),
        CheckConstraint("octet_length(secret_hash) = 32", name="hash"),
        CheckConstraint("scopes <> ''", name="bereiche"),
        CheckConstraint("valid_to >= valid_from AND valid_to - valid_from <= 731", name="frist"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="widerruf"),
    )

    name: Mapped[str]
    scopes: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    last_used_at: Mapped[datetime | None]
    window_start: Mapped[datetime | None]
    window_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    @property
    def areas(self) -> list[str]:
        """Die Bereiche einzeln."""
        return self.scopes.split()
