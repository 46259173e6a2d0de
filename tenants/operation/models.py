"""Tabelle des Nachtlaufs: je Aufgabe und Lauf eine Zeile, ohne Personenbezug."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId
from tenants.models.tenant import one_of

RUNNING, SUCCEEDED, FAILED, INTERRUPTED = OUTCOMES = ("laeuft", "gelungen", "misslungen", "abgebrochen")


class NightlyRun(PublicId, Base):
    """Eine Aufgabe des Nachtlaufs: wann begonnen und beendet, Ausgang, Worte mit Anzahlen."""

    __tablename__ = "nachtlauf"
    __table_args__ = (
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(outcome = 'laeuft') = (finished_at IS NULL)", name="ende"),
        Index("ix_nachtlauf_job_id", "job", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-20)
    job: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str]
    words: Mapped[str]
