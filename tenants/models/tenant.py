"""Mandant: Arbeitgeber mit eigenem Finanzamt, eigener Betriebsnummer und eigenem Schlüssel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, OwnTenant, PublicId, Recorded, TenantRow

KINDS = ("kreis", "stadt", "gemeinde", "zweckverband")
LEFT = "ausgeschieden"
STATES = ("einrichtung", "aktiv", LEFT)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Bedingung, dass eine Spalte nur bekannte Werte trägt."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Tenant(OwnTenant, PublicId, Base):
    """Ein Arbeitgeber, für den der Kreis rechnet (oder der Kreis selbst)."""

    __tablename__ = "tenant"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("id > 0", name="positiv"),
        UniqueConstraint("id", "demo"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="aktiv", server_default=text("'aktiv'"))
    demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    bundesland: Mapped[str] = mapped_column(default="NW", server_default=text("'NW'"))
    betriebsnummer: Mapped[str | None]
    finanzamt: Mapped[str | None]
    steuernummer: Mapped[str | None]
    strasse: Mapped[str | None]
    plz: Mapped[str | None]
    ort: Mapped[str | None]
    telefon: Mapped[str | None]
    email: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TenantSetting(TenantRow, PublicId, Recorded, Base):
    """Datierte Angaben des Mandanten je Gebiet, zum Beispiel Zusatzversorgung oder Umlagen."""

    __tablename__ = "tenant_setting"

    area: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)


class TenantKey(TenantRow, Base):
    """Mandantenschlüssel, eingewickelt mit dem Hauptschlüssel; ohne diesen ist er wertlos."""

    __tablename__ = "tenant_key"
    __table_args__ = (
        UniqueConstraint("tenant_id", "purpose", "version"),
        CheckConstraint(one_of("purpose", ("data", "lookup")), name="purpose"),
    )

    purpose: Mapped[str]
    version: Mapped[int]
    master_id: Mapped[str]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]
