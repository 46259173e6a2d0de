"""Was die Seite des Archivs zeigt: Schlüssel, Verwahrende, letztes Notpaket, letzter abgeschlossener Monat."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from payroll.runs.models import Lauf
from tenants.audit.models import AuditEntry
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.documents import pairing
from tenants.models.documents import ArchiveDraft, ArchiveKey, ArchivePaper


@dataclass(frozen=True)
class State:
    """Stand des Archivs; ohne Schlüssel sind key und since leer. drawn: Verwahrende, deren Papiere schon gezogen sind,
    drawn_by der Zugang, der sie sah, drawn_at wann; leer, wenn nichts angefangen ist. new_key: für einen neuen
    Schlüssel; first_paper: Name auf dem Papier, das schon eingegeben ist, um den bestehenden zu öffnen."""

    key: uuid.UUID | None
    since: datetime | None
    holders: tuple[str, ...]
    last_month: date | None
    last_pack: datetime | None
    packed_month: str | None
    drawn: tuple[str, ...] = ()
    drawn_by: str = ""
    drawn_at: datetime | None = None
    new_key: bool = False
    first_paper: str = ""


def state_of(session: TenantSession, open_for: timedelta = timedelta()) -> State:
    """Liest den Stand; open_for: wie lange gezogene Papiere auf die zweite Person warten."""
    key = session.scalars(select(ArchiveKey).where(ArchiveKey.retired_at.is_(None))).one_or_none()
    holders: set[str] = set()
    if key is not None:
        pairs = session.execute(select(ArchivePaper.first_holder, ArchivePaper.second_holder)
                                .where(ArchivePaper.archive_key_id == key.id))
        holders = {name for pair in pairs for name in pair}
    last = session.scalar(select(func.max(Lauf.monat)).where(Lauf.zustand == "abgeschlossen"))
    pack = session.scalars(select(AuditEntry).where(AuditEntry.action == "notpaket.erstellt")
                           .order_by(AuditEntry.id.desc()).limit(1)).first()
    drafts = session.scalars(select(ArchiveDraft).where(ArchiveDraft.created_at > func.now() - open_for)
                             .order_by(ArchiveDraft.holder)).all()
    names = tuple(one.holder for one in drafts)
    paper = pairing.waiting(session, guard.tenant_of(session), pairing.NEW_PAPERS)
    waiting = (names, drafts[0].shown_to, drafts[0].created_at, drafts[0].new_key) if drafts else ((), "", None, False)
    return State(key.public_id if key else None, key.created_at if key else None, tuple(sorted(holders)), last,
                 pack.at if pack else None, pack.subject.removeprefix("lauf:") if pack else None, *waiting,
                 paper.holder if paper else "")
