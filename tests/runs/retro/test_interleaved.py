"""Zufällig verschränkte Tatsachen und Läufe: nichts geht verloren, nichts wird zweimal gezahlt.

Jeder Mensch ist eine Verschränkung: seine Tatsache wird in einer Transaktion erfasst, die an irgendeiner Stelle
beginnt (daher ihr Zeitpunkt) und an irgendeiner späteren festgeschrieben wird: vor einem Lauf, mitten darin, zwischen
Rechnen und Abschließen oder danach. Der Lauf wartet auf niemanden. ``KREISLOHN_VERSCHRAENKUNGEN`` wählt, wie viele es
sind (üblich sind 60; gemessen ist in docs/measurements.md).
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.masterdata.models import WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.runs import calculate as running
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.session import TenantSession

MONTHS = [date(2026, month, 1) for month in (5, 6, 7)]
AFTER, LAST = date(2026, 8, 1), date(2026, 9, 1)
PLACES = 3 * len(MONTHS) + 1  # before, within, after the calculation of each month; after all of them
OPEN = 12  # transactions open at the same time
BASE, ALLOWANCE = 300_000, 1300
COUNT = int(os.environ.get("KREISLOHN_VERSCHRAENKUNGEN", "60"))


@dataclass(frozen=True)
class Verschraenkung:
    """Ein Mensch: Betrag (Cent) ab einem Monat, Transaktion von einer Stelle bis zu einer anderen."""

    number: str
    cents: int
    since: date
    begin: int
    end: int


def _drawn(rng: random.Random, numbers: list[str]) -> list[Verschraenkung]:
    spans = [tuple(sorted((rng.randrange(PLACES), rng.randrange(PLACES)))) for _ in range(OPEN)]
    return [Verschraenkung(number, rng.randint(1, 300) * 100, rng.choice(MONTHS), *rng.choice(spans))
            for number in numbers]


class Schauplatz:
    """Führt die Läufe und lässt an jeder Stelle Transaktionen beginnen und enden."""

    def __init__(self, desk: Any, drawn: list[Verschraenkung]) -> None:
        self.desk, self.place = desk, 0
        self.spans: dict[tuple[int, int], list[Verschraenkung]] = defaultdict(list)
        for one in drawn:
            self.spans[one.begin, one.end].append(one)
        self.held: dict[tuple[int, int], tuple[ExitStack, TenantSession]] = {}

    def reached(self) -> None:
        """Die nächste Stelle: beginnen, was hier beginnt; festschreiben, was hier endet."""
        for span in sorted(self.spans):
            if span[0] == self.place:
                stack = ExitStack()
                session = stack.enter_context(self.desk.session())
                session.scalar(select(func.now()).select_from(Lauf).limit(1))  # the transaction has its time from here
                self.held[span] = (stack, session)
        for span in sorted(self.spans):
            if span[1] == self.place:
                stack, session = self.held.pop(span)
                with stack:
                    for one in self.spans[span]:
                        record_fact(session, WiederkehrenderBezug, valid_from=one.since, reason="Verschränkung",
                                    beschaeftigung_id=self.desk.jobs[one.number], laufnummer=1,
                                    lohnart_id=self.desk.numbers.lohnarten[ALLOWANCE], betrag_cent=one.cents)
        self.place += 1


def _paid(desk: Any) -> dict[str, int]:
    """Brutto aller abgeschlossenen Monate und alles nachträglich Gebuchte je Mensch."""
    names = {number: name for name, number in desk.jobs.items()}
    paid: dict[str, int] = defaultdict(int)
    with desk.session() as session:
        for row in session.execute(select(Ergebnis.beschaeftigung_id, Ergebnis.gesamtbrutto)):
            paid[names[row.beschaeftigung_id]] += row.gesamtbrutto
        for row in session.execute(
                select(Rueckrechnung.beschaeftigung_id, RueckrechnungZeile.betrag)
                .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)
                .where(RueckrechnungZeile.bereich == "wert", RueckrechnungZeile.name == "gesamtbrutto")):
            paid[names[row.beschaeftigung_id]] += row.betrag
    return dict(paid)


def _played(desk: Any, rng: random.Random, people: int, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [f"V{at}" for at in range(people)]
    desk.hire(*(desk.person(number, BASE) for number in numbers))
    drawn = _drawn(rng, numbers)
    scene = Schauplatz(desk, drawn)
    load = running.load_month

    def within(*given: Any, **named: Any) -> Any:
        facts = load(*given, **named)
        scene.reached()
        return facts

    for month in MONTHS:
        scene.reached()
        with monkeypatch.context() as changed:
            changed.setattr(running, "load_month", within)
            desk.run(month)
        scene.reached()
        _closed(desk, month)
    scene.reached()
    assert (scene.place, scene.held) == (PLACES, {})
    desk.close(AFTER)
    assert desk.preview(LAST) == {}, "repeating gives zero"
    months = [*MONTHS, AFTER]
    assert _paid(desk) == {one.number: sum(BASE + one.cents * (month >= one.since) for month in months)
                           for one in drawn}
    assert set(desk.booked(AFTER)) | set().union(*(desk.booked(month) for month in MONTHS)), "some facts were late"


def _closed(desk: Any, month: date) -> None:
    """Schließt ab, was gerechnet ist: ohne noch einmal zu rechnen."""
    with desk.session() as session:
        found = session.scalars(select(Lauf).where(Lauf.monat == month)).one()
        now = session.scalars(select(func.now()).select_from(Lauf).limit(1)).one()
        found.geprueft_von = found.abgeschlossen_von = "karla"
        found.freigegeben_von, found.gemeinde_von = "hans", "gerda"
        found.geprueft_am = found.freigegeben_am = found.gemeinde_am = found.abgeschlossen_am = now
        found.zustand = "abgeschlossen"


def test_interleaved_facts_and_runs_lose_nothing(new_desk: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    rng, left = random.Random(14), COUNT
    while left > 0:
        _played(new_desk(), rng, min(left, 60), monkeypatch)
        left -= 60
