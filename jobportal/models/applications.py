"""Bewerbungen, ihre Unterlagen und ihr Verlauf; alles Persönliche ist versiegelt."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.facts import belongs_to
from tenants.models.tenant import one_of

BEWERBUNG_ZUSTAENDE = (
    "entwurf", "eingegangen", "in_pruefung", "engere_wahl", "eingeladen", "zusage", "absage", "eingestellt",
)  # fmt: skip
PRUEFUNGEN = ("sauber", "wartet", "ohne")
LOESCHGRUENDE = ("frist", "zurueckgezogen", "entwurf_verfallen", "pool_abgelaufen")


class Bewerbung(TenantRow, PublicId, Base):
    """Eine Bewerbung; Entwürfe haben noch keinen Eingang. `geheim` ist die Prüfsumme des Zeichens im geheimen Link.

    `angaben_siegel`: versiegeltes JSON der Angaben; `schwerbehindert_siegel` gesondert, weil es nur die Vertretung und
    das Personalamt lesen; `loeschen_am` ist immer gesetzt; `intern`: über das Brett im Haus, vor dem öffentlichen Tag.
    """

    __tablename__ = "bewerbung"
    __table_args__ = (
        *belongs_to("ausschreibung"),
        UniqueConstraint("tenant_id", "geheim"),
        UniqueConstraint("tenant_id", "ausschreibung_id", "nummer"),
        Index(None, "tenant_id", "loeschen_am"),
        CheckConstraint(one_of("zustand", BEWERBUNG_ZUSTAENDE), name="zustand"),
        CheckConstraint("octet_length(geheim) = 32", name="geheim"),
        CheckConstraint("(zustand = 'entwurf') = (eingegangen_am IS NULL)", name="eingang"),
        CheckConstraint("zustand = 'entwurf' OR (zugesagt_bis IS NOT NULL AND nummer IS NOT NULL)", name="zusage"),
    )

    ausschreibung_id: Mapped[int] = mapped_column(BigInteger)
    nummer: Mapped[int | None]
    geheim: Mapped[bytes] = mapped_column(LargeBinary)
    zustand: Mapped[str] = mapped_column(default="entwurf", server_default=text("'entwurf'"))
    sprache: Mapped[str] = mapped_column(default="de", server_default=text("'de'"))
    intern: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    angaben_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    schwerbehindert_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    einwilligungen: Mapped[dict[str, Any]] = mapped_column(JSONB)
    angelegt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    eingegangen_am: Mapped[datetime | None]
    zugesagt_bis: Mapped[date | None]
    formal: Mapped[str | None]
    absage_am: Mapped[datetime | None]
    loeschen_am: Mapped[date]
    pool_bis: Mapped[date | None]
    gehalten: Mapped[str | None]


class BewerbungUnterlage(TenantRow, PublicId, Base):
    """Eine Datei einer Bewerbung, versiegelt; `ansicht_siegel` ist die neu gezeichnete, ungefährliche Fassung."""

    __tablename__ = "bewerbung_unterlage"
    __table_args__ = (
        *belongs_to("bewerbung"),
        CheckConstraint(one_of("pruefung", PRUEFUNGEN), name="pruefung"),
        CheckConstraint("groesse > 0", name="groesse"),
    )

    bewerbung_id: Mapped[int] = mapped_column(BigInteger)
    name_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    inhalt_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    ansicht_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    art: Mapped[str]
    groesse: Mapped[int]
    pruefung: Mapped[str]
    hinweise: Mapped[list[Any]] = mapped_column(JSONB)
    am: Mapped[datetime] = mapped_column(server_default=func.now())


class BewerbungVerlauf(TenantRow, Base):
    """Was mit einer Bewerbung geschah, in der Reihenfolge; die Worte dazu stehen im Programm, nicht hier."""

    __tablename__ = "bewerbung_verlauf"
    __table_args__ = (*belongs_to("bewerbung"), CheckConstraint("was <> ''", name="was"))

    bewerbung_id: Mapped[int] = mapped_column(BigInteger)
    was: Mapped[str]
    von: Mapped[str]
    am: Mapped[datetime] = mapped_column(server_default=func.now())


class BewerbungLoeschung(TenantRow, Base):
    """Nachweis einer Löschung: welche Kennung, warum, wie viele Zeilen; keine Angabe zur Person."""

    __tablename__ = "bewerbung_loeschung"
    __table_args__ = (
        *belongs_to("ausschreibung"),
        CheckConstraint(one_of("grund", LOESCHGRUENDE), name="grund"),
    )

    ausschreibung_id: Mapped[int] = mapped_column(BigInteger)
    kennung: Mapped[str]
    grund: Mapped[str]
    umfang: Mapped[dict[str, Any]] = mapped_column(JSONB)
    von: Mapped[str]
    am: Mapped[datetime] = mapped_column(server_default=func.now())
