"""Dokument: eine ausgestellte Abrechnung, verschlüsselt, nur anzufügen; eine Berichtigung ist eine neue Fassung."""

from __future__ import annotations

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

ARTEN = ("abrechnung",)


class Dokument(TenantRow, PublicId, Base):
    """Inhalt (PDF) und Daten (JSON) sind versiegelt und an Mandant, Beschäftigung, Monat, Art und Fassung gebunden.

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
    )

    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    monat: Mapped[date]
    art: Mapped[str]
    fassung: Mapped[int] = mapped_column(SmallInteger)
    auftrag: Mapped[str]
    inhalt: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    daten: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    groesse: Mapped[int]
    seiten: Mapped[int] = mapped_column(SmallInteger)
    erstellt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    erstellt_von: Mapped[str]
