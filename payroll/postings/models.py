"""Journal und Buchungen: nur anfügen, je Lauf einmal, Soll gleich Haben."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from payroll.runs.models import Cents
from tenants.db.base import Base, PartRow, PublicId, TenantRow

OHNE_PERSON = uuid.UUID(int=0)
GLEICH_LANG = ("cardinality(betraege) > 0 AND cardinality(buchungsschluessel) = cardinality(betraege) AND "
               "cardinality(konten) = cardinality(betraege) AND cardinality(kostenstellen) = cardinality(betraege) AND "
               "cardinality(produkte) = cardinality(betraege)")


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


class Buchung(PartRow, Base):
    """Die Buchungen einer Beschäftigung für einen Monat, zusammen null; Felder mit mehreren Werten sind gleich lang.

    `monat`: für den sie sind; `in_monat`: in dem gerechnet wurde. Je Wert eine Buchung: Konto, Schlüssel, Kostenstelle,
    Produkt und Betrag in Cent (Soll über null, Haben unter null, nie null); als Zeilen liest sie
    :mod:`payroll.postings.zeilen`. Steuern auf Zuwendungen an Dritte tragen OHNE_PERSON. Ohne Fremdschlüssel auf die
    Person, damit das Ende ihrer Aufbewahrung nicht an dem der Belege hängt.
    """

    __tablename__ = "buchung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lauf_id", "position"),
        ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"]),
        Index(None, "tenant_id", "person_public_id"),
        CheckConstraint(GLEICH_LANG, name="gleich_lang"),
        CheckConstraint("0 <> ALL (betraege) AND array_position(betraege, NULL) IS NULL", name="betraege"),
        CheckConstraint("array_to_string(konten, ',') ~ '^[0-9]{2,9}(,[0-9]{2,9})*$'", name="konten"),
        CheckConstraint("personenkreis IN ('B', 'T', 'S')", name="personenkreis"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    monat: Mapped[date]
    in_monat: Mapped[date]
    personenkreis: Mapped[str]
    personalnummer: Mapped[str]
    person_public_id: Mapped[uuid.UUID]
    buchungsschluessel: Mapped[list[str]] = mapped_column(ARRAY(String))
    konten: Mapped[list[str]] = mapped_column(ARRAY(String))
    kostenstellen: Mapped[list[str]] = mapped_column(ARRAY(String))
    produkte: Mapped[list[str]] = mapped_column(ARRAY(String))
    betraege: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class Zuwendung(TenantRow, PublicId, Base):
    """Sachzuwendung an Menschen, die hier nicht beschäftigt sind, in dem Monat, mit dem ihre Steuer angemeldet wird.

    wert: Aufwendungen einschließlich Umsatzsteuer; die Steuern trägt der Arbeitgeber (§ 37b EStG), alles in Cent. Wer
    beschenkt wurde, steht hier nicht.
    """

    __tablename__ = "zuwendung"
    __table_args__ = (
        Index(None, "tenant_id", "monat"),
        CheckConstraint("extract(day FROM monat) = 1", name="monatserster"),
        CheckConstraint("anlass <> '' AND empfaenger > 0 AND wert > 0", name="angaben"),
        CheckConstraint("steuer >= 0 AND soli >= 0 AND kirchensteuer >= 0", name="steuern"),
        CheckConstraint("(aufgehoben_von IS NULL) = (aufgehoben_grund IS NULL)", name="aufgehoben"),
    )

    monat: Mapped[date]
    anlass: Mapped[str]
    empfaenger: Mapped[int]
    wert: Mapped[Cents]
    steuer: Mapped[Cents]
    soli: Mapped[Cents]
    kirchensteuer: Mapped[Cents]
    kostenstelle: Mapped[str]
    erfasst_von: Mapped[str]
    erfasst_am: Mapped[datetime] = mapped_column(server_default=func.now())
    aufgehoben_von: Mapped[str | None]
    aufgehoben_grund: Mapped[str | None]

    @property
    def steuern(self) -> int:
        """Was an das Finanzamt geht."""
        return self.steuer + self.soli + self.kirchensteuer
