"""Was die Seite des Archivs zeigt: Schlüssel, Verwahrende, letztes Notpaket, letzter abgeschlossener Monat."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from payroll.runs.models import Lauf
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession
from tenants.models.documents import ArchiveKey, ArchivePaper


@dataclass(frozen=True)
class State:
    """Stand des Archivs; ohne Schlüssel sind key und since leer."""

    key: uuid.UUID | None
    since: datetime | None
    holders: tuple[str, ...]
    last_month: date | None
    last_pack: datetime | None
    packed_month: str | None


def state_of(session: TenantSession) -> State:
    """Liest den Stand."""
    key = session.scalars(select(ArchiveKey).where(ArchiveKey.retired_at.is_(None))).one_or_none()
    holders: set[str] = set()
    if key is not None:
        pairs = session.execute(select(ArchivePaper.first_holder, ArchivePaper.second_holder)
                                .where(ArchivePaper.archive_key_id == key.id))
        holders = {name for pair in pairs for name in pair}
    last = session.scalar(select(func.max(Lauf.monat)).where(Lauf.zustand == "abgeschlossen"))
    pack = session.scalars(select(AuditEntry).where(AuditEntry.action == "notpaket.erstellt")
                           .order_by(AuditEntry.id.desc()).limit(1)).first()
    return State(key.public_id if key else None, key.created_at if key else None, tuple(sorted(holders)), last,
                 pack.at if pack else None, pack.subject.removeprefix("lauf:") if pack else None)
