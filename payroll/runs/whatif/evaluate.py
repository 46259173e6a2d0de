"""Ein Monat als Spalten gerechnet wie im Lauf, ohne ein Ergebnis zu schreiben."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net
from payroll.law.parameters.uploaded import FAMILY_NAMES, NAMES, Uploaded, table_overlays
from payroll.masterdata.slices import MonthFacts
from payroll.runs import taxyear
from payroll.runs.collect import Collected, collect
from payroll.runs.earlier import sums_before
from payroll.runs.findings import impossible
from tenants.db.session import TenantSession

Column = Any
WERTE = ("gesamtbrutto", "netto", "ag_kosten")


@dataclass(frozen=True)
class Gerechnet:
    """Je Fall Beschäftigung und Werte (Cent); wer sich nicht rechnen lässt, steht mit 0 da und nicht in paid."""

    month: date
    employments: Column
    values: dict[str, Column]
    paid: Column

    def total(self, name: str) -> int:
        """Summe eines Wertes."""
        return int(self.values[name][self.paid].sum())

    def of(self, name: str) -> dict[int, int]:
        """Wert je bezahlter Beschäftigung."""
        return dict(zip(self.employments[self.paid].tolist(), self.values[name][self.paid].tolist(), strict=True))


def evaluate(session: TenantSession, facts: MonthFacts, earlier: dict[str, Column] | None = None,
             names: tuple[str, ...] = WERTE) -> Gerechnet:
    """Rechnet alle Fälle mit dem wirklichen Recht; earlier: Summen früherer Monate, wenn sie schon gelesen sind."""
    return evaluated(session, facts, earlier, names)[0]


def evaluated(session: TenantSession, facts: MonthFacts, earlier: dict[str, Column] | None,
              names: tuple[str, ...]) -> tuple[Gerechnet, Collected | None]:
    """Wie :func:`evaluate`, dazu die Eingänge mit den Zeilen je Fall (None ohne Fälle)."""
    employments = np.asarray(facts.cases.get("beschaeftigung_id", ()), dtype=np.int64)
    if not facts.size:
        return Gerechnet(facts.month, employments, dict.fromkeys(names, employments), employments.astype(bool)), None
    known = sums_before(session, facts.month, employments, facts.known_at) if earlier is None else earlier
    collected = collect(session, copied(facts), {name: np.array(column) for name, column in known.items()})
    result = gross_to_net(facts.month, collected.inputs, names, plan=taxyear.plan_of(facts.month))
    paid = np.ones(facts.size, dtype=bool)
    for row in (*(fault.row for fault in result.faults), *(row for row, _ in collected.prices.faults),
                *(one.row for one in impossible(collected) if one.check.stufe == "fehler")):
        paid[row] = False
    return Gerechnet(facts.month, employments, {name: result.cents(name) for name in names}, paid), collected


def copied(facts: MonthFacts) -> MonthFacts:
    """Dieselben Tatsachen mit eigenen Spalten: gerechnet wird mehrmals über dieselben geladenen."""
    return replace(facts, **{name: {key: np.array(column) if isinstance(column, np.ndarray) else column
                                    for key, column in getattr(facts, name).items()}
                             for name in ("cases", "slices", "bezuege", "familie", "sue")})


def with_tables(facts: MonthFacts, new: Uploaded) -> MonthFacts:
    """Dieselben Tatsachen, bezahlt nach anderen Entgelttabellen; sie gehen je Tarifwerk den geltenden vor."""
    begun = {table.tarifwerk: table for table in new if table.ab <= facts.month}
    tables = {table.tarifwerk: table for table in facts.tarif.tables} | begun
    own = tuple(tables[scale] for scale in sorted(tables))
    kept = tuple(one for one in facts.tarif.overlays if one.name not in {**NAMES, **FAMILY_NAMES})
    return replace(facts, tarif=replace(facts.tarif, tables=own, overlays=(*kept, *table_overlays(facts.month, own))))


def with_rates(facts: MonthFacts, key: str, rates: Mapping[int, Mapping[str, int]]) -> MonthFacts:
    """Dieselben Tatsachen mit anderen Spalten je Fall: key nennt die Spalte, nach deren Wert geändert wird."""
    cases = dict(copied(facts).cases)
    for value, columns in rates.items():
        rows = np.asarray(cases[key]) == value
        for name, new in columns.items():
            cases[name] = np.where(rows, new, cases[name])
    return replace(facts, cases=cases)
