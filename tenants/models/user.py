"""Menschen mit Zugang, ihre Mandate und ihre Verbindung zu den eigenen Abrechnungen."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.models.tenant import one_of

ROLES = ("platform_admin", "clerk", "head", "municipality", "auditor", "employee")


class User(PublicId, Base):
    """Ein Zugang: Beschäftigte des Personaldienstes (staff) oder Beschäftigte im Portal (employee)."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("staff", "employee")), name="kind"),
        CheckConstraint("login = lower(login)", name="login_klein"),
        CheckConstraint("NOT platform_admin OR kind = 'staff'", name="verwaltung"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-20)
    login: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="staff", server_default=text("'staff'"))
    platform_admin: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    language: Mapped[str] = mapped_column(default="de", server_default=text("'de'"))
    password_hash: Mapped[str | None]
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    failed_attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    locked_until: Mapped[datetime | None]
    session_epoch: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    last_signin_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SigninToken(Base):
    """Einmaliger Anmeldelink; gespeichert ist nur sein Fingerabdruck."""

    __tablename__ = "signin_token"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Mandate(TenantRow, Base):
    """Auftrag eines Menschen für einen Mandanten in einer Rolle, von Tag bis Tag (einschließlich)."""

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES[1:5]), name="role"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="zeitraum"),
        UniqueConstraint("tenant_id", "user_id", "role", "valid_from"),
        Index("ix_mandate_user_id", "user_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str]


class EmployeeAccess(TenantRow, Base):
    """Verbindung eines Zugangs mit der eigenen Person bei einem Mandanten."""

    __tablename__ = "employee_access"
    __table_args__ = (
        UniqueConstraint("tenant_id", "user_id", "person_public_id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="zeitraum"),
        Index("ix_employee_access_user_id", "user_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    person_public_id: Mapped[uuid.UUID]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
