"""Abrechnungen ausstellen, auflisten und öffnen; jedes Ausstellen und jedes Lesen steht im Protokoll."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, undefer

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements import opening, plain, sealing
from payroll.statements.models import Dokument, DokumentEmpfaenger
from payroll.statements.payslip import Payslip
from payroll.statements.pdf import render
from tenants import audit
from tenants.db.bulk import copy_rows, read_columns, reserve_ids
from tenants.db.session import TenantSession
from tenants.documents.people import OwnKey

ART = opening.ART
COLUMNS = (
    "id", "public_id", "beschaeftigung_id", "monat", "art", "fassung", "auftrag", "inhalt", "daten", "verfahren",
    "archiv_schluessel", "archiv_siegel", "sha256", "groesse", "seiten", "erstellt_von",
)  # fmt: skip
RECIPIENT_COLUMNS = ("dokument_id", "schluessel", "siegel", "versiegelt_von")


class DocumentMissing(LookupError):
    """Das Dokument gibt es bei diesem Mandanten (oder für diese Person) nicht."""


class DocumentDamaged(RuntimeError):
    """Das geöffnete Dokument passt nicht zu seiner Prüfsumme."""


@dataclass(frozen=True)
class Stored:
    """Was ein Auftrag ausgestellt hat: neue Dokumente, schon vorhandene, Hinweise, gemeinsame Prüfsumme."""

    new: int
    already: int
    findings: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Entry:
    """Eine Abrechnung in der Liste; Beträge in Cent, None, solange sie versiegelt ist."""

    public_id: uuid.UUID
    beschaeftigung_id: int
    monat: date
    fassung: int
    erstellt_am: datetime
    personalnummer: str
    title: str | None
    netto: int | None
    auszahlung: int | None

    @property
    def opened(self) -> bool:
        """Ob der Schlüssel der Person diese Abrechnung geöffnet hat."""
        return self.auszahlung is not None


@dataclass(frozen=True)
class Opened:
    """Ein geöffnetes PDF mit dem Namen, unter dem es gespeichert wird."""

    pdf: bytes
    filename: str


@dataclass
class _Writing:
    """Zeilen für die Massentür; sammelt nebenbei Hinweise und Prüfsummen."""

    sealer: sealing.Sealer
    person_of: dict[int, uuid.UUID]
    numbers: Iterator[int]
    actor: str
    auftrag: str
    slips: Iterable[tuple[int, Payslip]]
    done: set[int]
    versions: dict[tuple[int, date], int]
    already: int = 0
    months: set[date] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)
    recipients: list[tuple[object, ...]] = field(default_factory=list)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Stellt eine Abrechnung nach der anderen aus; der Speicher bleibt klein."""
        for employment, slip in self.slips:
            if employment in self.done:
                self.already += 1
                continue
            self.done.add(employment)
            yield self._row(employment, slip)

    def _row(self, employment: int, slip: Payslip) -> tuple[object, ...]:
        month = slip.period.monat
        version = self.versions.get((employment, month), 0) + 1
        if version > 1:
            slip = replace(slip, period=replace(slip.period, ersetzt=f"Fassung {version - 1}"))
        rendered, public_id, number = render(slip), uuid.uuid4(), next(self.numbers)
        place, key = opening.place(public_id, employment, month, version), self.sealer.document_key()
        content = self.sealer.content(key, zlib.compress(rendered.pdf, 1), place, "inhalt")
        data = self.sealer.content(key, zlib.compress(plain.to_bytes(slip), 1), place, "daten")
        own = self.sealer.for_person(key, place, self.person_of[employment])
        if own is not None:
            self.recipients.append((number, *own, self.actor))
        self.months.add(month)
        self.findings += rendered.findings
        self.digest.update(public_id.bytes + rendered.sha256)
        return (
            number, public_id, employment, month, ART, version, self.auftrag, content, data, sealing.SEALED,
            self.sealer.archive.key_id, self.sealer.for_archive(key, place), rendered.sha256, len(rendered.pdf),
            rendered.pages, self.actor,
        )  # fmt: skip


