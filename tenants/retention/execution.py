"""Ausführung eines genehmigten Auftrags: in kleinen Transaktionen, wiederholbar, am Ende die Urkunde.

Alle Zeilen einer Person in einer Datenart gehen in einer Transaktion mit ihrem Vermerk: ein Abbruch hinterlässt nie
eine halbe Person, ein neuer Anlauf macht weiter, wo der letzte aufhörte.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import delete, func, inspect, select, update
from sqlalchemy.exc import IntegrityError

from tenants import audit
from tenants.db.base import Base, TenantRow, tenant_classes
from tenants.db.session import TenantSession
from tenants.retention import certificate
from tenants.retention.errors import DeletionRefused
from tenants.retention.holds import holding, holds
from tenants.retention.models import DeletionItem, DeletionOrder, RetentionHold
from tenants.retention.orders import subject

Opening = Callable[[], AbstractContextManager[TenantSession]]
StillDue = Callable[[TenantSession, DeletionOrder], set[tuple[str, int]]]
Hindered = Callable[[TenantSession], str | None]
PERSONS, ROWS = 50, 5_000


def run(opening: Opening, still_due: StillDue, hindered: Hindered) -> dict[str, Any] | None:
    """Führt den genehmigten Auftrag zu Ende aus und gibt seine Urkunde; ohne genehmigten Auftrag None.

    still_due nennt, was am Stichtag nach heutigem Wissen fällig ist: was seit der Anordnung nicht mehr dazu gehört
    (Sperre, neue Beschäftigung), bleibt. hindered: warum gerade nichts gelöscht werden darf, gefragt in jeder
    Transaktion, während sie den Auftrag sperrt. Raises DeletionRefused mit diesem Grund; ein neuer Anlauf macht weiter.
    """
    with opening() as session:
        found = _approved(session)
        if found is None:
            return None
        _require_free(session, hindered)
        _spare(session, found, still_due(session, found))
        classes = session.scalars(
            select(DeletionItem.record_class).where(*_due(found)).group_by(DeletionItem.record_class)
        ).all()
    for record_class in sorted(classes, key=_rank(found.plan)):
        while _step(opening, record_class, hindered):
            pass
    with opening() as session:
        return _finish(session)


def _rank(plan: dict[str, Any]) -> Callable[[str], int]:
    names = [str(one["datenart"]) for one in plan.get("datenarten", ())]
    return lambda name: names.index(name) if name in names else len(names)


def _approved(session: TenantSession) -> DeletionOrder | None:
    return session.scalars(
        select(DeletionOrder)
        .where(DeletionOrder.state == "approved")
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _due(found: DeletionOrder) -> tuple[Any, ...]:
    return DeletionItem.order_id == found.id, DeletionItem.state == "due"


def _spare(session: TenantSession, found: DeletionOrder, due: set[tuple[str, int]]) -> None:
    rows = session.execute(select(DeletionItem.id, DeletionItem.table_name, DeletionItem.row_id).where(*_due(found)))
    _mark(session, [row.id for row in rows if (row.table_name, row.row_id) not in due], "held")


def _require_free(session: TenantSession, hindered: Hindered) -> None:
    why = hindered(session)
    if why is not None:
        raise DeletionRefused(why)


def _step(opening: Opening, record_class: str, hindered: Hindered) -> bool:
    """Löscht die nächsten Menschen (oder Zeilen ohne Mensch) einer Datenart; False, wenn keine mehr da sind."""
    with opening() as session:
        found = _approved(session)
        if found is None:
            return False
        _require_free(session, hindered)
        items = _next(session, found, record_class)
        if not items:
            return False
        active = holds(session, found.due_day)
        whole: dict[uuid.UUID | None, list[DeletionItem]] = defaultdict(list)
        for item in items:
            whole[item.person_public_id].append(item)
        for person, own in whole.items():
            _one(session, person, own, active)
        return True


def _next(session: TenantSession, found: DeletionOrder, record_class: str) -> Sequence[DeletionItem]:
    mine = (*_due(found), DeletionItem.record_class == record_class)
    people = session.scalars(
        select(DeletionItem.person_public_id)
        .where(*mine, DeletionItem.person_public_id.is_not(None))
        .group_by(DeletionItem.person_public_id)
        .order_by(DeletionItem.person_public_id)
        .limit(PERSONS)
    ).all()
    statement = select(DeletionItem).where(*mine).order_by(DeletionItem.id)
    if people:
        return session.scalars(statement.where(DeletionItem.person_public_id.in_(people))).all()
    return session.scalars(statement.limit(ROWS)).all()


def _one(
    session: TenantSession, person: uuid.UUID | None, own: list[DeletionItem], active: Sequence[RetentionHold]
) -> None:
    ids = [item.id for item in own]
    if holding(active, person, own[0].record_class) is not None:
        _mark(session, ids, "held")
        return
    if person is not None:
        _mark(session, ids, "deleted" if _gone(session, own) else "held")
        return
    if _gone(session, own):
        _mark(session, ids, "deleted")
        return
    for item in own:
        _mark(session, [item.id], "deleted" if _gone(session, [item]) else "held")


def _gone(session: TenantSession, own: Sequence[DeletionItem]) -> bool:
    """Löscht diese Zeilen zusammen oder keine; False: etwas, das bleibt, hängt noch daran."""
    tables: dict[str, list[int]] = defaultdict(list)
    for item in own:
        tables[item.table_name].append(item.row_id)
    models = {name: model for name, model in _models() if name in tables}
    try:
        with session.begin_nested():
            for name, model in models.items():
                # Row numbers are unique per tenant in every table of ours.
                number: Any = inspect(model).columns["id"]
                mine = delete(model).where(number.in_(tables[name]))
                session.execute(mine.execution_options(synchronize_session=False))
    except IntegrityError as error:
        if "ForeignKeyViolation" in type(error.orig).__name__:
            return False
        raise
    return True


def _models() -> list[tuple[str, type[TenantRow]]]:
    """Alle Klassen, die Abhängigen zuerst."""
    classes = {str(inspect(model).local_table.name): model for model in tenant_classes()}
    tables = [table.name for table in reversed(Base.metadata.sorted_tables)]
    return [(name, classes[name]) for name in tables if name in classes]


def _mark(session: TenantSession, items: Sequence[int], state: str) -> None:
    if items:
        statement = update(DeletionItem).where(DeletionItem.id.in_(items)).values(state=state)
        session.execute(statement.execution_options(synchronize_session=False))


def _finish(session: TenantSession) -> dict[str, Any] | None:
    found = _approved(session)
    if found is None:
        return None
    rows = session.execute(
        select(
            DeletionItem.record_class,
            DeletionItem.table_name,
            DeletionItem.state,
            func.count(DeletionItem.id).label("anzahl"),
        )
        .where(DeletionItem.order_id == found.id)
        .group_by(DeletionItem.record_class, DeletionItem.table_name, DeletionItem.state)
        .order_by(DeletionItem.record_class, DeletionItem.table_name, DeletionItem.state)
    ).all()
    counts = [
        {"datenart": row.record_class, "tabelle": row.table_name, "stand": row.state, "zeilen": row.anzahl}
        for row in rows
    ]
    deleted = sum(one["zeilen"] for one in counts if one["stand"] == "deleted")
    held = sum(one["zeilen"] for one in counts if one["stand"] == "held")
    audit.record(session, "loeschung.ausgefuehrt", subject(found), {"geloescht": deleted, "geblieben": held})
    found.certificate = certificate.issue(session, found, counts)
    found.finished_at = session.scalar(select(func.now()).select_from(DeletionOrder).limit(1))
    found.state = "done"
    session.flush()
    return dict(found.certificate)
