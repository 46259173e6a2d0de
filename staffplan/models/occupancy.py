"""Besetzung, Stellenbewertung und Unterlagen einer Stelle."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from staffplan.models.posts import LAUFBAHNEN, SHARE, Anteil
from tenants.db.base import Base, PublicId, TenantRow
from tenants.db.facts import Fact, belongs_to
from tenants.models.tenant import one_of

ZUSTAENDE = ("aktiv", "mutterschutz", "atz_arbeit", "atz_frei", "elternzeit", "urlaub_ohne_bezuege", "abordnung")
BESETZT = ("aktiv", "mutterschutz", "atz_arbeit", "atz_frei")
VERFAHREN = ("tarif", "analytisch", "summarisch")
MAX_UNTERLAGE = 10 * 1024 * 1024


class StelleBesetzung(Anteil, Fact, Base):
    """Wer mit welchem Anteil auf der Stelle sitzt.

    `gruppe` ist die Gruppe der Person, nicht die der Stelle. Beurlaubte besetzen die Stelle nicht, die passive Phase
    der Altersteilzeit schon. `vertritt` nennt die Personalnummer, für die jemand vertretungsweise da ist.
    """

    __tablename__ = "stelle_besetzung"
    keys = ("stelle_id", "personalnummer", "zustand")
    __table_args__ = (
        *belongs_to("stelle"),
        Index(None, "tenant_id", "personalnummer"),
        CheckConstraint("personalnummer <> '' AND gruppe <> ''", name="person"),
        CheckConstraint(one_of("zustand", ZUSTAENDE), name="zustand"),
        CheckConstraint(one_of("laufbahn", LAUFBAHNEN), name="laufbahn"),
        CheckConstraint("vertritt IS NULL OR vertritt <> personalnummer", name="vertretung"),
        CheckConstraint(SHARE, name="anteil"),
    )

    stelle_id: Mapped[int] = mapped_column(BigInteger)
    personalnummer: Mapped[str]
    zustand: Mapped[str]
    laufbahn: Mapped[str | None]
    gruppe: Mapped[str]
    vertritt: Mapped[str | None]
    begruendung: Mapped[str | None]


class StelleBewertung(Fact, Base):
    """Stellenbewertung: Tätigkeiten mit Zeitanteil und Tarifmerkmal, Ergebnis und Entscheidung.

    `taetigkeiten`: Liste aus text, anteil (genauer Bruch als Text) und merkmal; die Anteile ergeben 1.
    """

    __tablename__ = "stelle_bewertung"
    keys = ("stelle_id",)
    __table_args__ = (
        *belongs_to("stelle"),
        CheckConstraint(one_of("verfahren", VERFAHREN), name="verfahren"),
        CheckConstraint("gruppe <> '' AND entschieden_durch <> ''", name="ergebnis"),
    )

    stelle_id: Mapped[int] = mapped_column(BigInteger)
    verfahren: Mapped[str]
    gruppe: Mapped[str]
    merkmal: Mapped[str | None]
    taetigkeiten: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    entschieden_am: Mapped[date]
    entschieden_durch: Mapped[str]
    aktenzeichen: Mapped[str | None]


class StelleUnterlage(TenantRow, PublicId, Base):
    """Unterlage zu einer Stelle (Stellenbeschreibung, Gutachten), versiegelt mit dem Schlüssel des Mandanten."""

    __tablename__ = "stelle_unterlage"
    __table_args__ = (
        *belongs_to("stelle"),
        CheckConstraint("dateiname <> ''", name="dateiname"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
    )

    stelle_id: Mapped[int] = mapped_column(BigInteger)
    dateiname: Mapped[str]
    inhalt_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    groesse: Mapped[int]
    abgelegt_von: Mapped[str]
    abgelegt_am: Mapped[datetime] = mapped_column(server_default=func.now())
