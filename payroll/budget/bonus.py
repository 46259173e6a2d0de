"""Jahressonderzahlung einer Hochrechnung: wie erfasst, nur dass die Bemessungsmonate auch gerechnete sein können."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Lohnart, LohnartStand
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.reading import EFFECTS, Facts
from payroll.runs.bemessung import Bemessungslohnarten, counted_wage_types, pay_by_month
from payroll.runs.collect import Collected
from payroll.runs.elternzeit import parental_part_time
from payroll.runs.ohne_entgelt import exchange_days, without_pay
from payroll.runs.pricing import TABELLE
from payroll.runs.sonderzahlung import (
    LOHNART,
    LOHNART_AUSZUBILDENDE,
    amounts_of,
    claims_of,
    groups_of,
)
from payroll.runs.whatif.evaluate import Gerechnet
from tenants.db.session import TenantSession

KINDS = ("tarif", "auszubildende", "minijob")
NUMBERS = (LOHNART, LOHNART_AUSZUBILDENDE)
Zeilen = dict[tuple[str, str], int]  # cents by wage type and marks; table pay under two empty words


@dataclass
class Bemessung:
    """Was in den gerechneten Monaten eines Jahres an laufendem Entgelt anfällt und welche Gruppe galt."""

    lines: dict[int, dict[int, dict[int, Zeilen]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    groups: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def add(self, done: Gerechnet, facts: MonthFacts, collected: Collected | None) -> None:
        """Nimmt einen gerechneten Monat auf."""
        if collected is None:
            return
        table = collected.prices.inputs["tabelle"]
        for row in done.paid.nonzero()[0].tolist():
            own: Zeilen = defaultdict(int, {("", ""): int(table[row])})
            for line in collected.prices.lines.get(row, ()):
                if line.bereich == "bezug" and line.lohnart not in TABELLE:
                    own[line.lohnart, line.merkmale] += line.betrag
            self.lines[done.month.year][int(done.employments[row])][done.month.month] = own
        if 9 <= done.month.month <= 11:
            self._groups(done, facts)

    def _groups(self, done: Gerechnet, facts: MonthFacts) -> None:
        slices, month = facts.slices, done.month
        for at, row in enumerate(slices.get("beschaeftigung_row", ())):
            first, last = (month.replace(day=int(slices[name][at])) for name in ("von_tag", "bis_tag"))
            self.groups[int(done.employments[int(row)])].append(SimpleNamespace(
                valid_from=first, valid_to=last, tarifwerk=slices["tarifwerk_text"][at],
                entgeltgruppe=slices["entgeltgruppe_text"][at]))

    def with_bonus(self, session: TenantSession, facts: Facts) -> Facts:
        """Die Tatsachen eines Novembers mit den Jahressonderzahlungen, die noch nicht erfasst sind."""
        year, november = facts.first.year, facts.first
        recorded = {job for job, rows in facts.payments.items() if any(row.nummer in NUMBERS for row in rows)}
        december = date(year, 12, 1)
        jobs = [SimpleNamespace(id=anchor, personalnummer=job.personalnummer, art=job.art, eintritt=job.eintritt,
                                austritt=job.austritt)
                for anchor, rows in sorted(facts.jobs.items())
                if anchor not in recorded and (job := rows[-1]).art in KINDS
                and job.eintritt <= december <= (job.austritt or december)]
        kinds = counted_wage_types(session, year)
        pay = _merged(pay_by_month(session, year, kinds), self._pay(year, kinds))
        claims, _ = claims_of(year, jobs, pay, self._known_groups(session, facts), without_pay(session, year),
                              exchange_days(session, year), parental_part_time(session, year))
        if not claims:
            return facts
        about, payments = effects(session, facts, NUMBERS), dict(facts.payments)
        for claim, cents in zip(claims, amounts_of(november, claims), strict=True):
            number = LOHNART_AUSZUBILDENDE if claim.auszubildend else LOHNART
            row = SimpleNamespace(anchor=claim.beschaeftigung_id, id=0, valid_from=november, valid_to=facts.last,
                                  betrag_cent=cents, laufnummer=1, nummer=number, **about[number])
            payments[claim.beschaeftigung_id] = sorted(
                [*payments.get(claim.beschaeftigung_id, ()), row], key=lambda one: (one.nummer, one.laufnummer))
        return replace(facts, payments=payments)

    def _pay(self, year: int, kinds: Bemessungslohnarten) -> dict[int, dict[int, int]]:
        """Entgelt der Bemessung je gerechnetem Monat."""
        return {job: {month: sum(cents for (number, marks), cents in own.items()
                                 if not number or kinds.zaehlt(number, marks))
                      for month, own in months.items()} for job, months in self.lines[year].items()}

    def _known_groups(self, session: TenantSession, facts: Facts) -> dict[int, list[Any]]:
        """Gerechnete Gruppen zuerst; die Tatsachen sagen den Rest, auch die des laufenden Monats."""
        found: dict[int, list[Any]] = defaultdict(list, {job: list(rows) for job, rows in self.groups.items()})
        for source in (facts.grades, groups_of(session, facts.first.year)):
            for job, rows in source.items():
                found[job] += rows
        return found


def _merged(paid: Mapping[int, Mapping[int, int]], reckoned: Mapping[int, Mapping[int, int]]
            ) -> dict[int, dict[int, int]]:
    keys: Iterable[int] = paid.keys() | reckoned.keys()
    return {job: {**paid.get(job, {}), **reckoned.get(job, {})} for job in keys}


def effects(session: TenantSession, facts: Facts, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Die Wirkung der Lohnarten am Ende des Monats, wie gelesene Bezüge sie tragen."""
    names = EFFECTS.split()
    rows = session.execute(
        select(Lohnart.nummer, *(getattr(LohnartStand, name) for name in names))
        .join(LohnartStand, LohnartStand.lohnart_id == Lohnart.id)
        .where(Lohnart.nummer.in_(numbers), known(LohnartStand, None), within(LohnartStand, facts.last, facts.last)))
    return {row.nummer: {name: getattr(row, name) for name in names} for row in rows}
