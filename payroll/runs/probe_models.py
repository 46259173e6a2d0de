"""Frühere Probeläufe eines offenen Monats, zum Vergleichen; sie gehen mit dem Abschluss."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Integer, LargeBinary, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from payroll.runs.models import Cents
from tenants.db.base import Base, TenantRow


class Probelauf(TenantRow, Base):
    """Eine frühere Fassung eines Laufs: wann, von wem, mit welchem Kenntnisstand und Regelwerk gerechnet."""

    __tablename__ = "probelauf"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lauf_id", "fassung"),
        ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"], ondelete="CASCADE"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    fassung: Mapped[int] = mapped_column(Integer)
    stand: Mapped[datetime]
    berechnet_von: Mapped[str]
    berechnet_am: Mapped[datetime]
    regelwerk: Mapped[str]
    ergebnis_hash: Mapped[str]
    anzahl: Mapped[int] = mapped_column(Integer)
    auszahlung: Mapped[Cents]


class Probebogen(TenantRow, Base):
    """Der Wertebogen einer früheren Fassung, versiegelt wie damals für `kennung`, mit ihrem Ausgleich."""

    __tablename__ = "probebogen"
    __table_args__ = (
        UniqueConstraint("tenant_id", "probelauf_id", "beschaeftigung_id"),
        ForeignKeyConstraint(["tenant_id", "probelauf_id"], ["probelauf.tenant_id", "probelauf.id"],
                             ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"],
                             ondelete="CASCADE"),
    )

    probelauf_id: Mapped[int] = mapped_column(BigInteger)
    beschaeftigung_id: Mapped[int] = mapped_column(BigInteger)
    kennung: Mapped[uuid.UUID] = mapped_column(Uuid)
    inhalt: Mapped[bytes] = mapped_column(LargeBinary)
    eigen: Mapped[Cents]
    rueckrechnung: Mapped[Cents]
    vortrag: Mapped[Cents]
    zahlbetrag: Mapped[Cents]
    uebertrag: Mapped[Cents]
    ausgleich: Mapped[bool]
