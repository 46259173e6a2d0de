"""Anliegen aus dem Portal: was Beschäftigte selbst ändern oder berichtigt haben möchten."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from payroll.masterdata.models.facts import belongs_to
from tenants.db.base import Base, PublicId, TenantRow

ARTEN = ("berichtigung", "bankverbindung")
STAENDE = ("offen", "angenommen", "abgelehnt", "zurueckgenommen")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Anliegen(TenantRow, PublicId, Base):
    """Ein Anliegen einer Person. `inhalt` und `antwort` sind verschlüsselt.

    Bei einer Bankverbindung: `tatsache` ist die schon erfasste, ab `gilt_ab` geltende Fassung; bis `frist`
    (einschließlich) kann die Person sie selbst zurücknehmen.
    """

    __tablename__ = "anliegen"
    __table_args__ = (
        *belongs_to("person"),
        CheckConstraint(_one_of("art", ARTEN), name="art"),
        CheckConstraint(_one_of("stand", STAENDE), name="stand"),
        CheckConstraint("(stand = 'offen') = (entschieden_von IS NULL)", name="entschieden"),
        CheckConstraint("(entschieden_von IS NULL) = (entschieden_am IS NULL)", name="entschieden_am"),
        CheckConstraint("(art = 'bankverbindung') = (tatsache IS NOT NULL AND gilt_ab IS NOT NULL "
                        "AND frist IS NOT NULL)", name="bankverbindung"),
        CheckConstraint("gilt_ab > frist", name="wartezeit"),
        Index("ix_anliegen_offen", "tenant_id", "stand"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    art: Mapped[str]
    bereich: Mapped[str]
    inhalt_siegel: Mapped[bytes] = mapped_column(LargeBinary)
    tatsache: Mapped[uuid.UUID | None]
    gilt_ab: Mapped[date | None]
    frist: Mapped[date | None]
    gestellt_von: Mapped[str]
    gestellt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    stand: Mapped[str] = mapped_column(default="offen", server_default=text("'offen'"))
    entschieden_von: Mapped[str | None]
    entschieden_am: Mapped[datetime | None]
    antwort_siegel: Mapped[bytes | None] = mapped_column(LargeBinary)
