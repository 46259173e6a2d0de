"""Gemerkte Hochrechnungen: Annahmen und was sie je Monat, Ziel und Konto ergeben."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, TenantRow


class Hochrechnung(TenantRow, Base):
    """Eine Hochrechnung bei einem Arbeitgeber.

    `zeilen`: [Monat, Kostenstelle, Produkt, Konto, gebunden oder erwartet, Cent]; `erstattungen`: [Monat, Quelle,
    Cent]; `personen`: [Monat, Zahl]; `rueckstellungen`: [Monat, Art, Stand in Cent].

    `stellen_siegel`: Kosten je Stelle, versiegelt, weil auf einer Stelle oft eine
    Person sitzt. Übergeben ist sie ein Ansatz und bleibt, sonst verschwindet sie nach zwei Jahren.
    """

    __tablename__ = "hochrechnung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kennung"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("extract(day FROM ab) = 1", name="monatserster"),
        CheckConstraint("monate BETWEEN 1 AND 36", name="monate"),
        CheckConstraint("(uebergeben_am IS NULL) = (uebergeben_von IS NULL)", name="uebergabe"),
        Index("ix_hochrechnung_stand", "tenant_id", "stand"),
    )

    kennung: Mapped[uuid.UUID] = mapped_column(Uuid)
    name: Mapped[str]
    ab: Mapped[date]
    monate: Mapped[int] = mapped_column(SmallInteger)
    annahmen: Mapped[dict[str, Any]] = mapped_column(JSONB)
    anmerkungen: Mapped[list[str]] = mapped_column(JSONB)
    zeilen: Mapped[list[list[Any]]] = mapped_column(JSONB)
    erstattungen: Mapped[list[list[Any]]] = mapped_column(JSONB)
    personen: Mapped[list[list[Any]]] = mapped_column(JSONB)
    rueckstellungen: Mapped[list[list[Any]]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    stellen_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    stand: Mapped[datetime]
    gerechnet_von: Mapped[str]
    uebergeben_am: Mapped[datetime | None]
    uebergeben_von: Mapped[str | None]
