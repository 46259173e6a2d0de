"""Betroffene Monate ganz neu rechnen, nach ihrem Recht mit heutigem Wissen; verglichen mit dem bisherigen Stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.load import shape
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.zeitraum import Zeitraum
from payroll.runs.beside import below
from payroll.runs.collect import Collected, collect
from payroll.runs.findings import impossible
from payroll.runs.pfaendung.back import Past, added, kept, total
from payroll.runs.pfaendung.sharing import Anteil
from payroll.runs.retro.affected import Affected, month_end
from payroll.runs.retro.booking import NAMES, Buchung
from payroll.runs.retro.differing import line_changes, values_changed
from payroll.runs.retro.siblings import Siblings
from payroll.runs.retro.truth import FEW, Lines, Truth
from payroll.runs.taxyear import plan_of
from tenants.db.session import TenantSession

Column = Any
COMPUTED = tuple(name for name in NAMES if name != "tabellenentgelt")


@dataclass
class Recomputed:
    """Unterschiede je Beschäftigung und wer sich nicht rechnen ließ (mit Grund)."""

    bookings: dict[int, list[Buchung]] = field(default_factory=dict)
    failed: dict[int, tuple[date, str]] = field(default_factory=dict)
    shares: dict[int, list[Anteil]] = field(default_factory=dict)
    too_much: list[tuple[int, date, int]] = field(default_factory=list)


@dataclass
class _Month:
    """Neue Werte und Zeilen der Beschäftigungen eines Monats, in der Reihenfolge von ``numbers``."""

    numbers: list[int]
    values: Column
    paid: Column
    lines: dict[int, Lines]
    failed: dict[int, str]


def recompute(session: TenantSession, truth: Truth, affected: Affected, months: Iterable[date],
              known_at: datetime | None, family: Siblings) -> Recomputed:
    """Monat für Monat aufwärts; jeder spätere Monat des Jahres rechnet mit den neuen Summen der früheren."""
    done, past, months = Recomputed(), Past(session, truth.month, known_at), sorted(months)
    if not months:
        return done
    facts = Zeitraum(session, months[0], month_end(months[-1]), known_at,
                     truth.who if len(truth.who) <= FEW else None)
    for month in months:
        chosen = [number for number, first in affected.first.items() if first <= month and number not in done.failed]
        if not chosen:
            continue
        new = _month(session, truth, facts.month(month, set(chosen)), sorted(chosen), known_at, past)
        for number, reason in new.failed.items():  # who shares ceilings with it cannot be computed either
            for one in family.get(number, (number,)):
                if one in affected.first:
                    done.failed.setdefault(one, (month, reason))
        _compare(truth, affected, month, new, done, past)
    for number in done.failed:
        done.bookings.pop(number, None)
    return done


def _month(session: TenantSession, truth: Truth, given: Facts, numbers: list[int], known_at: datetime | None,
           past: Past) -> _Month:
    facts = shape(session, given, known_at)
    wanted = {number: at for at, number in enumerate(numbers)}
    failed = {f.beschaeftigung_id: str(f) for f in facts.findings
              if f.left_out and f.beschaeftigung_id is not None and f.beschaeftigung_id in wanted}
    new = _Month(numbers, np.zeros((len(numbers), len(NAMES)), dtype=np.int64), np.zeros(len(numbers), dtype=bool), {},
                 failed)
    past.clear()
    if facts.size:
        employments = facts.cases["beschaeftigung_id"]
        collected = collect(session, facts, truth.earlier(facts.month, employments, known_at))
        below.keep(session, facts, collected)
        rows = _fill(facts, collected, wanted, new)
        past.share(facts, collected, rows)
        new.failed |= past.failed
    return new


def _fill(facts: MonthFacts, collected: Collected, wanted: dict[int, int], new: _Month) -> dict[int, int]:
    """Werte und Zeilen der Gewünschten; gibt die Zeile jedes Gerechneten zurück."""
    result = gross_to_net(facts.month, collected.inputs, COMPUTED, plan=plan_of(facts.month))
    columns = {name: result.cents(name) for name in COMPUTED}
    columns["tabellenentgelt"] = collected.prices.inputs["tabelle"]
    matrix = np.stack([columns[name] for name in NAMES], axis=1)
    faults = {fault.row: fault.message for fault in result.faults}
    faults |= {row: fault.message for row, fault in collected.prices.faults}
    faults |= {one.row: one.check.rule for one in impossible(collected) if one.check.stufe == "fehler"}
    for row, number in enumerate(facts.cases["beschaeftigung_id"].tolist()):
        at = wanted.get(number)
        if at is None:
            continue
        if row in faults:
            new.failed[number] = faults[row]
            continue
        new.values[at], new.paid[at] = matrix[row], True
        new.lines[number] = _summed(collected.prices.lines.get(row, ()))
    return {number: row for row, number in enumerate(facts.cases["beschaeftigung_id"].tolist())
            if number in new.lines}


def _summed(lines: Iterable[Any]) -> Lines:
    found: Lines = {}
    for line in lines:
        key = (line.bereich, line.lohnart, line.merkmale)
        found[key] = (line.art or line.text, found.get(key, ("", 0))[1] + line.betrag)
    return found


def _compare(truth: Truth, affected: Affected, month: date, new: _Month, done: Recomputed, past: Past) -> None:
    old = truth.of(month, new.numbers)
    before = truth.lines(month, set(new.numbers))
    keep = np.array([number not in new.failed for number in new.numbers], dtype=bool)
    places = np.flatnonzero(keep).tolist()
    for at in places:
        _garnished(month, new.numbers[at], old[at], new.values[at], before, new, past, done)
    changed = values_changed(NAMES, old, new.values)
    for at in places:
        number = new.numbers[at]
        posten = changed.of(at, line_changes(before.get(number, {}), new.lines.get(number, {})))
        if posten:
            done.bookings.setdefault(number, []).append(
                Buchung(number, month, "entstehung", posten, affected.of(number, month)))
    numbers = [number for at, number in enumerate(new.numbers) if keep[at]]
    truth.put(month, numbers, new.values[keep], new.paid[keep])


def _garnished(month: date, number: int, old: Column, values: Column, before: dict[int, Lines], new: _Month, past: Past,
               done: Recomputed) -> None:
    """Der Monat mit dem, was Forderungen von ihm haben und bekommen (§ 850c ZPO, Unterschied des Monats)."""
    if number not in past.shares and not kept(before.get(number, {})):
        return
    net, payout = NAMES.index("netto"), NAMES.index("auszahlung")
    more, too_much = past.more(number, int(values[net] - old[net]))
    lines = added(before.get(number, {}), more)
    if lines:
        values[payout] -= total(lines)
        new.lines[number] = new.lines.get(number, {}) | lines
    if more:
        done.shares.setdefault(number, []).extend(more)
    if too_much:
        done.too_much.append((number, month, too_much))
