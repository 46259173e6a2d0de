"""Erfassen wird nie gesperrt: über tausend Tatsachen vor, während und nach Läufen geschrieben, keine geht verloren.

Jede Tatsache eines Monats liegt zufällig vor dem Lauf, offen (noch nicht bestätigt), während er liest, oder dahinter.
Am Ende ist je Mensch und Herkunftsmonat bezahlt, was alle Tatsachen zusammen ergeben.
"""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.masterdata.models import WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile

MONTHS = [date(2026, month, 1) for month in range(1, 7)]
LATER = date(2026, 7, 1)
PEOPLE, PAY, ALLOWANCE = 170, 380_000, 1300
Fact = tuple[str, int, date, int]  # person, running number, from, cents


def _write(desk: Any, facts: list[Fact], begun: threading.Event | None = None,
           ready: threading.Event | None = None) -> None:
    with desk.session("berta") as session:
        for number, place, since, cents in facts:
            record_fact(session, WiederkehrenderBezug, beschaeftigung_id=desk.jobs[number], laufnummer=place,
                        lohnart_id=desk.numbers.lohnarten[ALLOWANCE], betrag_cent=cents, valid_from=since,
                        reason="Nachtrag")
        if begun is not None and ready is not None:
            begun.set()
            ready.wait(30)


def _month(desk: Any, month: date, parts: list[list[Fact]]) -> None:
    """Ein Teil davor, einer offen, während der Lauf liest, einer danach."""
    before, meanwhile, after = parts
    _write(desk, before)
    begun, ready = threading.Event(), threading.Event()
    writer = threading.Thread(target=_write, args=(desk, meanwhile, begun, ready))
    writer.start()
    assert begun.wait(60)
    # The run reads now and waits for the chain of the log only at its end.
    threading.Timer(0.4, ready.set).start()
    desk.close(month)
    writer.join(60)
    assert not writer.is_alive()
    _write(desk, after)


def _paid(desk: Any) -> dict[tuple[int, date], int]:
    """Gezahltes Brutto je Beschäftigung und Herkunftsmonat."""
    paid: dict[tuple[int, date], int] = defaultdict(int)
    with desk.session() as session:
        for row in session.execute(select(Ergebnis.beschaeftigung_id, Ergebnis.monat, Ergebnis.gesamtbrutto)):
            paid[row[0], row[1]] += row[2]
        booked = session.execute(
            select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, func.sum(RueckrechnungZeile.betrag))
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .where(RueckrechnungZeile.bereich == "wert", RueckrechnungZeile.name == "gesamtbrutto")
            .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat))
        for row in booked:
            paid[row[0], row[1]] += int(row[2])
    return dict(paid)


def test_no_fact_is_lost_whenever_it_was_written(desk: Any) -> None:
    rng = random.Random(17)
    names = [f"P{at:03}" for at in range(PEOPLE)]
    desk.hire(*(desk.person(name, PAY) for name in names))
    facts: list[Fact] = []
    for place, month in enumerate(MONTHS, 1):
        parts: list[list[Fact]] = [[], [], []]
        for name in names:
            since = rng.choice(MONTHS[:place])
            one = (name, place, since, rng.randint(100, 20_000))
            parts[rng.randrange(3)].append(one)
            facts.append(one)
        _month(desk, month, parts)
    desk.close(LATER)
    expected: dict[tuple[int, date], int] = {}
    for name in names:
        for month in (*MONTHS, LATER):
            own = sum(cents for number, _, since, cents in facts if number == name and since <= month)
            expected[desk.jobs[name], month] = PAY + own
    assert len(facts) > 1_000
    assert _paid(desk) == expected
    with desk.session() as session:
        assert session.scalar(select(func.count(Lauf.id)).where(Lauf.zustand == "abgeschlossen")) == len(MONTHS) + 1
    assert desk.preview(date(2026, 8, 1)) == {}
