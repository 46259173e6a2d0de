"""Benefits and deferred pay inside gross-to-net: nothing changes without them, and with them the equations hold."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest

from payroll.law.benefits import JOINS, benefits, subsidy
from payroll.law.calculate import explain, gross_to_net, law_of, rule_book
from payroll.law.engine import InputError
from payroll.law.garnishment import ExemptItem, notional_inputs, reaches
from payroll.law.payslip_columns import OUTPUTS

MAY = date(2026, 5, 1)
BASE: dict[str, Any] = {
    "status": 0, "brutto": 400_000, "steuerklasse": 1, "geburtsdatum": 19850615, "kv_art": 0, "zusatzbeitrag": 29_000,
    "beitragsgruppe_kv": 1, "beitragsgruppe_rv": 1, "beitragsgruppe_av": 1, "beitragsgruppe_pv": 1,
    "personengruppe": 101, "u2_satz": 3_900, "konfession": 2}
ZV = {"zusatzversorgung": 1, "zv_umlage_satz": 42_500, "zv_sanierungsgeld_satz": 35_000, "zv_pauschal_grenze": 8_948}
DEDUCTIONS = ("lohnsteuer", "soli", "kirchensteuer", "kv_an", "zb_an", "pv_an", "rv_an", "av_an")
NEW = ("entgeltumwandlung", "umwandlung_zuschuss", *JOINS)


def slip(outputs: tuple[str, ...] = OUTPUTS, **columns: Any) -> dict[str, list[int]]:
    result = gross_to_net(MAY, {**BASE, **columns}, outputs)
    assert result.faults == [], result.faults
    return {name: result.cents(name).tolist() for name in outputs}


def test_zero_inputs_change_nothing() -> None:
    rng = np.random.default_rng(20261125)
    rows = 300
    people = {**ZV, "brutto": rng.integers(40_000, 1_300_000, rows), "zulagen": rng.integers(0, 40_000, rows),
              "steuerklasse": rng.integers(1, 7, rows), "von_tag": rng.integers(0, 9, rows),
              "einmalzahlung": rng.integers(0, 2, rows) * 200_000, "sv_tage_bisher": 120,
              "jahresarbeitslohn_erwartet": 4_500_000, "zv_verfahren": rng.integers(0, 2, rows)}
    zeros = np.zeros(rows, dtype=np.int64)
    assert slip(**people) == slip(**people, **dict.fromkeys(NEW, zeros))


def test_no_doubtful_value_of_the_benefits_stands_behind_a_payslip() -> None:
    behind = {one.name for one in law_of(MAY).doubtful_parameters(OUTPUTS)}
    own = {name for name, one in rule_book().parameters.items() if one.folder == "nebenleistungen"}
    assert len(own) > 15
    # The flat taxes of § 40a EStG are part of the payslip, and so is the rate of their church tax by land.
    assert behind & own == {"kirchensteuersatz_pauschal_land"}


def test_benefits_are_taxed_in_gross_and_not_paid_out() -> None:
    car = {"nl_listenpreis": 3_000_000, "nl_pauschal_25_geld": 10_000, "nl_mittagessen": 10,
           "nl_mahlzeiten_pauschal": 1}
    columns, found = benefits(MAY, {**BASE, **ZV, **car})
    assert found.faults == []
    assert int(found.cents("nl_jobticket_steuerfrei")[0]) == 0
    with_car = gross_to_net(MAY, columns, OUTPUTS)
    c = {name: int(with_car.cents(name)[0]) for name in OUTPUTS}
    # the taxes and contributions are those of 300.00 more pay that is not pensionable
    like = {name: cents[0] for name, cents in slip(**ZV, zulagen=30_000, zv_frei=30_000).items()}
    assert {name: c[name] for name in DEDUCTIONS} == {name: like[name] for name in DEDUCTIONS}
    assert c["gesamtbrutto"] == 400_000 + 30_000 + 10_000 + 4_570
    assert c["steuerbrutto"] == 430_000
    assert c["zv_umlage"] == 17_000
    assert c["netto"] == c["gesamtbrutto"] - sum(c[name] for name in DEDUCTIONS) - c["zv_an"]
    assert c["auszahlung"] == c["netto"] - 30_000 - 4_570
    flat = int(found.cents("nl_pauschalsteuern")[0])
    assert flat == 3_643 + 200 + 255
    assert c["ag_kosten"] == like["ag_kosten"] + 10_000 + 4_570 + flat


def test_flat_tax_passed_on_lowers_gross_but_no_base() -> None:
    facts = {**BASE, "nl_pauschal_25_geld": 20_000}
    borne, passed = (gross_to_net(MAY, benefits(MAY, {**facts, "nl_pauschal_abwaelzung": flag})[0], OUTPUTS)
                     for flag in (0, 1))
    tax = 5_000 + 275 + 350
    for name in OUTPUTS:
        moved = -tax if name in ("gesamtbrutto", "netto", "auszahlung", "ag_kosten") else 0
        assert passed.cents(name)[0] == borne.cents(name)[0] + moved, name


@pytest.mark.parametrize("converted", [10_000, 33_800, 33_801, 50_000, 67_600, 90_000])
def test_deferred_pay_spread_over_the_year(converted: int) -> None:
    """§ 3 Nr. 63: 8 % of 101,400 / 12 = 676.00 without tax; Nr. 9 SvEV: 4 % / 12 = 338.00 without contributions."""
    own = {name: cents[0] for name, cents in slip(entgeltumwandlung=converted, umwandlung_verfahren=0).items()}
    taxed = slip(brutto=400_000 - min(converted, 67_600))
    insured = slip(brutto=400_000 - min(converted, 33_800))
    for name in DEDUCTIONS:
        like = taxed if name in ("lohnsteuer", "soli", "kirchensteuer") else insured
        assert own[name] == like[name][0], name
    assert own["gesamtbrutto"] == 400_000
    assert own["auszahlung"] == 400_000 - converted - sum(own[name] for name in DEDUCTIONS)


def test_deferred_pay_uses_up_the_year_and_class_vi_has_none() -> None:
    names = ("umwandlung_steuerfrei", "umwandlung_sv_frei")
    used = slip(names, entgeltumwandlung=np.array([60_000, 60_000, 60_000, 60_000]),
                umwandlung_steuerfrei_bisher=np.array([0, 780_000, 811_200, 0]),
                umwandlung_sv_frei_bisher=np.array([0, 380_000, 405_600, 0]), steuerklasse=np.array([1, 1, 1, 6]))
    assert used == {names[0]: [60_000, 31_200, 0, 0], names[1]: [60_000, 25_600, 0, 0]}


def test_subsidy_counts_first_and_its_excess_is_pay() -> None:
    full = slip(("steuerbrutto", "sv_brutto_rv", "ag_kosten", "gesamtbrutto"), entgeltumwandlung=30_000,
                umwandlung_zuschuss=4_500, umwandlung_verfahren=0)
    plain = slip(("steuerbrutto", "sv_brutto_rv"))
    # 345.00 are free of tax, 338.00 of contributions
    assert full["steuerbrutto"] == [plain["steuerbrutto"][0] - 30_000]
    assert full["sv_brutto_rv"] == [plain["sv_brutto_rv"][0] - 30_000 + 700]
    assert full["gesamtbrutto"] == [400_000]


def test_subsidy_is_at_most_what_the_employer_saves() -> None:
    pay = np.array([400_000, 700_000, 900_000, 400_000])
    given = subsidy(MAY, {**BASE, "brutto": pay, "entgeltumwandlung": np.array([20_000, 20_000, 20_000, 0])})
    # above the health ceiling 5,812.50 only pension and unemployment (10.6 %) are saved, above 8,450.00 nothing
    assert given.tolist() == [3_000, 2_120, 0, 0]


def test_deferred_pay_leaves_pensionable_pay_and_lowers_the_free_umlage() -> None:
    """§ 3 Nr. 56 Satz 3: 338.00 a month less what is free under Nr. 63; Umlage 4.25 % of 4,000.00 = 170.00."""
    names = ("zv_umlage", "zv_steuerfrei", "zv_pauschal", "zv_individuell")
    columns = {**ZV, "entgeltumwandlung": np.array([0, 16_800, 20_000, 30_000])}
    assert slip(names, **columns) == {
        names[0]: [17_000] * 4, names[1]: [17_000, 17_000, 13_800, 3_800], names[2]: [0, 0, 3_200, 8_948],
        names[3]: [0, 0, 0, 4_252]}
    used_up = slip(names[:2], **columns, zv_verfahren=1, zv_steuerfrei_bisher=300_000,
                   umwandlung_steuerfrei_bisher=90_000)
    assert used_up[names[1]] == [15_600, 0, 0, 0]


def test_more_deferred_than_paid_and_negative_amounts_are_refused() -> None:
    for columns, text in (({"brutto": 50_000, "entgeltumwandlung": 60_000}, "höher als das laufende Entgelt"),
                          ({"entgeltumwandlung": -1}, "unter null"), ({"umwandlung_zuschuss": -1}, "unter null")):
        result = gross_to_net(MAY, {**BASE, **columns}, ["netto"])
        assert [text in one.message for one in result.faults] == [True]


def test_garnishment_counts_money_and_benefits_apart() -> None:
    """§ 850e Nr. 3 ZPO: the benefit moves the table, the money is what can be taken; § 1a BetrAVG stays free."""
    plain, _ = reaches(MAY, {**BASE, "brutto": 200_000, "pf_sachbezuege": 0})
    kind, _ = reaches(MAY, {**BASE, "brutto": 200_000, "sachbezuege": 30_000})
    outside, _ = reaches(MAY, {**BASE, "brutto": 200_000, "pf_sachbezuege": 30_000})
    assert kind.cents("pf_netto").tolist() == plain.cents("pf_netto").tolist()
    assert kind.cents("pf_reichweite").tolist() == outside.cents("pf_reichweite").tolist()
    assert kind.cents("pf_reichweite")[0] > plain.cents("pf_reichweite")[0]
    saved, _ = reaches(MAY, {**BASE, "entgeltumwandlung": 33_800})
    item, _ = reaches(MAY, BASE, [ExemptItem("entgeltumwandlung", "brutto", 33_800)])
    assert saved.cents("pf_netto").tolist() == item.cents("pf_netto").tolist()
    above, _ = reaches(MAY, {**BASE, "entgeltumwandlung": 40_000})
    assert above.cents("pf_netto")[0] > saved.cents("pf_netto")[0]
    with pytest.raises(InputError, match="nur eines von beiden"):
        notional_inputs(MAY, {**BASE, "entgeltumwandlung": 1}, [ExemptItem("entgeltumwandlung", "brutto", 1)])


def test_benefits_and_deferred_pay_explain_themselves() -> None:
    car = explain(MAY, {**BASE, "nl_listenpreis": 3_000_000, "nl_entfernung_km": 9, "nl_arbeitsweg_dienstwagen": 1}, 0,
                  "nl_sachbezuege", expected=30_000 + 8_100)
    assert any("Arbeitsweg mit dem Dienstwagen" in line for line in car.lines())
    free = explain(MAY, {**BASE, "entgeltumwandlung": 20_000}, 0, "umwandlung_sv_frei", expected=20_000)
    assert any("SvEV" in line for line in free.lines())


def test_random_benefits_add_up() -> None:
    rng = np.random.default_rng(20261126)
    rows = 200
    facts = {"nl_fruehstuecke": rng.integers(0, 20, rows), "nl_mittagessen": rng.integers(0, 20, rows),
             "nl_mahlzeiten_pauschal": rng.integers(0, 2, rows), "nl_listenpreis": rng.integers(0, 6_000_000, rows),
             "nl_entfernung_km": rng.integers(0, 40, rows), "nl_arbeitsweg_dienstwagen": rng.integers(0, 2, rows),
             "nl_arbeitsweg_pauschal": rng.integers(0, 2, rows), "nl_fahrtkostenzuschuss": rng.integers(0, 9_000, rows),
             "nl_jobticket": rng.integers(0, 6_300, rows), "nl_jobticket_art": rng.integers(0, 3, rows),
             "nl_sachbezuege_freigrenze": rng.integers(4_000, 6_000, rows),
             "nl_pauschal_37b": rng.integers(0, 900, rows)}
    names = ("nl_sachbezuege", "nl_geldleistungen", "nl_steuerpflichtig", "nl_sv_pflichtig", "nl_pauschalsteuern")
    result = gross_to_net(MAY, {**BASE, **facts}, names)
    assert result.faults == []
    for row in range(rows):
        kind, money, taxed, insured, flat_taxes = (int(result.cents(name)[row]) for name in names)
        f = {name: int(column[row]) for name, column in facts.items()}
        meals = 237 * f["nl_fruehstuecke"] + 457 * f["nl_mittagessen"]
        base = f["nl_listenpreis"] // 10_000 * 10_000
        way = floor(Fraction(base * 3 * f["nl_entfernung_km"], 10_000) + Fraction(1, 2))
        way *= f["nl_arbeitsweg_dienstwagen"]
        small = f["nl_sachbezuege_freigrenze"] if f["nl_sachbezuege_freigrenze"] > 5_000 else 0
        ticket = f["nl_jobticket"] if f["nl_jobticket_art"] else 0
        assert kind == meals + base // 100 + way + ticket + small + f["nl_pauschal_37b"]
        room = 38 * f["nl_entfernung_km"] * 15 * f["nl_arbeitsweg_pauschal"]
        flat_way = min(way, room)
        flat_money = min(f["nl_fahrtkostenzuschuss"], room - flat_way)
        flat_meals = meals * f["nl_mahlzeiten_pauschal"]
        flat_ticket = ticket * (f["nl_jobticket_art"] == 1)
        flat = flat_way + flat_money + flat_meals + flat_ticket
        assert taxed == kind + money - flat - f["nl_pauschal_37b"]
        assert insured == taxed + f["nl_pauschal_37b"]
        tax = sum(floor(Fraction(amount, 100) + Fraction(1, 2)) for amount in (
            25 * flat_meals, 15 * (flat_way + flat_money), 25 * flat_ticket, 30 * f["nl_pauschal_37b"]))
        assert flat_taxes == tax + tax * 55 // 1000 + tax * 7 // 100
