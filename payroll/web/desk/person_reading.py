"""Personalakte: eine Person mit ihren Beschäftigungen und allen Tatsachen in beiden Uhren."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Beschaeftigung, Person, PersonAngaben
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import content_columns, contents, protected
from payroll.web.desk.fact_fields import FactKind
from payroll.web.desk.fact_forms import options_of, summary
from payroll.web.desk.fact_kinds import KINDS
from tenants import audit
from tenants.db.session import TenantSession
from tenants.security.field import sealed_fields

COVERED = "•••"


@dataclass(frozen=True)
class FactView:
    """Eine Fassung einer Tatsache, zum Lesen vorbereitet."""

    public_id: uuid.UUID
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    recorded_by: str
    reason: str
    values: dict[str, Any]
    words: list[tuple[Any, str]]

    def valid_on(self, day: date) -> bool:
        """Ob die Fassung heute bekannt ist und an diesem Tag gilt."""
        return self.superseded_at is None and self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


@dataclass(frozen=True)
class Section:
    """Alle Fassungen einer Art bei einer Person oder Beschäftigung."""

    slug: str
    kind: FactKind
    facts: list[FactView]

    def valid_on(self, day: date) -> list[FactView]:
        """Was an diesem Tag gilt."""
        return [fact for fact in self.facts if fact.valid_on(day)]


@dataclass(frozen=True)
class Job:
    """Eine Beschäftigung mit ihren Abschnitten."""

    id: int
    public_id: uuid.UUID
    personalnummer: str
    sections: dict[str, Section]

    def art(self, day: date) -> str:
        """Art der Beschäftigung an diesem Tag, sonst die zuletzt bekannte."""
        known_facts = [fact for fact in self.sections["beschaeftigung"].facts if fact.superseded_at is None]
        valid = [fact for fact in known_facts if fact.valid_on(day)] or known_facts
        return str(valid[-1].values["art"]) if valid else ""

    def missing(self, day: date) -> list[Section]:
        """Abschnitte, die für diese Art nötig sind und an diesem Tag nichts enthalten."""
        art = self.art(day)
        return [s for s in self.sections.values() if art in s.kind.needed and not s.valid_on(day)]


@dataclass(frozen=True)
class PersonFile:
    """Die Akte."""

    id: int
    public_id: uuid.UUID
    name: str
    sections: dict[str, Section]
    jobs: list[Job]

    def job(self, public_id: uuid.UUID | None) -> Job | None:
        """Eine Beschäftigung dieser Person."""
        return next((job for job in self.jobs if job.public_id == public_id), None)


def person_file(
    session: TenantSession, public_id: uuid.UUID, day: date, *, plain: bool = False, superseded: bool = False
) -> PersonFile | None:
    """Liest die Akte mit dem Namen dieses Tages und vermerkt das Lesen.

    plain deckt geschützte Felder auf, superseded zeigt auch Abgelöstes.
    """
    person = session.scalars(select(Person).where(Person.public_id == public_id)).one_or_none()
    if person is None:
        return None
    audit.record_reading(session, "person.gelesen", f"person:{public_id}", {"klartext": plain})
    jobs = session.scalars(select(Beschaeftigung).filter_by(person_id=person.id).order_by(Beschaeftigung.id)).all()
    by_owner = _sections(session, person.id, [job.id for job in jobs], plain, superseded)
    own = by_owner["person", person.id]
    held = [fact for fact in own["angaben"].facts if fact.superseded_at is None]
    names = [fact for fact in held if fact.valid_from <= day] or held[:1]
    return PersonFile(
        person.id,
        public_id,
        f"{names[-1].values['vorname']} {names[-1].values['nachname']}" if names else "Person ohne Angaben",
        own,
        [Job(job.id, job.public_id, job.personalnummer, by_owner["job", job.id]) for job in jobs],
    )


def _sections(
    session: TenantSession, person_id: int, job_ids: list[int], plain: bool, superseded: bool
) -> dict[tuple[str, int], dict[str, Section]]:
    owners = [("person", person_id), *(("job", job_id) for job_id in job_ids)]
    result: dict[tuple[str, int], dict[str, Section]] = {owner: {} for owner in owners}
    for slug, kind in KINDS.items():
        ids = [owner_id for owner, owner_id in owners if owner == kind.owner]
        rows = _rows(session, kind, ids, superseded)
        options = options_of(session, kind)
        for owner_id in ids:
            mine = [row for row in rows if getattr(row, OWNER_COLUMN[kind.owner]) == owner_id]
            views = [_view(session, kind, row, plain, options) for row in mine]
            result[kind.owner, owner_id][slug] = Section(slug, kind, views)
    return result


OWNER_COLUMN = {"person": "person_id", "job": "beschaeftigung_id"}


def _rows(session: TenantSession, kind: FactKind, ids: list[int], superseded: bool) -> Sequence[Fact]:
    model = kind.model
    statement = select(model).where(getattr(model, OWNER_COLUMN[kind.owner]).in_(ids))
    if not superseded:
        statement = statement.where(known(model, None))
    return session.scalars(statement.order_by(model.valid_from, model.recorded_at, model.id)).all()


def _view(session: TenantSession, kind: FactKind, row: Fact, plain: bool, options: Any) -> FactView:
    values = contents(session, row) if plain else covered(row)
    return FactView(
        row.public_id,
        row.valid_from,
        row.valid_to,
        row.recorded_at,
        row.superseded_at,
        row.recorded_by,
        row.reason,
        values,
        summary(kind, values, options),
    )


def covered(row: Fact) -> dict[str, Any]:
    """Werte einer Tatsache, geschützte Felder verdeckt (bei der IBAN bleiben die letzten vier Stellen lesbar)."""
    values = {name: getattr(row, name) for name in (*content_columns(type(row)), *sealed_fields(type(row)))}
    for name in protected(type(row)):
        end = getattr(row, f"{name}_ende", "")
        values[name] = None if getattr(row, f"{name}_siegel") is None else f"{COVERED} {end}".strip()
    return values


def versions_on(session: TenantSession, kind: FactKind, owner_id: int, day: date) -> Sequence[Fact]:
    """Heute bekannte Tatsachen einer Art, die an diesem Tag gelten."""
    statement = select(kind.model).where(
        getattr(kind.model, OWNER_COLUMN[kind.owner]) == owner_id, known(kind.model, None), within(kind.model, day, day)
    )
    return session.scalars(statement.order_by(kind.model.id)).all()


def name_of(session: TenantSession, person_id: int, day: date) -> str:
    """Vor- und Nachname an einem Tag, sonst der nächstliegende."""
    rows = session.scalars(
        select(PersonAngaben)
        .where(PersonAngaben.superseded_at.is_(None))
        .filter_by(person_id=person_id)
        .order_by(PersonAngaben.valid_from)
    ).all()
    return _name_on(rows, day)


def named_on(
    session: TenantSession, days: Collection[tuple[int, date]]
) -> dict[tuple[int, date], tuple[uuid.UUID, str]]:
    """Zu jeder Person (ihrer Nummer) und jedem Tag die öffentliche Kennung und der Name, in einer Abfrage."""
    rows = session.execute(
        select(Person.id, Person.public_id, PersonAngaben)
        .outerjoin(PersonAngaben, (PersonAngaben.person_id == Person.id) & PersonAngaben.superseded_at.is_(None))
        .where(Person.id.in_({person for person, _ in days}))
        .order_by(PersonAngaben.valid_from)
    ).all()
    public = {row.id: row.public_id for row in rows}
    held: dict[int, list[PersonAngaben]] = {number: [] for number in public}
    for row in rows:
        if row.PersonAngaben is not None:
            held[row.id].append(row.PersonAngaben)
    return {(person, day): (public[person], _name_on(held[person], day)) for person, day in days}


def _name_on(rows: Sequence[PersonAngaben], day: date) -> str:
    valid = [row for row in rows if row.valid_from <= day] or list(rows)
    return f"{valid[-1].vorname} {valid[-1].nachname}" if valid else "Person ohne Angaben"
