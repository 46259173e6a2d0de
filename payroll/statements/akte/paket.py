"""Die Akte einer Person als Paket für ein Dokumentenmanagement: jedes Dokument als PDF/A, die eingereichten Dateien,
Metadaten (JSON und CSV) mit Klasse, Tag, Herkunft, Frist und Prüfsummen."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from payroll.masterdata.models import Person
from payroll.statements.akte import ablage, archivfassung
from payroll.statements.akte.klassen import BY_NAME, Klasse
from payroll.statements.akte.models import AkteDokument
from tenants import audit
from tenants.db.session import TenantSession
from tenants.web import exports

VERSION = 1
FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Kopf:
    """Wessen Akte das ist; steht in den Metadaten."""

    mandant: str
    nummer: str
    person: uuid.UUID
    name: str
    personalnummern: tuple[str, ...]


def build(session: TenantSession, person: Person, about: Kopf, classes: Iterable[Klasse], *, reason: str, day: date,
          hidden: Collection[str]) -> bytes:
    """Das Paket (ZIP); gleiche Akte und gleicher Tag ergeben gleiche Bytes. Steht mit Grund im Protokoll."""
    if not reason.strip():
        raise ablage.AkteError("Grund: angeben, wofür die Akte ausgegeben wird.")
    rows = ablage.of_person(session, person, classes, reader=str(session.info["actor"]), hidden=hidden)
    found = [one for one in rows if one.entfernt_am is None]
    target, entries = io.BytesIO(), []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        for number, one in enumerate(sorted(found, key=lambda one: (one.vom, one.id)), 1):
            entries.append(_document(session, pack, number, one, about))
        _write(pack, "metadaten.json", json.dumps(
            {"format": "kreislohn-akte", "version": VERSION, "arbeitgeber": about.mandant,
             "mandant": about.nummer, "person": str(about.person), "name": about.name,
             "personalnummern": list(about.personalnummern), "stand": day.isoformat(), "dokumente": entries},
            ensure_ascii=False, indent=2).encode())
        _write(pack, "metadaten.csv", _table(entries))
    details = {"dokumente": len(entries), "sha256": hashlib.sha256(target.getvalue()).hexdigest()}
    audit.record(session, "akte.ausgegeben", f"person:{person.public_id}", details, reason.strip())
    return target.getvalue()


def _document(session: TenantSession, pack: zipfile.ZipFile, number: int, one: AkteDokument, about: Kopf
              ) -> dict[str, Any]:
    name = f"{number:03}-{one.klasse}"
    original = ablage.original_of(session, one)
    if one.quelle == "brief":
        archived = original
    elif one.format in archivfassung.WORDS:
        archived = archivfassung.of_words(one.format, original, one.titel, about.mandant, one.vom)
    else:
        archived = archivfassung.of_view(ablage.view_of(session, one), one.titel, about.mandant, one.vom)
    _write(pack, f"dokumente/{name}.pdf", archived)
    if one.quelle != "brief":
        _write(pack, f"originale/{name}.{one.format}", original)
    return {
        "nummer": number, "kennung": str(one.public_id), "datei": f"dokumente/{name}.pdf", "format": "PDF/A-2a",
        "sha256": hashlib.sha256(archived).hexdigest(),
        "original": f"originale/{name}.{one.format}" if one.quelle != "brief" else "",
        "sha256_original": one.sha256.hex(), "dateiname": one.dateiname, "klasse": one.klasse,
        "klasse_titel": BY_NAME[one.klasse].titel, "titel": one.titel, "vom": one.vom.isoformat(),
        "herkunft": one.quelle, "abgelegt_am": _moment(one.erfasst_am), "abgelegt_von": one.erfasst_von,
        "im_portal": one.im_portal, "frist": BY_NAME[one.klasse].frist}


def _table(entries: list[dict[str, Any]]) -> bytes:
    names = list(entries[0]) if entries else ["nummer"]
    return exports.as_csv(names, ([_words(entry[name]) for name in names] for entry in entries))


def _words(value: Any) -> Any:
    return {True: "ja", False: "nein"}[value] if isinstance(value, bool) else value


def _moment(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


def _write(pack: zipfile.ZipFile, name: str, content: bytes) -> None:
    pack.writestr(zipfile.ZipInfo(name, FIRST_MOMENT), content, zipfile.ZIP_DEFLATED)
