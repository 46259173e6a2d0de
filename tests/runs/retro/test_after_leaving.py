"""Einmalzahlungen nach dem Austritt: letzter Monat des Jahres, Märzklausel, später beitragsfrei; dazu Altersteilzeit.

Von Hand nach § 23a SGB IV: Grenzen KV 5.512,50 (2025) und 5.812,50 (2026), RV 8.050 und 8.450 im Monat; die Kasse hat
2,50 % (2025) und 2,90 % (2026) Zusatzbeitrag; alle haben Kinder.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from payroll.law.calculate import gross_to_net
from payroll.masterdata.intake import NeuePerson, Tatsache
from payroll.masterdata.models import Anlasszahlung, BeschaeftigungAngaben
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

ONE_OFF, OVERTIME, TOP_UP = 1602, 1300, 1801
HALF_YEAR = [date(2026, month, 1) for month in range(1, 7)]


def _leaver(desk: Desk, number: str, left: date, entry: date, **change: Any) -> NeuePerson:
    person = desk.person(number, 500_000, entry=entry, **change)
    job = person.beschaeftigungen[0]
    job.tatsachen[0] = Tatsache(BeschaeftigungAngaben, entry, {"art": "tarif", "eintritt": entry, "austritt": left})
    return person


def _findings(desk: Desk, number: str, month: date) -> list[tuple[str, str, str]]:
    with desk.session() as session:
        found = session.scalars(select(Hinweis).join(Lauf, Lauf.id == Hinweis.lauf_id).where(Lauf.monat == month))
        return [(one.stufe, one.feld, one.regel) for one in found
                if one.datensatz.startswith(f"Personalnummer {number}")]


def _cents(result: Ergebnis, names: str) -> list[int]:
    return [getattr(result, name) for name in names.split()]


BRANCHES = "sv_brutto_kv sv_brutto_rv kv_an zb_an pv_an rv_an av_an rv_ag u2"


def test_paid_in_the_same_year_it_fills_the_months_of_employment(desk: Desk) -> None:
    desk.hire(_leaver(desk, "A", date(2026, 6, 30), date(2020, 1, 1)), desk.person("B", 300_000))
    desk.close_all(HALF_YEAR)
    august = date(2026, 8, 1)
    desk.close_all([date(2026, 7, 1)])
    desk.pay("A", ONE_OFF, 600_000, august, date(2026, 8, 31))
    desk.run(august)
    paid = desk.result("A", august)
    # KV: 6 x 5,812.50 - 30,000 = 4,875.00; RV: all of it
    assert _cents(paid, BRANCHES) == [487_500, 600_000, 35_588, 7_069, 8_775, 55_800, 7_800, 55_800, 0]
    tax = gross_to_net(august, {"brutto": 0, "einmalzahlung": 600_000, "steuerklasse": 1, "sv_fehltage": 31,
                                "jahresarbeitslohn_erwartet": 3_000_000, "geburtsdatum": 19850615, "kv_art": 0,
                                "beitragsgruppe_kv": 1, "beitragsgruppe_rv": 1, "beitragsgruppe_av": 1,
                                "beitragsgruppe_pv": 1, "personengruppe": 101, "zusatzbeitrag": 29_000},
                       ("lohnsteuer",))
    assert paid.lohnsteuer == tax.cents("lohnsteuer")[0] > 100_000
    assert paid.sv_tage == 0
    assert [(stufe, feld) for stufe, feld, _ in _findings(desk, "A", august)] == [
        ("warnung", "Lohnart 1008"), ("hinweis", "austritt")]
    assert "06/2026 (§ 23a Abs. 2 SGB IV)" in _findings(desk, "A", august)[1][2]
    assert desk.result("B", august).gesamtbrutto == 300_000


@pytest.mark.parametrize(("month", "expected", "words"), [
    # 2025: 12 x 5,512.50 - 60,000 = 6,150.00 of room; 7.3 %, 1.25 %, 1.8 %, 9.3 %, 1.3 % of 6,000.00
    (2, [600_000, 600_000, 43_800, 7_500, 10_800, 55_800, 7_800], "Märzklausel"),
    (4, [0, 0, 0, 0, 0, 0, 0], "beitragsfrei"),
])
def test_paid_in_the_next_year(desk: Desk, month: int, expected: list[int], words: str) -> None:
    desk.hire(_leaver(desk, "A", date(2025, 12, 31), date(2020, 1, 1)), desk.person("B", 300_000))
    desk.close_all([date(2025, number, 1) for number in range(1, 13)])
    desk.close_all([date(2026, number, 1) for number in range(1, month)])
    now = date(2026, month, 1)
    desk.pay("A", ONE_OFF, 600_000, now, date(2026, month, 28))
    desk.run(now)
    names = "sv_brutto_kv_vorjahr sv_brutto_rv_vorjahr kv_an zb_an pv_an rv_an av_an"
    paid = desk.result("A", now)
    assert _cents(paid, names) == expected
    assert (paid.sv_brutto_kv, paid.gesamtbrutto) == (0, 600_000)
    assert any(words in regel for _, _, regel in _findings(desk, "A", now))


def test_leave_compensation_after_the_exit_and_nothing_without_a_payment(desk: Desk) -> None:
    person = desk.person("A", ("E6", "3"), entry=date(2020, 1, 1), pension=True)
    person.beschaeftigungen[0].tatsachen[0] = Tatsache(BeschaeftigungAngaben, date(2020, 1, 1), {
        "art": "tarif", "eintritt": date(2020, 1, 1), "austritt": date(2026, 6, 15)})
    desk.hire(person, _leaver(desk, "C", date(2026, 6, 30), date(2020, 1, 1)), desk.person("B", 300_000))
    desk.close_all(HALF_YEAR)
    july = date(2026, 7, 1)
    desk.record(Anlasszahlung, "A", date(2026, 7, 10), art="urlaubsabgeltung", menge=Decimal(4))
    desk.run(july)
    paid = desk.result("A", july)
    # section 26 with section 21: 3,580.46 x 3 / 65 = 165.25 a day (section 24(4)), four days; E6 step 3 since May 2026
    assert (paid.gesamtbrutto, paid.zv_umlage, paid.sv_tage) == (66_100, 0, 0)
    with desk.session() as session:
        numbers = session.scalars(select(Ergebnis.beschaeftigung_id).where(Ergebnis.monat == july)).all()
    assert set(numbers) == {desk.jobs["A"], desk.jobs["B"]}


def test_a_payment_known_late_is_settled_in_a_later_month(desk: Desk) -> None:
    desk.hire(_leaver(desk, "A", date(2026, 6, 30), date(2020, 1, 1)), desk.person("B", 300_000))
    desk.close_all([*HALF_YEAR, date(2026, 7, 1), date(2026, 8, 1)])
    desk.pay("A", ONE_OFF, 600_000, date(2026, 8, 1), date(2026, 8, 31))
    desk.run(date(2026, 9, 1))
    booked = desk.booked(date(2026, 9, 1))
    assert "A" in booked


def test_top_up_in_partial_retirement_from_the_regular_pay(desk: Desk) -> None:
    """Wie S096: halbes Entgelt 2.150,00; 20 % davon sind 430,00, frei; Rente zusätzlich aus 1.720,00."""
    atz: dict[str, Any] = {"personengruppe": 103, "born": date(1966, 6, 15)}
    desk.hire(desk.person("A", 215_000, **atz), desk.person("T", 215_000, **atz), desk.person("B", 215_000))
    april = date(2026, 4, 1)
    desk.pay("A", OVERTIME, 10_000, april)
    desk.pay("T", TOP_UP, 40_000, april)
    desk.run(april)
    paid, typed, without = (desk.result(number, april) for number in "ATB")
    assert (paid.gesamtbrutto, paid.steuerbrutto, paid.sv_brutto_rv) == (268_000, 225_000, 225_000)
    assert (typed.gesamtbrutto, typed.rv_an, without.gesamtbrutto) == (255_000, 19_995, 215_000)
    assert typed.rv_ag == 19_995 + 31_992  # 18.6 % of 1,720.00, by the employer alone
    assert [feld for _, feld, _ in _findings(desk, "T", april)] == ["Lohnart 1801"]
    with desk.session() as session:
        line = session.scalars(select(Ergebniszeile).where(Ergebniszeile.ergebnis_id == paid.id,
                                                           Ergebniszeile.lohnart == "1801")).one()
        assert (line.betrag, line.merkmale) == (43_000, "FFN")
        number = session.scalars(select(Ergebnis.public_id).where(Ergebnis.id == paid.id)).one()
        (reason,) = explain_line(session, number, line.position)
        assert abs(reason.value) in (430, 43_000)
        assert "§ 7 Abs. 2 TV FlexAZ" in {step.law for step in reason.steps}
