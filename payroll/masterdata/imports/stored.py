"""Was von den Personen einer Datei schon erfasst ist; eine Abfrage je Tabelle und Tausend Zeilen."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from payroll.masterdata.clocks import known
from payroll.masterdata.imports.blaetter.lesen import Blatttabelle
from payroll.masterdata.imports.statements import KEPT, complete
from payroll.masterdata.imports.zeilen import Zeile
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, PersonAngaben
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import contents, purpose
from tenants.db.session import TenantSession
from tenants.security import TenantKeys, keys_of, lookup_hash

CHUNK = 1_000
NUMBERS = ("steuer_id", "sv_nummer")


@dataclass
class Held:
    """Eine erfasste Beschäftigung mit den jüngsten Angaben zur Person."""

    id: int
    person_id: int
    eintritt: date | None = None
    person: dict[str, Any] | None = None


@dataclass
class Stored:
    """Erfasstes: Beschäftigungen nach Personalnummer, Personen nach Kennnummer, Tatsachen nach Anker."""

    session: TenantSession
    keys: TenantKeys
    jobs: dict[str, Held] = field(default_factory=dict)
    owners: dict[tuple[str, bytes], int] = field(default_factory=dict)
    facts: dict[tuple[Any, ...], list[Fact]] = field(default_factory=dict)

    def owner(self, name: str, value: str) -> int | None:
        """Nummer der Person mit dieser Kennnummer."""
        return self.owners.get((name, lookup_hash(self.keys, value, purpose(PersonAngaben, name))))

    def person_of(self, zeile: Zeile) -> int | None:
        """Nummer der schon erfassten Person einer Zeile mit neuer Personalnummer."""
        found = (self.owner(name, zeile.werte[name]) for name in NUMBERS if name in zeile.werte)
        return next((person for person in found if person is not None), None)

    def valid(self, anchor_id: int, fact: Tatsache) -> Fact | None:
        """Die Tatsache, die an dem Tag gilt."""
        extra = (fact.values.get(name) for name in fact.model.keys[1:])
        for row in self.facts.get((fact.model, anchor_id, *extra), ()):
            if row.valid_from <= fact.valid_from and (row.valid_to is None or row.valid_to >= fact.valid_from):
                return row
        return None

    def differs(self, anchor_id: int, fact: Tatsache) -> bool:
        """Sagt die Zeile etwas anderes, als am selben Tag gilt?"""
        row = self.valid(anchor_id, fact)
        if row is None:
            return True
        held = contents(self.session, row)
        held.pop(fact.model.keys[0])
        return held != complete(fact, held)


def load_stored(session: TenantSession, zeilen: Sequence[Zeile], blaetter: Sequence[Blatttabelle] = ()) -> Stored:
    """Liest alles Erfasste zu den Zeilen der Personen und der Blätter."""
    stored = Stored(session, keys_of(session))
    numbers = {zeile.werte["personalnummer"] for zeile in zeilen}
    numbers |= {zeile.werte["personalnummer"] for one in blaetter for zeile in one.zeilen
                if "personalnummer" in zeile.werte}
    for part in in_parts(numbers):
        for job in session.scalars(select(Beschaeftigung).where(Beschaeftigung.personalnummer.in_(part))):
            stored.jobs[job.personalnummer] = Held(job.id, job.person_id)
    _owners(session, stored, zeilen)
    anchors = {
        "person_id": {held.person_id for held in stored.jobs.values()} | set(stored.owners.values()),
        "beschaeftigung_id": {held.id for held in stored.jobs.values()},
    }
    for model in {**KEPT, **{one.blatt.model: None for one in blaetter}}:
        _facts(session, stored, model, anchors[model.keys[0]])
    for held in stored.jobs.values():
        people = stored.facts.get((PersonAngaben, held.person_id))
        jobs = stored.facts.get((BeschaeftigungAngaben, held.id))
        held.person = contents(session, people[-1]) if people else None
        held.eintritt = jobs[-1].eintritt if jobs else None  # type: ignore[attr-defined]  # rows of BeschaeftigungAngaben
    return stored


def _owners(session: TenantSession, stored: Stored, zeilen: Sequence[Zeile]) -> None:
    wanted = {
        (name, lookup_hash(stored.keys, zeile.werte[name], purpose(PersonAngaben, name)))
        for zeile in zeilen
        for name in NUMBERS
        if name in zeile.werte
    }
    columns = (PersonAngaben.person_id, PersonAngaben.steuer_id_hash, PersonAngaben.sv_nummer_hash)
    for part in in_parts({value for _, value in wanted}):
        hit = or_(PersonAngaben.steuer_id_hash.in_(part), PersonAngaben.sv_nummer_hash.in_(part))
        for person, tax, insurance in session.execute(select(*columns).where(known(PersonAngaben, None), hit)):
            for name, value in zip(NUMBERS, (tax, insurance), strict=True):
                if value is not None and (name, value) in wanted:
                    stored.owners[name, value] = person


def _facts(session: TenantSession, stored: Stored, model: type[Fact], anchors: set[int]) -> None:
    anchor = getattr(model, model.keys[0])
    for part in in_parts(anchors):
        for row in session.scalars(
            select(model).where(known(model, None), anchor.in_(part)).order_by(model.valid_from)
        ):
            key = (model, *(getattr(row, name) for name in model.keys))
            stored.facts.setdefault(key, []).append(row)


def in_parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Die Werte, geordnet und zu je tausend für eine Abfrage."""
    ordered = iter(sorted(values))
    while part := list(itertools.islice(ordered, CHUNK)):
        yield part
