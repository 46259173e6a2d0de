"""Menschen, deren letztes Arbeitsverhältnis lange genug beendet ist: alles, was noch an ihnen hängt."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Person
from payroll.runs.models import Ergebnis
from payroll.statements.privacy import walking
from payroll.statements.retention.classes import PERSONALSTAMM, Datenart
from payroll.statements.retention.rows import Found
from tenants.db.session import TenantSession

OTHERS = "Andere Unterlagen der Person sind noch aufzubewahren"
# The database takes these along with their result; items of orders hold no content and stay as proof.
GOES_OR_STAYS_BY_ITSELF = frozenset({
    "deletion_item", "ergebniszeile", "wertebogen", "verrechnung", "drittzahlung", "rueckrechnung_zeile"})
OF_OTHER_CLASSES = frozenset({
    "dokument", "dokument_empfaenger", "ergebnis", "rueckrechnung", "rueckrechnung_auszahlung", "hinweis",
    "rueckrechnung_bestaetigung", "einbehalt", "zeit_zeile"})


def read(session: TenantSession, day: date, due: Mapping[str, set[int]]) -> Iterator[tuple[Datenart, list[Found]]]:
    """Zeilen der Menschen, die gegangen sind; due sind die schon fälligen Zeilen je Tabelle."""
    found: list[Found] = []
    for person, last in _gone(session, PERSONALSTAMM.first_kept(day)).items():
        found += _rows(session, person, last, due)
    yield PERSONALSTAMM, found


def _gone(session: TenantSession, limit: date) -> dict[uuid.UUID, date]:
    """Menschen mit ihrem letzten Tag (Austritt, Abrechnung oder – ohne beides – Anlage), wenn er vor limit liegt."""
    last: dict[uuid.UUID, list[date | None]] = defaultdict(list)
    jobs = session.execute(
        select(Person.public_id, func.max(BeschaeftigungAngaben.austritt).label("austritt"),
               func.count(BeschaeftigungAngaben.id).filter(
                   BeschaeftigungAngaben.austritt.is_(None),
                   BeschaeftigungAngaben.valid_to.is_(None)).label("offen"))
        .join(Beschaeftigung, Beschaeftigung.person_id == Person.id)
        .outerjoin(BeschaeftigungAngaben, (BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
                   & BeschaeftigungAngaben.superseded_at.is_(None))
        .group_by(Person.public_id, Beschaeftigung.id))
    for row in jobs:
        last[row.public_id].append(None if row.offen else row.austritt)
    paid = session.execute(
        select(Person.public_id, func.max(Ergebnis.monat).label("monat"))
        .join(Beschaeftigung, Beschaeftigung.person_id == Person.id)
        .join(Ergebnis, Ergebnis.beschaeftigung_id == Beschaeftigung.id).group_by(Person.public_id))
    for row in paid:
        last[row.public_id].append(row.monat)
    for row in session.execute(select(Person.public_id, Person.created_at)):
        if row.public_id not in last:
            last[row.public_id].append(row.created_at.date())
    ended = {person: max(day for day in days if day is not None)
             for person, days in last.items() if all(day is not None for day in days)}
    return {person: day for person, day in sorted(ended.items()) if day < limit}


def _rows(session: TenantSession, person: uuid.UUID, last: date, due: Mapping[str, set[int]]) -> list[Found]:
    found, missing = [], False
    for model, rows in walking.rows_of(session, person):
        table: str = model.__tablename__  # type: ignore[attr-defined]  # every mapped class has one
        left: list[Any] = [row for row in rows if row.id not in due.get(table, ())]
        if table in GOES_OR_STAYS_BY_ITSELF:
            continue
        missing = missing or (table in OF_OTHER_CLASSES and bool(left))
        found += [Found(table, row.id, person, last) for row in left if table not in OF_OTHER_CLASSES]
    return [Found(one.table, one.row, one.person, one.day, OTHERS) for one in found] if missing else found
