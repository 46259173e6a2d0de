"""Viele neue Personen in einem Zug: je Tabelle ein Massenschreiben, je Person ein Eintrag im Protokoll."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from payroll.masterdata.log_values import scope
from payroll.masterdata.models import Beschaeftigung, Person
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import content_columns, sealed_columns
from payroll.masterdata.service import FactError, default_of
from tenants import audit
from tenants.db.bulk import copy_rows, reserve_ids
from tenants.db.session import TenantSession
from tenants.security import TenantKeys, keys_of


@dataclass
class Tatsache:
    """Eine zu erfassende Tatsache ohne ihren Anker; schützenswerte Werte im Klartext."""

    model: type[Fact]
    valid_from: date
    values: dict[str, Any]
    valid_to: date | None = None


@dataclass
class NeueBeschaeftigung:
    """Ein neues Beschäftigungsverhältnis mit seinen Tatsachen."""

    personalnummer: str
    tatsachen: list[Tatsache]


@dataclass
class NeuePerson:
    """Eine neue Person mit ihren Tatsachen und Beschäftigungen."""

    tatsachen: list[Tatsache]
    beschaeftigungen: list[NeueBeschaeftigung]
    public_id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass
class _Writer:
    session: TenantSession
    keys: TenantKeys
    reason: str
    recorded_at: datetime | None
    rows: dict[type[Fact], list[tuple[Any, ...]]] = field(default_factory=dict)

    def add(self, fact: Tatsache, anchor: str, anchor_id: int) -> None:
        public_id = uuid.uuid4()
        given = {anchor: anchor_id, **fact.values}
        values = sealed_columns(self.keys, fact.model, public_id, given)
        clocks: list[Any] = [public_id, fact.valid_from, fact.valid_to, self.session.info["actor"], self.reason]
        if self.recorded_at is not None:
            clocks.append(self.recorded_at)
        complete = (self._value(fact.model, name, values) for name in self._content(fact.model))
        self.rows.setdefault(fact.model, []).append((*clocks, *complete))

    def flush(self) -> int:
        names = ["public_id", "valid_from", "valid_to", "recorded_by", "reason"]
        if self.recorded_at is not None:
            names.append("recorded_at")
        return sum(
            copy_rows(self.session, model, [*names, *self._content(model)], rows) for model, rows in self.rows.items()
        )

    @staticmethod
    def _content(model: type[Fact]) -> list[str]:
        seals = [f"{name}_siegel" for name in model.sealed] + [f"{name}_hash" for name in model.hashed]
        return [*content_columns(model), *seals]

    @staticmethod
    def _value(model: type[Fact], name: str, values: dict[str, Any]) -> Any:
        return values[name] if name in values else default_of(model, name)


def store(
    session: TenantSession, people: Sequence[NeuePerson], *, reason: str, recorded_at: datetime | None = None
) -> int:
    """Schreibt neue Personen samt Beschäftigungen; gibt die Zahl der Tatsachen zurück.

    `recorded_at` nur bei der Übernahme aus einem anderen Verfahren: seit wann die Tatsachen dort bekannt waren.
    """
    if not reason.strip():
        raise FactError("Übernahme: Grund fehlt; angeben, woher die Personen kommen.")
    if recorded_at is not None and recorded_at > datetime.now(recorded_at.tzinfo):
        raise FactError("Übernahme: „bekannt seit“ liegt in der Zukunft; einen vergangenen Zeitpunkt angeben.")
    writer = _Writer(session, keys_of(session), reason, recorded_at)
    actor = session.info["actor"]
    jobs = [(person, job) for person in people for job in person.beschaeftigungen]
    ids = dict(zip([p.public_id for p in people], reserve_ids(session, Person, len(people)), strict=True))
    job_ids = reserve_ids(session, Beschaeftigung, len(jobs))
    copy_rows(
        session, Person, ("id", "public_id", "created_by"), [(ids[p.public_id], p.public_id, actor) for p in people]
    )
    copy_rows(
        session,
        Beschaeftigung,
        ("id", "public_id", "created_by", "person_id", "personalnummer"),
        [
            (number, uuid.uuid4(), actor, ids[person.public_id], job.personalnummer)
            for number, (person, job) in zip(job_ids, jobs, strict=True)
        ],
    )
    for person in people:
        for fact in person.tatsachen:
            writer.add(fact, "person_id", ids[person.public_id])
    for number, (_, job) in zip(job_ids, jobs, strict=True):
        for fact in job.tatsachen:
            writer.add(fact, "beschaeftigung_id", number)
    written = writer.flush()
    audit.record_many(session, [entry for person in people for entry in _entries(person, reason)])
    return written


def _entries(person: NeuePerson, reason: str) -> list[audit.Entry]:
    """Ein Eintrag für die Person und je Forderung einer: deren Werte gehen mit ihr, nicht erst mit der Person."""
    facts = [*person.tatsachen, *(fact for job in person.beschaeftigungen for fact in job.tatsachen)]
    details = {
        "personalnummern": [job.personalnummer for job in person.beschaeftigungen],
        "tatsachen": [f"{fact.model.__tablename__} ab {fact.valid_from.isoformat()}" for fact in facts],
    }
    after: dict[audit.Scope, list[dict[str, Any]]] = {audit.values.of_person(person.public_id): []}
    for fact in facts:
        one = {"tatsache": fact.model.__tablename__, "valid_from": fact.valid_from, "valid_to": fact.valid_to}
        after.setdefault(scope(person.public_id, fact.model, fact.values), []).append({**one, **fact.values})
    first, *claims = [audit.Values(whose, [], rows) for whose, rows in after.items()]
    subject = f"person:{person.public_id}"
    return [audit.Entry("person.angelegt", subject, details, reason, first),
            *(audit.Entry("tatsache.erfasst", subject, {"tatsachen": [row["tatsache"] for row in values.after]}, reason,
                          values) for values in claims)]
