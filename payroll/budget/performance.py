"""Leistungsentgelt einer Hochrechnung (§ 18 TVöD VKA): wie erfasst, auch aus gerechneten Monaten des Vorjahres.

Das Volumen ist der Anteil der ständigen Monatsentgelte des Vorjahres, zu gleichen Teilen ausgezahlt in dem Monat, den
die Annahmen nennen. Ist für den Monat schon ein Leistungsentgelt erfasst, bleibt es dabei.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

from payroll.budget.bonus import effects
from payroll.law.rules.entgelt.leistung import verteile_topf
from payroll.masterdata.slices.reading import Facts
from payroll.runs.collect import Collected
from payroll.runs.leistung import LAUFNUMMER, LOHNART, steady, volume
from payroll.runs.whatif.evaluate import Gerechnet
from tenants.db.session import TenantSession

KINDS = ("tarif", "minijob")
YEAR = 12


@dataclass
class Leistung:
    """Ständige Monatsentgelte der gerechneten Monate je Jahr (Cent), wie viele es sind und was anzumerken ist."""

    pay: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    months: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    remarks: list[str] = field(default_factory=list)
    _steady: dict[int, frozenset[str]] = field(default_factory=dict)

    def add(self, session: TenantSession, done: Gerechnet, collected: Collected | None) -> None:
        """Nimmt einen gerechneten Monat auf."""
        year = done.month.year
        if collected is None:
            return
        if year not in self._steady:
            self._steady[year] = frozenset(str(number) for number in steady(session, year))
        self.months[year] += 1
        lines = collected.prices.lines
        self.pay[year] += sum(
            line.betrag for row in done.paid.nonzero()[0].tolist() for line in lines.get(row, ())
            if line.bereich == "bezug" and line.lohnart in self._steady[year])

    def with_pay(self, session: TenantSession, facts: Facts) -> Facts:
        """Die Tatsachen des Zahlmonats mit den Leistungsentgelten, wenn noch keine erfasst sind."""
        year, month = facts.first.year, facts.first
        if any(row.nummer == LOHNART for rows in facts.payments.values() for row in rows):
            return facts
        pot = volume(session, year, stated=self.pay[year - 1])
        jobs = sorted(job.personalnummer for job in self._jobs(facts).values())
        if not pot.betrag or not jobs:
            return facts
        known = pot.monate + self.months[year - 1]
        if known < YEAR:
            self.remarks.append(f"Leistungsentgelt {year}: vom Vorjahr sind {known} von {YEAR} Monaten abgerechnet "
                                "oder gerechnet; das Volumen ist entsprechend kleiner.")
        shares = dict(zip(jobs, verteile_topf(pot.betrag, [1] * len(jobs)), strict=True))
        about, payments = effects(session, facts, (LOHNART,))[LOHNART], dict(facts.payments)
        for anchor, job in self._jobs(facts).items():
            row = SimpleNamespace(anchor=anchor, id=0, valid_from=month, valid_to=facts.last, laufnummer=LAUFNUMMER,
                                  betrag_cent=shares[job.personalnummer], nummer=LOHNART, **about)
            payments[anchor] = sorted([*payments.get(anchor, ()), row], key=lambda one: (one.nummer, one.laufnummer))
        return replace(facts, payments=payments)

    @staticmethod
    def _jobs(facts: Facts) -> dict[int, SimpleNamespace]:
        """Tarifbeschäftigte am Ersten des Monats, wie bei der wirklichen Verteilung; angenommene Besetzungen nicht."""
        return {anchor: SimpleNamespace(personalnummer=job.personalnummer) for anchor, rows in facts.jobs.items()
                if anchor > 0 and (job := rows[-1]).art in KINDS and job.eintritt <= facts.first
                and (job.austritt or facts.first) >= facts.first}
