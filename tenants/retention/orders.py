"""Aufträge zum Löschen: anordnen, genehmigen durch eine zweite Person, zurückziehen."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from tenants import audit
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from tenants.retention.errors import DeletionRefused
from tenants.retention.models import DeletionItem, DeletionOrder

OPEN = ("ordered", "approved")
COLUMNS = ("order_id", "record_class", "table_name", "row_id", "person_public_id", "state")


@dataclass(frozen=True)
class Item:
    """Eine fällige Zeile: Datenart, Tabelle, Nummer und die Person, zu der sie gehört."""

    record_class: str
    table: str
    row: int
    person: uuid.UUID | None


def digest_of(items: Iterable[Item]) -> bytes:
    """Prüfsumme über alle Posten, gleich in welcher Reihenfolge."""
    lines = sorted(f"{one.record_class} {one.table} {one.row} {one.person or '-'}" for one in items)
    return hashlib.sha256("\n".join(lines).encode()).digest()


def order(
    session: TenantSession,
    items: Sequence[Item],
    *,
    due_day: date,
    today: date,
    kept_from: date | None,
    plan: Mapping[str, Any],
    reason: str,
) -> DeletionOrder:
    """Ordnet an, genau diese Zeilen zu löschen. Steht schon ein gleicher Auftrag offen, ist er es; ein anderer offener
    ist ein Fehler."""
    _require_due(items, due_day, today, reason)
    digest, open_one = digest_of(items), open_order(session)
    if open_one is not None:
        if open_one.digest == digest and open_one.due_day == due_day:
            return open_one
        raise DeletionRefused(
            f"Der Auftrag vom {open_one.ordered_at:%d.%m.%Y} ist noch offen: zuerst ausführen oder zurückziehen."
        )
    made = DeletionOrder(
        public_id=uuid.uuid4(),
        due_day=due_day,
        reason=reason.strip(),
        plan=dict(plan),
        digest=digest,
        kept_from=kept_from,
        ordered_by=str(session.info["actor"]),
    )
    session.add(made)
    session.flush()
    rows = [(made.id, one.record_class, one.table, one.row, one.person, "due") for one in items]
    copy_rows(session, DeletionItem, COLUMNS, rows)
    counts = Counter(one.record_class for one in items)
    details = {"stichtag": due_day, "posten": dict(counts), "pruefsumme": digest.hex()}
    audit.record(session, "loeschung.angeordnet", subject(made), details, made.reason)
    return made


def _require_due(items: Sequence[Item], due_day: date, today: date, reason: str) -> None:
    if not reason.strip():
        raise DeletionRefused("Der Auftrag braucht einen Grund.")
    if due_day > today:
        raise DeletionRefused(f"Der Stichtag {due_day:%d.%m.%Y} liegt in der Zukunft: noch ist nichts davon fällig.")
    if not items:
        raise DeletionRefused(f"Am {due_day:%d.%m.%Y} ist nichts fällig.")


def approve(session: TenantSession, wanted: uuid.UUID, *, digest: str) -> DeletionOrder:
    """Genehmigt, was gezeigt wurde (digest, hexadezimal). Wer anordnet, genehmigt nicht; auch die Datenbank hält das
    fest."""
    found = _locked(session, wanted)
    actor = str(session.info["actor"])
    if found.digest.hex() != digest:
        raise DeletionRefused("Der Auftrag ist ein anderer, als gezeigt wurde: neu laden und prüfen.")
    if found.ordered_by == actor:
        raise DeletionRefused("Wer den Auftrag angeordnet hat, genehmigt ihn nicht: eine zweite Person ist nötig.")
    if found.state == "approved":
        return found
    if found.state != "ordered":
        raise DeletionRefused("Der Auftrag ist schon ausgeführt oder zurückgezogen.")
    found.approved_at = session.scalar(select(func.now()).select_from(DeletionOrder).limit(1))
    found.state, found.approved_by = "approved", actor
    audit.record(session, "loeschung.genehmigt", subject(found), {"pruefsumme": digest}, found.reason)
    return found


def withdraw(session: TenantSession, wanted: uuid.UUID, *, reason: str) -> DeletionOrder:
    """Zieht einen Auftrag zurück; was er noch nicht gelöscht hat, bleibt."""
    if not reason.strip():
        raise DeletionRefused("Das Zurückziehen braucht einen Grund.")
    found = _locked(session, wanted)
    if found.state not in OPEN:
        raise DeletionRefused("Der Auftrag ist schon ausgeführt oder zurückgezogen.")
    found.state = "withdrawn"
    audit.record(session, "loeschung.zurueckgezogen", subject(found), {}, reason.strip())
    return found


def open_order(session: TenantSession) -> DeletionOrder | None:
    """Der offene Auftrag; es gibt höchstens einen."""
    return session.scalars(select(DeletionOrder).where(DeletionOrder.state.in_(OPEN))).one_or_none()


def orders(session: TenantSession) -> Sequence[DeletionOrder]:
    """Alle Aufträge, der jüngste zuerst."""
    return session.scalars(select(DeletionOrder).order_by(DeletionOrder.id.desc())).all()


def subject(found: DeletionOrder) -> str:
    """Gegenstand im Protokoll."""
    return f"loeschauftrag:{found.public_id}"


def _locked(session: TenantSession, wanted: uuid.UUID) -> DeletionOrder:
    statement = select(DeletionOrder).where(DeletionOrder.public_id == wanted).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise DeletionRefused("Diesen Auftrag gibt es nicht.")
    return found
