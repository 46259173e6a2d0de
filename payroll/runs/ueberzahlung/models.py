"""Ein Fall je Beschäftigung und Lauf, der Überzahltes zurückholt; jeder Schritt bleibt stehen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from payroll.runs.models import Cents, in_words
from tenants.db.base import Base, PublicId, TenantRow

SCHRITTE = ("anhoerung", "geltendmachung", "einwand", "erlass_vorschlag", "erlass", "ratenplan", "zahlung", "abschluss")
MINDERN = ("erlass", "ratenplan", "zahlung")


class Ueberzahlung(TenantRow, PublicId, Base):
    """Was ein Lauf für frühere Monate zurückholt (Cent, über null): brutto und netto, je Monat mit Ursache und Frist.

    `status`: Art der Beschäftigung; bei Beamten gehören Anhörung und Billigkeit dazu. `monat`: Monat des Laufs.
    """

    __tablename__ = "ueberzahlung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "beschaeftigung_id", "monat"),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"]),
        ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"]),
        Index("ix_ueberzahlung_person", "tenant_id", "person_id"),
        CheckConstraint("brutto > 0 AND netto > 0", name="betrag"),
        CheckConstraint("extract(day FROM monat) = 1", name="monatserster"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    monat: Mapped[date]
    status: Mapped[str]
    brutto: Mapped[Cents]
    netto: Mapped[Cents]
    monate: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[str]


class UeberzahlungSchritt(TenantRow, PublicId, Base):
    """Ein Schritt in einem Fall; betrag (Cent) mindert, was noch einzubehalten ist, bei Erlass, Ratenplan, Zahlung.

    `verrechnet`: Monat des Laufs, der diesen Schritt berücksichtigt; leer: der nächste.
    """

    __tablename__ = "ueberzahlung_schritt"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "fall_id"], ["ueberzahlung.tenant_id", "ueberzahlung.id"]),
        Index("ix_ueberzahlung_schritt_fall", "tenant_id", "fall_id"),
        Index("ix_ueberzahlung_schritt_verrechnet", "tenant_id", "verrechnet"),
        CheckConstraint(in_words("art", SCHRITTE), name="art"),
        CheckConstraint(f"betrag >= 0 AND (betrag = 0) = (art NOT IN {(*MINDERN, 'erlass_vorschlag')})", name="betrag"),
        CheckConstraint("text <> ''", name="text"),
    )

    fall_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    am: Mapped[date]
    betrag: Mapped[Cents]
    text: Mapped[str]
    angaben: Mapped[dict[str, Any]] = mapped_column(JSONB)
    verrechnet: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[str]
