"""Dokumente ablegen, auflisten, suchen, öffnen, ins Portal geben; jedes Lesen steht im Protokoll."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import undefer

from jobportal.files import checking, scanner, view
from payroll.masterdata.models import Person
from payroll.statements.akte.klassen import BY_NAME, Klasse
from payroll.statements.akte.models import AkteDokument
from payroll.statements.briefe.arten import UNSEARCHED
from tenants import audit
from tenants.db.session import TenantSession
from tenants.security import open_sealed, seal

TABLE, LONGEST_TITLE, LONGEST_NAME = "akte_dokument", 200, 120
FIRST_DAY = date(1950, 1, 1)
LETTER = func.coalesce(func.split_part(AkteDokument.brief, ":", 1), "")


class AkteError(ValueError):
    """Das Dokument wird so nicht angenommen; der Text nennt Feld und Abhilfe."""


@dataclass(frozen=True)
class Einreichung:
    """Was jemand ablegt: Klasse, Titel, Tag, Datei mit Namen; vorgang: Schlüssel gegen doppeltes Absenden."""

    klasse: str
    titel: str
    vom: date
    dateiname: str
    inhalt: bytes
    vorgang: uuid.UUID
    quelle: str = "schreibtisch"
    im_portal: bool = False


@dataclass(frozen=True)
class Geoeffnet:
    """Ein Dokument zum Ansehen und der Name, unter dem es gespeichert wird."""

    pdf: bytes
    dateiname: str


def file_upload(session: TenantSession, person: Person, given: Einreichung, today: date) -> AkteDokument:
    """Prüft, zeichnet neu, versiegelt; dieselbe Einreichung entsteht nur einmal."""
    if (before := _known(session, person, given.vorgang)) is not None:
        return before
    _check(given, today)
    try:
        checked = checking.check(given.inhalt)
        if scanner.scan(given.inhalt) == scanner.WAITING:
            raise AkteError("Datei: die Virenprüfung antwortet nicht; später noch einmal ablegen.")
        shown = view.safe_pdf(checked.kind, given.inhalt)
    except scanner.Infected as found:
        raise AkteError("Datei: die Virenprüfung hat etwas gefunden; sie wird nicht angenommen.") from found
    except checking.FileRefused as refused:
        raise AkteError(f"Datei: {refused}") from refused
    except view.NotViewable as refused:
        raise AkteError("Datei: sie lässt sich nicht lesen; neu als PDF speichern.") from refused
    words = view.plain_text(checked.kind, given.inhalt) if BY_NAME[given.klasse].suche else ""
    return _store(session, person, given, checked.kind, shown, words, None)


def file_letter(
    session: TenantSession, person: Person, given: Einreichung, words: str, brief: str
) -> AkteDokument:
    """Legt einen Brief des Hauses ab (PDF/A); brief: Art und Fassung der Vorlage."""
    if (before := _known(session, person, given.vorgang)) is not None:
        return before
    searched = BY_NAME[given.klasse].suche and brief.partition(":")[0] not in UNSEARCHED
    return _store(session, person, given, "pdf", None, words if searched else "", brief)


def file_note(session: TenantSession, person: Person, given: Einreichung, words: str, today: date) -> AkteDokument:
    """Legt ein am Schreibtisch gesetztes PDF ab; es ist zugleich die Fassung zum Ansehen."""
    if (before := _known(session, person, given.vorgang)) is not None:
        return before
    _check(given, today)
    return _store(session, person, given, "pdf", given.inhalt, words if BY_NAME[given.klasse].suche else "", None)


def of_person(
    session: TenantSession, person: Person, classes: Iterable[Klasse], *, reader: str, hidden: Collection[str],
    portal: bool = False
) -> list[AkteDokument]:
    """Dokumente dieser Klassen ohne die verborgenen Arten von Briefen, das jüngste zuerst; im Portal nur Ausgegebenes
    und selbst Eingereichtes."""
    names = [one.name for one in classes]
    statement = select(AkteDokument).where(AkteDokument.person_id == person.id, AkteDokument.klasse.in_(names),
                                           LETTER.not_in(hidden))
    if portal:
        statement = statement.where((AkteDokument.im_portal) | (AkteDokument.quelle == "portal"),
                                    AkteDokument.entfernt_am.is_(None))
    found = list(session.scalars(statement.order_by(AkteDokument.vom.desc(), AkteDokument.id.desc())))
    if found:
        audit.record_reading(session, "akte.liste", f"person:{person.public_id}",
                             {"anzahl": len(found), "leser": reader})
    return found


def search(session: TenantSession, found: Sequence[AkteDokument], wanted: str) -> list[AkteDokument]:
    """Dokumente, in deren Titel, Dateiname oder (wo erlaubt) Text alle Wörter vorkommen."""
    words = wanted.casefold().split()
    if not words:
        return list(found)
    ids = [one.id for one in found if BY_NAME[one.klasse].suche and _letter_of(one) not in UNSEARCHED]
    sealed = session.execute(select(AkteDokument.id, AkteDokument.public_id, AkteDokument.text_siegel)
                             .where(AkteDokument.id.in_(ids), AkteDokument.text_siegel.is_not(None)))
    texts = {row.id: zlib.decompress(_opened(session, row.text_siegel, row.public_id, "text_siegel")).decode()
             for row in sealed}
    return [one for one in found
            if all(word in f"{one.titel} {one.dateiname} {texts.get(one.id, '')}".casefold() for word in words)]


def find(session: TenantSession, person: Person, kennung: uuid.UUID, classes: Iterable[Klasse], *,
         hidden: Collection[str]) -> AkteDokument | None:
    """Ein Dokument dieser Person in diesen Klassen, kein verborgener Brief; None, wenn es das nicht gibt."""
    return session.scalars(select(AkteDokument).where(
        AkteDokument.public_id == kennung, AkteDokument.person_id == person.id,
        AkteDokument.klasse.in_([one.name for one in classes]), LETTER.not_in(hidden))).one_or_none()


def open_view(session: TenantSession, one: AkteDokument, *, reader: str) -> Geoeffnet:
    """Die ungefährliche Fassung zum Ansehen; jedes Öffnen ist ein Eintrag im Protokoll."""
    if one.entfernt_am is not None:
        raise AkteError("Dieses Dokument ist entfernt; seinen Inhalt gibt es nicht mehr.")
    raw = view_of(session, one)
    audit.record_reading(session, "akte.gelesen", f"akte_dokument:{one.public_id}",
                         {"klasse": one.klasse, "leser": reader})
    return Geoeffnet(raw, f"{_plain_name(one.titel)}.pdf")


def view_of(session: TenantSession, one: AkteDokument) -> bytes:
    """Das PDF zum Ansehen, ohne Eintrag (für Ausgaben, die selbst einen schreiben)."""
    name = "inhalt_siegel" if one.quelle == "brief" else "ansicht_siegel"
    return _opened(session, _column(session, one, name), one.public_id, name)


def original_of(session: TenantSession, one: AkteDokument) -> bytes:
    """Die Datei, wie sie eingereicht wurde; die Prüfsumme wird verglichen."""
    raw = _opened(session, _column(session, one, "inhalt_siegel"), one.public_id, "inhalt_siegel")
    if hashlib.sha256(raw).digest() != one.sha256:
        raise AkteError(f"Dokument {one.public_id}: der Inhalt passt nicht zur Prüfsumme. Die Sicherung prüfen.")
    return raw


def give_to_portal(session: TenantSession, one: AkteDokument, shown: bool) -> None:
    """Gibt das Dokument ins Portal oder nimmt es zurück; was zum Entfernen vorgemerkt ist, geht nicht hinein."""
    if shown and one.vorgemerkt_am is not None:
        raise AkteError("Dieses Dokument ist zum Entfernen vorgemerkt: die Vormerkung zuerst zurücknehmen.")
    one.im_portal = shown
    action = "akte.ins_portal" if shown else "akte.aus_portal"
    audit.record(session, action, f"akte_dokument:{one.public_id}", {"klasse": one.klasse})


def _letter_of(one: AkteDokument) -> str:
    return (one.brief or "").partition(":")[0]


def _known(session: TenantSession, person: Person, vorgang: uuid.UUID) -> AkteDokument | None:
    found = session.scalars(select(AkteDokument).where(AkteDokument.vorgang == vorgang)).one_or_none()
    if found is not None and found.person_id != person.id:
        raise AkteError("Die Seite ist veraltet: neu laden und noch einmal ablegen.")
    return found


def _check(given: Einreichung, today: date) -> None:
    if given.klasse not in BY_NAME:
        raise AkteError("Klasse: eine der angebotenen wählen.")
    if not given.titel.strip():
        raise AkteError("Titel: angeben, was das Dokument ist.")
    if not FIRST_DAY <= given.vom <= today:
        raise AkteError("Tag des Dokuments: zwischen 1950 und heute.")


def _store(session: TenantSession, person: Person, given: Einreichung, kind: str, shown: bytes | None, words: str,
           brief: str | None) -> AkteDokument:
    key = uuid.uuid4()

    def sealed(raw: bytes, column: str) -> bytes:
        return seal(session, raw, table=TABLE, row=str(key), column=column)

    one = AkteDokument(
        public_id=key, person_id=person.id, klasse=given.klasse, quelle=given.quelle, format=kind,
        titel=" ".join(given.titel.split())[:LONGEST_TITLE], dateiname=_plain_name(given.dateiname) or "Dokument",
        inhalt_siegel=sealed(given.inhalt, "inhalt_siegel"),
        ansicht_siegel=sealed(shown, "ansicht_siegel") if shown is not None else None,
        text_siegel=sealed(zlib.compress(words.encode()), "text_siegel") if words else None,
        sha256=hashlib.sha256(given.inhalt).digest(), groesse=len(given.inhalt), vom=given.vom,
        im_portal=given.im_portal, brief=brief, vorgang=given.vorgang, erfasst_von=str(session.info["actor"]))
    try:
        with session.begin_nested():
            session.add(one)
            session.flush()
    except IntegrityError:  # a second click came while the first was being stored: it waited, and finds its document
        if (before := _known(session, person, given.vorgang)) is not None:
            return before
        raise
    details = {"person": str(person.public_id), "klasse": given.klasse, "quelle": given.quelle,
               "im_portal": given.im_portal, "sha256": one.sha256.hex()}
    audit.record(session, "akte.abgelegt", f"akte_dokument:{key}", details)
    return one


def _column(session: TenantSession, one: AkteDokument, name: str) -> bytes:
    column = getattr(AkteDokument, name)
    row = session.scalars(select(AkteDokument).options(undefer(column)).where(AkteDokument.id == one.id)
                          .execution_options(populate_existing=True)).one()
    raw = getattr(row, name)
    if raw is None:
        raise AkteError("Dieses Dokument ist entfernt; seinen Inhalt gibt es nicht mehr.")
    return bytes(raw)


def _opened(session: TenantSession, sealed: bytes, key: uuid.UUID, column: str) -> bytes:
    return open_sealed(session, sealed, table=TABLE, row=str(key), column=column)


def _plain_name(text: str) -> str:
    """Ein Name für eine Datei: ohne Pfad und Steuerzeichen."""
    plain = "".join(" " if char in '/\\:*?"<>|' or not char.isprintable() else char for char in text)
    return " ".join(plain.split())[:LONGEST_NAME].strip(". ")
