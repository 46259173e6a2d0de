"""Steuer und Zusatzversorgung einer Nachzahlung für Vorjahre im Monat der Zahlung.

Der Monat wird zweimal gerechnet, ohne und mit der Nachzahlung; gebucht wird der Unterschied der Steuern und der
Zusatzversorgung. Eine Rückzahlung mindert den laufenden Arbeitslohn des Monats, höchstens bis null.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net
from payroll.masterdata.slices import MonthFacts, load_month
from payroll.runs.collect import Collected, collect, expected_year
from payroll.runs.retro.booking import RECEIPT, Buchung, value
from payroll.runs.retro.settle import Zufluss
from payroll.runs.retro.truth import FEW, Truth
from payroll.runs.sterbegeld import mark_back_pay
from payroll.runs.taxyear import plan_of
from payroll.runs.values import EMPLOYER
from tenants.db.session import TenantSession

TAKEN = ("lohnsteuer", "soli", "kirchensteuer", "zv_an")
COSTS = tuple(name for name in EMPLOYER if name in RECEIPT)


@dataclass
class Inflow:
    """Buchungen je Beschäftigung; ohne Abrechnung im Monat; Rest einer Rückzahlung, der das Entgelt übersteigt."""

    bookings: dict[int, Buchung] = field(default_factory=dict)
    absent: list[int] = field(default_factory=list)
    rest: dict[int, int] = field(default_factory=dict)


def by_receipt(session: TenantSession, truth: Truth, month: date, wanted: list[Zufluss],
               known_at: datetime | None) -> Inflow:
    """Eine feste Zahl von Abfragen und zwei Rechnungen für alle, die es betrifft."""
    done = Inflow()
    if not wanted:
        return done
    numbers = [one.beschaeftigung_id for one in wanted]
    chosen = numbers if len(numbers) <= FEW else None
    facts = load_month(session, month, known_at, chosen, receiving=numbers)
    places = {n: row for row, n in enumerate(facts.cases["beschaeftigung_id"].tolist())} if facts.size else {}
    done.absent = [number for number in numbers if number not in places]
    present = [one for one in wanted if one.beschaeftigung_id in places]
    if present:
        earlier = truth.earlier(month, facts.cases["beschaeftigung_id"], known_at)
        collected = collect(session, facts, earlier)
        marked = {name: np.array(np.broadcast_to(column, facts.size)) for name, column in collected.inputs.items()}
        mark_back_pay(session, facts, marked, {places[one.beschaeftigung_id]: one.steuerpflichtig for one in present})
        _compute(facts, collected, marked, earlier["steuerbrutto_bisher"], places, present, done)
    return done


def _compute(facts: MonthFacts, collected: Collected, inputs: dict[str, Any], so_far: Any, places: dict[int, int],
             present: list[Zufluss], done: Inflow) -> None:
    month = facts.month
    plan = plan_of(month)
    base = gross_to_net(month, collected.inputs, RECEIPT, plan=plan)
    expected = np.array(so_far)
    for one in present:
        row = places[one.beschaeftigung_id]
        # What was back pay of months of this year counts in the one-off, not in the pay expected without it.
        expected[row] -= one.steuerpflichtig - one.vorjahr
        if one.steuerpflichtig < 0:
            _repaid(inputs, row, one, done)
        else:
            inputs["einmalzahlung"][row] += one.steuerpflichtig
            inputs["zv_frei"][row] += one.steuerpflichtig - one.pension
    inputs["jahresarbeitslohn_erwartet"] = expected_year(month, inputs, expected)
    result = gross_to_net(month, inputs, RECEIPT, plan=plan)
    faulty = {fault.row for fault in (*base.faults, *result.faults)} | {row for row, _ in collected.prices.faults}
    for one in present:
        row = places[one.beschaeftigung_id]
        if row in faulty:
            done.absent.append(one.beschaeftigung_id)
            continue
        amounts = {name: (int(base.cents(name)[row]), int(result.cents(name)[row])) for name in RECEIPT}
        done.bookings[one.beschaeftigung_id] = _booking(one, month, amounts)


def _repaid(inputs: dict[str, Any], row: int, one: Zufluss, done: Inflow) -> None:
    cut = min(-one.steuerpflichtig, int(inputs["brutto"][row]))
    pension = min(max(-one.pension, 0), cut)
    inputs["brutto"][row] -= cut
    inputs["zv_frei"][row] -= cut - pension
    if cut < -one.steuerpflichtig:
        done.rest[one.beschaeftigung_id] = one.steuerpflichtig + cut


def _booking(one: Zufluss, month: date, amounts: dict[str, tuple[int, int]]) -> Buchung:
    posten = [value(name, alt, neu, neu - alt) for name, (alt, neu) in amounts.items() if alt != neu]
    moved = {name: neu - alt for name, (alt, neu) in amounts.items()}
    net = -sum(moved[name] for name in TAKEN)
    cost = sum(moved[name] for name in COSTS)
    posten += [value(name, 0, amount, amount) for name, amount in (
        ("steuerbrutto_vorjahr", one.vorjahr), ("netto", net), ("auszahlung", net), ("ag_kosten", cost)) if amount]
    return Buchung(one.beschaeftigung_id, month, "zufluss", posten)
