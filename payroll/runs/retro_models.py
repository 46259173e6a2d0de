"""Rückrechnung: was ein Lauf für frühere Monate nachzahlt oder zurückholt, mit Ursache und Monat der Herkunft."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from payroll.runs.models import Cents
from tenants.db.base import Base, PartRow, PublicId, TenantRow

ARTEN = ("entstehung", "zufluss", "offen")
BEREICHE = ("wert", "bezug", "abzug", "netto")


def _in(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _of_run() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"], ondelete="CASCADE")


def _of_employment() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"])


class RueckrechnungLauf(TenantRow, Base):
    """Bis zu welchem Kenntnisstand ein Lauf alle früheren Monate berücksichtigt hat."""

    __tablename__ = "rueckrechnung_lauf"
    __table_args__ = (UniqueConstraint("tenant_id", "lauf_id"), _of_run())

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    bis: Mapped[datetime]


class Rueckrechnung(TenantRow, PublicId, Base):
    """Unterschied eines früheren Monats bei einer Beschäftigung, gebucht im Monat des Laufs.

    art: entstehung (der Monat neu gerechnet), zufluss (Steuer und Zusatzversorgung der Nachzahlung für Vorjahre, im
    Monat der Zahlung; monat ist dann der des Laufs), offen (nicht gebucht; grund sagt warum, seit nennt den
    Kenntnisstand, ab dem der nächste Lauf noch einmal sieht).
    """

    __tablename__ = "rueckrechnung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lauf_id", "beschaeftigung_id", "monat", "art"),
        _of_run(),
        _of_employment(),
        CheckConstraint(_in("art", ARTEN), name="art"),
        CheckConstraint("extract(day FROM monat) = 1", name="monatserster"),
        CheckConstraint("art <> 'offen' OR (grund IS NOT NULL AND seit IS NOT NULL)", name="offen_begruendet"),
        Index("ix_rueckrechnung_beschaeftigung", "tenant_id", "beschaeftigung_id", "monat"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    monat: Mapped[date]
    art: Mapped[str]
    grund: Mapped[str | None]
    seit: Mapped[datetime | None]
    ursachen: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class RueckrechnungZeile(PartRow, Base):
    """Ein Wert oder eine Lohnart: alt und neu des Herkunftsmonats, betrag ist, was im Lauf gebucht wird (Cent).

    Steuern eines abgeschlossenen Jahres haben alt und neu, aber betrag 0: sie gelten im Monat der Zahlung.
    """

    __tablename__ = "rueckrechnung_zeile"
    __table_args__ = (
        UniqueConstraint("tenant_id", "rueckrechnung_id", "position"),
        ForeignKeyConstraint(["tenant_id", "rueckrechnung_id"], ["rueckrechnung.tenant_id", "rueckrechnung.id"],
                             ondelete="CASCADE"),
        CheckConstraint(_in("bereich", BEREICHE), name="bereich"),
    )

    rueckrechnung_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    bereich: Mapped[str]
    name: Mapped[str]
    text: Mapped[str]
    merkmale: Mapped[str]
    alt: Mapped[Cents]
    neu: Mapped[Cents]
    betrag: Mapped[Cents]


class RueckrechnungAuszahlung(TenantRow, Base):
    """Was eine Beschäftigung im Monat bekommt, wenn Rückrechnung oder Vortrag mitspielen (Cent).

    eigen + rueckrechnung + vortrag = zahlbetrag + uebertrag; vortrag kommt aus dem vorigen Lauf, uebertrag (höchstens
    0) geht in den nächsten.
    """

    __tablename__ = "rueckrechnung_auszahlung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lauf_id", "beschaeftigung_id"),
        _of_run(),
        _of_employment(),
        CheckConstraint("eigen + rueckrechnung + vortrag = zahlbetrag + uebertrag", name="summe"),
        CheckConstraint("zahlbetrag >= 0 AND vortrag <= 0 AND uebertrag <= 0", name="vorzeichen"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    eigen: Mapped[Cents]
    rueckrechnung: Mapped[Cents]
    vortrag: Mapped[Cents]
    zahlbetrag: Mapped[Cents]
    uebertrag: Mapped[Cents]


class RueckrechnungBestaetigung(TenantRow, PublicId, Base):
    """Jemand hat bestätigt, dass eine weit zurückreichende Rückrechnung gewollt ist (kein Tippfehler im Jahr)."""

    __tablename__ = "rueckrechnung_bestaetigung"
    __table_args__ = (
        _of_employment(),
        CheckConstraint("grund <> ''", name="grund"),
        CheckConstraint("extract(day FROM monat) = 1 AND extract(day FROM ab_monat) = 1", name="monatserste"),
    )

    monat: Mapped[date]
    beschaeftigung_id: Mapped[int | None] = mapped_column(BigInteger)
    ab_monat: Mapped[date]
    grund: Mapped[str]
    bestaetigt_von: Mapped[str]
    bestaetigt_am: Mapped[datetime] = mapped_column(server_default=func.now())
