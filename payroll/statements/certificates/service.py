"""Bescheinigungen ausstellen, auflisten und mit dem Schlüssel der Person öffnen; alles steht im Protokoll.

Wie eine Abrechnung ist das Dokument mit der Ausstellung versiegelt: lesen kann es die Person, das Archiv gibt es neu
aus. Die Stelle am Schreibtisch bekommt es genau einmal, beim Ausstellen, für die Behörde.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements import opening, sealing
from payroll.statements.certificates.content import Certificate, CertificateRefused, Wanted, build
from payroll.statements.certificates.pdf import render
from payroll.statements.models import Dokument, DokumentEmpfaenger
from payroll.statements.pdf.document import Rendered
from payroll.statements.service import DocumentDamaged, Opened, find
from tenants import audit
from tenants.db.session import TenantSession
from tenants.documents.people import OwnKey

ART = "verdienstbescheinigung"
TITLES = {ART: "Verdienstbescheinigung"}


@dataclass(frozen=True)
class Entry:
    """Eine ausgestellte Bescheinigung; Zweck und Zeitraum nur, wenn der Schlüssel der Person sie öffnet."""

    public_id: uuid.UUID
    art: str
    monat: date
    fassung: int
    erstellt_am: datetime
    erstellt_von: str
    personalnummer: str
    zweck: str | None = None
    von: date | None = None

    @property
    def title(self) -> str:
        """Überschrift der Art."""
        return TITLES[self.art]


def issue(session: TenantSession, employment: Beschaeftigung, wanted: Wanted, *, key: uuid.UUID, reason: str) -> Opened:
    """Stellt eine Bescheinigung aus und gibt sie einmal heraus; derselbe Schlüssel (key) stellt nichts doppelt aus."""
    if not reason.strip():
        raise CertificateRefused("Grund fehlt; angeben, wer die Bescheinigung verlangt hat.")
    made = build(session, employment, wanted)
    rendered, auftrag = render(made), f"bescheinigung:{key}"
    before = session.scalars(select(Dokument).where(
        Dokument.auftrag == auftrag, Dokument.beschaeftigung_id == employment.id, Dokument.art == ART)).one_or_none()
    if before is not None:
        if before.sha256 != rendered.sha256:
            raise CertificateRefused("Diese Bescheinigung ist schon ausgestellt; für eine andere die Seite neu laden.")
        return Opened(rendered.pdf, filename(before))
    stored = _store(session, employment, made, rendered, auftrag)
    details = {"person": str(_owner(session, employment)), "von": f"{made.monate[0].monat:%Y-%m}",
               "bis": f"{stored.monat:%Y-%m}", "zweck": wanted.zweck, "fassung": stored.fassung,
               "sha256": rendered.sha256.hex()}
    audit.record(session, "bescheinigung.ausgestellt", str(stored.public_id), details, reason.strip())
    return Opened(rendered.pdf, filename(stored))


def of_person(session: TenantSession, person: uuid.UUID, *, reader: str, key: OwnKey | None = None) -> list[Entry]:
    """Bescheinigungen einer Person, die neueste zuerst; mit key auch, wofür und ab wann."""
    rows = session.execute(
        select(Dokument, Beschaeftigung.personalnummer).options(undefer(Dokument.daten))
        .join(Beschaeftigung, Beschaeftigung.id == Dokument.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(Person.public_id == person, Dokument.art.in_(TITLES))
        .order_by(Dokument.erstellt_am.desc(), Dokument.id.desc())).all()
    opener = opening.opener(session, key, [document for document, _ in rows])
    if rows:
        audit.record_reading(session, "bescheinigungen.liste", str(person), {"anzahl": len(rows), "leser": reader})
    return [_entry(opener, document, number) for document, number in rows]


def open_pdf(session: TenantSession, public_id: uuid.UUID, reader: str, *, key: OwnKey | None,
             person: uuid.UUID) -> Opened:
    """Das PDF mit dem Schlüssel der Person; nur, wenn es ihr gehört."""
    document = find(session, public_id, person, Dokument.inhalt, arts=tuple(TITLES))
    pdf = zlib.decompress(opening.opener(session, key, [document]).content(document, "inhalt"))
    if hashlib.sha256(pdf).digest() != document.sha256:
        raise DocumentDamaged(f"Dokument {public_id}: Der Inhalt passt nicht zur Prüfsumme. Die Sicherung prüfen.")
    audit.record_reading(session, "bescheinigung.pdf", str(public_id),
                         {"monat": f"{document.monat:%Y-%m}", "leser": reader})
    return Opened(pdf, filename(document))


def filename(document: Dokument) -> str:
    """Name, unter dem das PDF gespeichert wird."""
    return f"{TITLES[document.art]}_{document.monat:%Y-%m}_{document.fassung}.pdf"


def _store(session: TenantSession, employment: Beschaeftigung, made: Certificate, rendered: Rendered,
           auftrag: str) -> Dokument:
    sealer, public_id, actor = sealing.sealer_of(session), uuid.uuid4(), str(session.info["actor"])
    month = made.monate[-1].monat
    version = 1 + (session.scalar(select(func.max(Dokument.fassung)).where(
        Dokument.beschaeftigung_id == employment.id, Dokument.monat == month, Dokument.art == ART)) or 0)
    place, key = opening.place(public_id, employment.id, month, version, ART), sealer.document_key()
    about = orjson.dumps({"zweck": made.zweck, "stelle": made.stelle, "von": made.monate[0].monat, "bis": month})
    document = Dokument(
        public_id=public_id, beschaeftigung_id=employment.id, monat=month, art=ART, fassung=version, auftrag=auftrag,
        inhalt=sealer.content(key, zlib.compress(rendered.pdf, 1), place, "inhalt"),
        daten=sealer.content(key, zlib.compress(about), place, "daten"), verfahren=sealing.SEALED,
        archiv_schluessel=sealer.archive.key_id, archiv_siegel=sealer.for_archive(key, place),
        sha256=rendered.sha256, groesse=len(rendered.pdf), seiten=rendered.pages, erstellt_von=actor)
    session.add(document)
    session.flush()
    own = sealer.for_person(key, place, _owner(session, employment))
    if own is not None:
        session.add(DokumentEmpfaenger(dokument_id=document.id, schluessel=own[0], siegel=own[1],
                                       versiegelt_von=actor))
        session.flush()
    return document


def _owner(session: TenantSession, employment: Beschaeftigung) -> uuid.UUID:
    return session.scalars(select(Person.public_id).where(Person.id == employment.person_id)).one()


def _entry(opener: opening.Opener, document: Dokument, number: str) -> Entry:
    head = (document.public_id, document.art, document.monat, document.fassung, document.erstellt_am,
            document.erstellt_von, number)
    if opener.key is None or not opener.opens(document):
        return Entry(*head)
    about = orjson.loads(zlib.decompress(opener.content(document, "daten")))
    return Entry(*head, about["zweck"], date.fromisoformat(about["von"]))
