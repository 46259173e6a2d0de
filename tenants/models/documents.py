"""Schlüssel für Dokumente, die nach der Freigabe versiegelt werden: der Menschen und des Archivs eines Mandanten."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.models.tenant import one_of


class DocumentKey(PublicId, Base):
    """Schlüsselpaar eines Menschen; hier steht nur der öffentliche Teil. Höchstens eines gilt."""

    __tablename__ = "document_key"
    __table_args__ = (
        Index("uq_document_key_user_id", "user_id", unique=True, postgresql_where=text("retired_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-20)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    algorithm: Mapped[int] = mapped_column(SmallInteger)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]


class DocumentKeyWrap(Base):
    """Privater Schlüssel, verschlossen unter Kennwort (password), Briefcode (letter) oder – nur in der Vorführung, das
    erzwingt die Datenbank – unter einem Schlüssel des Servers (demo)."""

    __tablename__ = "document_key_wrap"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("password", "letter", "demo")), name="kind"),
        CheckConstraint("kind <> 'demo' OR demo", name="vorfuehrung"),
        ForeignKeyConstraint(["user_id", "demo"], ["user_account.id", "user_account.demo"]),
        UniqueConstraint("key_id", "kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("document_key.id"))
    user_id: Mapped[int] = mapped_column(BigInteger)
    demo: Mapped[bool]
    kind: Mapped[str]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DocumentUnlock(Base):
    """Für eine Sitzung geöffneter privater Schlüssel, verschlossen unter einem Geheimnis, das nur im Sitzungskeks
    steht. Zeile und Keks öffnen nur zusammen."""

    __tablename__ = "document_unlock"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="hash"),
        Index("ix_document_unlock_user_id", "user_id"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]


class RecipientKey(TenantRow, Base):
    """Öffentlicher Schlüssel einer Person bei einem Mandanten; binding ist ein Prüfzeichen des Mandanten, damit niemand
    mit Zugriff allein auf die Datenbank einen eigenen Schlüssel unterschiebt."""

    __tablename__ = "recipient_key"
    __table_args__ = (
        UniqueConstraint("tenant_id", "person_public_id", "key_public_id"),
        Index(
            "uq_recipient_key_person",
            "tenant_id",
            "person_public_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("octet_length(binding) = 32", name="binding"),
    )

    person_public_id: Mapped[uuid.UUID]
    key_public_id: Mapped[uuid.UUID]
    algorithm: Mapped[int] = mapped_column(SmallInteger)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    binding: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class ArchiveKey(TenantRow, PublicId, Base):
    """Archivschlüssel eines Mandanten, öffentlicher Teil; der private steht nur verschlossen in archive_paper.

    demo_wrapped gibt es nur bei Mandanten der Vorführung (die Datenbank erzwingt es).
    """

    __tablename__ = "archive_key"
    __table_args__ = (
        Index("uq_archive_key_current", "tenant_id", unique=True, postgresql_where=text("retired_at IS NULL")),
        CheckConstraint("octet_length(binding) = 32", name="binding"),
        CheckConstraint("demo_wrapped IS NULL OR demo", name="vorfuehrung"),
        ForeignKeyConstraint(["tenant_id", "demo"], ["tenant.id", "tenant.demo"]),
    )

    algorithm: Mapped[int] = mapped_column(SmallInteger)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    binding: Mapped[bytes] = mapped_column(LargeBinary)
    demo: Mapped[bool]
    demo_wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str]
    retired_at: Mapped[datetime | None]


class ArchivePaper(TenantRow, Base):
    """Privater Archivschlüssel, verschlossen unter den Codes zweier Menschen zusammen."""

    __tablename__ = "archive_paper"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "archive_key_id"], ["archive_key.tenant_id", "archive_key.id"]),
        UniqueConstraint("tenant_id", "archive_key_id", "first_holder", "second_holder"),
        CheckConstraint("first_holder < second_holder", name="zwei_menschen"),
    )

    archive_key_id: Mapped[int] = mapped_column(BigInteger)
    first_holder: Mapped[str]
    second_holder: Mapped[str]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ArchiveDraft(TenantRow, PublicId, Base):
    """Gezogenes Papier, bis die zweite Person ihre zieht: von seinem Code bleibt nur ein öffentlicher Schlüssel.

    shown_to ist der Zugang, dem der Code gezeigt wurde; binding wie bei ArchiveKey. new_key: für einen neuen
    Archivschlüssel, auch wenn es schon einen gibt.
    """

    __tablename__ = "archive_draft"
    __table_args__ = (
        UniqueConstraint("tenant_id", "holder"),
        CheckConstraint("octet_length(binding) = 32", name="binding"),
        CheckConstraint("octet_length(salt) = 32", name="salt"),
        CheckConstraint("holder <> '' AND shown_to <> ''", name="namen"),
    )

    holder: Mapped[str]
    algorithm: Mapped[int] = mapped_column(SmallInteger)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    binding: Mapped[bytes] = mapped_column(LargeBinary)
    shown_to: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    new_key: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class ArchiveOpening(TenantRow, PublicId, Base):
    """Erstes Papier, das auf das zweite wartet: sein Code versiegelt, gebunden an Zweck, Namen und Zugang.

    purpose ist „papiere“ (neue Papiere) oder „person:KENNUNG“ (Neuausgabe an eine Person); given_by der Zugang, der es
    eingab: die zweite Person ist eine andere.
    """

    __tablename__ = "archive_opening"
    __table_args__ = (
        UniqueConstraint("tenant_id", "purpose"),
        CheckConstraint("purpose <> '' AND holder <> '' AND given_by <> ''", name="namen"),
    )

    purpose: Mapped[str]
    holder: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    given_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
