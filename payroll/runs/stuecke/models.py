"""Der geteilte Lauf eines Monats, seine Stücke und was sie fertig aufgehoben haben."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from payroll.runs.models import in_words
from tenants.db.base import Base, PublicId, TenantRow

OFFEN, FERTIG = ZUSTAENDE = ("offen", "fertig")


class Stueckrechnung(TenantRow, PublicId, Base):
    """Ein Lauf, der gerade in Stücken gerechnet wird; mit dem Zusammenfügen oder Verwerfen verschwindet er.

    schluessel: der der Anforderung, wie im Lauf; lauf_nummer: die Nummer, die der Lauf hat oder bekommt; stand: der
    eine Kenntnisstand aller Stücke; grundlage: Prüfwert dessen, was keine zwei Uhren hat (abgeschlossene Monate,
    Fassung des Programms); am_jahresende: am 31. Dezember Beschäftigte, nur im Dezember.
    """

    __tablename__ = "stueckrechnung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "monat"),
        CheckConstraint("extract(day FROM monat) = 1", name="monatserster"),
    )

    monat: Mapped[date]
    schluessel: Mapped[str]
    lauf_nummer: Mapped[int] = mapped_column(BigInteger)
    stand: Mapped[datetime]
    grundlage: Mapped[str]
    am_jahresende: Mapped[int | None]
    begonnen_von: Mapped[str]
    angelegt_am: Mapped[datetime] = mapped_column(server_default=func.now())


class Laufstueck(TenantRow, PublicId, Base):
    """Ein Teil der Menschen mit allen ihren Beschäftigungen (Nummern); ergebnisse: je Beschäftigung die ihres
    Ergebnisses. begonnen_am: der letzte Beginn (ein Arbeiter kann sterben)."""

    __tablename__ = "laufstueck"
    __table_args__ = (
        UniqueConstraint("tenant_id", "rechnung_id", "nummer"),
        ForeignKeyConstraint(["tenant_id", "rechnung_id"], ["stueckrechnung.tenant_id", "stueckrechnung.id"],
                             ondelete="CASCADE"),
        CheckConstraint(in_words("zustand", ZUSTAENDE), name="zustand"),
        CheckConstraint("(zustand = 'offen') = (fertig_am IS NULL)", name="ende"),
        CheckConstraint("cardinality(beschaeftigungen) = cardinality(ergebnisse)", name="je_eines"),
    )

    rechnung_id: Mapped[int] = mapped_column(BigInteger)
    nummer: Mapped[int]
    personen: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    beschaeftigungen: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    ergebnisse: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    zustand: Mapped[str] = mapped_column(server_default=text("'offen'"), default=OFFEN)
    versuche: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), default=0)
    begonnen_am: Mapped[datetime | None]
    fertig_am: Mapped[datetime | None]


class Laufblock(TenantRow, Base):
    """Ein Teil dessen, was ein Stück ergab, versiegelt; art sagt, was darin steht, erste: Beschäftigung des ersten."""

    __tablename__ = "laufblock"
    __table_args__ = (
        UniqueConstraint("tenant_id", "stueck_id", "art", "nummer"),
        ForeignKeyConstraint(["tenant_id", "stueck_id"], ["laufstueck.tenant_id", "laufstueck.id"],
                             ondelete="CASCADE"),
    )

    stueck_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    nummer: Mapped[int]
    erste: Mapped[int] = mapped_column(BigInteger)
    inhalt: Mapped[bytes] = mapped_column(LargeBinary)
