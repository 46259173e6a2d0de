"""Dokument: eine ausgestellte Abrechnung oder Bescheinigung, versiegelt, nur anzufügen; Berichtigung: neue Fassung."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.models.tenant import one_of

ARTEN = ("abrechnung", "verdienstbescheinigung")


class Dokument(TenantRow, PublicId, Base):
    """Inhalt (PDF) und Daten (JSON) sind versiegelt und an Mandant, Beschäftigung, Monat, Art und Fassung gebunden.

    verfahren 2: der Dokumentschlüssel ist an das Archiv versiegelt (archiv_siegel, immer) und an die Person
    (DokumentEmpfaenger, sobald sie einen Schlüssel hat). verfahren 1: früher ausgestellt, unter dem Mandantenschlüssel.

    auftrag ist der Schlüssel der Erstellung: derselbe Auftrag erzeugt nichts zweimal. sha256 ist die Prüfsumme des PDF
    im Klartext, groesse seine Länge in Bytes.
    """

    __tablename__ = "dokument"
    __table_args__ = (
        UniqueConstraint("tenant_id", "beschaeftigung_id", "monat", "art", "fassung", name="uq_dokument_fassung"),
        UniqueConstraint("tenant_id", "auftrag", "beschaeftigung_id", "art", name="uq_dokument_auftrag"),
        ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"]),
        Index("ix_dokument_monat", "tenant_id", "monat"),
        CheckConstraint(one_of("art", ARTEN), name="art"),
        CheckConstraint("fassung >= 1", name="fassung"),
        CheckConstraint("seiten >= 1", name="seiten"),
        CheckConstraint("extract(day FROM monat) = 1", name="monatserster"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint(
            "verfahren = 1 OR (archiv_schluessel IS NOT NULL AND archiv_siegel IS NOT NULL)", name="siegel"
        ),
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    monat: Mapped[date]
    art: Mapped[str]
    fassung: Mapped[int] = mapped_column(SmallInteger)
    auftrag: Mapped[str]
    inhalt: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    daten: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    verfahren: Mapped[int] = mapped_column(SmallInteger)
    archiv_schluessel: Mapped[uuid.UUID | None]
    archiv_siegel: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    groesse: Mapped[int]
    seiten: Mapped[int] = mapped_column(SmallInteger)
    erstellt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    erstellt_von: Mapped[str]


class DokumentEmpfaenger(TenantRow, Base):
    """Dokumentschlüssel, versiegelt an den Schlüssel einer Person; eine Neuausgabe ist eine weitere Zeile."""

    __tablename__ = "dokument_empfaenger"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "dokument_id"], ["dokument.tenant_id", "dokument.id"]),
        UniqueConstraint("tenant_id", "dokument_id", "schluessel"),
    )

    dokument_id: Mapped[int] = mapped_column(BigInteger)
    schluessel: Mapped[uuid.UUID]
    siegel: Mapped[bytes] = mapped_column(LargeBinary)
    versiegelt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    versiegelt_von: Mapped[str]
