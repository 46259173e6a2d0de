"""Einbehalt: was ein Lauf einer Forderung zuteilt, je Monat der Herkunft; daraus folgt, was noch offen ist."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from payroll.runs.models import Cents
from tenants.db.base import Base, TenantRow

VERBLEIBE = ("zahlen", "einbehalten", "hinterlegen", "nicht beruecksichtigt")


class Einbehalt(TenantRow, Base):
    """Anteil einer Forderung am Entgelt einer Beschäftigung in einem Monat (Cent).

    `monat` ist der Monat, zu dem das Entgelt gehört: der des Laufs oder, bei einer Nachzahlung, ein früherer.
    `reichweite`: so weit reicht die Forderung; `vorrang`: davon nur für Unterhalt pfändbar; `offen`: vor dem Einbehalt
    geschuldet (leer: ohne Grenze); `verbleib`: zahlen, einbehalten, hinterlegen oder nicht berücksichtigt.
    """

    __tablename__ = "einbehalt"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lauf_id", "beschaeftigung_id", "nummer", "monat"),
        ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"]),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"]),
        CheckConstraint(f"verbleib IN ({', '.join(map(repr, VERBLEIBE))})", name="verbleib"),
        CheckConstraint("betrag >= 0 AND vorrang >= 0 AND vorrang <= betrag", name="betrag"),
        CheckConstraint("offen IS NULL OR betrag <= offen", name="nie_mehr"),
        CheckConstraint("extract(day FROM monat) = 1", name="monatserster"),
        Index("ix_einbehalt_person", "tenant_id", "person_id", "nummer"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(BigInteger)
    nummer: Mapped[int] = mapped_column(SmallInteger)
    monat: Mapped[date]
    art: Mapped[str]
    reichweite: Mapped[Cents]
    betrag: Mapped[Cents]
    vorrang: Mapped[Cents]
    offen: Mapped[int | None] = mapped_column(BigInteger)
    verbleib: Mapped[str]
    grund: Mapped[str]
