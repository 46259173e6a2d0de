"""Neuausgabe: die Archivstelle versiegelt Abrechnungen einer Person an ihren heutigen Schlüssel.

Gebraucht nach einem verlorenen Kennwort und für Abrechnungen aus der Zeit vor dem ersten Brief. Zwei Verwahrende öffnen
den Archivschlüssel gemeinsam, mit Grund; Grund, Namen und Zahl stehen im Protokoll. Kein Inhalt wird dabei
entschlüsselt, umgesiegelt wird nur der Schlüssel jedes Dokuments.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements import opening, sealing
from payroll.statements.models import Dokument, DokumentEmpfaenger
from payroll.statements.service import RECIPIENT_COLUMNS
from tenants import audit
from tenants.db import guard
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from tenants.documents import DocumentKeyError, archive, recipients
from tenants.documents.paper import Paper


@dataclass(frozen=True)
class Reissued:
    """Was eine Neuausgabe tat: neu versiegelt, schon lesbar, unter anderem Archivschlüssel (nicht geöffnet)."""

    sealed: int
    already: int
    other_archive: int


def waiting(session: TenantSession, person: uuid.UUID) -> int:
    """Wie viele Abrechnungen einer Person ihr heutiger Schlüssel nicht öffnet."""
    found = recipients.of_tenant(session, person).get(person)
    held = _held(session, found.key_id) if found else set[int]()
    documents = session.scalars(_documents(person).where(Dokument.verfahren == sealing.SEALED))
    return sum(document.id not in held for document in documents)


def reissue(session: TenantSession, person: uuid.UUID, papers: list[Paper], reason: str) -> Reissued:
    """Gibt alle Abrechnungen einer Person neu aus; papers sind die Codes zweier Verwahrender."""
    if not reason.strip():
        raise DocumentKeyError("Die Neuausgabe braucht einen Grund; er steht im Protokoll.")
    to = recipients.of_tenant(session, person).get(person)
    if to is None:
        raise DocumentKeyError("Die Person hat noch keinen Schlüssel: zuerst einen Brief zur Anmeldung ausstellen.")
    keys, tenant = archive.open_keys(session, papers), guard.tenant_of(session)
    held, already, other = _held(session, to.key_id), 0, 0
    rows: list[tuple[object, ...]] = []
    for document in session.scalars(_documents(person).options(undefer(Dokument.archiv_siegel))).all():
        key_id = document.archiv_schluessel
        if document.verfahren != sealing.SEALED or document.id in held:
            already += 1
        elif key_id is None or key_id not in keys:
            other += 1
        else:
            where = opening.place_of(document)
            key = sealing.document_key(session, keys[key_id], document.archiv_siegel or b"", where, key_id)
            sealed = sealing.sealed_to(to.recipient, key, tenant, where, to.key_id)
            rows.append((document.id, to.key_id, sealed, str(session.info["actor"])))
    copy_rows(session, DokumentEmpfaenger, RECIPIENT_COLUMNS, rows)
    done = Reissued(len(rows), already, other)
    details = {"anzahl": done.sealed, "verwahrende": sorted(paper.holder for paper in papers), "schluessel": to.key_id,
               "eingegeben": {paper.holder: paper.given_by for paper in papers if paper.given_by}}
    audit.record(session, "abrechnungen.neuausgabe", str(person), details, reason.strip())
    return done


def _documents(person: uuid.UUID) -> Select[Dokument]:
    return (
        select(Dokument)
        .join(Beschaeftigung, Beschaeftigung.id == Dokument.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(Person.public_id == person)
    )


def _held(session: TenantSession, key_id: uuid.UUID) -> set[int]:
    return set(session.scalars(select(DokumentEmpfaenger.dokument_id).where(DokumentEmpfaenger.schluessel == key_id)))
