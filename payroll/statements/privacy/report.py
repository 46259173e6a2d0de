"""Auskunft nach Art. 15 DSGVO: jede gespeicherte Zeile zu einer Person, verschlüsselte Felder geöffnet, als JSON und
lesbar als HTML. Sie steht mit Grund im Protokoll.

Nicht geöffnet wird, was nur die Person öffnen kann: ausgestellte Abrechnungen stehen mit Monat, Fassung und Prüfsumme
da, ihr Inhalt im Portal; die Rechendaten dahinter (Ergebnis, Wertebogen) sind enthalten.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from jobportal.models import Einschaetzung
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import reveal
from payroll.runs.models import Ergebnis, Wertebogen
from payroll.runs.sheets import open_sheet
from payroll.statements.privacy import accounts, reading, walking
from tenants import audit
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models.tenant import Tenant
from tenants.security import SealBroken, open_sealed
from tenants.security.field import sealed_fields

HIDDEN = frozenset({"tenant_id", "binding", "public_key", "geheim", "wrapped"})
SEAL = "_siegel"
RIGHTS = {
    "zwecke": "Begründung, Durchführung und Beendigung des Beschäftigungsverhältnisses, Entgeltabrechnung, Meldungen",
    "rechtsgrundlage": "Art. 6 Abs. 1 Buchst. b, c und e DSGVO, § 18 DSG NRW, § 83 LBG NRW (Beamtinnen und Beamte)",
    "empfaenger": "Finanzamt, Krankenkasse, Rentenversicherung, Zusatzversorgungskasse, Bank, Kasse des Arbeitgebers",
    "herkunft": "von der Person selbst, vom Arbeitgeber, von den genannten Stellen auf gesetzlichem Weg",
    "speicherdauer": "nach Datenarten, siehe Handbuch Datenschutz (Lohnkonto sechs Jahre, § 41 Abs. 1 EStG)",
    "rechte": "Berichtigung, Löschung, Einschränkung, Widerspruch, Beschwerde (LDI NRW), Art. 15 bis 21, 77 DSGVO",
}


class PersonMissing(LookupError):
    """Die Person gibt es bei diesem Mandanten nicht."""


def report(session: TenantSession, person: uuid.UUID, *, reason: str) -> dict[str, Any]:
    """Die Auskunft als Baum aus Texten, Zahlen und Listen (JSON)."""
    if not reason.strip():
        raise ValueError("Die Auskunft braucht einen Grund, zum Beispiel „Antrag vom 20.11.2026“.")
    tables: dict[str, list[dict[str, Any]]] = {}
    subjects = {f"person:{person}", str(person)}
    for model, rows in walking.everything_of(session, person):
        tables[model.__tablename__] = [_row(session, row) for row in rows]
        subjects |= {mark for row in rows if (key := getattr(row, "public_id", None)) is not None
                     for mark in (str(key), f"{model.__tablename__}:{key}")}
    if not tables:
        raise PersonMissing("Diese Person gibt es bei diesem Arbeitgeber nicht: Personalnummer und Arbeitgeber prüfen.")
    for name, held in accounts.of_person(session, person).items():
        tables[name] = [{key: _plain(value) for key, value in one.items()} for one in held]
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    entries = reading.entries(session, subjects)
    audit.record(session, "auskunft.erteilt", f"person:{person}", {"zeilen": sum(map(len, tables.values()))}, reason)
    return {
        "auskunft": "Art. 15 DSGVO",
        "verantwortlich": {"nummer": tenant.number, "name": tenant.name, "ort": tenant.ort},
        "person": str(person),
        "stand": datetime.now(UTC).isoformat(timespec="seconds"),
        **RIGHTS,
        "daten": tables,
        "protokoll": [reading.as_record(entry) for entry in entries],
    }


def _row(session: TenantSession, row: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    shown = sealed_fields(type(row))
    sealed = {*(row.sealed if isinstance(row, Fact) else ()), *shown}
    for column in row.__table__.columns:
        name = column.name
        base = name.removesuffix("_siegel").removesuffix("_hash")
        if name in HIDDEN or (base in sealed and base != name):
            continue
        value = getattr(row, name)
        if name.endswith(SEAL) and value:
            out[base] = _opened(session, row, name, value)
        else:
            out[name] = _plain(value)
    for name in sorted(sealed):
        out[name] = _plain(getattr(row, name) if name in shown else reveal(session, row, name))
    if isinstance(row, Wertebogen):
        out["inhalt"] = _sheet(session, row)
    return out


def _opened(session: TenantSession, row: Any, name: str, sealed: bytes) -> Any:
    """Der Inhalt eines Siegels, das der Arbeitgeber öffnen kann: Angaben und Texte ganz, Dateien mit ihrer Größe."""
    place = str(row.public_id) if hasattr(row, "public_id") else (
        f"{row.bewerbung_id}:{row.anforderung_id}:{row.von}" if isinstance(row, Einschaetzung) else "")
    for column in (name, name.removesuffix(SEAL)):
        try:
            raw = open_sealed(session, sealed, table=row.__tablename__, row=place, column=column)
        except SealBroken:
            continue
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            return f"Datei, {len(raw)} Bytes; ihren Inhalt gibt die Personalstelle aus"
        return _plain(json.loads(text)) if text[:1] in ("{", "[") else text
    return _plain(sealed)


def _sheet(session: TenantSession, row: Wertebogen) -> dict[str, Any]:
    result = session.scalars(select(Ergebnis.public_id).where(Ergebnis.id == row.ergebnis_id)).one()
    sheet = open_sheet(session, result)[2]
    return {"eingaben": _plain(sheet.eingaben), "werte": _plain(sheet.werte), "zeilen": _plain(sheet.zeilen)}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes | memoryview):
        return f"verschlüsselt oder Prüfwert, {len(value)} Bytes"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)
