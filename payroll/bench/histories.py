"""Random histories: what was paid is the truth, repeating gives zero, the order of corrections does not matter.

Many people at once through the law and the booking of differences (Posten, settle, settled) without a database: step,
hours, allowance, tax class and one-off pay become known late, for months already paid. The same histories are played
twice, the second time learned in another order; both must end where a calculation with full knowledge ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from time import perf_counter
from typing import Any

import numpy as np

from payroll.bench.measure import SEED, Measurement, timed
from payroll.bench.pay import rows
from payroll.law import encode
from payroll.law.calculate import gross_to_net, law_of
from payroll.runs.collect import expected_year
from payroll.runs.earlier import THIS_YEAR
from payroll.runs.retro.book import settled
from payroll.runs.retro.booking import Buchung
from payroll.runs.retro.differing import values_changed
from payroll.runs.retro.recompute import COMPUTED
from payroll.runs.retro.settle import missed_deduction, payout, settle

Column = Any
MONTHS = tuple(date(2026, month, 1) for month in range(1, 7))
COUNT = len(MONTHS)
NAMES = (*COMPUTED, "tabellenentgelt")
PLACE = {name: at for at, name in enumerate(NAMES)}
SUMS = tuple(name for name in THIS_YEAR if name in law_of(MONTHS[0]).inputs)
CHUNK = 5_000


@dataclass(frozen=True)
class Fact:
    """One kind of fact of all people: who has one, from which month, known in which run; once: one month."""

    name: str
    has: Column
    begin: Column
    known: Column
    value: Column
    once: bool = False

    def on(self, base: Column, month: int, run: int) -> Column:
        """The column of a month as known in a run."""
        holds = self.begin == month if self.once else self.begin <= month
        return np.where(self.has & (self.known <= run) & holds, self.value, base)


@dataclass
class Outcome:
    """What was found: people, months computed again, and who kept a contribution that came too late (§ 28g SGB IV);
    spent: seconds of each chunk."""

    people: int = 0
    again: int = 0
    spared: int = 0
    spent: list[float] = field(default_factory=list)


def measure(size: int = 100_000) -> Measurement:
    """Histories per second; raises when one of them does not end with the truth."""
    found = Outcome()
    result = timed("histories", size, "Geschichten", lambda: play(size, SEED, found))
    return result.noted(f"{min(size, CHUNK)} Geschichten", found.spent)


def play(size: int, seed: int, found: Outcome | None = None) -> Outcome:
    """Plays histories; raises AssertionError with the first person who was not paid the truth."""
    total = found or Outcome()
    for at in range(0, size, CHUNK):
        started = perf_counter()
        _chunk(min(CHUNK, size - at), seed + at, total)
        total.spent.append(perf_counter() - started)
    return total


def _chunk(size: int, seed: int, total: Outcome) -> None:
    rng = np.random.default_rng(seed)
    base = rows(size, seed)
    base |= dict.fromkeys((*SUMS, "einmalzahlung"), np.zeros(size, dtype=np.int64))
    facts = _facts(rng, base, size)
    truth = _House(base, facts, size).truth()
    for order in range(2):
        house = _House(base, facts if order == 0 else [_learned(rng, fact) for fact in facts], size)
        house.pay()
        house.repeat()
        wrong = np.flatnonzero((house.values != truth).any(axis=(0, 2)))
        assert not wrong.size, f"Samen {seed}, Mensch {wrong[0]}: der Stand ist nicht die Wahrheit"
        due = truth[:, :, PLACE["auszahlung"]].sum(axis=0)
        off = np.flatnonzero((house.paid + house.carry != due) & ~house.spared)
        assert not off.size, f"Samen {seed}, Mensch {off[0]}: {house.paid[off[0]]} gezahlt, {due[off[0]]} geschuldet"
        total.again += house.again
        total.spared += int(house.spared.sum())
    total.people += size


def _facts(rng: Any, base: dict[str, Column], size: int) -> list[Fact]:
    tarif = base["status"] == encode.STATUS.index("tarif")

    def drawn(name: str, share: float, value: Column, whom: Column, *, once: bool = False) -> Fact:
        return Fact(name, whom & (rng.random(size) < share), rng.integers(0, COUNT, size),
                    rng.integers(0, COUNT + 1, size), value, once)

    hours = np.minimum(rng.integers(1_000, 3_901, size), base["vollzeitstunden"])
    return [drawn("wochenstunden", 0.5, hours, tarif), drawn("zulagen", 0.5, rng.integers(0, 60_000, size), tarif),
            drawn("stufe", 0.3, np.maximum(base["stufe"] - 1, 2), tarif & (base["stufe"] > 2)),
            drawn("steuerklasse", 0.4, rng.choice([1, 4, 5], size), tarif & (base["faktor"] == 0)),
            drawn("einmalzahlung", 0.4, rng.integers(10_000, 600_000, size), tarif, once=True)]


def _learned(rng: Any, fact: Fact) -> Fact:
    return Fact(fact.name, fact.has, fact.begin, rng.permutation(fact.known), fact.value, fact.once)


class _House:
    """People of one employer, their stored results and what they were paid (cents)."""

    def __init__(self, base: dict[str, Column], facts: list[Fact], size: int) -> None:
        self.base, self.facts, self.size = base, facts, size
        self.values = np.zeros((COUNT, size, len(NAMES)), dtype=np.int64)
        self.paid, self.carry = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        self.spared = np.zeros(size, dtype=bool)
        self.again = 0

    def truth(self) -> Column:
        """Every month with all that is ever known."""
        for month in range(COUNT):
            self.values[month] = self._computed(month, COUNT, np.arange(self.size))
        return self.values

    def pay(self) -> None:
        """Run after run: go back for what became known, pay the month, carry what is negative."""
        for run in range(COUNT + 1):
            back = self._back(run, self._first(run))
            own = np.zeros(self.size, dtype=np.int64)
            if run < COUNT:
                self.values[run] = self._computed(run, run, np.arange(self.size))
                own = self.values[run][:, PLACE["auszahlung"]]
            for at in range(self.size):
                settlement = settled(int(own[at]), back.get(at, 0), int(self.carry[at]))
                self.paid[at] += settlement[3]
                self.carry[at] = settlement[4]

    def repeat(self) -> None:
        """Everything once more: nothing may differ."""
        again = self._back(COUNT + 1, np.zeros(self.size, dtype=np.int64))
        assert not again, f"die Wiederholung bucht bei {len(again)} Menschen noch etwas"

    def _first(self, run: int) -> Column:
        """First month to compute again for each person; COUNT when nothing became known."""
        first = np.full(self.size, COUNT, dtype=np.int64)
        for fact in self.facts:
            late = fact.has & (fact.known == run) & (fact.begin < run)
            first = np.where(late, np.minimum(first, fact.begin), first)
        return first

    def _back(self, run: int, first: Column) -> dict[int, int]:
        paid_in = date(2026, min(run, COUNT) + 1, 1)
        bookings: dict[int, list[Buchung]] = {}
        for month in range(min(run, COUNT)):
            who = np.flatnonzero(first <= month)
            if not who.size:
                continue
            new, old = self._computed(month, run, who), self.values[month][who]
            self.again += len(who)
            changed = values_changed(NAMES, old, new)
            for at in np.flatnonzero((new != old).any(axis=1)).tolist():
                number = int(who[at])
                bookings.setdefault(number, []).append(
                    Buchung(number, MONTHS[month], "entstehung", changed.of(at)))
            self.values[month][who] = new
        for number, own in bookings.items():
            self.spared[number] |= any(missed_deduction(one, paid_in) for one in own)
        return {number: amount for number, own in bookings.items() if (amount := payout(settle(paid_in, own)[0]))}

    def _computed(self, month: int, run: int, who: Column) -> Column:
        inputs = {name: column[who] for name, column in self.base.items()}
        for fact in self.facts:
            inputs[fact.name] = fact.on(self.base[fact.name], month, run)[who]
        before = {name: self.values[:month, who, PLACE[name]].sum(axis=0) for name in set(THIS_YEAR.values())}
        inputs |= {column: before[THIS_YEAR[column]] for column in SUMS}
        day = MONTHS[month]
        inputs["jahresarbeitslohn_erwartet"] = expected_year(day, inputs, before["steuerbrutto"])
        result = gross_to_net(day, inputs, NAMES)
        assert not result.faults, result.faults[0].message
        return np.stack([result.cents(name) for name in NAMES], axis=1)
