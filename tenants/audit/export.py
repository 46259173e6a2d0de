"""Ausfuhr einer Kette und ihre Prüfung: eine JSON-Zeile je Eintrag, prüfbar ohne Datenbank."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.audit.chain import Break, as_record, breaks
from tenants.audit.models import AuditEntry
from tenants.audit.service import chain_of

FIELDS = frozenset({"tenant", "seq", "at", "actor", "action", "subject", "details", "reason", "prev_hash", "hash"})


@dataclass(frozen=True)
class Verdict:
    """Ergebnis einer Prüfung.

    Ein gekürztes Ende fällt nur auf, wenn last_hash mit einem früher notierten verglichen wird.
    """

    entries: int
    last_hash: str | None
    breaks: tuple[Break, ...]


def records(session: Session) -> Iterator[dict[str, Any]]:
    """Alle Einträge der Kette dieser Sitzung in ihrer Reihenfolge, als Ausfuhrzeilen."""
    query = select(AuditEntry).where(AuditEntry.tenant_id == chain_of(session)).order_by(AuditEntry.id)
    for entry in session.scalars(query.execution_options(yield_per=1000)):
        yield {**as_record(entry), "hash": entry.hash.hex()}


def lines(session: Session) -> Iterator[str]:
    """Die Kette als JSON-Zeilen in fester Schreibweise."""
    for record in records(session):
        yield json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def verify_database(session: Session) -> Verdict:
    """Prüft die Kette, wie sie in der Datenbank steht."""
    return _verdict(records(session), [])


def verify(exported: Iterable[str]) -> Verdict:
    """Prüft eine Ausfuhr; unlesbare Zeilen sind Brüche."""
    unreadable: list[Break] = []
    return _verdict(_parsed(exported, unreadable), unreadable)


def _parsed(exported: Iterable[str], unreadable: list[Break]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(exported, 1):
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if isinstance(record, dict) and record.keys() == {"checkpoint"}:
            continue  # the closing seal is the verifier's business
        if isinstance(record, dict) and record.keys() == FIELDS and isinstance(record["seq"], int):
            yield record
        else:
            unreadable.append(Break(number, f"Zeile {number} ist kein gültiger Eintrag."))


def _verdict(found: Iterable[dict[str, Any]], unreadable: list[Break]) -> Verdict:
    seen: list[str] = []
    count = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal count
        for record in found:
            count += 1
            seen[:] = [str(record["hash"])]
            yield record

    broken = list(breaks(counted()))
    return Verdict(count, seen[0] if seen else None, (*unreadable, *broken))
