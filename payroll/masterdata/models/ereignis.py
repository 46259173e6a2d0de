"""Ereignisse im Arbeitsleben und was danach noch zu tun ist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import belongs_to
from tenants.db.base import Base, PublicId, TenantRow


class Ereignis(TenantRow, PublicId, Base):
    """Ein erfasstes Ereignis: welche Tatsachen es schrieb und welche Wirkung vor dem Speichern gezeigt war.

    `tatsachen`: Tabelle und öffentliche Kennung, keine Inhalte; `gezeigt`: Kennzeichen der gezeigten Wirkung.
    """

    __tablename__ = "ereignis"
    __table_args__ = (
        *belongs_to("person"),
        *belongs_to("beschaeftigung"),
        CheckConstraint("art <> '' AND grund <> ''", name="grund"),
        CheckConstraint("octet_length(gezeigt) = 32", name="gezeigt"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    beschaeftigung_id: Mapped[int | None] = mapped_column(BigInteger)
    art: Mapped[str]
    wirksam_ab: Mapped[date]
    wirksam_bis: Mapped[date | None]
    tatsachen: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    gezeigt: Mapped[bytes] = mapped_column(LargeBinary)
    grund: Mapped[str]
    erfasst_von: Mapped[str]
    erfasst_am: Mapped[datetime] = mapped_column(server_default=func.now())


class Wiedervorlage(TenantRow, PublicId, Base):
    """Etwas, das an einem Tag zu tun ist, bis jemand es erledigt.

    `herkunft` gibt es je Mandant einmal: so entsteht dasselbe nie doppelt. `thema` ordnet ein (ereignis, stufe,
    ueberzahlung, portal, akte, hand). Erledigt heißt: von wem, wann, mit welchem Vermerk.
    """

    __tablename__ = "wiedervorlage"
    __table_args__ = (
        *belongs_to("person"),
        *belongs_to("beschaeftigung"),
        ForeignKeyConstraint(["tenant_id", "ereignis_id"], ["ereignis.tenant_id", "ereignis.id"]),
        UniqueConstraint("tenant_id", "herkunft"),
        Index("ix_wiedervorlage_offen", "tenant_id", "faellig"),
        CheckConstraint("text <> '' AND thema <> '' AND herkunft <> ''", name="text"),
        CheckConstraint("(erledigt_von IS NULL) = (erledigt_am IS NULL)", name="erledigt"),
        CheckConstraint("erledigt_von IS NULL OR vermerk <> ''", name="vermerk"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    beschaeftigung_id: Mapped[int | None] = mapped_column(BigInteger)
    ereignis_id: Mapped[int | None] = mapped_column(BigInteger)
    thema: Mapped[str]
    herkunft: Mapped[str]
    faellig: Mapped[date]
    text: Mapped[str]
    gesetz: Mapped[str] = mapped_column(default="", server_default="")
    erstellt_von: Mapped[str]
    erstellt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    erledigt_von: Mapped[str | None]
    erledigt_am: Mapped[datetime | None]
    vermerk: Mapped[str] = mapped_column(default="", server_default="")
