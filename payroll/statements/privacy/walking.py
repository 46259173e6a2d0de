"""Alles, was an einer Person hängt: von ihr aus jedem Verweis nach unten folgen, über alle Räume.

Welche Tabellen es gibt, steht nicht hier, sondern in den abgebildeten Klassen: ein neuer Raum ist von selbst dabei.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Table, inspect, select
from sqlalchemy.orm import undefer

from migrations import models
from payroll.masterdata.models import Person
from tenants.db.base import TenantRow, tenant_classes
from tenants.db.session import TenantSession

PERSON = "person"
BY_PUBLIC_ID = "person_public_id"


def rows_of(session: TenantSession, person: uuid.UUID) -> Iterator[tuple[type[TenantRow], list[Any]]]:
    """Je Klasse ihre Zeilen zu dieser Person, in der Reihenfolge der Verweise; die Person selbst zuerst."""
    models.load()
    classes = {_table(one).name: one for one in tenant_classes()}
    found: dict[str, dict[int, Any]] = {}
    root = session.scalars(select(Person).where(Person.public_id == person)).one_or_none()
    if root is None:
        return
    found[PERSON] = {root.id: root}
    yield Person, [root]
    for table in models.load().sorted_tables:
        if table.name == PERSON or table.name not in classes:
            continue
        rows = _hanging(session, classes[table.name], table, found, person)
        if rows:
            found[table.name] = {row.id: row for row in rows}
            yield classes[table.name], rows


def _hanging(
    session: TenantSession, model: type[TenantRow], table: Table, found: dict[str, dict[int, Any]], person: uuid.UUID
) -> list[Any]:
    """Zeilen einer Tabelle, die auf schon gefundene zeigen (oder die Kennung der Person tragen)."""
    conditions = []
    if BY_PUBLIC_ID in table.columns:
        conditions.append(getattr(model, BY_PUBLIC_ID) == person)
    for column, target in _references(table):
        if target in found and target != table.name:
            conditions.append(getattr(model, column).in_(list(found[target])))
    rows: dict[int, Any] = {}
    for condition in conditions:
        for row in session.scalars(select(model).options(undefer("*")).where(condition).order_by(model.id)):
            rows[row.id] = row
    return list(rows.values())


def _references(table: Table) -> Iterator[tuple[str, str]]:
    """Spalten, die auf die Nummer einer Zeile einer anderen Mandantentabelle zeigen."""
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            for element in constraint.elements:
                if element.column.name == "id" and element.parent.name != "tenant_id":
                    yield element.parent.name, element.column.table.name


def _table(model: type[TenantRow]) -> Table:
    table = inspect(model).local_table
    assert isinstance(table, Table)
    return table
