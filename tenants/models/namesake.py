"""Zwei Menschen gleichen Namens: die Feststellung, dass ein Zugang nicht der einer Person ist."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db.base import Base, PublicId, TenantRow


class Namensgleich(TenantRow, PublicId, Base):
    """Ein Zugang des Personals und eine Person heißen gleich und sind zwei Menschen: das sagt jemand mit Grund, eine
    zweite Person bestätigt es; es gilt, bis jemand es beendet.

    Keine der beiden ist der Zugang, um den es geht; die Datenbank verlangt alle drei Verschiedenheiten. zugang ist sein
    Anmeldename; account_public_id zeigt auf ihn, ohne an ihm zu hängen: er darf früher gehen.
    """

    __tablename__ = "namensgleich"
    __table_args__ = (
        CheckConstraint("grund <> ''", name="grund"),
        CheckConstraint("bestaetigt_von <> gesagt_von", name="zweite_person"),
        CheckConstraint("gesagt_von <> zugang AND (bestaetigt_von IS NULL OR bestaetigt_von <> zugang)",
                        name="nicht_selbst"),
        CheckConstraint("(bestaetigt_von IS NULL) = (bestaetigt_am IS NULL)", name="bestaetigt"),
        CheckConstraint("(beendet_von IS NULL) = (beendet_am IS NULL) AND (beendet_von IS NULL) = "
                        "(beendet_grund IS NULL)", name="beendet"),
        Index("uq_namensgleich_offen", "tenant_id", "person_public_id", "account_public_id", unique=True,
              postgresql_where=text("beendet_am IS NULL")),
        Index("ix_namensgleich_tenant_id_account_public_id", "tenant_id", "account_public_id"),
    )

    person_public_id: Mapped[uuid.UUID]
    account_public_id: Mapped[uuid.UUID]
    zugang: Mapped[str]
    grund: Mapped[str]
    gesagt_von: Mapped[str]
    gesagt_am: Mapped[datetime] = mapped_column(server_default=func.now())
    bestaetigt_von: Mapped[str | None]
    bestaetigt_am: Mapped[datetime | None]
    beendet_von: Mapped[str | None]
    beendet_am: Mapped[datetime | None]
    beendet_grund: Mapped[str | None]
