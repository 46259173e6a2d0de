"""Gemerkte Szenarien: Maßnahmen und was sie bei einem Arbeitgeber je Monat kosten."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, TenantRow


class SzenarioStand(TenantRow, Base):
    """Ein Szenario bei einem Arbeitgeber; dieselbe ``kennung`` bei mehreren ist ein Szenario des Kreises.

    `ergebnis`: je Monat die Felder von payroll.runs.whatif.kosten.Kosten; `stand`: Kenntnisstand der Rechnung.
    Planung, kein Lohnkonto: wer es angelegt hat, darf es löschen, und nach zwei Jahren verschwindet es.
    """

    __tablename__ = "szenario"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kennung"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("extract(day FROM ab) = 1", name="monatserster"),
        CheckConstraint("monate BETWEEN 1 AND 36", name="monate"),
        Index("ix_szenario_stand", "tenant_id", "stand"),
    )

    kennung: Mapped[uuid.UUID] = mapped_column(Uuid)
    name: Mapped[str]
    ab: Mapped[date]
    monate: Mapped[int] = mapped_column(SmallInteger)
    massnahmen: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    anmerkungen: Mapped[list[str]] = mapped_column(JSONB)
    ergebnis: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    stand: Mapped[datetime]
    gerechnet_von: Mapped[str]
