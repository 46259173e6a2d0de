"""Die Kette: Hash eines Eintrags aus seinem Inhalt und dem Hash davor; Prüfung ohne Datenbank."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tenants.audit.models import AuditEntry

GENESIS = bytes(32)


@dataclass(frozen=True)
class Break:
    """Stelle, an der die Kette nicht hält, und warum."""

    seq: int
    problem: str


def plain(value: Any) -> Any:
    """Inhalt in der Form, die die Datenbank unverändert zurückgibt; Gleitkommazahlen sind verboten."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in (sorted(value) if isinstance(value, set | frozenset) else value)]
    raise TypeError(f"Ein Protokolleintrag nimmt keine Werte vom Typ {type(value).__name__}: als Text angeben.")


def as_record(entry: AuditEntry) -> dict[str, Any]:
    """Eintrag als Ausfuhrzeile."""
    return {
        "tenant": entry.tenant_id,
        "seq": entry.id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
        "reason": entry.reason,
        "prev_hash": entry.prev_hash.hex(),
    }


def entry_hash(entry: AuditEntry) -> bytes:
    """Hash eines Eintrags."""
    return record_hash(as_record(entry))


def record_hash(record: Mapping[str, Any]) -> bytes:
    """SHA-256 über den Inhalt in fester Schreibweise, ohne das Feld hash selbst."""
    content = {key: value for key, value in record.items() if key != "hash"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


def breaks(records: Iterable[Mapping[str, Any]]) -> Iterator[Break]:
    """Geht die Kette entlang und nennt jede Stelle, die nicht hält."""
    previous, expected, tenant = GENESIS.hex(), 1, None
    for record in records:
        seq = int(record["seq"])
        tenant = record["tenant"] if tenant is None else tenant
        if seq != expected:
            yield Break(seq, f"Nummer {expected} erwartet: Einträge fehlen, sind doppelt oder vertauscht.")
        if record["tenant"] != tenant:
            yield Break(seq, "Eintrag eines anderen Mandanten.")
        if record["prev_hash"] != previous:
            yield Break(seq, "Verweis auf den vorigen Eintrag stimmt nicht.")
        if record_hash(record).hex() != record["hash"]:
            yield Break(seq, "Inhalt wurde verändert.")
        previous, expected = record["hash"], seq + 1
