"""Was am Stichtag fällig ist und was bleibt, je Datenart mit Grund; schreibt nichts."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from payroll.statements.retention import inspections, own_rows, people
from payroll.statements.retention.classes import DATENARTEN, LOHNKONTO, Datenart
from payroll.statements.retention.rows import Found
from tenants.db.session import TenantSession
from tenants.retention.holds import holding, holds
from tenants.retention.models import RetentionHold
from tenants.retention.orders import Item, digest_of


@dataclass
class Plan:
    """Fällige Zeilen und je Datenart, wie viele aus welchem Grund bleiben, obwohl ihre Frist vorbei ist."""

    day: date
    items: list[Item] = field(default_factory=list)
    held: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    @property
    def digest(self) -> str:
        """Prüfsumme über die fälligen Zeilen."""
        return digest_of(self.items).hex()

    @property
    def kept_from(self) -> date | None:
        """Erster Monat, dessen Lohnkonto vollständig bleibt; None: kein Lohnkonto ist fällig."""
        due = any(item.record_class == LOHNKONTO.name for item in self.items)
        return LOHNKONTO.first_kept(self.day) if due else None

    def of(self, kind: Datenart) -> dict[str, int]:
        """Fällige Zeilen je Tabelle."""
        return dict(sorted(Counter(i.table for i in self.items if i.record_class == kind.name).items()))

    def people(self, kind: Datenart) -> int:
        """Wie viele Menschen es betrifft."""
        return len({i.person for i in self.items if i.record_class == kind.name and i.person is not None})

    def summary(self) -> dict[str, Any]:
        """Zahlen für Auftrag, Seite und Befehl."""
        return {"stichtag": self.day.isoformat(), "datenarten": [
            {"datenart": kind.name, "titel": kind.titel, "gesetz": kind.gesetz, "offen": kind.offen,
             "jahre": kind.jahre, "ab": kind.ab,
             "zeilen": self.of(kind), "menschen": self.people(kind),
             "bleibt": {why: n for (name, why), n in sorted(self.held.items()) if name == kind.name}}
            for kind in DATENARTEN]}


def plan(session: TenantSession, day: date) -> Plan:
    """Der Plan für einen Stichtag."""
    made, active = Plan(day), holds(session, day)
    released = inspections.released_until(session, day)
    for kind, found in own_rows.read(session, day):
        _take(made, kind, found, active, released)
    due: dict[str, set[int]] = defaultdict(set)
    for item in made.items:
        due[item.table].add(item.row)
    for kind, found in people.read(session, day, due):
        _take(made, kind, found, active, released)
    return made


def _take(made: Plan, kind: Datenart, found: Iterable[Found], active: Sequence[RetentionHold],
          released: date | None) -> None:
    for one in found:
        why = _hold(active, one.person, kind) or one.held or _inspection(kind, one.day, released)
        if why:
            made.held[kind.name, why] += 1
        else:
            made.items.append(Item(kind.name, one.table, one.row, one.person))


def _inspection(kind: Datenart, day: date, released: date | None) -> str:
    if not kind.pruefung or (released is not None and day <= released):
        return ""
    return "Betriebsprüfung (§ 28p SGB IV) für diese Zeit nicht erledigt (§ 28f Abs. 1 SGB IV)"


def _hold(active: Sequence[RetentionHold], person: uuid.UUID | None, kind: Datenart) -> str:
    hold = holding(active, person, kind.name)
    if hold is None:
        return ""
    until = f" bis {hold.valid_to:%d.%m.%Y}" if hold.valid_to else ""
    return f"Sperre seit {hold.valid_from:%d.%m.%Y}{until}: {hold.reason}"
