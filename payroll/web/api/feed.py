"""Eintritte, Wechsel, Austritte zum Verfolgen: gelesen aus dem Protokoll, dessen Nummern lückenlos und in der
Reihenfolge der Festschreibung vergeben sind. Wer bei seiner letzten Nummer weiterliest, verpasst nichts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import or_, select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben
from payroll.web.api.door import Answer, api, needs, query_number
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession

MOST = 1000
FACT = BeschaeftigungAngaben.__tablename__
JOB_FACTS = (FACT, "bezuegezuordnung")


@api.get("/personalereignisse")
@needs("personal.folgen")
def changes(session: TenantSession) -> Answer:
    """Ereignisse nach einer Nummer, die älteste zuerst; naechste ist die Nummer für den nächsten Aufruf."""
    after = query_number("nach", 0, 0, 2**53)
    most = query_number("anzahl", 200, 1, MOST)
    entries = _entries(session, after, most)
    rows = list(_events(session, entries))
    return Answer({"ereignisse": rows, "naechste": entries[-1].id if entries else after,
                   "weitere": len(entries) == most}, counts={"zeilen": len(rows)})


def _entries(session: TenantSession, after: int, most: int) -> list[AuditEntry]:
    facts = [AuditEntry.subject.startswith(f"{name}:") for name in JOB_FACTS]
    wanted = or_(AuditEntry.action == "person.angelegt", *facts)
    statement = select(AuditEntry).where(AuditEntry.id > after, wanted).order_by(AuditEntry.id).limit(most)
    return list(session.scalars(statement))


def _events(session: TenantSession, entries: list[AuditEntry]) -> Iterator[dict[str, Any]]:
    by_id = {row.id: row for row in session.scalars(select(Beschaeftigung).where(
        Beschaeftigung.id.in_({_job(one) for one in entries} - {None})))}
    numbers = [number for one in entries for number in one.details.get("personalnummern", [])]
    by_number = {row.personalnummer: row for row in session.scalars(select(Beschaeftigung).where(
        Beschaeftigung.personalnummer.in_(numbers)))}
    today = _current(session, [*by_id, *(row.id for row in by_number.values())])
    versions = _versions(session, entries)
    for one in entries:
        jobs = [by_number.get(number) for number in one.details.get("personalnummern", [])]
        jobs += [by_id.get(_job(one) or 0)]
        for job in filter(None, jobs):
            fact = versions.get(one.subject.partition(":")[2]) or today.get(job.id)
            yield {"nummer": one.id, "zeitpunkt": one.at.isoformat(), "art": _kind(one, fact),
                   "personalnummer": job.personalnummer, "beschaeftigung": str(job.public_id),
                   "ab": one.details.get("valid_from"), "eintritt": _day(fact, "eintritt"),
                   "austritt": _day(fact, "austritt")}


def _job(one: AuditEntry) -> int | None:
    found = one.details.get("beschaeftigung_id")
    return found if isinstance(found, int) else None


def _kind(one: AuditEntry, fact: BeschaeftigungAngaben | None) -> str:
    """Ein gesetzter Austritt ist einer; die erste Fassung ist ein Eintritt, alles andere ein Wechsel."""
    if one.action == "person.angelegt":
        return "eintritt"
    if not one.subject.startswith(f"{FACT}:"):
        return "wechsel"
    if fact is not None and fact.austritt is not None:
        return "austritt"
    return "wechsel" if one.details.get("replaced") else "eintritt"


def _versions(session: TenantSession, entries: list[AuditEntry]) -> dict[str, BeschaeftigungAngaben]:
    ids = [one.subject.partition(":")[2] for one in entries if one.subject.startswith(f"{FACT}:")]
    rows = session.scalars(select(BeschaeftigungAngaben).where(
        BeschaeftigungAngaben.public_id.in_([uuid.UUID(one) for one in ids])))
    return {str(row.public_id): row for row in rows}


def _current(session: TenantSession, jobs: Iterable[int]) -> dict[int, BeschaeftigungAngaben]:
    rows = session.scalars(select(BeschaeftigungAngaben).where(
        BeschaeftigungAngaben.beschaeftigung_id.in_(set(jobs)), known(BeschaeftigungAngaben, None))
        .order_by(BeschaeftigungAngaben.valid_from))
    return {row.beschaeftigung_id: row for row in rows}


def _day(fact: BeschaeftigungAngaben | None, name: str) -> str | None:
    found = getattr(fact, name, None)
    return found.isoformat() if found is not None else None
