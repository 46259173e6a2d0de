"""Alles, was an einer Person hängt: von ihr aus jedem Verweis nach unten folgen, über alle Räume.

Welche Tabellen es gibt, steht nicht hier, sondern in den abgebildeten Klassen: ein neuer Raum ist von selbst dabei.
Für die Auskunft kommt dazu, was nur ihre Personalnummer nennt (Stellenplan, Einstellung) und die Bewerbung dahinter.
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

PERSON, JOB, HIRE, APPLICATION = "person", "beschaeftigung", "einstellung", "bewerbung"
BY_NUMBER = "personalnummer"
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


def everything_of(session: TenantSession, person: uuid.UUID) -> Iterator[tuple[type[TenantRow], list[Any]]]:
    """Wie rows_of, dazu was nur die Personalnummer nennt, und die Bewerbung, aus der die Einstellung wurde."""
    found: dict[str, list[Any]] = {}
    for model, rows in rows_of(session, person):
        found[_table(model).name] = rows
        yield model, rows
    classes = {_table(one).name: one for one in tenant_classes()}
    numbers = sorted({row.personalnummer for row in found.get(JOB, ())})
    for table in models.load().sorted_tables:
        if table.name in classes and table.name not in found and BY_NUMBER in table.columns:
            model = classes[table.name]
            rows = list(session.scalars(select(model).where(getattr(model, BY_NUMBER).in_(numbers)).order_by(model.id)))
            if rows:
                found[table.name] = rows
                yield model, rows
    root = classes[APPLICATION]
    wanted = [row.bewerbung_id for row in found.get(HIRE, ())]
    below: dict[str, dict[int, Any]] = {APPLICATION: {
        row.id: row for row in session.scalars(select(root).where(root.id.in_(wanted)).order_by(root.id))}}
    if below[APPLICATION]:
        yield root, list(below[APPLICATION].values())
        for table in models.load().sorted_tables:
            new = table.name in classes and table.name not in {*found, *below}
            if new and (rows := _hanging(session, classes[table.name], table, below, person)):
                below[table.name] = {row.id: row for row in rows}
                yield classes[table.name], rows


def reached() -> set[str]:
    """Tabellen von Mandanten, die everything_of erreichen kann, allein nach den Verweisen."""
    tables, found, below = models.load().sorted_tables, {PERSON}, {APPLICATION}
    names = {_table(one).name for one in tenant_classes()}
    for table in tables:
        targets = {target for _column, target in _references(table)} - {table.name}
        if table.name in names and ({BY_PUBLIC_ID, BY_NUMBER} & set(table.columns.keys()) or targets & found):
            found.add(table.name)
    for table in tables:
        if table.name in names and {target for _column, target in _references(table)} & below:
            below.add(table.name)
    return found | below


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
