"""Tabellen des Parallellaufs: Werte des alten Verfahrens und ihre Rücknahme, Erklärungen, der Produktivstart."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.security.field import SealedField


class Vergleichswert(TenantRow, PublicId, Base):
    """Werte einer Person in einem Monat, wie das alte Verfahren sie hatte (JSON: Name -> Cent), versiegelt.

    Eine spätere Datei desselben Monats ist eine neue Fassung; verglichen wird mit der jüngsten.
    """

    __tablename__ = "vergleichswert"
    __table_args__ = (
        UniqueConstraint("tenant_id", "monat", "fassung", "personalnummer", name="uq_vergleichswert_fassung"),
        CheckConstraint("personalnummer <> ''", name="personalnummer"),
        Index(None, "tenant_id", "person_public_id"),
    )

    monat: Mapped[date]
    fassung: Mapped[int] = mapped_column(SmallInteger)
    personalnummer: Mapped[str]
    person_public_id: Mapped[uuid.UUID | None]
    werte = SealedField[str]()
    werte_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    eingelesen_von: Mapped[str]
    eingelesen_am: Mapped[datetime] = mapped_column(server_default=func.now())


class Vergleichserklaerung(TenantRow, PublicId, Base):
    """Warum ein Wert vom alten Verfahren abweicht; gilt nur, solange beide Seiten sind, wie sie waren (Cent)."""

    __tablename__ = "vergleichserklaerung"
    __table_args__ = (
        CheckConstraint("text <> ''", name="text"),
        Index("ix_vergleichserklaerung_monat", "tenant_id", "monat"),
        Index(None, "tenant_id", "person_public_id"),
    )

    monat: Mapped[date]
    personalnummer: Mapped[str]
    person_public_id: Mapped[uuid.UUID | None]
    wert: Mapped[str]
    alt: Mapped[int | None] = mapped_column(BigInteger)
    neu: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str]
    erklaert_von: Mapped[str]
    erklaert_am: Mapped[datetime] = mapped_column(server_default=func.now())


class Vergleichsruecknahme(TenantRow, PublicId, Base):
    """Ergebnisse eines Monats bis zu dieser Fassung zählen nicht: sie waren zu einem falschen Monat gelesen."""

    __tablename__ = "vergleichsruecknahme"
    __table_args__ = (
        UniqueConstraint("tenant_id", "monat", "fassung", name="uq_vergleichsruecknahme_fassung"),
        CheckConstraint("grund <> ''", name="grund"),
    )

    monat: Mapped[date]
    fassung: Mapped[int] = mapped_column(SmallInteger)
    grund: Mapped[str]
    von: Mapped[str]
    am: Mapped[datetime] = mapped_column(server_default=func.now())


class Produktivstart(TenantRow, PublicId, Base):
    """Ab welchem Monat ein Arbeitgeber hier bezahlt; vorher ist alles Parallellauf. Zwei Personen geben ihn frei."""

    __tablename__ = "produktivstart"
    __table_args__ = (
        UniqueConstraint("tenant_id"),
        CheckConstraint("extract(day FROM monat) = 1", name="monatserster"),
        CheckConstraint("kreis_von <> arbeitgeber_von", name="zweite_person"),
        CheckConstraint("(kreis_von IS NULL) = (kreis_am IS NULL)", name="kreis"),
        CheckConstraint("(arbeitgeber_von IS NULL) = (arbeitgeber_am IS NULL)", name="arbeitgeber"),
    )

    monat: Mapped[date]
    angelegt_von: Mapped[str]
    angelegt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    kreis_von: Mapped[str | None]
    kreis_am: Mapped[datetime | None]
    arbeitgeber_von: Mapped[str | None]
    arbeitgeber_am: Mapped[datetime | None]

    @property
    def passed(self) -> bool:
        """Ob beide Seiten den Start freigegeben haben."""
        return self.kreis_von is not None and self.arbeitgeber_von is not None