def store_payslips(session: TenantSession, slips: Iterable[tuple[int, Payslip]], *, auftrag: str) -> Stored:
    """Stellt Abrechnungen aus (Paare aus Nummer der Beschäftigung und Abrechnung); gleiche Zahl Anweisungen für jede
    Menge. Derselbe Auftrag (zum Beispiel Lauf und Hash seines Ergebnisses) stellt nichts zweimal aus."""
    if not auftrag:
        raise ValueError("Das Ausstellen braucht einen Auftrag (Schlüssel), damit nichts doppelt entsteht.")
    # Read first, write afterwards: while COPY is open the connection answers no query of a lazy source.
    writing = _prepared(session, list(slips), auftrag)
    new = copy_rows(session, Dokument, COLUMNS, writing.rows())
    copy_rows(session, DokumentEmpfaenger, RECIPIENT_COLUMNS, writing.recipients)
    stored = Stored(new, writing.already, tuple(writing.findings), writing.digest.hexdigest())
    if new:
        details = {
            "anzahl": new,
            "versiegelt_an_person": len(writing.recipients),
            "monate": sorted(f"{month:%Y-%m}" for month in writing.months),
        }
        audit.record(session, "abrechnungen.ausgestellt", auftrag, {**details, "sha256": stored.sha256})
    return stored


