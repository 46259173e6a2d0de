"""Versiegelte Dokumente öffnen: mit dem Schlüssel der Person, sonst bleiben sie zu."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from payroll.statements import sealing
from payroll.statements.models import Dokument, DokumentEmpfaenger
from tenants.db.session import TenantSession
from tenants.documents.people import OwnKey
from tenants.security import open_sealed

ART = "abrechnung"
NOT_OPEN = "Dieses Dokument ist versiegelt: zuerst die Dokumente mit dem eigenen Kennwort öffnen."
OTHER_KEY = (
    "Dieses Dokument ist an einen früheren Schlüssel oder nur an das Archiv versiegelt. Der Personaldienst kann es "
    "mit der Archivstelle neu für Sie ausgeben; verloren ist nichts."
)


class DocumentLocked(RuntimeError):
    """Das Dokument ist versiegelt, und der Schlüssel der Person ist nicht geöffnet oder nicht der richtige."""


@dataclass(frozen=True)
class Opener:
    """Öffnet Dokumente einer Sitzung mit einem Schlüssel; seals sind die Siegel an ihn, nach Dokument."""

    session: TenantSession
    key: OwnKey | None
    seals: dict[int, bytes]

    def opens(self, document: Dokument) -> bool:
        """Ob dieses Dokument sich öffnen lässt."""
        return document.verfahren == sealing.UNDER_TENANT or document.id in self.seals

    def content(self, document: Dokument, column: str) -> bytes:
        """Klartext von inhalt oder daten; sonst DocumentLocked oder SealBroken."""
        stored, where = getattr(document, column), place_of(document)
        if document.verfahren == sealing.UNDER_TENANT:
            return open_sealed(self.session, stored, table="dokument", row=where, column=column)
        if self.key is None:
            raise DocumentLocked(NOT_OPEN)
        if document.id not in self.seals:
            raise DocumentLocked(OTHER_KEY)
        sealed = self.seals[document.id]
        key = sealing.document_key(self.session, self.key.pair, sealed, where, self.key.key_id)
        return sealing.content(self.session, key, stored, where, column)


def opener(session: TenantSession, key: OwnKey | None, documents: Iterable[Dokument]) -> Opener:
    """Liest die Siegel an diesen Schlüssel in einem Zug."""
    if key is None:
        return Opener(session, None, {})
    to = DokumentEmpfaenger
    rows = session.execute(
        select(to.dokument_id, to.siegel).where(
            to.schluessel == key.key_id, to.dokument_id.in_([document.id for document in documents])
        )
    )
    return Opener(session, key, {row.dokument_id: row.siegel for row in rows})


def place_of(document: Dokument) -> str:
    """Ort eines Dokuments im Siegel."""
    return place(document.public_id, document.beschaeftigung_id, document.monat, document.fassung, document.art)


def place(public_id: uuid.UUID, employment: int, month: date, version: int, art: str = ART) -> str:
    """Ort im Siegel: ein Dokument lässt sich keiner anderen Person und keinem anderen Monat unterschieben."""
    return f"{public_id}:{employment}:{month:%Y-%m}:{art}:{version}"
