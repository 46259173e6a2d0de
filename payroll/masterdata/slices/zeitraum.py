"""Die Tatsachen vieler Monate: die großen Tabellen einmal gelesen, dann Monat für Monat geschnitten.

Jeder Monat ist derselbe, den :func:`payroll.masterdata.slices.reading.read` allein läse.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Lohnart, LohnartStand, Unterhaltspflicht, WiederkehrenderBezug
from payroll.masterdata.slices.reading import EFFECTS, Bezug, Facts, Reader, Rows, few, many
from payroll.masterdata.slices.tarif import TarifFacts, of_employer, own_rows, own_rows_in
from tenants.db.session import TenantSession


@dataclass
class _Table:
    """Zeilen je Anker und die Tage, an denen sie alle gelten: liegt ein Monat darin, ist nichts zu schneiden."""

    rows: Rows
    always: dict[int, tuple[date, date]]

    def within(self, first: date, last: date) -> Rows:
        found: Rows = {}
        for anchor, rows in self.rows.items():
            begin, end = self.always[anchor]
            if begin <= last and end >= first:
                found[anchor] = rows
            elif own := [row for row in rows if row.valid_from <= last and (row.valid_to or date.max) >= first]:
                found[anchor] = own
        return found


def _table(rows: Rows) -> _Table:
    return _Table(rows, {anchor: (max([row.valid_from for row in own]), min([row.valid_to or date.max for row in own]))
                         for anchor, own in rows.items()})


class Zeitraum:
    """Tatsachen von `first` bis `last` nach einem Kenntnisstand; `only`: nur diese Beschäftigungen (Nummern)."""

    def __init__(self, session: TenantSession, first: date, last: date, known_at: datetime | None = None,
                 only: Collection[int] | None = None) -> None:
        self.session, self.known_at, self.only = session, known_at, only
        reader = Reader(session, first, last, known_at, only)
        held = many(reader)
        self.beside = {model: _table(rows) for model, rows in held.pop("beside").items()}
        self.tables = {name: _table(rows) for name, rows in held.items()}
        self.payments = _table(reader.rows(_payments(), WiederkehrenderBezug))
        self.dependants = _table(reader.of(Unterhaltspflicht, "person_id", "nummer"))
        self.tarif = own_rows(session, first, last, known_at, only)
        self.effects = self._effects(first, last)
        self.opened: dict[Any, str] = {}
        self.priced: dict[tuple[int, int], Bezug] = {}

    def _effects(self, first: date, last: date) -> list[Any]:
        names = [getattr(LohnartStand, name) for name in EFFECTS.split()]
        used = {row.lohnart_id for rows in self.payments.rows.values() for row in rows}
        return list(self.session.execute(
            select(LohnartStand.lohnart_id, LohnartStand.id, LohnartStand.valid_from, LohnartStand.valid_to, *names)
            .where(known(LohnartStand, self.known_at), within(LohnartStand, first, last),
                   LohnartStand.lohnart_id.in_(sorted(used)))))

    def month(self, month: date, jobs: Collection[int] | None = None) -> Facts:
        """Die Tatsachen eines Monats; jobs: nur diese Beschäftigungen (Nummern) sind Fälle."""
        first = month.replace(day=1)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        reader = Reader(self.session, first, last, self.known_at, self.only)
        held = {name: table.within(first, last) for name, table in self.tables.items()}
        beside = {model: table.within(first, last) for model, table in self.beside.items()}
        if jobs is not None:
            held["jobs"] = {number: rows for number, rows in held["jobs"].items() if number in jobs}
        dependants = reader.dependants() if self.dependants.within(first, last) else {}
        tarif = TarifFacts(**own_rows_in(self.tarif, first, last), **of_employer(self.session, first, self.known_at))
        return Facts(first=first, last=last, payments=self._priced(first, last), beside=beside, tarif=tarif,
                     dependants=dependants, opened=self.opened, **held, **few(reader))

    def _priced(self, first: date, last: date) -> Rows:
        """Bezüge des Monats mit der Wirkung, die ihre Lohnart an seinem letzten Tag hat."""
        effects = {row.lohnart_id: row for row in self.effects
                   if row.valid_from <= last and (row.valid_to or date.max) >= last}
        return {anchor: list(self._with(rows, effects)) for anchor, rows in self.payments.within(first, last).items()}

    def _with(self, rows: Iterable[Any], effects: Mapping[int, Any]) -> Iterable[Bezug]:
        for row in rows:
            effect = effects.get(row.lohnart_id)
            key = (row.id, effect.id if effect else 0)
            made = self.priced.get(key)
            if made is None:
                made = self.priced[key] = Bezug(*row[:7], *(effect[4:] if effect else ()))
            yield made


def _payments() -> Any:
    paid = WiederkehrenderBezug
    return (select(paid.beschaeftigung_id.label("anchor"), paid.id, paid.valid_from, paid.valid_to, paid.betrag_cent,
                   paid.laufnummer, Lohnart.nummer, paid.lohnart_id)
            .join(Lohnart, Lohnart.id == paid.lohnart_id).order_by(Lohnart.nummer, paid.laufnummer))