def _prepared(session: TenantSession, given: list[tuple[int, Payslip]], auftrag: str) -> _Writing:
    """Liest, was zum Schreiben nötig ist: was der Auftrag schon hat, jüngste Fassungen, Menschen."""
    months = {slip.period.monat for _, slip in given}
    done = read_columns(session, select(Dokument.beschaeftigung_id).where(Dokument.auftrag == auftrag))
    last = read_columns(
        session,
        select(Dokument.beschaeftigung_id, Dokument.monat, func.max(Dokument.fassung).label("fassung"))
        .where(Dokument.monat.in_(months), Dokument.art == ART)
        .group_by(Dokument.beschaeftigung_id, Dokument.monat),
    )
    pairs = zip(last["beschaeftigung_id"], last["monat"], strict=True)
    owners = read_columns(
        session,
        select(Beschaeftigung.id, Person.public_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(Beschaeftigung.id.in_({employment for employment, _ in given})),
    )
    return _Writing(
        sealer=sealing.sealer_of(session),
        numbers=iter(reserve_ids(session, Dokument, len(given))),
        person_of=dict(zip(owners["id"], owners["public_id"], strict=True)),
        actor=str(session.info["actor"]),
        auftrag=auftrag,
        slips=given,
        done=set(done["beschaeftigung_id"]),
        versions=dict(zip(pairs, last["fassung"], strict=True)),
    )


def list_payslips(session: TenantSession, *, person: uuid.UUID, reader: str, key: OwnKey | None = None) -> list[Entry]:
    """Alle Abrechnungen einer Person (öffentliche Kennung), neueste zuerst, je Monat die letzte Fassung.

    Beträge und Titel nur, wo key (der geöffnete Schlüssel der Person) öffnet; sonst sind sie None.
    """
    return [entry for entry, _ in every_payslip(session, person=person, reader=reader, key=key)]


def every_payslip(
    session: TenantSession, *, person: uuid.UUID, reader: str, key: OwnKey | None = None
) -> list[tuple[Entry, Payslip | None]]:
    """Wie list_payslips, dazu jede Abrechnung als Daten; None, wo der Schlüssel nicht öffnet."""
    statement = (
        select(Dokument, Beschaeftigung.personalnummer)
        .options(undefer(Dokument.daten))
        .join(Beschaeftigung, Beschaeftigung.id == Dokument.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(Person.public_id == person, Dokument.art == ART)
        .order_by(Dokument.monat.desc(), Dokument.beschaeftigung_id, Dokument.fassung.desc())
    )
    newest: dict[tuple[int, date], tuple[Dokument, str]] = {}
    for document, number in session.execute(statement):
        newest.setdefault((document.beschaeftigung_id, document.monat), (document, number))
    opener = opening.opener(session, key, [document for document, _ in newest.values()])
    found = [_entry(opener, document, number) for document, number in newest.values()]
    audit.record_reading(session, "abrechnungen.liste", str(person), {"anzahl": len(found), "leser": reader})
    return found


def open_payslip(
    session: TenantSession,
    public_id: uuid.UUID,
    reader: str,
    *,
    key: OwnKey | None,
    person: uuid.UUID | None = None,
    reason: str = "",
) -> Opened:
    """Öffnet das PDF mit dem Schlüssel der Person. Mit person (Portal) nur, wenn das Dokument ihr gehört."""
    document = find(session, public_id, person, Dokument.inhalt)
    pdf = zlib.decompress(opening.opener(session, key, [document]).content(document, "inhalt"))
    if hashlib.sha256(pdf).digest() != document.sha256:
        raise DocumentDamaged(f"Dokument {public_id}: Der Inhalt passt nicht zur Prüfsumme. Die Sicherung prüfen.")
    log_reading(session, "abrechnung.pdf", document, reader, reason)
    return Opened(pdf, filename(document))


def read_payslip(
    session: TenantSession,
    public_id: uuid.UUID,
    reader: str,
    *,
    key: OwnKey | None,
    person: uuid.UUID | None = None,
    reason: str = "",
) -> tuple[Payslip, Payslip | None]:
    """Die Abrechnung als Daten und, wenn sie sich öffnen lässt, die vorangehende derselben Beschäftigung."""
    document = find(session, public_id, person, Dokument.daten)
    before = session.scalars(
        select(Dokument)
        .options(undefer(Dokument.daten))
        .where(
            Dokument.beschaeftigung_id == document.beschaeftigung_id,
            Dokument.art == ART,
            Dokument.monat < document.monat,
        )
        .order_by(Dokument.monat.desc(), Dokument.fassung.desc())
        .limit(1)
    ).first()
    opener = opening.opener(session, key, [document, *([before] if before else [])])
    slip = _slip(opener, document)
    log_reading(session, "abrechnung.gelesen", document, reader, reason)
    return slip, _slip(opener, before) if before is not None and opener.opens(before) else None


def find(
    session: TenantSession,
    public_id: uuid.UUID,
    person: uuid.UUID | None,
    needed: InstrumentedAttribute[bytes] | None = None,
    arts: tuple[str, ...] = (ART,),
) -> Dokument:
    """Das Dokument dieser Arten; mit person nur, wenn es ihr gehört. Sonst DocumentMissing."""
    statement = select(Dokument).where(Dokument.public_id == public_id, Dokument.art.in_(arts))
    if needed is not None:
        statement = statement.options(undefer(needed))
    if person is not None:
        statement = (
            statement.join(Beschaeftigung, Beschaeftigung.id == Dokument.beschaeftigung_id)
            .join(Person, Person.id == Beschaeftigung.person_id)
            .where(Person.public_id == person)
        )
    document = session.scalars(statement).one_or_none()
    if document is None:
        raise DocumentMissing("Dieses Dokument gibt es nicht. In der Liste der Abrechnungen nachsehen.")
    return document


def log_reading(session: TenantSession, action: str, document: Dokument, reader: str, reason: str) -> None:
    """Ein Eintrag je Lesen; ohne Leser gibt es kein Lesen."""
    if not reader:
        raise ValueError("Wer eine Abrechnung öffnet, muss genannt sein (reader).")
    details = {"monat": f"{document.monat:%Y-%m}", "fassung": document.fassung, "leser": reader}
    audit.record_reading(session, action, str(document.public_id), details, reason or None)


def filename(document: Dokument) -> str:
    """Name, unter dem das PDF gespeichert wird."""
    return f"Abrechnung_{document.monat:%Y-%m}.pdf"


def _slip(opener: opening.Opener, document: Dokument) -> Payslip:
    return plain.from_bytes(zlib.decompress(opener.content(document, "daten")))


def _entry(opener: opening.Opener, document: Dokument, number: str) -> tuple[Entry, Payslip | None]:
    slip = _slip(opener, document) if opener.opens(document) else None
    entry = Entry(
        document.public_id,
        document.beschaeftigung_id,
        document.monat,
        document.fassung,
        document.erstellt_am,
        number,
        slip.title if slip else None,
        slip.netto if slip else None,
        slip.auszahlung if slip else None,
    )
    return entry, slip
