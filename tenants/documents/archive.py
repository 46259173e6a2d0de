"""Archivschlüssel eines Mandanten: der öffentliche Teil versiegelt jedes Dokument, den privaten öffnen nur zwei
Menschen gemeinsam mit ihren Codes auf Papier. Weder der Server noch die Datenbank noch der Hauptschlüssel reichen.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass, field
from itertools import combinations

from sqlalchemy import ColumnElement, Select, func, select, update

from tenants import audit
from tenants.audit.models import AuditEntry
from tenants.db import guard
from tenants.db.session import PlatformSession, TenantSession
from tenants.documents import layers
from tenants.documents.binding import ARCHIVE, DocumentKeyError, binding, secret_of
from tenants.models.documents import ArchiveKey, ArchivePaper
from tenants.models.tenant import Tenant
from tenants.security import recipient, wrapping
from tenants.security.recipient import KeyPair, Recipient
from tenants.users import codes

MISSING = (
    "Der Mandant hat keinen Archivschlüssel; ohne ihn wird keine Abrechnung ausgestellt. Abhilfe: „kreislohn archive "
    "create“ mit mindestens zwei Verwahrenden ausführen und die Codes auf Papier übergeben."
)
SAW_BOTH = (
    "Ihnen wurden die Codes dieses Archivs beim Ausgeben gezeigt; mit ihnen öffnet eine andere Person mit dem Recht "
    "zum Archiv, in ihrer Sitzung, zusammen mit den Verwahrenden."
)
WRONG = "Die beiden Codes öffnen den Archivschlüssel nicht: Namen und Codes mit den Papieren vergleichen."


@dataclass(frozen=True)
class Paper:
    """Was ein Mensch verwahrt: sein Code, nur hier im Klartext."""

    holder: str
    code: str = field(repr=False)


@dataclass(frozen=True)
class Archive:
    """Empfänger Archiv mit seiner Kennung."""

    key_id: uuid.UUID
    recipient: Recipient


def create(
    session: PlatformSession, tenant: Tenant, holders: list[str], reason: str, algorithm: int = recipient.NEW_KEYS
) -> list[Paper]:
    """Neuer Archivschlüssel, alle Codes auf einmal (Befehl des Betriebs); ein früherer bleibt zum Öffnen des Früheren.

    Je zwei Verwahrende öffnen gemeinsam. Am Schreibtisch ziehen zwei Menschen die Papiere getrennt: drawing."""
    names = sorted({holder.strip() for holder in holders} - {""})
    if len(names) < 2 or len(names) != len(holders):
        raise DocumentKeyError("Ein Archivschlüssel braucht mindestens zwei verschiedene Verwahrende mit Namen.")
    pair, row = new_key(session, tenant, algorithm)
    papers = [Paper(name, f"{codes.generate()}-{codes.generate()}") for name in names]
    _write_papers(session, row, pair, papers)
    details = {"schluessel": row.public_id, "verfahren": algorithm, "verwahrende": names}
    audit.record(session, "archivschluessel.neu", str(tenant.public_id), details, reason)
    return papers


def refuse_who_saw_both(session: PlatformSession, tenant: Tenant) -> None:
    """Wem alle geltenden Codes eines Schlüssels gezeigt wurden (früher am Schreibtisch, sonst nur mit dem Befehl), der
    braucht sie nicht selbst: sonst genügte einer."""
    entries = session.scalars(select(AuditEntry).where(
        AuditEntry.action.in_(("archivschluessel.neu", "archivschluessel.papiere")),
        AuditEntry.subject == str(tenant.public_id)).order_by(AuditEntry.id))
    last = {str(entry.details["schluessel"]): "" if "gezeigt" in entry.details else entry.actor for entry in entries}
    if str(session.info["actor"]) in last.values():
        raise DocumentKeyError(SAW_BOTH)


def create_demonstration(session: PlatformSession, tenant: Tenant) -> None:
    """Archivschlüssel eines Vorführmandanten, den der Server selbst öffnet; anderswo verbietet es die Datenbank."""
    pair, row = new_key(session, tenant, recipient.NEW_KEYS)
    key = wrapping.derived(secret_of(session, tenant.id), "vorfuehrung")
    row.demo_wrapped = wrapping.under_key(pair.private, key, place_of(row))
    session.flush()


def exchange_papers(
    session: PlatformSession, tenant: Tenant, given: list[Paper], holders: list[str], reason: str
) -> list[Paper]:
    """Neue Verwahrende für denselben Schlüssel; die alten Papiere öffnen danach nichts mehr."""
    names = sorted({holder.strip() for holder in holders} - {""})
    if len(names) < 2 or len(names) != len(holders):
        raise DocumentKeyError("Ein Archivschlüssel braucht mindestens zwei verschiedene Verwahrende mit Namen.")
    row = current_row(session, tenant.id)
    if row is None:
        raise DocumentKeyError(MISSING)
    pair = opened(session, row, given)
    for paper in session.scalars(select(ArchivePaper).where(*_papers_of(row))):
        session.delete(paper)
    session.flush()
    papers = [Paper(name, f"{codes.generate()}-{codes.generate()}") for name in names]
    _write_papers(session, row, pair, papers)
    details = {"schluessel": row.public_id, "verwahrende": names, "geoeffnet_von": sorted(p.holder for p in given)}
    audit.record(session, "archivschluessel.papiere", str(tenant.public_id), details, reason)
    return papers


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
    """Alle Archivschlüssel, die diese beiden Papiere (bei der Vorführung: keine) öffnen, nach Kennung."""
    rows = session.scalars(select(ArchiveKey).order_by(ArchiveKey.id)).all()
    found = {}
    for row in rows:
        try:
            found[row.public_id] = opened(session, row, papers)
        except DocumentKeyError:
            continue
    if not found:
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


def _write_papers(session: PlatformSession, row: ArchiveKey, pair: KeyPair, papers: list[Paper]) -> None:
    for first, second in combinations(papers, 2):
        session.add(
            ArchivePaper(
                tenant_id=row.tenant_id,
                archive_key_id=row.id,
                first_holder=first.holder,
                second_holder=second.holder,
                wrapped=wrapping.wrap(pair.private, _words([first, second]), place_of(row)),
            )
        )
    session.flush()


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


def plain(code: str) -> str:
    """Ein Code ohne Gruppen und Leerzeichen."""
    return "".join(sign for sign in code.upper() if sign in codes.ALPHABET)


def _unwrapped(wrapped: bytes, first: Paper, second: Paper, place: str) -> bytes | None:
    """Der private Schlüssel aus einem Papier zweier Menschen; first und second nach Namen geordnet."""
    if wrapped[:1] == bytes((layers.LAYERED,)):
        return layers.unwrap(wrapped, (first.holder, plain(first.code)), (second.holder, plain(second.code)), place)
    return wrapping.unwrap(wrapped, _words([first, second]), place)


def place_of(row: ArchiveKey) -> str:
    """Wie dieser Schlüssel in den Siegeln heißt."""
    return f"archive_key:{row.tenant_id}:{row.public_id}"
