"""Was in einem Monat an Zeiten zu zahlen ist und mit welchen Sätzen: denen des Monats der Arbeit."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import and_, select

from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import evaluate
from payroll.law.engine.overlay import Overlay
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Beschaeftigung, Lohnart, LohnartStand
from payroll.masterdata.slices import MonthFacts, load_month
from payroll.runs.pricing import price
from tenants.db.session import TenantSession
from timekeeping.handover.models import ZeitBezug
from timekeeping.rules.facts import Zuordnung

FEW = 1_000  # beyond that many people one reads all and sorts out afterwards
SLICE = ("tarifwerk", "entgeltgruppe", "stufe", "wochenstunden", "vollzeitstunden")
# A share of a sabbatical stands in the hours of a slice; rates of an hour want the real ones.
HOURS = (("wochenstunden", "modell_zaehler"), ("vollzeitstunden", "modell_nenner"))


@dataclass(frozen=True)
class Posten:
    """Eine Lohnart aus einem Monat der Arbeit: Mengen je Begünstigung, dazu die Wirkung der Lohnart (wirkung)."""

    beschaeftigung_id: int
    personalnummer: str
    monat: date
    lohnart: int
    einheit: str
    mengen: dict[int, Any]
    wirkung: Any
    nachtrag: bool


def due(session: TenantSession, facts: MonthFacts) -> list[Posten]:
    """Alles, was in diesem Monat zu zahlen ist, nach Person, Monat der Arbeit und Lohnart; eine Abfrage."""
    first = facts.month
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    stand = and_(LohnartStand.lohnart_id == Lohnart.id, known(LohnartStand, facts.known_at),
                 within(LohnartStand, last, last))
    rows = session.execute(
        select(ZeitBezug.beschaeftigung_id, ZeitBezug.arbeitsmonat, ZeitBezug.lohnart, ZeitBezug.klasse,
               ZeitBezug.einheit, ZeitBezug.menge, ZeitBezug.nachtrag, Beschaeftigung.personalnummer,
               LohnartStand.text, LohnartStand.ziel, LohnartStand.steuer, LohnartStand.sv, LohnartStand.zv,
               LohnartStand.pfaendbar)
        .join(Beschaeftigung, Beschaeftigung.id == ZeitBezug.beschaeftigung_id)
        .outerjoin(Lohnart, Lohnart.nummer == ZeitBezug.lohnart).outerjoin(LohnartStand, stand)
        .where(known(ZeitBezug, facts.known_at), within(ZeitBezug, first, last))
        .order_by(Beschaeftigung.personalnummer, ZeitBezug.arbeitsmonat, ZeitBezug.lohnart, ZeitBezug.klasse))
    found: dict[tuple[int, int, int, str], list[Any]] = defaultdict(list)
    for row in rows:
        found[row.beschaeftigung_id, row.arbeitsmonat, row.lohnart, row.einheit].append(row)
    return [Posten(job, own[0].personalnummer, date(month // 100, month % 100, 1), number, unit,
                   {row.klasse: row.menge for row in own}, own[0], any(row.nachtrag for row in own))
            for (job, month, number, unit), own in found.items()]


@dataclass(frozen=True)
class Arbeitsmonat:
    """Eingruppierungen eines Monats der Arbeit und die Festlegungen des Arbeitgebers, die damals galten."""

    zuordnungen: dict[int, Zuordnung]
    festlegungen: tuple[Overlay, ...]


def assignments(session: TenantSession, month: date, jobs: Collection[int],
                known_at: datetime | None) -> Arbeitsmonat:
    """Eingruppierung im Monat der Arbeit und was regelmäßig dazukommt (Grundlohn des § 3b EStG), je Beschäftigung.

    Ändert sich die Eingruppierung im Monat, zählt die letzte. Wer in dem Monat keine hat, fehlt.
    """
    facts = load_month(session, month, known_at, sorted(jobs) if len(jobs) <= FEW else None)
    return Arbeitsmonat(_assigned(facts, month, jobs), facts.tarif.overlays)


def _assigned(facts: MonthFacts, month: date, jobs: Collection[int]) -> dict[int, Zuordnung]:
    if facts.size == 0 or not facts.slices:
        return {}
    prices = price(facts)
    numbers = facts.cases["beschaeftigung_id"].tolist()
    latest = {int(row): i for i, row in enumerate(facts.slices["beschaeftigung_row"])}
    table = _table(facts, month)
    found = {}
    for row, i in latest.items():
        if numbers[row] in jobs:
            more = int(prices.full["brutto"][row]) + int(prices.full["vwl_ag"][row]) - int(table[i])
            found[numbers[row]] = Zuordnung(
                *(facts.slices[f"{name}_text"][i] for name in SLICE[:3]),
                *(int(facts.slices[name][i]) // int(facts.slices[part][i]) for name, part in HOURS),
                persoenliche_zulage=max(more, 0))
    return found


def _table(facts: MonthFacts, month: date) -> Any:
    days = calendar.monthrange(month.year, month.month)[1]
    columns = {name: facts.slices[name] for name in SLICE} | {
        "tage": np.full(len(facts.slices["stufe"]), days), "kalendertage_im_monat": days}
    return evaluate(law_of(month, rule_book("entgelt")), columns, ("teilzeitentgelt",)).cents("teilzeitentgelt")


def by_month(posten: Iterable[Posten]) -> dict[date, set[int]]:
    """Beschäftigungen je Monat der Arbeit, deren Sätze gebraucht werden."""
    found: dict[date, set[int]] = defaultdict(set)
    for one in posten:
        if one.einheit != "betrag":
            found[one.monat].add(one.beschaeftigung_id)
    return found
