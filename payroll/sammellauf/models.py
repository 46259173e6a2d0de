"""Der Auftrag eines Sammellaufs: ein Schritt eines Monats bei einem Arbeitgeber."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow
from tenants.models.tenant import one_of
from tenants.security.field import SealedField

RECHNEN, ABSCHLIESSEN = ARTEN = ("rechnen", "abschliessen")
OFFEN, FERTIG, ABGELEHNT, GESCHEITERT = ZUSTAENDE = ("offen", "fertig", "abgelehnt", "gescheitert")


class Sammelauftrag(TenantRow, PublicId, Base):
    """Wer welchen Schritt wann beauftragt hat und wie er ausging.

    `sammlung` fasst zusammen, was zugleich beauftragt wurde; `ergebnis_hash` ist beim Abschließen, was gezeigt wurde;
    `begonnen_am` der letzte Beginn (ein Arbeiter kann sterben). Je Arbeitgeber, Monat und Schritt ist höchstens einer
    offen.
    """

    __tablename__ = "sammelauftrag"
    __table_args__ = (
        CheckConstraint(one_of("art", ARTEN), name="art"),
        CheckConstraint(one_of("zustand", ZUSTAENDE), name="zustand"),
        CheckConstraint("extract(day FROM monat) = 1", name="monatserster"),
        CheckConstraint("(zustand = 'offen') = (fertig_am IS NULL)", name="ende"),
        CheckConstraint("(art = 'abschliessen') = (ergebnis_hash IS NOT NULL)", name="gezeigt"),
        Index("uq_sammelauftrag_offen", "tenant_id", "monat", "art", unique=True,
              postgresql_where=text("zustand = 'offen'")),
        Index("ix_sammelauftrag_monat", "tenant_id", "monat"),
    )

    sammlung: Mapped[uuid.UUID] = mapped_column(Uuid)
    monat: Mapped[date]
    art: Mapped[str]
    ergebnis_hash: Mapped[str | None]
    zustand: Mapped[str] = mapped_column(server_default=text("'offen'"), default=OFFEN)
    versuche: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), default=0)
    beauftragt_von: Mapped[str]
    beauftragt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    begonnen_am: Mapped[datetime | None]
    fertig_am: Mapped[datetime | None]
    worte_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
    worte = SealedField[str | None]()
