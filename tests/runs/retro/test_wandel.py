"""Jeder geänderte Cent hat eine Ursache: die Anteile ergeben den Unterschied jedes Wertes, der Rest ist null."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select

from payroll.masterdata.models import (
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Fehlzeit,
    KrankenkasseSatz,
    Steuermerkmale,
    Versicherung,
)
from payroll.runs import wandel
from payroll.runs.models import Ergebnis
from payroll.runs.values import VALUES
from payroll.runs.wandel.lesen import totals
from tenants.db import engine
from timekeeping.handover.models import ZeitBezug

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

DEZ, JAN, FEB, MAR, APR, MAI = date(2025, 12, 1), *(date(2026, m, 1) for m in (1, 2, 3, 4, 5))
START = date(2020, 1, 1)
STATED = [name for name in VALUES if name != "tabellenentgelt"]


def _found(desk: Desk, month: date) -> dict[str, wandel.Wandel]:
    with desk.session() as session:
        return {one.personalnummer: one for one in wandel.of_month(session, month)}


def _value(desk: Desk, number: str, month: date, name: str) -> int:
    return int(getattr(desk.result(number, month), name))


def _effects(one: wandel.Wandel) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for part in one.anteile:
        sums[part.art] += part.wirkung
    return dict(sums)


def _adds_up(desk: Desk, before: date, after: date) -> None:
    """Für jeden Menschen und jeden Wert: Summe der Anteile = gespeicherter Unterschied."""
    for number, one in _found(desk, after).items():
        assert one.rest == 0, number
        with desk.session() as session:
            rows = {row.monat: row for row in session.scalars(
                select(Ergebnis).where(Ergebnis.beschaeftigung_id == one.beschaeftigung_id))}
        if not {before, after} <= rows.keys():
            continue
        for name in STATED:
            parts = sum(part.werte.get(name, 0) for part in one.anteile if part.art not in ("rueckrechnung", "vortrag"))
            assert parts == getattr(rows[after], name) - getattr(rows[before], name), (number, name)
        assert [part for part in one.anteile if part.art == "regeln"] == [], number


def test_a_fund_that_raises_its_rate_is_the_only_cause_and_told_in_plain_words(desk: Desk) -> None:
    """Beispiel der Aufgabe: 300.000 Cent · 0,4 % / 2 = 600 Cent mehr Zusatzbeitrag, dafür weniger Lohnsteuer."""
    desk.hire(desk.person("1", 300_000))
    desk.close_as_known(FEB)
    desk.record(KrankenkasseSatz, "1", MAR, reason="Satzungsänderung", quelle="Satzung",
                krankenkasse_id=desk.numbers.krankenkassen["K"], zusatzbeitrag=Decimal("3.30"),
                u2_satz=Decimal("0.39"))
    desk.run(MAR)
    one = _found(desk, MAR)["1"]
    assert [part.art for part in one.anteile] == ["kasse"]
    share = one.anteile[0]
    assert share.werte["zb_an"] == 600
    assert share.wirkung == one.unterschied < 0
    assert (share.vorher, share.nachher) == ("2,9 %", "3,3 %")
    assert share.satz == "Ihr Zusatzbeitrag der Krankenkasse stieg von 2,9 % auf 3,3 %."
    assert [(beleg.ab, beleg.wer, beleg.grund) for beleg in share.belege] == [(MAR, "karla", "Satzungsänderung")]


def test_regrading_hours_and_a_payment_are_three_causes(desk: Desk) -> None:
    desk.hire(desk.person("1", ("E6", "3")))
    desk.close_as_known(FEB)
    desk.record(Bezuegezuordnung, "1", MAR, reason="Höhergruppierung", tarifwerk="TVoeD-VKA", entgeltgruppe="E8",
                stufe="3", wochenstunden=Decimal("30"), vollzeitstunden=Decimal("39"))
    desk.pay("1", 1300, 10_000, MAR, reason="Zulage")
    desk.run(MAR)
    one = _found(desk, MAR)["1"]
    assert [(part.art, part.titel) for part in one.anteile] == [
        ("eingruppierung", "Entgeltgruppe"), ("eingruppierung", "Wochenarbeitszeit"),
        ("bezug", "Überstundenentgelt (eigene Stufe, höchstens 4) (1300)")]
    group, hours, payment = one.anteile
    assert group.wirkung > 0 > hours.wirkung
    assert payment.werte["gesamtbrutto"] == 10_000
    assert [beleg.grund for beleg in group.belege] == ["Höhergruppierung"]
    assert [beleg.grund for beleg in payment.belege] == ["Zulage"]
    assert one.rest == 0


def test_the_turn_of_the_year_is_told_by_area_of_law(desk: Desk) -> None:
    """Januar 2026: neuer Tarif der Lohnsteuer, neue Grenzen; die Kasse hat ebenfalls ab Januar einen anderen Satz."""
    desk.hire(desk.person("1", 620_000))
    desk.close_as_known(DEZ)
    desk.run(JAN)
    _adds_up(desk, DEZ, JAN)
    kinds = {part.art: part for part in _found(desk, JAN)["1"].anteile}
    assert {"recht", "kasse"} <= kinds.keys()
    ceiling = {part.titel: part for part in _found(desk, JAN)["1"].anteile}["Rechengrößen der Sozialversicherung"]
    assert any("Beitragsbemessungsgrenze" in beleg.text for beleg in ceiling.belege)
    assert all(beleg.ab == JAN for beleg in ceiling.belege)


def test_who_comes_and_who_goes_is_counted_whole(desk: Desk) -> None:
    desk.hire(desk.person("1", 300_000), desk.person("2", 250_000, entry=MAR))
    desk.close_as_known(FEB)
    desk.record(BeschaeftigungAngaben, "1", START, art="tarif", eintritt=START, austritt=date(2026, 2, 28),
                reason="Kündigung")
    desk.run(MAR)
    found = _found(desk, MAR)
    assert (found["1"].nachher, found["2"].vorher) == (None, None)
    assert found["2"].unterschied == found["2"].nachher == found["2"].anteile[0].wirkung
    assert all(one.rest == 0 for one in found.values())
    assert found["1"].anteile[0].art == "beschaeftigung"
    came, went = (found[name].anteile[0].belege[0] for name in ("2", "1"))
    assert (came.text, came.ab) == ("Beschäftigung, Eintritt", MAR)
    assert (went.text, went.ab, went.grund) == ("Beschäftigung, Austritt", date(2026, 2, 28), "Kündigung")


def test_who_leaves_as_agreed_long_ago_is_told_with_the_day(desk: Desk) -> None:
    desk.hire(desk.person("1", 300_000))
    desk.record(BeschaeftigungAngaben, "1", START, art="tarif", eintritt=START, austritt=date(2026, 3, 10))
    desk.close_as_known(FEB)
    desk.run(MAR)
    shares = [one for one in _found(desk, MAR)["1"].anteile if one.art == "beschaeftigung"]
    assert shares
    assert {(beleg.text, beleg.ab) for one in shares for beleg in one.belege} == {
        ("Beschäftigung, Austritt", date(2026, 3, 10))}


def test_hours_from_a_time_file_name_their_month(desk: Desk) -> None:
    desk.hire(desk.person("1", ("E6", "3")))
    desk.close_as_known(FEB)
    for worked, wage_type in ((202601, 1300), (202602, 1200)):
        desk.record(ZeitBezug, "1", MAR, valid_to=date(2026, 3, 31), reason="Zeitmonat abgeschlossen",
                    arbeitsmonat=worked, lohnart=wage_type, klasse=0, einheit="minuten", menge=Decimal(600))
    desk.run(MAR)
    one = _found(desk, MAR)["1"]
    told = {share.titel.rpartition("(")[2]: [beleg.text for beleg in share.belege] for share in one.anteile}
    assert told["1300)"] == ["Zeiten 01/2026 (1300)"]
    assert told["1200)"] == ["Zeiten 02/2026 (1200)"]
    assert one.rest == 0


def test_back_pay_is_a_cause_of_its_own(desk: Desk) -> None:
    desk.hire(desk.person("1", 300_000))
    desk.close_all([JAN, FEB])
    desk.pay("1", 1300, 10_000, FEB, reason="Zulage vergessen")
    desk.run(MAR)
    one = _found(desk, MAR)["1"]
    effects = _effects(one)
    assert set(effects) == {"bezug", "rueckrechnung"}
    assert effects["rueckrechnung"] > 0
    assert one.rest == 0


@pytest.mark.parametrize("seed", range(4))
def test_random_changes_leave_no_cent_without_a_cause(desk: Desk, seed: int) -> None:
    """Zwölf Menschen, je ein bis fünf zufällige Änderungen im März; nachher ergeben die Anteile jeden Wert."""
    dice = random.Random(seed)
    names = [f"{i}" for i in range(12)]
    desk.hire(*(_anyone(desk, dice, name) for name in names))
    desk.close_all([DEZ, JAN, FEB])
    for name in names:
        for _ in range(dice.randint(1, 5)):
            dice.choice(CHANGES)(desk, dice, name)
    desk.run(MAR)
    _adds_up(desk, FEB, MAR)
    _adds_up(desk, DEZ, JAN)
    found = _found(desk, MAR).values()
    assert sum(totals(found).values()) == sum(one.unterschied for one in found)
    assert sum(len(one.anteile) for one in found) >= 12


def _anyone(desk: Desk, dice: random.Random, name: str):  # type: ignore[no-untyped-def]  # NeuePerson of the desk
    pay = dice.choice([("E6", "3"), ("E9a", "4"), ("E13", "5"), ("S8a", "3"), dice.randint(60_000, 900_000)])
    pay = pay if not isinstance(pay, tuple) or pay[0].startswith("E") else ("E5", "2")
    return desk.person(name, pay, pension=dice.random() < 0.7, steuerklasse=dice.choice([1, 3, 4, 5]),
                       konfession=dice.choice(["keine", "ev", "rk"]), elterneigenschaft=dice.random() < 0.5)


def _grade(desk: Desk, dice: random.Random, name: str) -> None:
    day = dice.choice([MAR, date(2026, 3, 16)])
    desk.record(Bezuegezuordnung, name, day, tarifwerk="TVoeD-VKA", entgeltgruppe=dice.choice(["E5", "E8", "E11"]),
                stufe=dice.choice(["2", "3", "5"]), wochenstunden=Decimal(dice.choice(["19.5", "30", "39"])),
                vollzeitstunden=Decimal("39"))


def _payment(desk: Desk, dice: random.Random, name: str) -> None:
    number = dice.choice([1300, 1600, 4202])
    desk.pay(name, number, dice.randint(1, 300_000 if number == 1600 else 40_000), MAR, date(2026, 3, 31))


def _tax(desk: Desk, dice: random.Random, name: str) -> None:
    desk.record(Steuermerkmale, name, MAR, steuerklasse=dice.choice([1, 2, 3, 4, 5]), konfession="ev",
                kinderfreibetraege=Decimal(dice.choice(["0", "0.5", "1"])),
                freibetrag_monat_cent=dice.choice([0, 10_000]))


def _child(desk: Desk, dice: random.Random, name: str) -> None:
    desk.child(name, dice.randint(1, 3), date(2026, 3, dice.randint(1, 28)))


def _insurance(desk: Desk, dice: random.Random, name: str) -> None:
    desk.record(Versicherung, name, MAR, kv_art="gesetzlich", krankenkasse_id=desk.numbers.krankenkassen["TK"],
                personengruppe=101, beitragsgruppe="1111", elterneigenschaft=dice.random() < 0.5)


def _absence(desk: Desk, dice: random.Random, name: str) -> None:
    day = date(2026, 3, dice.randint(1, 20))
    desk.record(Fehlzeit, name, day, valid_to=date(2026, 3, 28), art="sonderurlaub")


def _leave(desk: Desk, dice: random.Random, name: str) -> None:
    desk.record(BeschaeftigungAngaben, name, START, art="tarif", eintritt=START,
                austritt=date(2026, 3, dice.randint(10, 31)))


CHANGES = (_grade, _payment, _payment, _tax, _child, _insurance, _absence, _leave)


def test_the_number_of_statements_does_not_grow_with_the_people(desk: Desk) -> None:
    desk.hire(desk.person("1", 300_000))
    desk.close_as_known(FEB)
    desk.hire(desk.person("0", 300_000))
    desk.run(MAR)
    few = _statements(desk)
    desk.hire(*(desk.person(f"{i}", 300_000) for i in range(2, 12)))
    desk.run(MAR)
    assert len(_found(desk, MAR)) == 12
    assert _statements(desk) == few <= 16


def _statements(desk: Desk) -> int:
    seen: list[str] = []
    used = engine.current().app

    def count(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(used, "before_cursor_execute", count)
    try:
        _found(desk, MAR)
    finally:
        event.remove(used, "before_cursor_execute", count)
    return len(seen)
