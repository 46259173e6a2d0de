"""Was zum Zugang gehört: Vertretung, Sitzungen, Passkeys, Verzeichnisdienste und ihre Verknüpfungen, Postausgang."""

from __future__ import annotations

from datetime import date, datetime
from ipaddress import IPv4Address, IPv6Address

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.platform_text import PlatformText
from tenants.models.tenant import one_of

METHODS = ("password", "passkey", "link", "letter", "sso")
FACTOR_RULES = ("immer", "amr", "anbieter")


class Deputy(TenantRow, PublicId, Base):
    """Vertretung: deputy_user hat von Tag bis Tag (einschließlich) dazu die Rollen von user_id bei diesem Mandanten.

    Sie endet immer von selbst (höchstens ein Jahr); weitergegeben werden nur eigene Mandate, nie eine Vertretung.
    """

    __tablename__ = "deputy"
    __table_args__ = (
        CheckConstraint("deputy_user <> user_id", name="nicht_selbst"),
        CheckConstraint("valid_to >= valid_from - 1 AND valid_to - valid_from <= 366", name="zeitraum"),
        Index("ix_deputy_deputy_user", "deputy_user"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    deputy_user: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str]


class UserSession(PublicId, Base):
    """Laufende oder beendete Sitzung; gespeichert ist nur der Hash ihres Zeichens und des Zeichens des Geräts."""

    __tablename__ = "user_session"
    __table_args__ = (
        CheckConstraint(one_of("method", METHODS), name="method"),
        CheckConstraint("octet_length(token_hash) = 32", name="hash"),
        CheckConstraint("(method = 'sso') = (provider_id IS NOT NULL)", name="anbieter"),
        Index("ix_user_session_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-20)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    epoch: Mapped[int]
    method: Mapped[str]
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("sso_provider.id"))
    device_hash: Mapped[bytes] = mapped_column(LargeBinary)
    device: Mapped[str]
    remote: Mapped[IPv4Address | IPv6Address | None] = mapped_column(INET)
    new_device: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Passkey(PublicId, Base):
    """Passkey (WebAuthn): öffentlicher Schlüssel und Zähler; der geheime Teil verlässt das Gerät nie."""

    __tablename__ = "passkey"
    __table_args__ = (
        CheckConstraint("sign_count >= 0", name="zaehler"),
        Index("ix_passkey_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-20)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    credential: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str]
    backed_up: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SsoProvider(PublicId, Base):
    """Verzeichnisdienst (OpenID Connect), für alle oder nur für die Mandate eines Arbeitgebers (employer)."""

    __tablename__ = "sso_provider"
    __table_args__ = (CheckConstraint(one_of("factor_rule", FACTOR_RULES), name="factor_rule"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-20)
    employer: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[str] = mapped_column(unique=True)
    issuer: Mapped[str]
    client: Mapped[str]
    client_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    factor_rule: Mapped[str] = mapped_column(default="immer", server_default=text("'immer'"))
    accepted_amr: Mapped[str] = mapped_column(default="", server_default=text("''"))
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SsoIdentity(Base):
    """Verknüpfung: diese Kennung (subject) beim Verzeichnisdienst ist dieser Zugang; nie über eine Mailadresse."""

    __tablename__ = "sso_identity"
    __table_args__ = (
        Index(
            "uq_sso_identity_provider_id_subject",
            "provider_id",
            "subject",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_sso_identity_provider_id_user_id",
            "provider_id",
            "user_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("sso_provider.id"))
    subject: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    linked_by: Mapped[str]
    linked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class OutboxMessage(PublicId, Base):
    """Nachricht im Postausgang: entsteht in der Transaktion ihres Anlasses, ohne Bezügedaten; versandt wird später."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name="ende"),
        Index("ix_outbox_message_next_attempt_at", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-20)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    occasion: Mapped[str]
    recipient: Mapped[str] = mapped_column("recipient_siegel", PlatformText("outbox_message", "recipient"))
    subject: Mapped[str] = mapped_column("subject_siegel", PlatformText("outbox_message", "subject"))
    body: Mapped[str] = mapped_column("body_siegel", PlatformText("outbox_message", "body"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
