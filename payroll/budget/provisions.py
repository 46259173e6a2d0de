"""Rückstellungen einer Hochrechnung je Monat: Urlaub, Zeitguthaben, Altersteilzeit, Sabbatical (§ 37 KomHVO NRW).

Mengen wie in der Liste zum Jahresende: die Urlaubstage, die am 31. Dezember des letzten abgerechneten Jahres offen
bleiben, und die Zeitguthaben am letzten abgerechneten Tag. Sie stehen über den Zeitraum still (was dazukommt, wird
genommen) und werden jeden Monat mit seinen Kosten bewertet: das Laufende auf zwölf Monate, die Einmalzahlungen des
Jahres einmal (reicht die Rechnung nicht bis Dezember, die des Vorjahres), geteilt durch 52 Wochen. Wer ausscheidet,
dessen Rückstellung löst sich auf.

Altersteilzeit im Blockmodell und Sabbatical: :mod:`payroll.postings.bloecke`, mit den Kosten des Monats.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from payroll.law.rules.besoldung.regelalter import last_day
from payroll.postings.bloecke import ALTERSTEILZEIT, SABBATICAL, Block, blocks
from payroll.postings.offene_ansprueche import WEEKS, open_days, open_minutes
from payroll.runs.values import EMPLOYER
from tenants.db.session import TenantSession

if TYPE_CHECKING:
    from payroll.budget.course import Monat

URLAUB, ZEIT = "urlaub", "zeitguthaben"
ARTEN = (URLAUB, ZEIT, ALTERSTEILZEIT, SABBATICAL)
WORTE = {URLAUB: "Urlaub", ZEIT: "Zeitguthaben", ALTERSTEILZEIT: "Altersteilzeit", SABBATICAL: "Sabbatical"}
YEAR, ONCE = 12, 1  # place of the mark that tells one-off from current pay in social insurance
Staende = dict[tuple[date, str], int]


@dataclass
class Rueckstellungen:
    """Mengen am Anfang und die Kosten, mit denen jeder gerechnete Monat sie bewertet (Cent)."""

    tage: Mapping[int, tuple[Fraction, Fraction]] = field(default_factory=dict)
    minuten: Mapping[int, tuple[int, Fraction]] = field(default_factory=dict)
    bloecke: Mapping[int, list[Block]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    _laufend: dict[date, dict[int, int]] = field(default_factory=dict)
    _einmal: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    _ende: dict[int, date] = field(default_factory=dict)

    def add(self, held: Monat) -> None:
        """Nimmt die Kosten eines Monats auf: Gesamtbrutto und Anteile des Arbeitgebers, Einmaliges getrennt."""
        values, running = held.done.values, self._laufend.setdefault(held.month, {})
        lines = held.collected.prices.lines if held.collected is not None else {}
        rows = held.done.paid.nonzero()[0].tolist()
        costs = sum((values[name] for name in EMPLOYER), start=values["gesamtbrutto"])[rows].tolist()
        for row, cost, gross in zip(rows, costs, values["gesamtbrutto"][rows].tolist(), strict=True):
            job = int(held.done.employments[row])
            if job < 0 or gross <= 0:
                continue
            extra = sum(line.betrag for line in lines.get(row, ())
                        if line.bereich == "bezug" and line.merkmale[ONCE:ONCE + 1] == "E")
            once = cost * min(max(extra, 0), gross) // gross
            running[job] = cost - once
            self._einmal[job, held.month.year] += once
            if job in self.bloecke:
                self._leaves(held, job)

    def _leaves(self, held: Monat, job: int) -> None:
        of = held.facts.jobs[job][-1]
        person: Any = (held.facts.people.get(of.person_id) or [None])[-1]
        if of.austritt is not None:
            self._ende[job] = of.austritt
        elif person is not None and person.geburtsdatum is not None:
            self._ende[job] = last_day(person.geburtsdatum)

    def staende(self) -> Staende:
        """Je Monat und Art der Stand am Monatsende, dazu der Stand vor dem ersten Monat; Arten ohne Stand fehlen."""
        months = sorted(self._laufend)
        found: Staende = {}
        for place, month in enumerate(months):
            if place == 0:
                found |= {(_before(month), art): cents for art, cents in self._on(month, _before(month)).items()}
            found |= {(month, art): cents for art, cents in self._on(month, month).items()}
        used = {art for (_, art), cents in found.items() if cents}
        return {key: cents for key, cents in found.items() if key[1] in used}

    def _on(self, costs: date, day: date) -> dict[str, int]:
        """Der Stand am Ende des Monats `day`, bewertet mit den Kosten des Monats `costs`."""
        running, found = self._laufend[costs], dict.fromkeys(ARTEN, 0)
        for job, monthly in running.items():
            year = YEAR * monthly + self._once(job, costs.year)
            if job in self.tage:
                days, week = self.tage[job]
                found[URLAUB] += _rounded(days * year / (WEEKS * week))
            if job in self.minuten:
                minutes, hours = self.minuten[job]
                found[ZEIT] += _rounded(Fraction(minutes * year) / (60 * WEEKS * hours))
            for block in self.bloecke.get(job, ()):
                found[block.art] += _rounded(block.part(day, self._ende.get(job)) * monthly)
        return found


    def _once(self, job: int, year: int) -> int:
        """Das Einmalige eines Jahres; ist es nicht bis Dezember gerechnet, das des Vorjahres, wenn es bekannt ist."""
        before = self._einmal.get((job, year - 1), 0)
        complete = date(year, YEAR, 1) in self._laufend
        return self._einmal.get((job, year), 0) if complete or not before else before


def read(session: TenantSession, base: date) -> Rueckstellungen:
    """Die Mengen am letzten abgerechneten Tag `base`; gleich viele Abfragen, wie viele Beschäftigte es auch sind."""
    held = blocks(session, base)
    return Rueckstellungen(open_days(session, base.year), open_minutes(session, base), held.je_beschaeftigung,
                           held.hinweise())


def rows(staende: Mapping[tuple[date, str], int]) -> Iterator[tuple[date, dict[str, int], int | None]]:
    """Je Monat die Stände nach Art und die Veränderung aller zusammen; beim Stand vor dem ersten Monat None."""
    by_month: dict[date, dict[str, int]] = defaultdict(dict)
    for (month, art), cents in staende.items():
        by_month[month][art] = cents
    before: int | None = None
    for month, held in sorted(by_month.items()):
        total = sum(held.values())
        yield month, held, None if before is None else total - before
        before = total


def changes(staende: Mapping[tuple[date, str], int]) -> dict[str, dict[date, int]]:
    """Je Art, was sie in jedem Monat zunimmt (unter null: Auflösung)."""
    months = sorted({month for month, _ in staende})
    return {art: {month: staende.get((month, art), 0) - staende.get((before, art), 0)
                  for before, month in pairwise(months)}
            for art in ARTEN if any((month, art) in staende for month in months)}


def _rounded(amount: Fraction) -> int:
    return int((2 * amount.numerator + amount.denominator) // (2 * amount.denominator))


def _before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % YEAR + 1, 1)
