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
from payroll.statements import plain
from payroll.statements.models import Dokument
from payroll.statements.payslip import Payslip
from payroll.statements.pdf import render
from tenants import audit
from tenants.db.bulk import copy_rows, read_columns
from tenants.db.session import TenantSession
from tenants.security import TenantKeys, keys_of, open_sealed, seal

ART = "abrechnung"
TABLE = "dokument"
COLUMNS = (
    "public_id", "beschaeftigung_id", "monat", "art", "fassung", "auftrag", "inhalt", "daten", "sha256", "groesse",
    "seiten", "erstellt_von",
)  # fmt: skip


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
    """Eine Abrechnung in der Liste; Beträge in Cent."""

    public_id: uuid.UUID
    beschaeftigung_id: int
    monat: date
    fassung: int
    erstellt_am: datetime
    personalnummer: str
    title: str
    netto: int
    auszahlung: int


@dataclass(frozen=True)
class Opened:
    """Ein geöffnetes PDF mit dem Namen, unter dem es gespeichert wird."""

    pdf: bytes
    filename: str


@dataclass
class _Writing:
    """Zeilen für die Massentür; sammelt nebenbei Hinweise und Prüfsummen."""

    keys: TenantKeys
    actor: str
    auftrag: str
    slips: Iterable[tuple[int, Payslip]]
    done: set[int]
    versions: dict[tuple[int, date], int]
    already: int = 0
    months: set[date] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)
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
        rendered, public_id = render(slip), uuid.uuid4()
        place = _place(public_id, employment, month, version)
        content = seal(self.keys, zlib.compress(rendered.pdf, 1), table=TABLE, row=place, column="inhalt")
        data = seal(self.keys, zlib.compress(plain.to_bytes(slip), 1), table=TABLE, row=place, column="daten")
        self.months.add(month)
        self.findings += rendered.findings
        self.digest.update(public_id.bytes + rendered.sha256)
        return (
            public_id, employment, month, ART, version, self.auftrag, content, data, rendered.sha256,
            len(rendered.pdf), rendered.pages, self.actor,
        )  # fmt: skip


def store_payslips(session: TenantSession, slips: Iterable[tuple[int, Payslip]], *, auftrag: str) -> Stored:
    """Stellt Abrechnungen aus (Paare aus Nummer der Beschäftigung und Abrechnung); gleiche Zahl Anweisungen für jede
    Menge. Derselbe Auftrag (zum Beispiel Lauf und Hash seines Ergebnisses) stellt nichts zweimal aus."""
    if not auftrag:
        raise ValueError("Das Ausstellen braucht einen Auftrag (Schlüssel), damit nichts doppelt entsteht.")
    # Read first, write afterwards: while COPY is open the connection answers no query of a lazy source.
    given = list(slips)
    months = {slip.period.monat for _, slip in given}
    done = read_columns(session, select(Dokument.beschaeftigung_id).where(Dokument.auftrag == auftrag))
    last = read_columns(
        session,
        select(Dokument.beschaeftigung_id, Dokument.monat, func.max(Dokument.fassung).label("fassung"))
        .where(Dokument.monat.in_(months), Dokument.art == ART)
        .group_by(Dokument.beschaeftigung_id, Dokument.monat),
    )
    pairs = zip(last["beschaeftigung_id"], last["monat"], strict=True)
    writing = _Writing(
        keys=keys_of(session),
        actor=str(session.info["actor"]),
        auftrag=auftrag,
        slips=given,
        done=set(done["beschaeftigung_id"]),
        versions=dict(zip(pairs, last["fassung"], strict=True)),
    )
    new = copy_rows(session, Dokument, COLUMNS, writing.rows())
    stored = Stored(new, writing.already, tuple(writing.findings), writing.digest.hexdigest())
    if new:
        details = {"anzahl": new, "monate": sorted(f"{month:%Y-%m}" for month in writing.months)}
        audit.record(session, "abrechnungen.ausgestellt", auftrag, {**details, "sha256": stored.sha256})
    return stored


