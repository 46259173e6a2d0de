"""Das Archiv zu zweit öffnen: jede Person mit dem Recht gibt in ihrer eigenen Sitzung ein Papier ein.

Das erste Papier wartet höchstens einen Tag, nur für diesen Zweck, versiegelt unter einem Schlüssel des Mandanten und
gebunden an Zweck, Namen, Zugang und Zeitpunkt. Das zweite öffnet mit ihm zusammen; danach ist das wartende fort, und
ein verfallenes löscht der Nachtlauf. So sieht keine Sitzung beide Codes, und einer allein öffnet nichts.
"""

from __future__ import annotations

import uuid
from datetime import UTC, timedelta

from sqlalchemy import delete, func, select

from tenants import audit
from tenants.audit.models import AuditEntry
from tenants.db.session import PlatformSession, TenantSession
from tenants.documents.binding import DocumentKeyError, secret_of
from tenants.documents.paper import Paper, typed_right
from tenants.models.documents import ArchiveOpening, ArchivePaper
from tenants.models.tenant import Tenant
from tenants.security import wrapping

OPEN_FOR = timedelta(days=1)
NEW_PAPERS = "papiere"
NAMELESS = "Name und Code Ihres Papiers angeben."
OWN_TURN = (
    "Ihr Papier ist eingegeben: jetzt gibt eine andere Person mit dem Recht zum Archiv ihres ein, in ihrer Sitzung."
)
OTHER_WAS_FIRST = "{} hat eben das erste Papier eingegeben: Ihres noch einmal absenden, dann öffnen beide zusammen."
NOTHING_WAITS = (
    "Das erste Papier fehlt, ist zurückgenommen oder verfallen (ein Tag): zuerst gibt eine andere Person mit dem Recht "
    "zum Archiv ihres ein, in ihrer Sitzung."
)
SAW_BOTH = (
    "Ihnen wurden die Codes dieses Archivs beim Ausgeben gezeigt; mit ihnen öffnet eine andere Person mit dem Recht "
    "zum Archiv, in ihrer Sitzung, zusammen mit den Verwahrenden."
)


def for_person(person: uuid.UUID) -> str:
    """Zweck: Neuausgabe der Dokumente einer Person."""
    return f"person:{person}"


def wait(session: PlatformSession, tenant: Tenant, purpose: str, paper: Paper, reason: str) -> None:
    """Erste Person: ihr Papier wartet auf das zweite; Name und Grund stehen im Protokoll."""
    lock(session, tenant)
    _refuse_who_saw_both(session, tenant)
    first = waiting(session, tenant.id, purpose)
    if first is not None:
        own = first.given_by == _actor(session)
        raise DocumentKeyError(OWN_TURN if own else OTHER_WAS_FIRST.format(first.given_by))
    session.execute(delete(ArchiveOpening).where(
        ArchiveOpening.tenant_id == tenant.id,
        (ArchiveOpening.purpose == purpose) | (ArchiveOpening.created_at <= func.now() - OPEN_FOR)))
    _check(session, tenant, paper)
    moment = session.scalars(select(func.now())).one()
    row = ArchiveOpening(tenant_id=tenant.id, purpose=purpose, holder=paper.holder, given_by=_actor(session),
                         created_at=moment)
    row.sealed = wrapping.under_key(paper.code.encode(), _key(session, tenant), _place(row))
    session.add(row)
    session.flush()
    audit.record(session, "archivschluessel.papier_wartet", str(tenant.public_id),
                 {"zweck": purpose, "verwahrende": paper.holder}, reason)


def join(session: PlatformSession, tenant: Tenant, purpose: str, paper: Paper) -> list[Paper]:
    """Zweite Person: das wartende Papier und ihres; das wartende ist mit dieser Transaktion fort."""
    lock(session, tenant)
    _refuse_who_saw_both(session, tenant)
    row = waiting(session, tenant.id, purpose)
    if row is None:
        raise DocumentKeyError(NOTHING_WAITS)
    if row.given_by == _actor(session):
        raise DocumentKeyError(OWN_TURN)
    _check(session, tenant, paper)
    if paper.holder == row.holder:
        raise DocumentKeyError(f"Das Papier von {row.holder} ist schon eingegeben: das einer anderen Person angeben.")
    code = wrapping.from_key(row.sealed, _key(session, tenant), _place(row))
    if code is None:
        raise DocumentKeyError("Das wartende Papier wurde an der Anwendung vorbei geändert: zurücknehmen, prüfen.")
    session.delete(row)
    session.flush()
    return [Paper(row.holder, code.decode(), row.given_by), Paper(paper.holder, paper.code, _actor(session))]


