"""Zufällige Geschichten: die Summe des Gezahlten ist die Wahrheit, gleich in welcher Reihenfolge berichtigt wurde.

Jeder Mensch ist eine Geschichte. Im einen Haus kommt das Wissen verspätet und in Stücken, mit falschen Zwischenständen;
im anderen ist es von Anfang an da. Am Ende muss je Mensch und Herkunftsmonat derselbe Betrag gezahlt sein.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from payroll.masterdata.models import Bezuegezuordnung, Steuermerkmale, WiederkehrenderBezug
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.service import record_fact
from payroll.runs.models import Ergebnis
from payroll.runs.retro.booking import NAMES
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

MONTHS = [date(2026, month, 1) for month in range(1, 7)]
LATER = date(2026, 7, 1)
PEOPLE = 60


@dataclass
class History:
    """Endgültige Tatsachen eines Menschen und die Folge, in der sie bekannt werden: (Monat des Wissens, Tatsache)."""

    number: str
    pay: tuple[str, str]
    pension: bool
    facts: list[tuple[date, type[Fact], date, date | None, dict[str, Any]]] = field(default_factory=list)


def _history(rng: random.Random, number: int) -> History:
    own = History(f"P{number}", (rng.choice(["E5", "E8", "E9b", "E11"]), str(rng.randint(2, 4))), rng.random() < 0.5)
    for _ in range(rng.randint(1, 4)):
        known_in = rng.choice([*MONTHS, LATER])
        begin = date(2026, rng.randint(1, 6), rng.choice([1, 1, 15]))
        kind = rng.choice(["zulage", "stufe", "stunden", "klasse", "einmal"])
        own.facts.append((known_in, *_fact(rng, kind, own, begin)))
    return own


def _fact(rng: random.Random, kind: str, own: History,
          begin: date) -> tuple[type[Fact], date, date | None, dict[str, Any]]:
    if kind == "zulage":
        return WiederkehrenderBezug, begin, None, {"lohnart": 1300, "betrag_cent": rng.randint(1, 300) * 100}
    if kind == "einmal":
        month = begin.replace(day=1)
        return WiederkehrenderBezug, month, month.replace(day=28), {
            "lohnart": 1600, "betrag_cent": rng.randint(100, 4_000) * 100}
    if kind == "klasse":
        return Steuermerkmale, begin.replace(day=1), None, {
            "steuerklasse": rng.choice([1, 3, 4, 5]), "konfession": rng.choice(["keine", "ev", "rk"])}
    grade = {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": own.pay[0], "vollzeitstunden": Decimal(39)}
    if kind == "stufe":
        return Bezuegezuordnung, begin, None, grade | {"stufe": str(rng.randint(2, 5)), "wochenstunden": Decimal(39)}
    return Bezuegezuordnung, begin, None, grade | {"stufe": own.pay[1], "wochenstunden": Decimal(rng.randint(10, 39))}


def _learn(desk: Desk, histories: list[History], known: Callable[[date], bool]) -> None:
    """Erfasst, was in diesem Monat bekannt wird, in der Reihenfolge der Geschichte."""
    with desk.session() as session:
        for own in histories:
            for known_in, model, begin, end, values in own.facts:
                if known(known_in):
                    given = dict(values)
                    if "lohnart" in given:
                        given |= {"lohnart_id": desk.numbers.lohnarten[given.pop("lohnart")], "laufnummer": 1}
                    record_fact(session, model, valid_from=begin, valid_to=end, reason="Geschichte",
                                beschaeftigung_id=desk.jobs[own.number], replace_later=end is None, **given)


def _paid(desk: Desk) -> dict[tuple[str, date, str], int]:
    """Gezahlt je Mensch, Herkunftsmonat und Wert: abgeschlossene Ergebnisse und alles später Gebuchte."""
    names = {number: name for name, number in desk.jobs.items()}
    paid: dict[tuple[str, date, str], int] = defaultdict(int)
    with desk.session() as session:
        for row in session.scalars(select(Ergebnis).where(Ergebnis.monat <= MONTHS[-1])):
            for name in NAMES:
                paid[names[row.beschaeftigung_id], row.monat, name] += getattr(row, name)
        lines = session.execute(
            select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, Rueckrechnung.art, RueckrechnungZeile.name,
                   RueckrechnungZeile.betrag)
            .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)
            .where(RueckrechnungZeile.bereich == "wert"))
        for row in lines:
            assert row.art == "entstehung"
            paid[names[row.beschaeftigung_id], row.monat, row.name] += row.betrag
    return {key: amount for key, amount in paid.items() if amount}


def test_what_was_paid_is_the_truth(new_desk: Callable[[], Desk]) -> None:
    assert_paid_truth(new_desk, PEOPLE, seed=5)


def assert_paid_truth(new_desk: Callable[[], Desk], people: int, seed: int) -> None:
    """Vergleicht beide Häuser für ``people`` Geschichten."""
    rng = random.Random(seed)
    histories = [_history(rng, number) for number in range(people)]
    late, early = new_desk(), new_desk()
    for desk in (late, early):
        desk.hire(*(desk.person(own.number, own.pay, pension=own.pension) for own in histories))
    ordered = [History(own.number, own.pay, own.pension, sorted(own.facts, key=lambda fact: fact[0]))
               for own in histories]
    _learn(early, ordered, lambda _: True)
    for month in MONTHS:
        _learn(late, ordered, month.__eq__)
        late.close(month)
        early.close(month)
    _learn(late, ordered, LATER.__eq__)
    for month in (LATER, date(2026, 8, 1)):
        late.close(month)
        early.close(month)
    assert early.booked(LATER) == late.booked(date(2026, 8, 1)) == {}
    assert late.preview(date(2026, 9, 1)) == {}
    assert sum(len(late.booked(month)) for month in (*MONTHS[1:], LATER)) > people // 2
    assert all(early.booked(month) == {} for month in MONTHS)
    assert _paid(late) == _paid(early)
