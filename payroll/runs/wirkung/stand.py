"""Was der Lauf einigen Beschäftigungen zahlen würde, mit dem Wissen dieses Augenblicks; geschrieben wird nichts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from payroll.masterdata.slices import load_month
from payroll.runs import retro
from payroll.runs.findings import Befund
from payroll.runs.outcome import Outcome, outcome_of
from payroll.runs.retro.book import settle_payouts
from payroll.runs.values import VALUES
from payroll.runs.zeilen import Zeile
from tenants.db.session import TenantSession

LineKey = tuple[str, str, str]  # part of the slip, wage type, detail


@dataclass
class MonatStand:
    """Werte (Cent) und Zeilen einer Beschäftigung in einem Monat; zahlbetrag mit Rückrechnung und Vortrag."""

    werte: dict[str, int] = field(default_factory=dict)
    zeilen: dict[LineKey, tuple[str, int]] = field(default_factory=dict)
    zahlbetrag: int = 0
    uebertrag: int = 0


@dataclass
class Stand:
    """offen: je Monat und Beschäftigung; zurueck: was der erste offene Monat für frühere bucht; dazu die Befunde."""

    offen: dict[tuple[date, int], MonatStand] = field(default_factory=dict)
    zurueck: dict[int, list[retro.Buchung]] = field(default_factory=dict)
    befunde: list[Befund] = field(default_factory=list)


def stand(session: TenantSession, jobs: Sequence[int], months: Sequence[date]) -> Stand:
    """Rechnet die Monate; im ersten kommt hinzu, was für abgeschlossene nachzuberechnen ist."""
    found = Stand()
    if not jobs:
        return found
    for month in months:
        first = month == months[0]
        plan = retro.compute(session, month, only=jobs) if first else retro.Plan(month)
        facts = load_month(session, month, None, list(jobs))
        outcome = outcome_of(session, facts, plan, None)
        payouts = settle_payouts(plan, outcome.payouts(facts), outcome.carried,
                                 outcome.gepfaendet.limits if outcome.gepfaendet else {}) if first else {}
        _results(found, facts.cases, outcome, month, payouts, jobs)
        if first:
            found.zurueck = {number: own for number, own in plan.bookings.items() if number in jobs}
            found.befunde = [one for one in outcome.befunde if one.beschaeftigung_id in jobs]
    return found


def _results(found: Stand, cases: dict[str, Any], outcome: Outcome, month: date,
             payouts: dict[int, tuple[int, int, int, int, int]], jobs: Sequence[int]) -> None:
    if outcome.result is not None and outcome.collected is not None:
        numbers: list[int] = cases["beschaeftigung_id"].tolist()
        columns = {name: outcome.result.cents(name).tolist() for name in VALUES if name in outcome.result.columns}
        columns["tabellenentgelt"] = outcome.collected.prices.inputs["tabelle"].tolist()
        for row in outcome.paid.tolist():
            own = MonatStand({name: values[row] for name, values in columns.items()},
                             _lines(outcome.collected.prices.lines.get(row, ())))
            own.zahlbetrag = own.werte["auszahlung"]
            found.offen[month, numbers[row]] = own
    for number, (_, _, _, zahlbetrag, uebertrag) in payouts.items():
        if number in jobs:
            held = found.offen.setdefault((month, number), MonatStand())
            held.zahlbetrag, held.uebertrag = zahlbetrag, uebertrag


def _lines(lines: Sequence[Zeile]) -> dict[LineKey, tuple[str, int]]:
    found: dict[LineKey, tuple[str, int]] = defaultdict(lambda: ("", 0))
    for line in lines:
        key = (line.bereich, line.lohnart, line.einzelheit)
        found[key] = (line.text, found[key][1] + line.betrag)
    return dict(found)
