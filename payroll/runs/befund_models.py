"""Wer sich um einen Befund kümmert, solange der Monat offen ist; mit dem Abschluss geht die Zuweisung."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, TenantRow


class Hinweiszuweisung(TenantRow, Base):
    """Ein Befund eines Laufs und wer ihn bearbeitet (Anmeldename).

    Genannt ist er durch Beschäftigung (leer: er betrifft keinen Menschen), Ursache und Feld, denn jeder Probelauf
    schreibt die Hinweise neu: wer zuständig ist, bleibt es.
    """

    __tablename__ = "hinweis_zuweisung"
    __table_args__ = (
        UniqueConstraint("tenant_id", "lauf_id", "beschaeftigung_id", "ursache", "feld",
                         name="uq_hinweis_zuweisung_befund", postgresql_nulls_not_distinct=True),
        ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"],
                             ondelete="CASCADE"),
        CheckConstraint("zustaendig <> '' AND ursache <> ''", name="zustaendig"),
    )

    lauf_id: Mapped[int] = mapped_column(BigInteger)
    beschaeftigung_id: Mapped[int | None] = mapped_column(BigInteger)
    ursache: Mapped[str]
    feld: Mapped[str]
    zustaendig: Mapped[str]
    zugewiesen_von: Mapped[str]
    zugewiesen_am: Mapped[datetime]
