"""Journal und Buchungen: nur anfügen, je Lauf einmal, Soll gleich Haben."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from payroll.runs.models import Cents
from tenants.db.base import Base, PublicId, TenantRow

PERSONENKREISE = ("B", "T", "S")


class Journal(TenantRow, PublicId, Base):
    """Abschluss der Buchungen eines Laufs. `netto`: Verbindlichkeit aus Auszahlungen = Summe der Zahlungen."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lauf_id"),
        ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"]),
        CheckConstraint("soll = haben AND anzahl > 0", name="ausgeglichen"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    monat: Mapped[date]
    anzahl: Mapped[int]
    soll: Mapped[Cents]
    haben: Mapped[Cents]
    aufwand: Mapped[Cents]
    netto: Mapped[Cents]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    erstellt_von: Mapped[str]
    erstellt_am: Mapped[datetime] = mapped_column(server_default=func.now())


class Buchung(TenantRow, Base):
    """Eine Zeile des Journals. `monat`: für den sie ist; `in_monat`: in dem gerechnet wurde; Beträge immer über null.

    Ohne Fremdschlüssel auf die Person, damit das Ende ihrer Aufbewahrung nicht an dem der Belege hängt.
    """

    __tablename__ = "buchung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lauf_id", "position"),
        ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"]),
        Index(None, "tenant_id", "lauf_id", "konto"),
        Index(None, "tenant_id", "person_public_id"),
        CheckConstraint("seite IN ('S', 'H')", name="seite"),
        CheckConstraint("betrag > 0", name="betrag"),
        CheckConstraint("konto ~ '^[0-9]{2,9}$'", name="konto"),
        CheckConstraint("personenkreis IN ('B', 'T', 'S')", name="personenkreis"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    monat: Mapped[date]
    in_monat: Mapped[date]
    konto: Mapped[str]
    seite: Mapped[str]
    betrag: Mapped[Cents]
    schluessel: Mapped[str]
    kostenstelle: Mapped[str]
    produkt: Mapped[str]
    personenkreis: Mapped[str]
    personalnummer: Mapped[str]
    person_public_id: Mapped[uuid.UUID]
