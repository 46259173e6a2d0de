"""Erledigte Forderungen: alle Fassungen und Einbehalte zusammen, wenn kein aufbewahrter Monat sie noch braucht."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import select

from payroll.masterdata.log_values import DEPENDANTS
from payroll.masterdata.models import Person, Pfaendung, Unterhaltsausschluss, Unterhaltspflicht
from payroll.runs.claim_models import Einbehalt
from payroll.statements.retention.classes import PFAENDUNG
from payroll.statements.retention.rows import Found
from tenants.audit.models import AuditKey
from tenants.db.session import TenantSession

NEEDED = "Aufbewahrte Monate rechneten mit der Forderung (Konto des Gläubigers, Nachrechnung)"
Key = tuple[int, int]


def read(session: TenantSession, limit: date, accounts_from: date) -> list[Found]:
    """Fällig ist, was vor `limit` erledigt war; gebraucht wird es, solange Lohnkonten ab `accounts_from` bleiben."""
    people = {row.id: row.public_id for row in session.execute(select(Person.id, Person.public_id))}
    settled = {key: day for key, day in settled_on(session).items() if day is not None and day < limit}
    if not settled:
        return []
    found = []
    for model, number in ((Pfaendung, Pfaendung.id), (Einbehalt, Einbehalt.id)):
        rows = session.execute(select(number.label("zeile"), model.person_id, model.nummer).select_from(model))
        for row in rows:
            day = settled.get((row.person_id, row.nummer))
            if day is not None:
                held = NEEDED if day >= accounts_from else ""
                found.append(Found(model.__tablename__, row.zeile, people[row.person_id], day, held))
    found += _dependants(session, settled, accounts_from, people)
    return found + _logged(session, settled, accounts_from, people)


def _logged(session: TenantSession, settled: dict[Key, date], accounts_from: date,
            people: dict[int, uuid.UUID]) -> list[Found]:
    """Schlüssel dessen, was das Protokoll über erledigte Forderungen (und mit der letzten den Unterhalt) weiß."""
    days = {f"{people[person]}:{number}": day for (person, number), day in settled.items()}
    days |= {f"{people[person]}:{DEPENDANTS}": day for person, day in _last(session, settled).items()}
    rows = session.execute(select(AuditKey.id.label("zeile"), AuditKey.subject, AuditKey.person_public_id)
                           .where(AuditKey.record_class == PFAENDUNG.name))
    return [Found("audit_key", row.zeile, row.person_public_id, days[row.subject],
                  NEEDED if days[row.subject] >= accounts_from else "") for row in rows if row.subject in days]


def settled_on(session: TenantSession) -> dict[Key, date | None]:
    """Tag der Erledigung je Forderung: der erste, an dem sie nicht mehr läuft oder ruht; None: sie läuft noch."""
    ends: dict[Key, list[date | None]] = defaultdict(list)
    begins: dict[Key, list[date]] = defaultdict(list)
    for row in session.execute(
            select(Pfaendung.person_id, Pfaendung.nummer, Pfaendung.zustand, Pfaendung.valid_from, Pfaendung.valid_to)
            .where(Pfaendung.superseded_at.is_(None))):
        key = (row.person_id, row.nummer)
        begins[key].append(row.valid_from)
        if row.zustand != "erledigt":
            ends[key].append(row.valid_to)
    return {key: _after(ends[key]) if ends[key] else min(begins[key]) for key in begins}


def _after(ends: list[date | None]) -> date | None:
    known = [end for end in ends if end is not None]
    return max(known) + timedelta(days=1) if len(known) == len(ends) else None


def _dependants(session: TenantSession, settled: dict[Key, date], accounts_from: date,
                people: dict[int, uuid.UUID]) -> list[Found]:
    """Unterhaltspflichten einer Person gehen mit ihrer letzten Forderung."""
    last, found = _last(session, settled), []
    for model, number in ((Unterhaltsausschluss, Unterhaltsausschluss.id), (Unterhaltspflicht, Unterhaltspflicht.id)):
        for row in session.execute(select(number.label("zeile"), model.person_id).select_from(model)):
            if row.person_id in last:
                day = last[row.person_id]
                held = NEEDED if day >= accounts_from else ""
                found.append(Found(model.__tablename__, row.zeile, people[row.person_id], day, held))
    return found


def _last(session: TenantSession, settled: dict[Key, date]) -> dict[int, date]:
    """Tag, an dem die letzte Forderung einer Person erledigt war; nur Menschen, bei denen alle fällig sind."""
    every: dict[int, set[int]] = defaultdict(set)
    for row in session.execute(select(Pfaendung.person_id, Pfaendung.nummer)):
        every[row.person_id].add(row.nummer)
    return {person: max(settled[person, n] for n in numbers) for person, numbers in every.items()
            if all((person, n) in settled for n in numbers)}
