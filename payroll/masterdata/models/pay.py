"""Bezüge: Eingruppierung, wiederkehrende Bezüge und die Lohnarten, die ihre Wirkung beschreiben."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Numeric, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import Anchor, Fact, belongs_to
from tenants.db.base import Base
from tenants.models.tenant import one_of

ZIELE = (
    "grundentgelt",
    "zulagen",
    "vwl_ag",
    "steuerfreie_bezuege",
    "einmalzahlung",
    "sonstige_abzuege",
    "vwl_sparbetrag",
    "nettobezuege",
    "keines",
)
STEUER = ("pflichtig", "einmalig", "frei", "pauschal", "keine")
SV = ("laufend", "einmalig", "frei", "keine")


class Bezuegezuordnung(Fact, Base):
    """Tarifwerk, Gruppe, Stufe und Arbeitszeit (Stunden je Woche) einer Beschäftigung."""

    __tablename__ = "bezuegezuordnung"
    keys = ("beschaeftigung_id",)
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("tarifwerk <> '' AND entgeltgruppe <> '' AND stufe <> ''", name="eingruppierung"),
        CheckConstraint("wochenstunden > 0 AND wochenstunden <= 60", name="wochenstunden"),
        CheckConstraint("vollzeitstunden > 0 AND vollzeitstunden <= 60", name="vollzeitstunden"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    tarifwerk: Mapped[str]
    entgeltgruppe: Mapped[str]
    stufe: Mapped[str]
    stufe_seit: Mapped[date | None]
    wochenstunden: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    vollzeitstunden: Mapped[Decimal] = mapped_column(Numeric(5, 2))


class Lohnart(Anchor, Base):
    """Nummer einer Lohnart; was sie bewirkt, steht datiert in LohnartStand."""

    __tablename__ = "lohnart"
    __table_args__ = (
        UniqueConstraint("tenant_id", "nummer"),
        CheckConstraint("nummer BETWEEN 1 AND 9999", name="nummer"),
    )

    nummer: Mapped[int] = mapped_column(SmallInteger)


class LohnartStand(Fact, Base):
    """Text und Wirkung einer Lohnart in einem Zeitraum.

    `ziel` nennt die Eingangsspalte der Abrechnung, in die ihr Betrag fließt; `teilzeit` und `tage` sagen, ob der
    Betrag nach Arbeitszeit und nach Kalendertagen gekürzt wird.
    """

    __tablename__ = "lohnart_stand"
    keys = ("lohnart_id",)
    __table_args__ = (
        *belongs_to("lohnart"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint(one_of("ziel", ZIELE), name="ziel"),
        CheckConstraint(one_of("steuer", STEUER), name="steuer"),
        CheckConstraint(one_of("sv", SV), name="sv"),
    )

    lohnart_id: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str]
    ziel: Mapped[str]
    steuer: Mapped[str]
    sv: Mapped[str]
    zv: Mapped[bool] = mapped_column(Boolean)
    teilzeit: Mapped[bool] = mapped_column(Boolean)
    tage: Mapped[bool] = mapped_column(Boolean)
    konto: Mapped[str | None]
    recht: Mapped[str | None]


class WiederkehrenderBezug(Fact, Base):
    """Betrag einer Lohnart je Monat von `valid_from` bis `valid_to`.

    Einmalzahlungen gelten für den einen Monat, in dem `valid_from` liegt. Negative Beträge sind üblich.
    """

    __tablename__ = "wiederkehrender_bezug"
    keys = ("beschaeftigung_id", "lohnart_id", "laufnummer")
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        *belongs_to("lohnart"),
        CheckConstraint("laufnummer BETWEEN 1 AND 99", name="laufnummer"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    lohnart_id: Mapped[int] = mapped_column(BigInteger)
    laufnummer: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    betrag_cent: Mapped[int] = mapped_column(BigInteger)