def withdraw(session: PlatformSession, tenant: Tenant, purpose: str, reason: str) -> bool:
    """Nimmt ein wartendes Papier zurück; gibt, ob eines da war."""
    gone = session.scalars(delete(ArchiveOpening).where(
        ArchiveOpening.tenant_id == tenant.id, ArchiveOpening.purpose == purpose)
        .returning(ArchiveOpening.holder)).all()
    if gone:
        audit.record(session, "archivschluessel.papier_zurueck", str(tenant.public_id),
                     {"zweck": purpose, "verwahrende": gone[0]}, reason)
    return bool(gone)


def expired(session: PlatformSession) -> int:
    """Löscht bei allen Mandanten, was länger als einen Tag wartet; gibt die Zahl."""
    return len(session.scalars(delete(ArchiveOpening).where(ArchiveOpening.created_at <= func.now() - OPEN_FOR)
                               .returning(ArchiveOpening.id)).all())


def lock(session: PlatformSession, tenant: Tenant) -> None:
    """Eine Person nach der anderen: hält bis zum Ende der Transaktion alle auf, die für diesen Mandanten öffnen."""
    # Not FOR UPDATE: rows of the tenant written meanwhile in its own session refer to this one.
    session.scalars(select(Tenant.id).where(Tenant.id == tenant.id).with_for_update(key_share=True)).one()


def waiting(session: PlatformSession | TenantSession, tenant: int, purpose: str) -> ArchiveOpening | None:
    """Das Papier, das für diesen Zweck wartet."""
    return session.scalars(select(ArchiveOpening).where(
        ArchiveOpening.tenant_id == tenant, ArchiveOpening.purpose == purpose,
        ArchiveOpening.created_at > func.now() - OPEN_FOR)).one_or_none()


def _check(session: PlatformSession, tenant: Tenant, paper: Paper) -> None:
    if not paper.holder or not paper.code.strip():
        raise DocumentKeyError(NAMELESS)
    named = (ArchivePaper.first_holder == paper.holder) | (ArchivePaper.second_holder == paper.holder)
    of_tenant = select(ArchivePaper.id).where(ArchivePaper.tenant_id == tenant.id, named)
    if session.scalars(of_tenant.limit(1)).first() is None:
        raise DocumentKeyError(f"Auf keinem Papier dieses Archivs steht „{paper.holder}“: den Namen abschreiben, wie "
                               "er auf dem Papier steht.")
    if not typed_right(paper.code):
        raise DocumentKeyError("Der Code ist kein Code eines Papiers (24 Zeichen, Prüfzeichen): auf Tippfehler prüfen.")


def _refuse_who_saw_both(session: PlatformSession, tenant: Tenant) -> None:
    """Wem früher alle geltenden Codes eines Schlüssels gezeigt wurden, der gibt keinen ein: sonst genügte einer."""
    entries = session.scalars(select(AuditEntry).where(
        AuditEntry.action.in_(("archivschluessel.neu", "archivschluessel.papiere")),
        AuditEntry.subject == str(tenant.public_id)).order_by(AuditEntry.id))
    last = {str(entry.details["schluessel"]): "" if "gezeigt" in entry.details else entry.actor for entry in entries}
    if _actor(session) in last.values():
        raise DocumentKeyError(SAW_BOTH)


def _key(session: PlatformSession, tenant: Tenant) -> bytes:
    return wrapping.derived(secret_of(session, tenant.id), "archiv zu zweit")


def _place(row: ArchiveOpening) -> str:
    moment = row.created_at.astimezone(UTC).isoformat()
    return f"archive_opening:{row.tenant_id}:{row.purpose}:{row.holder}:{row.given_by}:{moment}"


def _actor(session: PlatformSession) -> str:
    return str(session.info["actor"])
