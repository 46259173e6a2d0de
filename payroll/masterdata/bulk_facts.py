"""Viele Änderungen an vorhandenen Personen in einem Zug: dieselben Fassungen wie mit record_fact, feste Zahl von
Anweisungen.

Was gilt, liegt schon gelesen vor; abgelöst wird im Speicher, geschrieben je Tabelle einmal, das Protokoll am Ende.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from payroll.masterdata.log_values import scope
from payroll.masterdata.models import Beschaeftigung, Person
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import content_columns, contents, sealed_columns
from payroll.masterdata.service import default_of
from tenants import audit
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from tenants.security import keys_of

DAY = timedelta(days=1)
CLOCKS = ("public_id", "valid_from", "valid_to", "recorded_at", "superseded_at", "recorded_by", "reason")
Key = tuple[Any, ...]


@dataclass
class Fassung:
    """Eine Fassung einer Tatsache mit ihren Werten im Klartext; `row` fehlt, wenn sie hier entsteht."""

    valid_from: date
    valid_to: date | None
    values: dict[str, Any]
    reason: str
    public_id: uuid.UUID = field(default_factory=uuid.uuid4)
    row: Fact | None = None
    superseded: bool = False

    def logged(self) -> dict[str, Any]:
        """Wie sie im Protokoll steht."""
        return {"valid_from": self.valid_from, "valid_to": self.valid_to, **self.values}


class Sammlung:
    """Merkt Änderungen vor; `known` sind die heute gültigen Fassungen je (Klasse, Anker, weitere Schlüssel)."""

    def __init__(self, session: TenantSession, known: Mapping[Key, Sequence[Fact]], reason: str) -> None:
        self.session, self.known, self.reason = session, known, reason
        self.held: dict[Key, list[Fassung]] = {}
        self.entries: list[tuple[type[Fact], Fassung, dict[str, Any], list[dict[str, Any]], int]] = []

    def valid(self, key: Key, day: date) -> Fassung | None:
        """Was an einem Tag gilt, mit dem schon Vorgemerkten."""
        return next((one for one in self._live(key) if one.valid_from <= day
                     and (one.valid_to is None or one.valid_to >= day)), None)

    def record(self, model: type[Fact], key: Key, valid_from: date, valid_to: date | None,
               values: dict[str, Any]) -> None:
        """Wie record_fact: ohne Ende bis zum Tag vor der nächsten bekannten Fassung; Gleiches ändert nichts."""
        live = self._live(key)
        if valid_to is None:
            later = [one.valid_from for one in live if one.valid_from > valid_from]
            valid_to = min(later) - DAY if later else None
        touched = [one for one in live if one.valid_from <= (valid_to or date.max)
                   and (one.valid_to is None or one.valid_to >= valid_from)]
        complete = {name: values.get(name, default_of(model, name)) for name in _names(model)}
        if len(touched) == 1 and _covers(touched[0], valid_from, valid_to) and touched[0].values == complete:
            return
        made = Fassung(valid_from, valid_to, complete, self.reason)
        for one in touched:
            one.superseded = True
            if one.valid_from < valid_from:
                self.held[key].append(replace(one, valid_to=valid_from - DAY, public_id=uuid.uuid4(), row=None,
                                              superseded=False))
            if valid_to is not None and (one.valid_to is None or one.valid_to > valid_to):
                self.held[key].append(replace(one, valid_from=valid_to + DAY, public_id=uuid.uuid4(), row=None,
                                              superseded=False))
        self.held[key].append(made)
        self.entries.append((model, made, {name: complete[name] for name in model.keys},
                             [one.logged() for one in touched], len(touched)))

    def write(self) -> int:
        """Löst ab, schreibt und protokolliert; gibt die Zahl der Änderungen. Raises psycopg.Error der Datenbank."""
        if not self.entries:
            return 0
        keys = keys_of(self.session)
        now = self.session.execute(select(func.now().label("jetzt"), Person.id).limit(1)).one().jetzt  # people change
        gone, fresh = defaultdict(list), defaultdict(list)
        for key, versions in self.held.items():
            for one in versions:
                if one.row is None:
                    fresh[key[0]].append(one)
                elif one.superseded:
                    gone[key[0]].append(one.row.id)
        for model, numbers in gone.items():
            self.session.execute(update(model).where(model.id.in_(numbers)).values(superseded_at=now)
                                 .execution_options(synchronize_session=False))
        for model, versions in fresh.items():
            copy_rows(self.session, model, (*CLOCKS, *_columns(model)),
                      [self._row(keys, model, one, now) for one in versions])
        audit.record_many(self.session, list(self._log()))
        for row in (one.row for versions in self.held.values() for one in versions if one.superseded and one.row):
            self.session.expire(row)
        return len(self.entries)

    def _live(self, key: Key) -> list[Fassung]:
        if key not in self.held:
            self.held[key] = [Fassung(row.valid_from, row.valid_to, contents(self.session, row), row.reason,
                                      row.public_id, row) for row in self.known.get(key, ())]
        return sorted((one for one in self.held[key] if not one.superseded), key=lambda one: one.valid_from)

    def _row(self, keys: Any, model: type[Fact], one: Fassung, now: datetime) -> tuple[Any, ...]:
        values = sealed_columns(keys, model, one.public_id, one.values)
        clocks = (one.public_id, one.valid_from, one.valid_to, now, now if one.superseded else None,
                  self.session.info["actor"], one.reason)
        return (*clocks, *(values[name] for name in _columns(model)))

    def _log(self) -> Iterable[audit.Entry]:
        persons, jobs = self._owners()
        for model, made, keys, before, count in self.entries:
            person = persons[keys["person_id"]] if "person_id" in keys else jobs[keys["beschaeftigung_id"]]
            details = {**keys, "valid_from": made.valid_from.isoformat(),
                       "valid_to": None if made.valid_to is None else made.valid_to.isoformat(),
                       "felder": sorted(made.values), "replaced": count}
            yield audit.Entry("tatsache.erfasst", f"{model.__tablename__}:{made.public_id}", details, self.reason,
                              audit.Values(scope(person, model, made.values), before, [made.logged()]))

    def _owners(self) -> tuple[dict[int, uuid.UUID], dict[int, uuid.UUID]]:
        """Öffentliche Kennung der Person je Person und je Beschäftigung; eine Abfrage."""
        rows = self.session.execute(select(Beschaeftigung.id, Person.id.label("person"), Person.public_id).join(
            Beschaeftigung, Beschaeftigung.person_id == Person.id)).all()
        return {row.person: row.public_id for row in rows}, {row.id: row.public_id for row in rows}


def _names(model: type[Fact]) -> tuple[str, ...]:
    return (*content_columns(model), *model.sealed)


def _columns(model: type[Fact]) -> list[str]:
    seals = [f"{name}_siegel" for name in model.sealed] + [f"{name}_hash" for name in model.hashed]
    return [*content_columns(model), *seals]


def _covers(one: Fassung, first: date, last: date | None) -> bool:
    return one.valid_from <= first and (one.valid_to is None or (last is not None and last <= one.valid_to))
