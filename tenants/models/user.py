"""Menschen mit Zugang, ihre Mandate und ihre Verbindung zu den eigenen Abrechnungen."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from ipaddress import IPv4Address, IPv6Address

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.platform_text import PlatformText
from tenants.models.tenant import one_of
from tenants.permissions import MANDATE_ROLES

ACCOUNT_KINDS = ("staff", "employee", "applicant")


class User(PublicId, Base):
    """Ein Zugang: Personal (staff), Beschäftigte im Portal (employee) oder Bewerbung (applicant).

    first_day und last_day begrenzen den Zugang auf den Tag (einschließlich); external_id ist die Kennung des Menschen
    in der Personalliste, an der ihn die nächste Lieferung wiedererkennt.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint(one_of("kind", ACCOUNT_KINDS), name="kind"),
        CheckConstraint("login = lower(login)", name="login_klein"),
        CheckConstraint("NOT platform_admin OR kind = 'staff'", name="verwaltung"),
        CheckConstraint("last_day IS NULL OR first_day IS NULL OR last_day >= first_day", name="zeitraum"),
        UniqueConstraint("id", "demo"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-20)
    login: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str] = mapped_column("display_name_siegel", PlatformText("user_account", "display_name"))
    kind: Mapped[str] = mapped_column(default="staff", server_default=text("'staff'"))
    platform_admin: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    language: Mapped[str] = mapped_column(default="de", server_default=text("'de'"))
    password_hash: Mapped[str | None]
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    session_epoch: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    last_signin_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    email: Mapped[str | None] = mapped_column("email_siegel", PlatformText("user_account", "email"))
    phone: Mapped[str | None] = mapped_column("phone_siegel", PlatformText("user_account", "phone"))
    room: Mapped[str | None]
    unit: Mapped[str | None]
    position: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SigninToken(Base):
    """Einmaliger Anmeldelink, nur für Zugänge der Demonstration; gespeichert ist nur sein Fingerabdruck.

    Die Datenbank erzwingt: der Zugang gehört zur Demonstration, eingelöst wird nur von derselben Maschine.
    """

    __tablename__ = "signin_token"
    __table_args__ = (
        CheckConstraint("demo", name="demonstration"),
        CheckConstraint(
            "redeemed_from IS NULL OR redeemed_from <<= inet '127.0.0.0/8' OR redeemed_from = inet '::1'",
            name="nur_loopback",
        ),
        CheckConstraint("(used_at IS NULL) = (redeemed_from IS NULL)", name="eingeloest"),
        ForeignKeyConstraint(["user_id", "demo"], ["user_account.id", "user_account.demo"]),
        Index("ix_signin_token_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger)
    demo: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    issued_by: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    redeemed_from: Mapped[IPv4Address | IPv6Address | None] = mapped_column(INET)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class UserCode(Base):
    """Code auf Papier: zur Wiederherstellung (recovery) oder im Brief (letter); gespeichert ist nur sein Hash."""

    __tablename__ = "user_code"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("recovery", "letter")), name="kind"),
        CheckConstraint("octet_length(salt) = 32 AND octet_length(code_hash) = 32", name="hash"),
        CheckConstraint("kind <> 'letter' OR expires_at IS NOT NULL", name="frist"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="ende"),
        Index("ix_user_code_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    issued_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SigninAttempt(Base):
    """Versuch einer Anmeldung; gezählt wird je Adresse, der Name steht nur als Hash mit Schlüssel da."""

    __tablename__ = "signin_attempt"
    __table_args__ = (Index("ix_signin_attempt_remote_at", "remote", "at"), Index("ix_signin_attempt_at", "at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    remote: Mapped[IPv4Address | IPv6Address | None] = mapped_column(INET)
    login_hash: Mapped[bytes] = mapped_column(LargeBinary)
    succeeded: Mapped[bool]


class Mandate(TenantRow, PublicId, Base):
    """Auftrag eines Menschen für einen Mandanten in einer Rolle, von Tag bis Tag (einschließlich).

    Endet er am Tag vor seinem Beginn, wurde er zurückgezogen und zählt an keinem Tag. unit_public_id: die
    Organisationseinheit, auf die eine Leitung beschränkt ist.
    """

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint(one_of("role", MANDATE_ROLES), name="role"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name="zeitraum"),
        CheckConstraint("unit_public_id IS NULL OR role = 'department_head'", name="einheit"),
        Index(
            "uq_mandate_tenant_id_user_id_role_valid_from",
            "tenant_id",
            "user_id",
            "role",
            "valid_from",
            unique=True,
            postgresql_where=text("valid_to IS NULL OR valid_to >= valid_from"),
        ),
        Index("ix_mandate_user_id", "user_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str]
    unit_public_id: Mapped[uuid.UUID | None]
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
