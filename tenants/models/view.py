"""Gespeicherte Ansichten von Listen: Suche, Filter und Reihenfolge unter einem eigenen Namen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.security.field import SealedField


class SavedView(TenantRow, PublicId, Base):
    """Eine Ansicht eines Menschen bei einem Mandanten; seite ist der Name der Liste. Name und Suche sind versiegelt,
    denn in ihnen stehen Namen. Sie geht mit dem Zugang."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("ix_saved_view_user_id", "tenant_id", "user_id", "seite"),
        CheckConstraint("seite <> ''", name="seite"),
    )

    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("user_account.id", ondelete="CASCADE"))
    seite: Mapped[str]
    name = SealedField[str]()
    adresse = SealedField[str]()
    name_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    adresse_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
