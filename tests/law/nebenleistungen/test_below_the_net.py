"""Advances, loans, overpayments, negative net: what may be kept back and what stays open."""

from __future__ import annotations

import random
from datetime import date

import pytest

from payroll.law.calculate import gross_to_net
from payroll.law.garnishment import number_of
from payroll.law.rules.nebenleistungen.verrechnung import (
    ARTEN,
    AUFRECHNUNG,
    Monatsabschluss,
    Posten,
    VerrechnungFehler,
    darf_nachgeholt_werden,
    freier_teil,
    negative_einnahme,
    tilgungsplan,
    uebertrag,
    verrechne,
)
from payroll.law.rules.pfaendung.forderungen import Zuteilung

LOAN = Posten("Darlehen 7", "darlehen", date(2025, 3, 1), 120_000, 10_000)
OVERPAID = Posten("Überzahlung 04/2026", "ueberzahlung", date(2026, 4, 30), 25_000)
ADVANCE = Posten("Vorschuss Mai", "vorschuss", date(2026, 5, 4), 40_000, 20_000)
PART = Posten("Abschlag August", "abschlag", date(2026, 8, 10), 50_000)


def taken(result: Monatsabschluss) -> dict[str, int]:
    return {one.name: one.cents for one in result.abzuege}


def test_set_off_only_against_the_garnishable_part() -> None:
    """Net 2,000.00, nobody to maintain, from July 2026: (2,000 - 1,587.40) x 7/10 = 288.82 can be reached."""
    net = gross_to_net(date(2026, 8, 1), {"pf_gepfaendet": 1, "pf_netto_vorgegeben": 200_000, **FACTS},
                       ["pf_pfaendbar"])
    assert net.cents("pf_pfaendbar").tolist() == [28_882]
    result = verrechne(200_000, 28_882, [OVERPAID, LOAN])
    assert taken(result) == {LOAN.name: 10_000, OVERPAID.name: 18_882}
    assert result.auszahlung == 171_118
    assert [one.offen for one in result.abzuege] == [110_000, 6_118]
    assert [one.grund for one in result.abzuege] == ["", "nur der pfändbare Teil steht zur Verfügung (§ 394 BGB)"]


def test_nothing_garnishable_no_set_off() -> None:
    result = verrechne(158_000, 0, [OVERPAID, LOAN])
    assert (result.auszahlung, set(taken(result).values())) == (158_000, {0})


def test_part_payment_is_pay_already_given() -> None:
    result = verrechne(180_000, 10_000, [LOAN, PART])
    assert taken(result) == {PART.name: 50_000, LOAN.name: 10_000}
    assert result.auszahlung == 120_000
    short = verrechne(30_000, 0, [PART])
    assert (short.auszahlung, short.abzuege[0].offen, short.abzuege[0].grund) == (
        0, 20_000, "die Auszahlung reicht nicht")


def test_advance_protected_or_not_is_a_setting() -> None:
    assert taken(verrechne(170_000, 5_000, [ADVANCE, LOAN])) == {ADVANCE.name: 5_000, LOAN.name: 0}
    free = verrechne(170_000, 5_000, [ADVANCE, LOAN], vorschuss_geschuetzt=False)
    assert taken(free) == {ADVANCE.name: 20_000, LOAN.name: 5_000}


def test_garnishment_leaves_less_for_the_employer() -> None:
    shares = [Zuteilung("A", 15_000, 0, "zahlen", ""), Zuteilung("Unterhalt", 60_000, 50_000, "zahlen", "")]
    assert freier_teil(28_882, shares) == 28_882 - 15_000 - 10_000
    assert freier_teil(20_000, shares) == 0


def test_negative_net_is_carried_and_taken_back_later() -> None:
    first = verrechne(-12_345, 0, [LOAN])
    assert (first.auszahlung, first.minusnetto, taken(first)) == (0, 12_345, {LOAN.name: 0})
    (carried,) = uebertrag(first, date(2026, 8, 1))
    assert (carried.name, carried.art, carried.offen) == ("Minusnetto 08/2026", "minusnetto", 12_345)
    second = verrechne(210_000, 8_000, [carried])
    assert (second.auszahlung, second.abzuege[0].offen) == (202_000, 4_345)
    assert uebertrag(second, date(2026, 9, 1)) == ()


def test_money_is_neither_made_nor_lost() -> None:
    rng = random.Random(20261125)
    for _ in range(500):
        claims = [Posten(f"P{n}", rng.choice(ARTEN), date(2026, rng.randint(1, 12), rng.randint(1, 28)),
                         rng.randint(0, 90_000), rng.choice([None, rng.randint(0, 30_000)]))
                  for n in range(rng.randint(0, 6))]
        pay, reach, shelter = rng.randint(-50_000, 250_000), rng.randint(0, 90_000), rng.random() < 0.5
        result = verrechne(pay, reach, claims, vorschuss_geschuetzt=shelter)
        by_name = taken(result)
        assert pay == result.auszahlung + sum(by_name.values()) - result.minusnetto
        assert min(result.auszahlung, result.minusnetto, *by_name.values(), 0) == 0
        assert sum(by_name[one.name] for one in claims if one.art in AUFRECHNUNG) <= min(reach, max(pay, 0))
        for one in claims:
            assert by_name[one.name] <= one.faellig
        assert {one.name: one.offen for one in result.abzuege} == {
            one.name: one.offen - by_name[one.name] for one in claims}


def test_instalment_plan() -> None:
    assert tilgungsplan(25_000, 10_000, date(2026, 11, 15)) == (
        (date(2026, 11, 1), 10_000, 15_000), (date(2026, 12, 1), 10_000, 5_000), (date(2027, 1, 1), 5_000, 0))
    assert tilgungsplan(0, 1, date(2026, 1, 1)) == ()


def test_pay_returned_for_an_earlier_year_never_makes_negative_tax() -> None:
    """retro_cases.md: 4,089.07 less 1,421.16 leaves 2,667.91 taxed in March 2026."""
    assert negative_einnahme(408_907, 142_116) == (266_791, 0)
    assert negative_einnahme(100_000, 142_116) == (0, 42_116)
    assert negative_einnahme(-5_000, 10_000) == (-5_000, 10_000)


def test_missed_deduction_of_contributions() -> None:
    limit = number_of("sv_nachholung_zahlungen", date(2026, 8, 1))
    assert [darf_nachgeholt_werden(n, False, limit) for n in (1, 3, 4)] == [True, True, False]
    assert darf_nachgeholt_werden(9, True, limit)


def test_contradictions_are_refused() -> None:
    with pytest.raises(VerrechnungFehler, match="gibt es nicht"):
        Posten("X", "kredit", date(2026, 1, 1), 1)
    with pytest.raises(VerrechnungFehler, match="unter null"):
        Posten("X", "darlehen", date(2026, 1, 1), -1)
    with pytest.raises(VerrechnungFehler, match="denselben Namen"):
        verrechne(1, 1, [LOAN, LOAN])
    with pytest.raises(VerrechnungFehler, match="Pfändungsrechnung"):
        verrechne(1, -1, [LOAN])
    with pytest.raises(VerrechnungFehler, match="Tilgungsplan"):
        tilgungsplan(100, 0, date(2026, 1, 1))
    with pytest.raises(VerrechnungFehler, match="Nachzahlung"):
        negative_einnahme(1, -1)


FACTS = {"kv_art": 0, "beitragsgruppe_kv": 1, "beitragsgruppe_rv": 1, "beitragsgruppe_av": 1, "beitragsgruppe_pv": 1,
         "personengruppe": 101, "brutto": 300_000, "zusatzbeitrag": 29_000}
