"""Werte im Protokoll lesen: nur mit dem Recht an ihrer Datenart, jedes Lesen steht selbst im Protokoll."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tenants import audit
from tenants.audit import values
from tenants.audit.models import AuditEntry, AuditKey
from tenants.db.session import TenantSession

# Whoever reads the log does not thereby read files: each class asks for the right to its records.
RIGHTS = {values.PERSON_CLASS: "person.read", values.CLAIM_CLASS: "claim.read", values.YEAR_CLASS: "audit.read"}


@dataclass(frozen=True)
class Change:
    """Ein Feld mit seinem Wert vorher und nachher, als Text; leer: gab es nicht."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Shown:
    """Was ein Eintrag zeigt: Änderungen oder der Grund, warum keine zu sehen sind (recht, vernichtet)."""

    changes: tuple[Change, ...] = ()
    hidden: str = ""


def read(session: TenantSession, entries: Sequence[AuditEntry], rights: Iterable[str], reason: str) -> dict[int, Shown]:
    """Öffnet die Werte dieser Einträge nach Nummer und vermerkt das Lesen, auch bei jeder betroffenen Person."""
    held, classes = frozenset(rights), values.classes_of(session, entries)
    readable = [entry for entry in entries if RIGHTS.get(classes.get(entry.id, ""), "audit.read") in held]
    found = {number: _shown(one) for number, one in values.opened(session, readable).items()}
    for entry in entries:
        if values.FIELD in entry.details and entry.id not in found:
            found[entry.id] = Shown(hidden="recht")
    _record(session, [entry for entry in readable if entry.id in found], reason)
    return found


def _shown(one: values.Opened) -> Shown:
    if one.missing:
        return Shown(hidden="vernichtet")
    before, after = _flat(one.before), _flat(one.after)
    names = [*before, *(name for name in after if name not in before)]
    return Shown(tuple(Change(name, before.get(name, ""), after.get(name, "")) for name in names
                       if before.get(name, "") != after.get(name, "")))


def _flat(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Felder mit Werten; mehrere Fassungen stehen nebeneinander, mehrere Arten tragen ihren Namen davor."""
    out: dict[str, list[str]] = {}
    for row in rows:
        kind = f"{row['tatsache']}." if "tatsache" in row else ""
        for name, value in row.items():
            if name != "tatsache" and value is not None and value != "":
                out.setdefault(f"{kind}{name}", []).append(_text(value))
    return {name: " / ".join(dict.fromkeys(found)) for name, found in out.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nein"
    return str(value)


def _record(session: TenantSession, entries: Sequence[AuditEntry], reason: str) -> None:
    if not entries:
        return
    keys = {str(entry.details[values.FIELD]["schluessel"]) for entry in entries}
    people = session.execute(select(AuditKey.public_id, AuditKey.person_public_id)
                             .where(AuditKey.public_id.in_(sorted(keys)), AuditKey.person_public_id.is_not(None)))
    of_person: dict[Any, list[int]] = {}
    known = {str(row.public_id): row.person_public_id for row in people}
    for entry in entries:
        person = known.get(str(entry.details[values.FIELD]["schluessel"]))
        of_person.setdefault(person, []).append(entry.id)
    audit.record_many(session, [
        audit.Entry("protokoll.werte_gelesen", "protokoll" if person is None else f"person:{person}",
                    {"eintraege": sorted(numbers)}, reason)
        for person, numbers in sorted(of_person.items(), key=lambda one: str(one[0]))])
