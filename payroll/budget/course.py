"""Eine Hochrechnung Monat für Monat, mit dem Recht und den Summen eines Laufs; geschrieben wird nichts.

Anders als ein Szenario rechnet sie eine Seite: das, was voraussichtlich ist. Vergleiche stellen Hochrechnungen
nebeneinander.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np

from payroll.budget import leaving, provisions, seats
from payroll.budget.assumptions import Annahmen
from payroll.budget.bonus import Bemessung
from payroll.budget.performance import Leistung
from payroll.budget.vacancies import Besetzungen
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.load import shape
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.zeitraum import Zeitraum
from payroll.runs.collect import Collected
from payroll.runs.earlier import SUMS
from payroll.runs.retro.affected import month_end
from payroll.runs.values import EMPLOYER
from payroll.runs.whatif.anwenden import HIRES_APART, Vorhaben, applied, planned
from payroll.runs.whatif.evaluate import WERTE, Gerechnet, evaluated
from payroll.runs.whatif.verlauf import Summen, open_months, raised_tables, sums_until
from tenants.db.session import TenantSession

NAMES = tuple(dict.fromkeys((*WERTE, *SUMS, *EMPLOYER)))


@dataclass(frozen=True)
class Monat:
    """Ein gerechneter Monat: Tatsachen, Werte je Fall, Eingänge."""

    month: date
    facts: Facts
    columns: MonthFacts
    done: Gerechnet
    collected: Collected | None


@dataclass
class Verlauf:
    """Der Stand einer Hochrechnung: Stellenplan, Vorhaben, angenommene Besetzungen, wer schon fort ist."""

    session: TenantSession
    annahmen: Annahmen
    known_at: datetime | None
    plan: seats.Plan
    besetzungen: Besetzungen
    vorhaben: Vorhaben = field(default_factory=lambda: Vorhaben((), [], (), []))
    fort: dict[str, date] = field(default_factory=dict)
    bemessung: Bemessung = field(default_factory=Bemessung)
    leistung: Leistung = field(default_factory=Leistung)
    rueckstellungen: provisions.Rueckstellungen = field(default_factory=provisions.Rueckstellungen)
    begonnen: bool = False

    def months(self) -> Iterator[Monat]:
        """Die Monate ab dem ersten der Annahmen; offene davor werden mitgerechnet, aber nicht gezeigt."""
        session, ab = self.session, self.annahmen.ab
        todo = [*open_months(session, ab), *self.annahmen.months]
        sums = sums_until(session, todo[0])
        self.rueckstellungen = provisions.read(session, todo[0] - leaving.DAY)
        facts_of = Zeitraum(session, todo[0], month_end(todo[-1]), self.known_at)
        for month in todo:
            made = self._month(month, facts_of.month(month), sums)
            if month >= ab:
                self.rueckstellungen.add(made)
                yield made

    def post_of(self, job: int) -> str:
        """Die Stelle einer angenommenen Besetzung; leer bei einer Einstellung, die eine Maßnahme ist."""
        place = (-job - 1) // HIRES_APART - len(self.vorhaben.hires)
        return self.besetzungen.stellen[place] if place >= 0 else ""

    def _month(self, month: date, facts: Facts, sums: Summen) -> Monat:
        changed = self._expected(month, facts)
        if self.annahmen.sonderzahlung and month.month == 11:
            changed = self.bemessung.with_bonus(self.session, changed)
        if self.annahmen.leistungsentgelt == month.month and month >= self.annahmen.ab:
            changed = self.leistung.with_pay(self.session, changed)
        columns = shape(self.session, changed, self.known_at)
        raises = [one for one in self.vorhaben.raises if one.ab <= month]
        if raises:
            columns = raised_tables(columns, raises)
        jobs: Any = np.asarray(columns.cases.get("beschaeftigung_id", ()), dtype=np.int64)
        done, collected = evaluated(self.session, columns, sums.columns(self.session, month, jobs, self.known_at),
                                    NAMES)
        sums.add(done)
        self.bemessung.add(done, columns, collected)
        if self.annahmen.leistungsentgelt:
            self.leistung.add(self.session, done, collected)
        return Monat(month, changed, columns, done, collected)

    def _expected(self, month: date, facts: Facts) -> Facts:
        """Die Tatsachen mit Maßnahmen, Ruhestand und angenommenen Besetzungen."""
        if not self.begonnen and month >= self.annahmen.ab:
            made = planned(self.session, facts, self.annahmen.massnahmen)
            made.effects += self.vorhaben.effects
            made.effects.sort(key=lambda effect: effect.ab)
            self.vorhaben = made
        self.fort |= leaving.known_ends(facts)
        if self.annahmen.ruhestand:
            for number, effect in leaving.retiring(facts):
                self.vorhaben.effects.append(effect)
                assert effect.leaves is not None
                self.fort[number] = effect.leaves
        if month >= self.annahmen.ab:
            self.besetzungen.month(month, self.plan, self.fort, facts.tarif.tables, beginning=not self.begonnen)
            self.begonnen = True
        hires = (*self.vorhaben.hires, *self.besetzungen.hires)
        plan = Vorhaben(self.vorhaben.raises, self.vorhaben.effects, hires, [])
        return applied(facts, plan) if plan.effects or hires else facts


def begin(session: TenantSession, annahmen: Annahmen, known_at: datetime | None = None) -> Verlauf:
    """Ein Verlauf, bereit zu rechnen."""
    months = annahmen.months
    plan = seats.read(session, months[0], month_end(months[-1]), known_at)
    return Verlauf(session, annahmen, known_at, plan, Besetzungen(annahmen))