def list_payslips(session: TenantSession, *, person: uuid.UUID, reader: str) -> list[Entry]:
    """Alle Abrechnungen einer Person (öffentliche Kennung), neueste zuerst, je Monat die letzte Fassung."""
    statement = (
        select(Dokument, Beschaeftigung.personalnummer)
        .options(undefer(Dokument.daten))
        .join(Beschaeftigung, Beschaeftigung.id == Dokument.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(Person.public_id == person, Dokument.art == ART)
        .order_by(Dokument.monat.desc(), Dokument.beschaeftigung_id, Dokument.fassung.desc())
    )
    found: dict[tuple[int, date], Entry] = {}
    for document, number in session.execute(statement):
        key = (document.beschaeftigung_id, document.monat)
        if key not in found:
            found[key] = _entry(document, number, _slip(session, document, document.daten))
    audit.record(session, "abrechnungen.liste", str(person), {"anzahl": len(found), "leser": reader})
    return list(found.values())


def open_payslip(
    session: TenantSession, public_id: uuid.UUID, reader: str, *, person: uuid.UUID | None = None, reason: str = ""
) -> Opened:
    """Öffnet das PDF. Mit person (Portal) nur, wenn das Dokument dieser Person gehört. Steht im Protokoll."""
    document = _find(session, public_id, person, Dokument.inhalt)
    place = _place(document.public_id, document.beschaeftigung_id, document.monat, document.fassung)
    pdf = zlib.decompress(open_sealed(session, document.inhalt, table=TABLE, row=place, column="inhalt"))
    if hashlib.sha256(pdf).digest() != document.sha256:
        raise DocumentDamaged(f"Dokument {public_id}: Der Inhalt passt nicht zur Prüfsumme. Die Sicherung prüfen.")
    _log_reading(session, "abrechnung.pdf", document, reader, reason)
    return Opened(pdf, f"Abrechnung_{document.monat:%Y-%m}.pdf")


def read_payslip(
    session: TenantSession, public_id: uuid.UUID, reader: str, *, person: uuid.UUID | None = None, reason: str = ""
) -> tuple[Payslip, Payslip | None]:
    """Die Abrechnung als Daten und, wenn vorhanden, die vorangehende desselben Beschäftigungsverhältnisses."""
    document = _find(session, public_id, person, Dokument.daten)
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
    _log_reading(session, "abrechnung.gelesen", document, reader, reason)
    slip = _slip(session, document, document.daten)
    return slip, _slip(session, before, before.daten) if before else None


def _find(
    session: TenantSession, public_id: uuid.UUID, person: uuid.UUID | None, needed: InstrumentedAttribute[bytes]
) -> Dokument:
    statement = select(Dokument).options(undefer(needed)).where(Dokument.public_id == public_id)
    if person is not None:
        statement = (
            statement.join(Beschaeftigung, Beschaeftigung.id == Dokument.beschaeftigung_id)
            .join(Person, Person.id == Beschaeftigung.person_id)
            .where(Person.public_id == person)
        )
    document = session.scalars(statement).one_or_none()
    if document is None:
        raise DocumentMissing("Diese Abrechnung gibt es nicht. In der Liste der Abrechnungen nachsehen.")
    return document


def _log_reading(session: TenantSession, action: str, document: Dokument, reader: str, reason: str) -> None:
    if not reader:
        raise ValueError("Wer eine Abrechnung öffnet, muss genannt sein (reader).")
    details = {"monat": f"{document.monat:%Y-%m}", "fassung": document.fassung, "leser": reader}
    audit.record(session, action, str(document.public_id), details, reason or None)


def _slip(session: TenantSession, document: Dokument, data: bytes) -> Payslip:
    place = _place(document.public_id, document.beschaeftigung_id, document.monat, document.fassung)
    return plain.from_bytes(zlib.decompress(open_sealed(session, data, table=TABLE, row=place, column="daten")))


def _entry(document: Dokument, number: str, slip: Payslip) -> Entry:
    return Entry(
        document.public_id, document.beschaeftigung_id, document.monat, document.fassung, document.erstellt_am,
        number, slip.title, slip.netto, slip.auszahlung,
    )  # fmt: skip


def _place(public_id: uuid.UUID, employment: int, month: date, version: int) -> str:
    """Ort im Umschlag: ein Dokument lässt sich keiner anderen Person und keinem anderen Monat unterschieben."""
    return f"{public_id}:{employment}:{month:%Y-%m}:{ART}:{version}"
