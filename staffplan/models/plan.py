"""Der Stellenplan eines Jahres und seine Nachträge, die vorgesehenen Änderungen, die Nachwuchskräfte."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.facts import belongs_to
from tenants.models.tenant import one_of

PLAN_STAENDE = ("entwurf", "beschlossen")
AENDERUNGEN = ("neu", "wegfall", "gruppe", "anteil", "verlagerung", "vermerk", "vermerk_streichen")
AENDERUNG_STAENDE = ("offen", "zurueckgezogen", "beschlossen")
NACHWUCHS = ("probe", "widerruf", "anwaerter", "auszubildende", "dual", "praktikum", "freiwillig")


class Stellenplan(TenantRow, PublicId, Base):
    """Plan eines Haushaltsjahres (`nachtrag` 0) oder Nachtrag dazu (1, 2, …).

    Beim Beschluss wird `inhalt` eingefroren: das ganze Dokument als kanonisches JSON, dazu seine Prüfsumme. Danach
    ändert sich nichts mehr; wer entworfen hat, beschließt nicht.
    """

    __tablename__ = "stellenplan"
    __table_args__ = (
        UniqueConstraint("tenant_id", "jahr", "nachtrag"),
        CheckConstraint("jahr > 0", name="jahr"),
        CheckConstraint("nachtrag >= 0", name="nachtrag"),
        CheckConstraint(one_of("zustand", PLAN_STAENDE), name="zustand"),
        CheckConstraint("beschlossen_von <> entworfen_von", name="zweite_person"),
        CheckConstraint(
            "(zustand = 'beschlossen') = (inhalt IS NOT NULL AND sha256 IS NOT NULL AND gremium IS NOT NULL AND "
            "sitzung IS NOT NULL AND beschlossen_von IS NOT NULL AND beschlossen_am IS NOT NULL)",
            name="beschluss",
        ),
        CheckConstraint("sha256 IS NULL OR octet_length(sha256) = 32", name="sha256"),
    )

    jahr: Mapped[int] = mapped_column(SmallInteger)
    nachtrag: Mapped[int] = mapped_column(SmallInteger)
    zustand: Mapped[str] = mapped_column(default="entwurf", server_default=text("'entwurf'"))
    entworfen_von: Mapped[str]
    entworfen_am: Mapped[datetime] = mapped_column(server_default=func.now())
    gremium: Mapped[str | None]
    sitzung: Mapped[date | None]
    vorlage: Mapped[str | None]
    beschlossen_von: Mapped[str | None]
    beschlossen_am: Mapped[datetime | None]
    inhalt: Mapped[bytes | None] = mapped_column(LargeBinary)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)


class StellenplanAenderung(TenantRow, PublicId, Base):
    """Vorgesehene Änderung eines Entwurfs; sie gilt erst mit dem Beschluss. `werte`: neue Werte nach Art."""

    __tablename__ = "stellenplan_aenderung"
    __table_args__ = (
        *belongs_to("stellenplan", "plan_id"),
        UniqueConstraint("tenant_id", "plan_id", "nummer"),
        CheckConstraint(one_of("art", AENDERUNGEN), name="art"),
        CheckConstraint(one_of("zustand", AENDERUNG_STAENDE), name="zustand"),
        CheckConstraint("stelle <> '' AND begruendung <> ''", name="begruendung"),
    )

    plan_id: Mapped[int] = mapped_column(BigInteger)
    nummer: Mapped[int] = mapped_column(SmallInteger)
    art: Mapped[str]
    stelle: Mapped[str]
    wirksam_ab: Mapped[date]
    werte: Mapped[dict[str, Any]] = mapped_column(JSONB)
    begruendung: Mapped[str]
    zustand: Mapped[str] = mapped_column(default="offen", server_default=text("'offen'"))
    erfasst_von: Mapped[str]
    erfasst_am: Mapped[datetime] = mapped_column(server_default=func.now())


class StellenplanNachwuchs(TenantRow, PublicId, Base):
    """Zeile der Übersicht über Nachwuchskräfte und informatorisch Beschäftigte eines Plans."""

    __tablename__ = "stellenplan_nachwuchs"
    __table_args__ = (
        *belongs_to("stellenplan", "plan_id"),
        UniqueConstraint("tenant_id", "plan_id", "position"),
        CheckConstraint(one_of("art", NACHWUCHS), name="art"),
        CheckConstraint("bezeichnung <> ''", name="bezeichnung"),
        CheckConstraint("vorgesehen >= 0 AND beschaeftigt >= 0", name="zahl"),
    )

    plan_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    art: Mapped[str]
    bezeichnung: Mapped[str]
    verguetung: Mapped[str | None]
    vorgesehen: Mapped[int]
    beschaeftigt: Mapped[int]
    erlaeuterung: Mapped[str | None]
