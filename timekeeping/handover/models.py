"""Abgeschlossene Zeitmonate, übergebene Mengen mit zwei Uhren, Entscheidungen über vorgeschlagene Fehlzeiten."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Integer,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.facts import Fact, belongs_to
from tenants.models.tenant import one_of
from timekeeping.handover.kinds import EINHEITEN

AUSGLEICH = ("mit", "ohne")
ENTSCHEIDUNGEN = ("uebernommen", "verworfen")


class ZeitMonat(TenantRow, PublicId, Base):
    """Ein abgeschlossener Zeitmonat; was danach kommt, ist ein Nachtrag.

    zahlmonat: erster Tag des Monats, in dem gezahlt wird. feiertag: ob für Arbeit an Feiertagen Freizeitausgleich
    gegeben wurde. grund: warum trotz Zeilen ohne Preis abgeschlossen wurde.
    """

    __tablename__ = "zeit_monat"
    __table_args__ = (
        UniqueConstraint("tenant_id", "monat"),
        CheckConstraint("extract(day FROM monat) = 1 AND extract(day FROM zahlmonat) = 1", name="monatserster"),
        CheckConstraint("zahlmonat >= monat", name="zahlmonat"),
        CheckConstraint(one_of("feiertag", AUSGLEICH), name="feiertag"),
    )

    monat: Mapped[date]
    zahlmonat: Mapped[date]
    feiertag: Mapped[str | None]
    grund: Mapped[str] = mapped_column(server_default=text("''"), default="")
    abgeschlossen_von: Mapped[str]
    abgeschlossen_am: Mapped[datetime] = mapped_column(server_default=func.now())


class ZeitBezug(Fact, Base):
    """Menge einer Lohnart aus einem Monat der Arbeit; gilt in dem Monat, in dem sie gezahlt wird.

    arbeitsmonat: JJJJMM. klasse: Begünstigung nach § 3b EStG (kinds.py). menge in einheit (Minuten, Tage, Cent).
    nachtrag: erst nach dem Abschluss des Zeitmonats entstanden oder geändert.
    """

    __tablename__ = "zeit_bezug"
    keys = ("beschaeftigung_id", "arbeitsmonat", "lohnart", "klasse")
    __table_args__ = (
        *belongs_to("beschaeftigung"),
        CheckConstraint("arbeitsmonat > 0", name="arbeitsmonat"),
        CheckConstraint("lohnart BETWEEN 1 AND 9999", name="lohnart"),
        CheckConstraint("klasse BETWEEN 0 AND 9", name="klasse"),
        CheckConstraint(one_of("einheit", EINHEITEN), name="einheit"),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    arbeitsmonat: Mapped[int] = mapped_column(Integer)
    lohnart: Mapped[int] = mapped_column(SmallInteger)
    klasse: Mapped[int] = mapped_column(SmallInteger)
    einheit: Mapped[str]
    menge: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    nachtrag: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))


class ZeitVorschlag(TenantRow, Base):
    """Was aus einer Abwesenheit einer Zeitdatei geworden ist: als Fehlzeit übernommen oder verworfen, mit Grund."""

    __tablename__ = "zeit_vorschlag"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "zeile_id"], ["zeit_zeile.tenant_id", "zeit_zeile.id"]),
        UniqueConstraint("tenant_id", "zeile_id"),
        CheckConstraint(one_of("entscheidung", ENTSCHEIDUNGEN), name="entscheidung"),
        CheckConstraint("grund <> ''", name="grund"),
    )

    zeile_id: Mapped[int] = mapped_column(BigInteger)
    entscheidung: Mapped[str]
    grund: Mapped[str]
    entschieden_von: Mapped[str]
    entschieden_am: Mapped[datetime] = mapped_column(server_default=func.now())
