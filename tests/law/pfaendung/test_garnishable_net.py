"""The net method: the worked case of the reference, exempt items, maintenance, court orders, other income."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from payroll.law.calculate import explain, gross_to_net, rule_book
from payroll.law.conformance.payslip_rows import read_row
from payroll.law.conformance.report import Case
from payroll.law.engine import InputError, evaluate
from payroll.law.garnishment import ExemptItem, difference_of_month, notional_inputs, reaches

AUGUST = date(2026, 8, 1)
# garnishment.md, section 2: E8 step 3, August 2026, class I, no church, RZVK, a child; overtime 400, night premium 90
ROW = {
    "fall": "x", "monat": "2026-08", "status": "tarif", "tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E8", "stufe": "3",
    "wochenstunden": "39", "vollzeitstunden": "39", "steuerklasse": "1", "kinderfreibetraege": "0",
    "konfession": "keine", "bundesland_kirche": "NW", "geburtsdatum": "1985-06-15", "kinderlos": "nein",
    "kinder_unter_25": "1", "sachsen": "nein", "kv_art": "gesetzlich", "zusatzbeitrag": "2.90",
    "beitragsgruppe": "1111", "personengruppe": "101", "zusatzversorgung": "rzvk", "zv_umlage_satz": "4.25",
    "zv_an_satz": "0", "zv_sanierungsgeld_satz": "3.5", "zv_pauschal_grenze": "89.48", "zv_verfahren": "verteilt",
    "zv_steuerfrei_bisher": "0", "zv_kist_verfahren": "vereinfacht", "u2_satz": "0.39", "zulagen": "400.00",
    "steuerfreie_bezuege": "90.00"}
SLIP: dict[str, Any] = dict(read_row(Case(1, "x", ROW)).values)
ITEMS = (ExemptItem("mehrarbeit", "zulagen", 40_000), ExemptItem("aufwand", "steuerfreie_bezuege", 9_000))
SLIP_FIGURES = ("gesamtbrutto", "steuern", "sv_beitraege_an", "netto")


def single(name: str, day: date = AUGUST, **inputs: Any) -> int:
    """One value of the area alone, from a given net."""
    result = evaluate(rule_book("pfaendung").build(day), {"pf_gepfaendet": 1, **inputs}, [name], rows=1)
    assert not result.faults, result.faults
    return int(result.cents(name)[0])


def fault(**inputs: Any) -> str:
    result = evaluate(rule_book("pfaendung").build(AUGUST), {"pf_gepfaendet": 1, **inputs}, ["pf_reichweite"], rows=1)
    return result.faults[0].message


def figures(inputs: dict[str, Any]) -> list[int]:
    result = gross_to_net(AUGUST, inputs, SLIP_FIGURES)
    return [int(result.cents(name)[0]) for name in SLIP_FIGURES]


def test_worked_case_actual_and_notional_slip() -> None:
    assert figures(SLIP) == [433_336, 59_283, 92_409, 281_644]
    notional = notional_inputs(AUGUST, {**SLIP, "pf_gepfaendet": 1}, ITEMS)
    assert figures(notional) == [404_336, 54_258, 87_999, 262_079]


def test_worked_case_net_and_garnishable_amount() -> None:
    result, used = reaches(AUGUST, {**SLIP, "pf_unterhaltsberechtigte": 1}, ITEMS)
    assert {name: result.cents(name).tolist() for name in ("pf_netto", "pf_unpfaendbar", "pf_reichweite")} == {
        "pf_netto": [262_079], "pf_unpfaendbar": [29_000], "pf_reichweite": [21_759]}
    told = explain(AUGUST, used, 0, "pf_reichweite", expected=21_759)
    assert {"pf_netto", "lohnsteuer", "rv_an", "tabellenentgelt"} <= {step.name for step in told.steps}


def test_the_two_wrong_ways_of_the_worked_case_give_other_amounts() -> None:
    forgotten, _ = reaches(AUGUST, {**SLIP, "pf_unterhaltsberechtigte": 1})
    assert forgotten.cents("pf_reichweite").tolist() == [31_259]
    assert single("pf_reichweite", pf_netto_vorgegeben=252_644, pf_unterhaltsberechtigte=1) == 16_759


def test_claims_of_one_person_in_columns_each_with_its_own_dependants_and_order() -> None:
    columns = {name: np.full(3, value) for name, value in SLIP.items()}
    result, _ = reaches(AUGUST, columns | {
        "pf_unterhaltsberechtigte": np.array([1, 0, 1]), "pf_unterhaltsglaeubiger": np.array([0, 0, 1]),
        "pf_gericht_freibetrag": np.array([-1, -1, 140_000])}, ITEMS)
    # maintenance: overtime leaves 100.00 instead of 200.00 exempt, so the net is that of 100.00 more gross
    more = figures(notional_inputs(AUGUST, {**SLIP, "pf_gepfaendet": 1}, (
        ExemptItem("aufwand", "zulagen", 10_000), ExemptItem("aufwand", "steuerfreie_bezuege", 9_000))))
    assert result.cents("pf_unpfaendbar").tolist() == [29_000, 29_000, 19_000]
    assert result.cents("pf_netto").tolist() == [262_079, 262_079, more[3]]
    assert result.cents("pf_reichweite").tolist() == [21_759, 72_282, more[3] - 140_000]


@pytest.mark.parametrize(("kind", "cents", "exempt", "maintenance"), [
    ("mehrarbeit", 40_001, 20_001, 10_000), ("mehrarbeit", 1, 1, 0), ("urlaubsgeld", 30_000, 30_000, 15_000),
    ("weihnachtsgeld", 50_000, 50_000, 25_000), ("weihnachtsgeld", 100_000, 79_500, 39_750),
    ("aufwand", 12_345, 12_345, 12_345), ("beihilfen", 50_000, 50_000, 50_000),
    ("vermoegensbildung", 665, 665, 665), ("entgeltumwandlung", 30_000, 30_000, 30_000),
    ("entgeltumwandlung", 40_000, 33_800, 33_800)])
def test_exempt_items_ordinary_and_maintenance(kind: str, cents: int, exempt: int, maintenance: int) -> None:
    inputs = {f"pf_{kind}": cents}
    assert single("pf_unpfaendbar", **inputs) == exempt
    assert single("pf_unpfaendbar", pf_unterhaltsglaeubiger=1, **inputs) == maintenance


def test_a_limit_holds_once_for_two_items_of_a_kind() -> None:
    slip = {**SLIP, "pf_gepfaendet": 1, "einmalzahlung": 60_000, "steuerfreie_bezuege": 60_000}
    found = notional_inputs(AUGUST, slip, (ExemptItem("weihnachtsgeld", "einmalzahlung", 60_000),
                                           ExemptItem("weihnachtsgeld", "steuerfreie_bezuege", 60_000)))
    assert found["einmalzahlung"].tolist() == [60_000 - 39_750]
    assert found["steuerfreie_bezuege"].tolist() == [60_000 - 39_750]


def test_an_item_free_of_supplementary_pension_leaves_both_columns() -> None:
    slip = {**SLIP, "pf_gepfaendet": 1, "zv_frei": 40_000}
    found = notional_inputs(AUGUST, slip, (ExemptItem("mehrarbeit", "zulagen", 40_000, pensionable=False),))
    assert (found["zulagen"].tolist(), found["zv_frei"].tolist()) == ([20_000], [20_000])


def test_items_that_do_not_fit_are_named() -> None:
    with pytest.raises(InputError, match=r"Zeile 1: aufwand ist größer als die Spalte steuerfreie_bezuege"):
        reaches(AUGUST, SLIP, (ExemptItem("aufwand", "steuerfreie_bezuege", 9_001),))
    with pytest.raises(InputError, match="unter null"):
        reaches(AUGUST, SLIP, (ExemptItem("mehrarbeit", "zulagen", -1),))
    with pytest.raises(InputError, match="Arten sind mehrarbeit"):
        reaches(AUGUST, SLIP, (ExemptItem("ueberstunden", "zulagen", 1),))
    with pytest.raises(InputError, match="Spalten brutto"):
        reaches(AUGUST, SLIP, (ExemptItem("aufwand", "netto", 1),))


def test_own_premiums_of_private_and_voluntary_insurance_lower_the_net() -> None:
    base = {"gesamtbrutto": 400_000, "steuern": 60_000}
    assert single("pf_netto", **base, pkv_beitrag_monat=50_000, ppv_beitrag_monat=6_000, zuschuss_kv=25_000,
                  zuschuss_pv=3_000) == 312_000
    assert single("pf_netto", **base, pf_freiwillige_beitraege=70_000, zuschuss_kv=35_000) == 305_000
    assert single("pf_netto", **base, pkv_beitrag_monat=10_000, zuschuss_kv=20_000) == 340_000
    assert single("pf_netto", **base, zv_an=4_000, sv_beitraege_an=80_000) == 256_000


def test_benefits_in_kind_cover_the_free_amount_and_only_cash_is_paid() -> None:
    assert single("pf_reichweite", pf_netto_vorgegeben=200_000, pf_sachbezuege=30_000) == single(
        "pf_reichweite", pf_netto_vorgegeben=230_000)
    assert single("pf_reichweite", pf_netto_vorgegeben=10_000, pf_sachbezuege=400_000) == 10_000


@pytest.mark.parametrize(("net", "other"), [(150_000, 120_000), (200_000, 20_000), (50_000, 400_000), (0, 250_000)])
def test_added_incomes_give_the_table_amount_in_sum(net: int, other: int) -> None:
    total = single("pf_reichweite", pf_netto_vorgegeben=net + other)
    here = single("pf_reichweite", pf_netto_vorgegeben=net, pf_weiteres_einkommen=other)
    there = single("pf_reichweite", pf_netto_vorgegeben=other, pf_weiteres_einkommen=net, pf_grundbetrag_bei=1)
    assert here + there == total
    assert there == min(other, total)


def test_court_orders_fix_raise_and_share() -> None:
    net = {"pf_netto_vorgegeben": 260_000, "pf_unterhaltsberechtigte": 1}
    assert single("pf_reichweite", **net, pf_gericht_zusatz=7_559) == 13_200
    assert single("pf_reichweite", **net, pf_gericht_zusatz=99_999) == 0
    assert single("pf_reichweite", **net, pf_gericht_betrag=33_333) == 33_333
    assert single("pf_reichweite", **net, pf_gericht_betrag=300_000) == 260_000
    assert single("pf_reichweite", **net, pf_gericht_freibetrag=145_000) == 115_000
    # 1,450.00 and a third of the rest stay: 2/3 x 1,150.00 = 766.67
    assert single("pf_reichweite", **net, pf_gericht_freibetrag=145_000, pf_gericht_rest_zaehler=1,
                  pf_gericht_rest_nenner=3) == 76_667


def test_maintenance_reach_of_the_reference_and_the_cap_of_850c() -> None:
    net = {"pf_netto_vorgegeben": 260_000, "pf_unterhaltsberechtigte": 1, "pf_unterhaltsglaeubiger": 1}
    assert single("pf_reichweite", **net, pf_gericht_freibetrag=140_000) == 120_000
    # an order that leaves more than section 850c is cut to it
    assert single("pf_reichweite", **net, pf_gericht_freibetrag=250_000) == 20_759
    assert single("pf_reichweite", **net, pf_gericht_freibetrag=250_000, pf_betrag_gewoehnlich=18_000) == 18_000


def test_the_cap_of_850c_uses_the_net_of_an_ordinary_claim() -> None:
    result, _ = reaches(AUGUST, {**SLIP, "pf_unterhaltsberechtigte": 1, "pf_unterhaltsglaeubiger": 1,
                                 "pf_gericht_freibetrag": 400_000}, ITEMS)
    assert result.cents("pf_reichweite").tolist() == [21_759]
    assert result.cents("pf_pfaendbar").tolist()[0] > 21_759


def test_part_of_a_month_by_the_daily_table_is_a_setting() -> None:
    # 11 days, net 1,100.00: 100.00 a day, free 73.06; (100.00 - 73.06) x 7/10 = 18.86 a day
    assert single("pf_reichweite", pf_netto_vorgegeben=110_000, pf_zeitraum=2, pf_zeitraeume=11) == 1_886 * 11
    assert single("pf_reichweite", pf_netto_vorgegeben=110_000) == 0
    # 2,464.06 in 11 days is 224.00 a day and a fraction that never counts: one cent above the ceiling of 223.99
    assert single("pf_uebersteigend", pf_netto_vorgegeben=246_406, pf_zeitraum=2, pf_zeitraeume=11) == 1


def test_back_pay_is_garnished_in_its_own_month_by_difference() -> None:
    assert difference_of_month(AUGUST, 21_759, {**SLIP, "pf_unterhaltsberechtigte": 1}, ITEMS) == 0
    raised = {**SLIP, "zulagen": 60_000, "pf_unterhaltsberechtigte": 1}
    net = figures(notional_inputs(AUGUST, {**raised, "pf_gepfaendet": 1}, ITEMS))[3]
    expected = (Fraction(net // 1000 * 1000) - 218_482) / 2 - 21_759
    assert difference_of_month(AUGUST, 21_759, raised, ITEMS) == expected


@pytest.mark.parametrize(("inputs", "part"), [
    ({"pf_unterhaltsglaeubiger": 1}, "Beschluss nach § 850d"),
    ({"pf_unterhaltsberechtigte": -1}, "Unterhaltsberechtigten unter null"),
    ({"pf_zeitraeume": 0}, "Tage des Teilmonats"),
    ({"pf_gericht_zusatz": -5}, "Beschluss"),
    ({"pf_gericht_freibetrag": 0, "pf_gericht_rest_nenner": 0}, "Zähler und Nenner"),
    ({"pf_gericht_freibetrag": 0, "pf_gericht_rest_zaehler": 3, "pf_gericht_rest_nenner": 2}, "Zähler und Nenner"),
])
def test_impossible_claims_are_refused_with_a_remedy(inputs: dict[str, int], part: str) -> None:
    assert part in fault(pf_netto_vorgegeben=260_000, **inputs)
