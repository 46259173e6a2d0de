"""Krankenkassen und Zusatzversorgungskassen mit ihren datierten Sätzen."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from payroll.law.encode import ZUSATZVERSORGUNGEN
from payroll.masterdata.models.facts import Anchor, Fact, belongs_to
from tenants.db.base import Base
from tenants.models.tenant import one_of

KAPITALGEDECKT = ("rzvk_av2", "kvw_av2")
STATUS = ("recht", "unbestaetigt")


class Krankenkasse(Anchor, Base):
    """Eine Krankenkasse (auch die Minijob-Zentrale) mit Kürzel und Betriebsnummer."""

    __tablename__ = "krankenkasse"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kuerzel"),
        CheckConstraint("betriebsnummer ~ '^[0-9]{8}$'", name="betriebsnummer"),
        CheckConstraint("kuerzel <> '' AND name <> ''", name="name"),
    )

    kuerzel: Mapped[str]
    name: Mapped[str]
    betriebsnummer: Mapped[str | None]


class KrankenkasseSatz(Fact, Base):
    """Zusatzbeitrag und Umlagesatz U2 einer Kasse, Prozent; leer heißt: noch nicht bekannt."""

    __tablename__ = "krankenkasse_satz"
    keys = ("krankenkasse_id",)
    __table_args__ = (
        *belongs_to("krankenkasse"),
        CheckConstraint("zusatzbeitrag IS NULL OR zusatzbeitrag BETWEEN 0 AND 20", name="zusatzbeitrag"),
        CheckConstraint("u2_satz IS NULL OR u2_satz BETWEEN 0 AND 20", name="u2_satz"),
        CheckConstraint(one_of("status", STATUS), name="status"),
        CheckConstraint("quelle <> ''", name="quelle"),
    )

    krankenkasse_id: Mapped[int] = mapped_column(BigInteger)
    zusatzbeitrag: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    u2_satz: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    quelle: Mapped[str]
    status: Mapped[str] = mapped_column(default="unbestaetigt", server_default=text("'unbestaetigt'"))


class ZvKasse(Anchor, Base):
    """Zusatzversorgungskasse des Mandanten; jeder Abrechnungsverband ist eine eigene."""

    __tablename__ = "zv_kasse"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kuerzel"),
        CheckConstraint(one_of("kuerzel", ZUSATZVERSORGUNGEN[1:]), name="kuerzel"),
    )

    kuerzel: Mapped[str]
    name: Mapped[str]


class ZvKasseSatz(Fact, Base):
    """Sätze (Prozent) und Verfahren einer Zusatzversorgungskasse bei diesem Mandanten."""

    __tablename__ = "zv_kasse_satz"
    keys = ("zv_kasse_id",)
    __table_args__ = (
        *belongs_to("zv_kasse"),
        CheckConstraint(
            "umlage_satz BETWEEN 0 AND 20 AND an_satz BETWEEN 0 AND 20 AND sanierungsgeld_satz BETWEEN 0 AND 20 "
            "AND beitrag_satz BETWEEN 0 AND 20",
            name="saetze",
        ),
        CheckConstraint("pauschal_grenze_cent >= 0", name="pauschal_grenze"),
        CheckConstraint(one_of("verfahren", ("aufbrauchend", "verteilt")), name="verfahren"),
        CheckConstraint(one_of("kist_verfahren", ("vereinfacht", "nachweis")), name="kist_verfahren"),
        CheckConstraint(one_of("status", STATUS), name="status"),
        CheckConstraint("quelle <> ''", name="quelle"),
    )

    zv_kasse_id: Mapped[int] = mapped_column(BigInteger)
    umlage_satz: Mapped[Decimal] = mapped_column(Numeric(6, 4))
    an_satz: Mapped[Decimal] = mapped_column(Numeric(6, 4))
    sanierungsgeld_satz: Mapped[Decimal] = mapped_column(Numeric(6, 4))
    beitrag_satz: Mapped[Decimal] = mapped_column(Numeric(6, 4), default=Decimal(0), server_default=text("0"))
    pauschal_grenze_cent: Mapped[int] = mapped_column(BigInteger)
    verfahren: Mapped[str]
    kist_verfahren: Mapped[str]
    quelle: Mapped[str]
    status: Mapped[str] = mapped_column(default="unbestaetigt", server_default=text("'unbestaetigt'"))
