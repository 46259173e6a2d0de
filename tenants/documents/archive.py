"""Archivschlüssel eines Mandanten: der öffentliche Teil versiegelt jedes Dokument, den privaten öffnen nur zwei
Menschen gemeinsam mit ihren Codes auf Papier. Weder der Server noch die Datenbank noch der Hauptschlüssel reichen.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, update

from tenants.db import guard
from tenants.db.session import PlatformSession, TenantSession
from tenants.documents import layers
from tenants.documents.binding import ARCHIVE, DocumentKeyError, binding, secret_of
from tenants.documents.paper import Paper, plain
from tenants.models.documents import ArchiveKey, ArchivePaper
from tenants.models.tenant import Tenant
from tenants.security import recipient, wrapping
from tenants.security.recipient import KeyPair, Recipient

MISSING = (
    "Der Mandant hat keinen Archivschlüssel; ohne ihn wird keine Abrechnung ausgestellt. Abhilfe: zwei Menschen ziehen "
    "die Papiere unter „Archiv und Notfall“ oder mit „kreislohn archive create“."
)
WRONG = "Die beiden Codes öffnen den Archivschlüssel nicht: Namen und Codes mit den Papieren vergleichen."


@dataclass(frozen=True)
class Archive:
    """Empfänger Archiv mit seiner Kennung."""

    key_id: uuid.UUID
    recipient: Recipient


def create_demonstration(session: PlatformSession, tenant: Tenant) -> None:
    """Archivschlüssel eines Vorführmandanten, den der Server selbst öffnet; anderswo verbietet es die Datenbank."""
    pair, row = new_key(session, tenant, recipient.NEW_KEYS)
    key = wrapping.derived(secret_of(session, tenant.id), "vorfuehrung")
    row.demo_wrapped = wrapping.under_key(pair.private, key, place_of(row))
    session.flush()


def current(session: TenantSession) -> Archive:
    """Der Empfänger Archiv dieses Mandanten; ohne ihn wird nichts ausgestellt."""
    tenant = guard.tenant_of(session)
    row = session.scalars(_current(tenant)).one_or_none()
    if row is None:
        raise DocumentKeyError(MISSING)
    expected = binding(secret_of(session, tenant), tenant, ARCHIVE, row.public_id, row.algorithm, row.public_key)
    if not hmac.compare_digest(expected, row.binding):
        raise DocumentKeyError("Der Archivschlüssel wurde an der Anwendung vorbei geändert: nichts ausstellen, prüfen.")
    return Archive(row.public_id, Recipient(row.algorithm, row.public_key))


def open_keys(session: TenantSession, papers: list[Paper]) -> dict[uuid.UUID, KeyPair]:
    """Alle Archivschlüssel, die diese beiden Papiere (bei der Vorführung: keine) öffnen, nach Kennung.

    Wer Papiere angibt, muss mit ihnen einen öffnen: ein Schlüssel der Vorführung daneben genügt nicht.
    """
    rows = session.scalars(select(ArchiveKey).order_by(ArchiveKey.id)).all()
    found, with_papers = {}, False
    for row in rows:
        try:
            found[row.public_id] = opened(session, row, papers)
        except DocumentKeyError:
            continue
        with_papers |= row.demo_wrapped is None
    if not found or (papers and not with_papers):
        raise DocumentKeyError(WRONG if rows else MISSING)
    return found


@dataclass(frozen=True)
class Box:
    """Archivschlüssel zum Mitnehmen: öffentlicher Teil und die verschlossenen Papiere (erster, zweiter, Siegel)."""

    key_id: uuid.UUID
    algorithm: int
    public: bytes
    place: str
    papers: tuple[tuple[str, str, bytes], ...]


def box(session: TenantSession) -> Box:
    """Was ein Notpaket vom Archivschlüssel braucht; ohne Papiere gibt es keines."""
    current(session)  # refuses a key that was changed behind the application
    row = session.scalars(_current(guard.tenant_of(session))).one()
    papers = session.scalars(select(ArchivePaper).where(*_papers_of(row)).order_by(ArchivePaper.id))
    wraps = tuple((paper.first_holder, paper.second_holder, paper.wrapped) for paper in papers)
    if not wraps:
        raise DocumentKeyError("Zum Archivschlüssel gibt es keine Papiere: „kreislohn archive create“ ausführen.")
    return Box(row.public_id, row.algorithm, row.public_key, place_of(row), wraps)


def private_from(wraps: list[tuple[str, str, bytes]], papers: list[Paper], place: str) -> bytes | None:
    """Der private Schlüssel aus mitgenommenen Papieren und zwei Codes; None, wenn sie nicht passen."""
    if len(papers) != 2:
        return None
    first, second = sorted(papers, key=lambda paper: paper.holder)
    for one, other, wrapped in wraps:
        if (one, other) == (first.holder, second.holder):
            return _unwrapped(wrapped, first, second, place)
    return None


def current_row(session: PlatformSession, tenant: int) -> ArchiveKey | None:
    """Der geltende Archivschlüssel."""
    return session.scalars(_current(tenant)).one_or_none()


def has_papers(session: TenantSession | PlatformSession, row: ArchiveKey) -> bool:
    """Ob diesen Schlüssel Papiere öffnen (in der Vorführung öffnet ihn der Server)."""
    return session.scalars(select(ArchivePaper.id).where(*_papers_of(row)).limit(1)).first() is not None


def new_key(session: PlatformSession, tenant: Tenant, algorithm: int) -> tuple[KeyPair, ArchiveKey]:
    """Neues Schlüsselpaar und seine Zeile, noch ohne Papiere; ein früherer Schlüssel gilt nicht mehr für Neues."""
    of_tenant = (ArchiveKey.tenant_id == tenant.id, ArchiveKey.retired_at.is_(None))
    session.execute(update(ArchiveKey).where(*of_tenant).values(retired_at=func.now()))
    pair, key_id = recipient.generate(algorithm), uuid.uuid4()
    mark = binding(secret_of(session, tenant.id), tenant.id, ARCHIVE, key_id, algorithm, pair.public)
    row = ArchiveKey(
        tenant_id=tenant.id,
        public_id=key_id,
        algorithm=algorithm,
        public_key=pair.public,
        binding=mark,
        demo=tenant.demo,
        created_by=str(session.info["actor"]),
    )
    session.add(row)
    session.flush()
    return pair, row


def opened(session: TenantSession | PlatformSession, row: ArchiveKey, papers: list[Paper]) -> KeyPair:
    """Das Schlüsselpaar einer Zeile mit zwei Papieren (bei der Vorführung: ohne); sonst DocumentKeyError."""
    private: bytes | None = None
    if row.demo_wrapped is not None:
        key = wrapping.derived(secret_of(session, row.tenant_id), "vorfuehrung")
        private = wrapping.from_key(row.demo_wrapped, key, place_of(row))
    elif len(papers) == 2:
        first, second = sorted(papers, key=lambda paper: paper.holder)
        paper = session.scalars(
            select(ArchivePaper).where(
                *_papers_of(row), ArchivePaper.first_holder == first.holder, ArchivePaper.second_holder == second.holder
            )
        ).one_or_none()
        private = _unwrapped(paper.wrapped, first, second, place_of(row)) if paper else None
    if private is None:
        raise DocumentKeyError(WRONG)
    return KeyPair(row.algorithm, row.public_key, private)


def _papers_of(row: ArchiveKey) -> tuple[ColumnElement[bool], ...]:
    return (ArchivePaper.tenant_id == row.tenant_id, ArchivePaper.archive_key_id == row.id)


def _current(tenant: int) -> Select[ArchiveKey]:
    return select(ArchiveKey).where(ArchiveKey.tenant_id == tenant, ArchiveKey.retired_at.is_(None))


def _words(papers: list[Paper]) -> str:
    """Beide Codes zusammen."""
    return "/".join(plain(paper.code) for paper in sorted(papers, key=lambda paper: paper.holder))


def _unwrapped(wrapped: bytes, first: Paper, second: Paper, place: str) -> bytes | None:
    """Der private Schlüssel aus einem Papier zweier Menschen; first und second nach Namen geordnet."""
    if wrapped[:1] == bytes((layers.LAYERED,)):
        return layers.unwrap(wrapped, (first.holder, plain(first.code)), (second.holder, plain(second.code)), place)
    return wrapping.unwrap(wrapped, _words([first, second]), place)


def place_of(row: ArchiveKey) -> str:
    """Wie dieser Schlüssel in den Siegeln heißt."""
    return f"archive_key:{row.tenant_id}:{row.public_id}"
