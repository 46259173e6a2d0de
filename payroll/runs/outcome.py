"""Ein Monat, gerechnet und noch nicht geschrieben: derselbe Weg für den Lauf, seine Stücke und für Vorschauen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net, law_of
from payroll.law.engine import Result
from payroll.masterdata.slices import MonthFacts
from payroll.runs import joint, pfaendung, plausibel, retro, staffing, taxyear
from payroll.runs.beside import below
from payroll.runs.collect import Collected, collect
from payroll.runs.earlier import sums_before
from payroll.runs.findings import Befund, counted, findings_of, impossible
from payroll.runs.insgesamt import Insgesamt
from payroll.runs.values import VALUES
from payroll.runs.zeiten.absences import undecided
from tenants.db.session import TenantSession

EXTRA = ("sv_tage", "sv_entgelt_laufend", "ist_midijob", "ist_minijob", "kinderlos_zuschlag", "pauschal_40a_lohn")


@dataclass
class Outcome:
    """Was gerechnet wurde: Eingaben, Werte, welche Fälle bezahlt werden, Befunde zu ihnen und was insgesamt zählt."""

    collected: Collected | None
    result: Result | None
    paid: Any
    befunde: list[Befund]
    rules: str
    plan: retro.Plan
    carried: dict[int, int]
    gepfaendet: pfaendung.Gepfaendet | None = None
    unten: below.Unten = field(default_factory=below.Unten)
    insgesamt: Insgesamt = field(default_factory=Insgesamt)

    def payouts(self, facts: MonthFacts) -> dict[int, int]:
        """Auszahlung dieses Monats je bezahlter Beschäftigung, in Cent."""
        if self.result is None:
            return {}
        numbers = facts.cases["beschaeftigung_id"][self.paid].tolist()
        return dict(zip(numbers, self.result.cents("auszahlung")[self.paid].tolist(), strict=True))


def outcome_of(session: TenantSession, facts: MonthFacts, plan: retro.Plan, known_at: datetime | None) -> Outcome:
    """Rechnet die Fälle eines Monats, ohne etwas zu schreiben: derselbe Weg für den Lauf und für Vorschauen."""
    tax_plan = taxyear.plan_of(facts.month)
    rules, stamp = law_of(facts.month), taxyear.stamp(facts.month, tax_plan, facts.tarif.tables)
    carried = retro.carried(session, facts.month, assigned=plan.assigned, known_at=known_at)
    if facts.size == 0:
        nobody = np.array([], dtype=np.int64)
        found = Outcome(None, None, nobody, findings_of(facts, None, None), stamp, plan, carried)
        found.insgesamt = _counted(session, facts, found)
        return found
    employments = facts.cases["beschaeftigung_id"]
    earlier = plan.with_changes(sums_before(session, facts.month, employments, known_at), employments)
    collected = collect(session, facts, earlier)
    collected.checks |= joint.gaps(session, facts, known_at)
    wanted = tuple(dict.fromkeys((*VALUES, *(name for name in EXTRA if name in rules.nodes))))
    result = gross_to_net(facts.month, collected.inputs, wanted, plan=tax_plan)
    wrong = impossible(collected)
    faulty = {fault.row for fault in result.faults} | {row for row, _ in collected.prices.faults}
    faulty |= {one.row for one in wrong if one.check.stufe == "fehler"}
    paid = np.array([row for row in range(facts.size) if row not in faulty], dtype=np.int64)
    owed = plan.owed(carried)
    taken = pfaendung.garnish(session, facts, collected, paid, owed, plan.garnished, plan=tax_plan,
                              known_at=known_at)
    pfaendung.put_into(taken, collected, result, facts.size)
    befunde = findings_of(facts, collected, result, wrong, pfaendung.findings(facts, taken))
    paid = np.array([row for row in paid.tolist() if row not in taken.verteilt.failed], dtype=np.int64)
    unten = below.settle(session, facts, collected, result, below.Stand(paid, taken.taken, owed, plan.booked))
    befunde += unten.befunde + staffing.findings(session, facts, known_at)
    befunde += plausibel.findings(session, facts, result, paid, known_at)
    found = Outcome(collected, result, paid, befunde, stamp, plan, carried, taken, unten)
    found.insgesamt = _counted(session, facts, found)
    return found


def _counted(session: TenantSession, facts: MonthFacts, outcome: Outcome) -> Insgesamt:
    """Zählt, was nicht einen Menschen betrifft; unentschiedene Abwesenheiten kommen zu den Befunden."""
    found = counted(facts, outcome.collected)
    found.ausgleich = outcome.unten.ausgleich
    waiting, leave = undecided(session, facts)
    outcome.befunde += waiting
    found.urlaub, found.urlaub_ab = len(leave), min(leave, default=None)
    return found
