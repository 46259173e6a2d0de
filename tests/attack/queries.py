"""Ruft jede Funktion, die eine Mandantensitzung nimmt, mit Nummern, Kennungen und Namen des fremden Mandanten auf."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any

from markers import TABLES, Markers
from psycopg import sql
from realm import BAIT, OPEN, PAID, Realm
from sqlalchemy import inspect as inspection
from sqlalchemy import select
from sqlalchemy.exc import NoInspectionAvailable

from tenants.db.base import TenantRow, tenant_classes
from tenants.db.session import TenantSession, tenant_session

ROOMS = ("tenants", "payroll", "timekeeping", "staffplan", "jobportal")
DOORS = ("TenantSession", "TenantSession | PlatformSession")
COLLECTIONS = re.compile(r"^(?:Sequence|Iterable|Collection|list|set|frozenset|tuple)\[(.+?)(?:, \.\.\.)?\]$")
DEEP, WIDE = 7, 400


class NoValue(LookupError):
    """Zu diesem Argument fällt dem Angreifer nichts ein."""


@dataclass
class Walk:
    """Was der Gang ergab: gelungene, abgewiesene und nicht gebaute Aufrufe, Funde."""

    returned: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    unbuilt: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    calls: int = 0


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Alle Funktionen aller Räume, deren erstes Argument die Sitzung eines Mandanten ist."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            for name, function in sorted(vars(module).items()):
                if inspect.isfunction(function) and function.__module__ == found.name and _takes_session(function):
                    yield f"{found.name}.{name}", function


def _takes_session(function: Callable[..., Any]) -> bool:
    parameters = list(inspect.signature(function).parameters.values())
    return bool(parameters) and str(parameters[0].annotation) in DOORS


class Walker:
    """Baut Argumente und liest, was zurückkommt."""

    def __init__(self, realm: Realm, markers: Markers, seed: str) -> None:
        self.realm, self.markers, self.dice = realm, markers, Random(seed)
        self.numbers = _numbers(realm)
        self.models = {model.__name__: model for model in tenant_classes()}

    def walk(self, rounds: int) -> Walk:
        """Jede Funktion so oft, jedes Mal in einer Sitzung des eigenen Mandanten, die zurückgenommen wird."""
        result = Walk()
        for name, function in functions():
            for _ in range(rounds):
                self._call(name, function, result)
        return result

    def _call(self, name: str, function: Callable[..., Any], result: Walk) -> None:
        with _rolled_back(self.realm.own.tenant.id) as session:
            try:
                chosen = self._arguments(session, function)
            except NoValue:
                result.unbuilt.add(name)
                return
            result.calls += 1
            try:
                text = told(function(session, **chosen))
            except Exception as error:  # whatever refusal; its words must not tell anything
                text = str(error) if "[parameters" not in str(error) else ""
                result.refused.add(name)
            else:
                result.returned.add(name)
            sent = f"{told(chosen)} {BAIT}".lower()
            found = self.markers.found(text, sent)
            held = self._held(session)
            if found or held:
                result.leaks.append(f"{name}({chosen}): {found[:3]} {held[:3]}")

    def _held(self, session: TenantSession) -> list[str]:
        """Zeilen anderer Mandanten in der Sitzung."""
        rows = [row for row in session.identity_map.values() if isinstance(row, TenantRow)]
        own = self.realm.own.tenant.id
        return [type(row).__name__ for row in rows if inspection(row).identity[0] != own]

    def _arguments(self, session: TenantSession, function: Callable[..., Any]) -> dict[str, Any]:
        given = {}
        for parameter in list(inspect.signature(function).parameters.values())[1:]:
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            if parameter.default is not parameter.empty and self.dice.random() < 0.5:
                continue
            given[parameter.name] = self._value(session, str(parameter.annotation), parameter.name)
        return given

    def _value(self, session: TenantSession, kind: str, name: str) -> Any:
        dice, wanted = self.dice, kind.removesuffix(" | None")
        if inner := COLLECTIONS.match(wanted):
            values = [self._value(session, inner[1], name) for _ in range(3)]
            return set(values) if "et" in wanted.split("[")[0] else tuple(values)
        if wanted in ("uuid.UUID", "UUID"):
            return uuid.UUID(self._foreign_id(name))
        if wanted == "date":
            return dice.choice((PAID, OPEN))
        if wanted == "int":
            fitting = [table for table in self.numbers if table in name] or list(self.numbers)
            return dice.choice(self.numbers[dice.choice(fitting)])
        if wanted == "str":
            return dice.choice((BAIT, f"{BAIT}mann000", self._foreign_id(name), "fremd.clerk", "", "2026-01", "netto"))
        if wanted == "bool":
            return dice.random() < 0.5
        if wanted.startswith("type["):
            return self.models[dice.choice(sorted(self.models))]
        if wanted in self.models:
            row = session.scalars(select(self.models[wanted]).limit(1)).first()
            if row is not None:
                return row
        if kind != wanted:
            return None
        raise NoValue(kind)

    def _foreign_id(self, name: str) -> str:
        ids = self.markers.ids
        filled = [table for table in ids if ids[table]]
        fitting = [table for table in filled if table in name or name in table]
        return self.dice.choice(ids[self.dice.choice(fitting or filled)])


class _rolled_back:
    def __init__(self, tenant: int) -> None:
        self.opened = tenant_session(tenant, actor="eig.clerk")

    def __enter__(self) -> TenantSession:
        self.session = self.opened.__enter__()
        return self.session

    def __exit__(self, *_: object) -> None:
        self.session.rollback()
        self.session.close()


def _numbers(realm: Realm) -> dict[str, list[int]]:
    """Interne Nummern des fremden Mandanten je Tabelle."""
    with realm.superuser() as admin:
        found = {"tenant": [realm.foreign.tenant.id]}
        for table in [str(row["name"]) for row in admin.execute(TABLES)]:
            query = sql.SQL("SELECT id FROM {} WHERE tenant_id = {} LIMIT 50")
            rows = admin.execute(query.format(sql.Identifier(table), realm.foreign.tenant.id)).fetchall()
            if rows:
                found[table] = [int(str(row["id"])) for row in rows]
        return found


def told(value: Any, depth: int = 0) -> str:
    """Alles, was ein Ergebnis verrät, als Text."""
    if value is None or depth > DEEP or isinstance(value, type | Enum):
        return ""
    if isinstance(value, str | int | float | Decimal | date | datetime | uuid.UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict):
        return " ".join(told(part, depth + 1) for pair in list(value.items())[:WIDE] for part in pair)
    if isinstance(value, list | tuple | set | frozenset) or inspect.isgenerator(value):
        return " ".join(told(part, depth + 1) for _, part in zip(range(WIDE), value, strict=False))
    if is_dataclass(value):
        return " ".join(told(getattr(value, one.name), depth + 1) for one in fields(value))
    try:
        state = inspection(value)
    except NoInspectionAvailable:
        return str(value)
    return told(dict(getattr(state, "dict", {})), depth + 1) if hasattr(state, "mapper") else str(value)
