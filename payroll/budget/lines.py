"""Aus gerechneten Monaten werden Haushaltszeilen: Monat, Ziel, Konto, ob gebunden (Person) oder erwartet (Stelle).

Konten und Verteilung sind die des Journals: dieselben Gruppen des Aufwands, derselbe größte Rest beim Teilen.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from payroll.budget import levies
from payroll.budget.course import Monat, Verlauf
from payroll.budget.seats import Ziel
from payroll.law.encode import STATUS
from payroll.postings.accounts import accounts_on
from payroll.postings.deriving import FLAT_TAXES, INSURANCE_EMPLOYER, OWN, PENSION_EMPLOYER, SUBSIDIES
from payroll.postings.gathering import wage_type_accounts
from payroll.postings.sharing import shared
from payroll.runs.values import EMPLOYER

GEBUNDEN, ERWARTET = "gebunden", "erwartet"
OTHER = "5019"  # survivors and whoever else has no group of accounts of their own
Schluessel = tuple[date, str, str, str, str]  # month, cost centre, product, account, bound or expected
Goals = Sequence[tuple[Ziel, Fraction]]


@dataclass
class Ergebnis:
    """Was eine Hochrechnung ergibt (Cent); `stellen`: je Stelle und Art der ganze Zeitraum, `personen` je Monat,
    `rueckstellungen`: Stand am Ende jedes Monats und vor dem ersten, je Art; Kosten sind sie nicht."""

    zeilen: dict[Schluessel, int] = field(default_factory=lambda: defaultdict(int))
    stellen: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    erstattungen: dict[tuple[date, str], int] = field(default_factory=lambda: defaultdict(int))
    personen: dict[date, int] = field(default_factory=dict)
    anmerkungen: list[str] = field(default_factory=list)
    rueckstellungen: dict[tuple[date, str], int] = field(default_factory=dict)

    @property
    def kosten(self) -> int:
        """Alle Kosten."""
        return sum(self.zeilen.values())


def collect(course: Verlauf) -> Ergebnis:
    """Rechnet den Verlauf und verteilt; geschrieben wird nichts."""
    found = Ergebnis()
    for month in course.months():
        _month(course, month, found)
        unpaid = int((~month.done.paid).sum())
        if unpaid:
            found.anmerkungen.append(f"{month.month:%m/%Y}: {unpaid} Beschäftigungen ließen sich nicht rechnen; "
                                     "die Hinweise des Laufs nennen den Grund.")
    found.rueckstellungen = course.rueckstellungen.staende()
    found.anmerkungen += [*course.vorhaben.remarks, *course.besetzungen.remarks, *course.leistung.remarks,
                          *course.rueckstellungen.remarks]
    return found


def _month(course: Verlauf, held: Monat, found: Ergebnis) -> None:
    day, last = held.month, held.month.replace(day=calendar.monthrange(held.month.year, held.month.month)[1])
    goals, accounts = course.plan.goals(day, last), accounts_on(course.session, day)
    extra = levies.on(course.session, day)
    by_post: dict[str, int] = defaultdict(int)
    rows = held.done.paid.nonzero()[0].tolist()
    for row, amounts in zip(rows, _amounts(course, held, rows), strict=True):
        job, art = int(held.done.employments[row]), STATUS[int(held.columns.cases["status"][row])]
        named = _accounts(amounts, accounts)
        for one in extra:
            named[one.konto] += one.amount(art, int(held.done.values["gesamtbrutto"][row]))
        kind, split = _goals(course, held, goals, job, row)
        for account, cents in named.items():
            _spread(found, by_post, (day, account, kind), cents, split)
    found.personen[day] = len(rows)
    for post, sources in course.plan.refunds(day).items():
        for source, share in sources:
            part = share * by_post.get(post, 0)
            found.erstattungen[day, source] += (2 * part.numerator + part.denominator) // (2 * part.denominator)


def _spread(found: Ergebnis, by_post: dict[str, int], key: tuple[date, str, str], cents: int, split: Goals) -> None:
    day, account, kind = key
    parts = [cents] if len(split) == 1 else shared(cents, [weight for _, weight in split])
    for (goal, _), part in zip(split, parts, strict=True):
        if part:
            found.zeilen[day, goal.kostenstelle, goal.produkt, account, kind] += part
            if goal.stelle:
                found.stellen[goal.stelle, kind] += part
                by_post[goal.stelle] += part


def _goals(course: Verlauf, held: Monat, goals: Mapping[str, Goals], job: int, row: int) -> tuple[str, Goals]:
    if job < 0:
        post = course.post_of(job)
        return ERWARTET, course.plan.targets_of(post, held.month) if post else [(Ziel("", "", ""), Fraction(1))]
    own = held.facts.jobs[job][-1].kostenstelle or ""
    return GEBUNDEN, goals.get(str(held.columns.cases["personalnummer"][row])) or [(Ziel("", own, ""), Fraction(1))]


def _accounts(amounts: Mapping[str, int], accounts: Mapping[str, str]) -> dict[str, int]:
    named: dict[str, int] = defaultdict(int)
    for key, cents in amounts.items():
        named[accounts[key]] += cents
    return named


def _amounts(course: Verlauf, held: Monat, rows: Sequence[int]) -> Iterable[dict[str, int]]:
    """Je Fall der Aufwand nach Schlüssel, wie ihn das Journal bucht."""
    values, keys = held.done.values, wage_type_accounts(course.session, held.month, course.known_at)
    groups = {name: _total(values, of, rows) for name, of in (
        ("sv", INSURANCE_EMPLOYER), ("zuschuss", SUBSIDIES), ("zv", PENSION_EMPLOYER), ("flat", FLAT_TAXES),
        ("alle", ("gesamtbrutto", *EMPLOYER)))}
    lines = held.collected.prices.lines if held.collected is not None else {}
    status = held.columns.cases["status"]
    for at, row in enumerate(rows):
        art = STATUS[int(status[row])]
        own, made = OWN.get(art, OTHER), defaultdict[str, int](int)
        made["5032"], made["5022"], made["509"] = groups["sv"][at], groups["zv"][at], groups["flat"][at]
        made["5031" if art == "beamte" else "5032"] += groups["zuschuss"][at]
        for line in lines.get(row, ()):
            key = keys.get(line.lohnart, own)
            if key != own and line.bereich == "bezug" and line.merkmale[3:] != "o":
                made[key] += line.betrag
        made[own] += groups["alle"][at] - sum(made.values())
        yield made


def _total(values: Mapping[str, Any], names: Sequence[str], rows: Sequence[int]) -> list[int]:
    total = np.zeros(len(rows), dtype=np.int64)
    for name in names:
        total += values[name][rows]
    return [int(one) for one in total]
