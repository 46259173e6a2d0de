"""Rules of social insurance one by one, against tables that can be checked by hand."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest

from payroll.law.calculate import rule_book
from payroll.law.engine import Result, evaluate
from payroll.law.engine.explain import explain

PLAIN: dict[str, Any] = {
    "beitragsgruppe_kv": 1, "beitragsgruppe_rv": 1, "beitragsgruppe_av": 1, "beitragsgruppe_pv": 1,
    "personengruppe": 101, "kv_art": 0, "sv_entgelt_laufend": 300_000, "regelmaessiges_entgelt": 200_001,
    "zusatzbeitrag": 29_000,
}
PRIVATE = {"beitragsgruppe_kv": 0, "beitragsgruppe_pv": 0, "kv_art": 2}
MINI = {"personengruppe": 109, "beitragsgruppe_kv": 6, "beitragsgruppe_av": 0, "beitragsgruppe_pv": 0}
TRAINEE = {"personengruppe": 121, "sv_entgelt_laufend": 31_000}


def law(month: date, outputs: str, **inputs: Any) -> Result:
    given = {**PLAIN, "kalendermonat": month.month, **inputs}
    return evaluate(rule_book("sozialversicherung").build(month), given, outputs.split(), rows=1)


def cents(month: date, outputs: str, **inputs: Any) -> tuple[int, ...]:
    result = law(month, outputs, **inputs)
    assert not result.faults, result.faults
    return tuple(int(result.cents(name)[0]) for name in outputs.split())


def parameter(name: str, year: int) -> Fraction:
    return Fraction(rule_book("sozialversicherung").parameters[name].argument(date(year, 1, 1)).value)


# --- childless surcharge by age ------------------------------------------------------------------------------------

@pytest.mark.parametrize(("born", "month", "due"), [
    ("2003-05-15", "2026-05", False),  # completed on 14 May 2026
    ("2003-05-15", "2026-06", True),
    ("2003-05-01", "2026-04", False),  # completed on 30 April 2026: the month after is May
    ("2003-05-01", "2026-05", True),
    ("2003-05-02", "2026-05", False),
    ("2003-05-31", "2026-06", True),
    ("2003-12-15", "2026-12", False),
    ("2003-12-15", "2027-01", True),
    ("2003-01-01", "2025-12", False),  # completed on 31 December 2025
    ("2003-01-01", "2026-01", True),
    ("2004-02-29", "2027-02", False),  # completed on 28 February 2027
    ("2004-02-29", "2027-03", True),
    ("1939-12-31", "2026-01", False),
    ("1940-01-01", "2026-01", True),
])
def test_childless_surcharge_from_the_month_after_the_23rd_year(born: str, month: str, due: bool) -> None:
    day = date.fromisoformat(f"{month}-01")
    given = {"kinderlos": 1, "geburtsdatum": int(born.replace("-", "")), "kalenderjahr": day.year}
    assert cents(day, "kinderlos_zuschlag_nach_alter", **given) == (int(due),)


def test_parents_never_pay_the_surcharge_and_a_missing_birthday_is_named() -> None:
    day = date(2026, 1, 1)
    assert cents(day, "kinderlos_zuschlag_nach_alter", kinderlos=0, kalenderjahr=2026) == (0,)
    faults = law(day, "kinderlos_zuschlag_nach_alter", kinderlos=1, kalenderjahr=2026).faults
    assert [fault.rule for fault in faults] == ["kinderlos_zuschlag_nach_alter"]
    assert "Geburtsdatum angeben" in faults[0].message


# --- care insurance: table of rates by number of children ------------------------------------------------------------

RATES = {  # year: employer, childless, none/one, two, three, four, five and more (percent), outside Saxony and in it
    2024: (("1.7", "2.3", "1.7", "1.45", "1.2", "0.95", "0.7"), ("1.2", "2.8", "2.2", "1.95", "1.7", "1.45", "1.2")),
    2025: (("1.8", "2.4", "1.8", "1.55", "1.3", "1.05", "0.8"), ("1.3", "2.9", "2.3", "2.05", "1.8", "1.55", "1.3")),
    2026: (("1.8", "2.4", "1.8", "1.55", "1.3", "1.05", "0.8"), ("1.3", "2.9", "2.3", "2.05", "1.8", "1.55", "1.3")),
}


@pytest.mark.parametrize("year", RATES)
@pytest.mark.parametrize("saxony", [0, 1])
def test_care_rates_by_children(year: int, saxony: int) -> None:
    employer, childless, *by_children = (int(Decimal(text) * 1000) for text in RATES[year][saxony])
    month = date(year, 6, 1)
    common = {"sachsen": saxony, "sv_entgelt_laufend": 100_000}
    assert cents(month, "pv_an pv_ag", kinderlos_zuschlag=1, **common) == (childless, employer)
    for children, expected in enumerate([by_children[0], *by_children, by_children[-1], by_children[-1]]):
        assert cents(month, "pv_an pv_ag", kinder_unter_25=children, **common) == (expected, employer), children


# --- ceilings, days ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("days", "kv", "rv"), [(30, 581_250, 845_000), (14, 271_250, 394_333), (1, 19_375, 28_167),
                                                (0, 0, 0)])
def test_ceilings_of_partial_months_2026(days: int, kv: int, rv: int) -> None:
    found = cents(date(2026, 2, 1), "sv_brutto_kv sv_brutto_rv", sv_entgelt_laufend=999_999_99, sv_tage=days)
    assert found == (kv, rv)


def test_east_ceiling_ended_with_2024() -> None:
    given = {"sv_entgelt_laufend": 1_000_000, "sv_ost": 1}
    assert cents(date(2024, 12, 1), "sv_brutto_rv", **given) == (745_000,)
    assert cents(date(2025, 1, 1), "sv_brutto_rv", **given) == (805_000,)


def test_halves_are_rounded_by_themselves() -> None:
    # 1,000.07: KV 73.005 -> 73.01 each, ZB 2.9 % / 2 -> 14.50, RV 93.0065 -> 93.01, AV 13.00
    found = cents(date(2026, 1, 1), "kv_an kv_ag zb_an zb_ag rv_an rv_ag av_an av_ag", sv_entgelt_laufend=100_007)
    assert found == (7301, 7301, 1450, 1450, 9301, 9301, 1300, 1300)


# --- Midijob, Minijob -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_factor_f_follows_from_the_rates(year: int) -> None:
    kv = parameter("sv_satz_kv_allgemein", year) + parameter("sv_satz_kv_zusatz_durchschnitt", year)
    total = kv + sum(parameter(f"sv_satz_{branch}", year) for branch in ("pv", "rv", "av"))
    top = Fraction(28, 100) if year < 2027 else kv + Fraction(15, 100)
    expected = (Decimal((top / total).numerator) / Decimal((top / total).denominator)).quantize(
        Decimal("0.0001"), ROUND_HALF_UP)
    found = law(date(year, 1, 1), "sv_faktor").columns["sv_faktor"]
    assert Fraction(int(found.num[0]), int(found.den)) == Fraction(expected)


@pytest.mark.parametrize(("year", "wage"), [(2024, "12.41"), (2025, "12.82"), (2026, "13.90"), (2027, "14.60")])
def test_minijob_limit_follows_from_the_minimum_wage(year: int, wage: str) -> None:
    assert parameter("sv_minijob_grenze_monat", year) == ceil(Fraction(wage) * 130 / 3) * 100


@pytest.mark.parametrize(("year", "slope", "constant", "slope_an", "constant_an"), [
    (2024, "1.116063748", "-232.12749658", "1.367989056", "-735.978112"),
    (2025, "1.127718283", "-255.436565097", "1.385041551", "-770.083102493"),
])
def test_published_short_forms_give_the_same_bases(year: int, slope: str, constant: str, slope_an: str,
                                                   constant_an: str) -> None:
    def short(pay: int, factor: str, added: str) -> int:
        return int((Decimal(factor) * pay + Decimal(added) * 100).quantize(Decimal(1), ROUND_HALF_UP))

    for pay in range(57_001, 200_001, 4_567):
        found = cents(date(year, 3, 1), "be_gesamt be_an", sv_entgelt_laufend=pay, regelmaessiges_entgelt=pay)
        assert found == (short(pay, slope, constant), short(pay, slope_an, constant_an)), pay


def test_midijob_bases_stay_below_pay_and_meet_it_at_the_upper_end() -> None:
    last = (0, 0)
    for pay in range(60_301, 200_001, 999):
        be, be_an = cents(date(2026, 3, 1), "be_gesamt be_an", sv_entgelt_laufend=pay, regelmaessiges_entgelt=pay)
        assert be_an <= be <= pay
        assert (be, be_an) > last
        last = (be, be_an)
    assert cents(date(2026, 3, 1), "be_gesamt be_an ist_midijob", sv_entgelt_laufend=200_000,
                 regelmaessiges_entgelt=200_000) == (200_000, 200_000, 1)


@pytest.mark.parametrize(("inputs", "is_midi", "formula"), [
    ({"sv_entgelt_laufend": 60_300, "regelmaessiges_entgelt": 60_300}, 0, False),
    ({"sv_entgelt_laufend": 60_301, "regelmaessiges_entgelt": -1}, 1, True),
    ({"sv_entgelt_laufend": 200_001, "regelmaessiges_entgelt": -1}, 0, False),
    ({"sv_entgelt_laufend": 200_001, "regelmaessiges_entgelt": 150_000}, 1, False),
    ({"sv_entgelt_laufend": 150_000, "sv_entgelt_einmalig": 50_000, "regelmaessiges_entgelt": 150_000}, 1, True),
    ({"sv_entgelt_laufend": 150_000, "sv_entgelt_einmalig": 50_001, "regelmaessiges_entgelt": 150_000}, 1, False),
    ({"sv_entgelt_laufend": 100_000, "sv_tage": 15, "regelmaessiges_entgelt": 200_000}, 1, True),
    ({"sv_entgelt_laufend": 100_001, "sv_tage": 15, "regelmaessiges_entgelt": 200_000}, 1, False),
    ({"sv_entgelt_laufend": 100_000, "regelmaessiges_entgelt": -1, "personengruppe": 102}, 0, False),
    ({"sv_entgelt_laufend": 100_000, "regelmaessiges_entgelt": -1, "personengruppe": 123}, 0, False),
    ({"sv_entgelt_laufend": 150_000, "weiteres_entgelt": 60_000, "regelmaessiges_entgelt": -1}, 0, False),
    ({"sv_entgelt_laufend": 40_000, "weiteres_entgelt": 60_000, "regelmaessiges_entgelt": -1}, 1, True),
])
def test_who_is_in_the_midijob_band(inputs: dict[str, int], is_midi: int, formula: bool) -> None:
    midi, be = cents(date(2026, 5, 1), "ist_midijob be_gesamt", **inputs)
    assert (midi, be > 0) == (is_midi, formula)


def test_u2_in_the_midijob_leaves_the_one_off_out() -> None:
    month, common = date(2026, 11, 1), {"regelmaessiges_entgelt": 120_000, "u2_satz": 3_900, "sv_tage_bisher": 300}
    (alone,) = cents(month, "u2", sv_entgelt_laufend=120_000, **common)
    with_one_off = cents(month, "u2 be_gesamt", sv_entgelt_laufend=120_000, sv_entgelt_einmalig=30_000, **common)
    assert alone == 422  # 1,083.25 x 0.39 %
    assert with_one_off[0] == alone
    assert with_one_off[1] > 108_325


@pytest.mark.parametrize(("pay", "days", "digit", "expected"), [
    (12_000, 30, 1, (1455, 1800)), (17_500, 30, 1, (630, 2625)), (60_300, 30, 1, (2171, 9045)),
    (5_000, 15, 1, (878, 750)),  # minimum base 87.50: 16.275 -> 16.28 - 7.50
    (12_000, 30, 5, (0, 1800)),
])
def test_minijob_pension(pay: int, days: int, digit: int, expected: tuple[int, int]) -> None:
    given = {**MINI, "beitragsgruppe_rv": digit, "sv_entgelt_laufend": pay, "sv_tage": days}
    assert cents(date(2026, 1, 1), "rv_an rv_ag", **given) == expected


def test_no_minimum_base_beside_a_main_employment() -> None:
    given = {**MINI, "sv_entgelt_laufend": 12_000, "anderweitig_rentenversichert": 1}
    assert cents(date(2026, 1, 1), "rv_an rv_ag", **given) == (432, 1_800)  # 18.6 % of 120.00 = 22.32


def test_one_off_in_a_month_without_current_pay_counts_with_the_pay_that_fell_out() -> None:
    month, given = date(2026, 11, 1), {"sv_entgelt_laufend": 0, "sv_tage": 0, "sv_tage_bisher": 240, "u2_satz": 3_900,
                                       "sv_brutto_kv_bisher": 720_000, "sv_brutto_rv_bisher": 720_000}
    within = cents(month, "be_gesamt be_an u2 sv_brutto_rv", **given, sv_entgelt_einmalig=85_000,
                   regelmaessiges_entgelt=90_000)
    same_pay = cents(month, "be_gesamt be_an", sv_entgelt_laufend=85_000, regelmaessiges_entgelt=90_000)
    assert within == (*same_pay, 0, 85_000)
    beyond = cents(month, "be_gesamt rv_an", **given, sv_entgelt_einmalig=85_000, regelmaessiges_entgelt=115_001)
    assert beyond == (0, 7_905)
    no_room = {**given, "sv_tage_bisher": 0, "sv_brutto_kv_bisher": 0, "sv_brutto_rv_bisher": 0}
    nothing = cents(month, "be_gesamt rv_an", **no_room, sv_entgelt_einmalig=85_000, regelmaessiges_entgelt=90_000)
    assert nothing == (0, 0)


def test_minijob_shows_actual_pay_and_costs_nothing_else() -> None:
    given = {**MINI, "sv_entgelt_laufend": 50_000, "kinderlos_zuschlag": 1, "u2_satz": 2_200}
    found = cents(date(2026, 1, 1), "kv_an zb_an pv_an av_an zb_ag pv_ag av_ag kv_ag pauschsteuer_2 u2 sv_brutto_kv "
                                    "sv_brutto_rv", **given)
    assert found == (0, 0, 0, 0, 0, 0, 0, 6_500, 1_000, 110, 50_000, 50_000)


# --- employer alone ---------------------------------------------------------------------------------------------------

def test_low_earner_with_surcharge_in_saxony_costs_the_employee_nothing() -> None:
    # 310.00: KV 2 x 22.63, ZB 2 x 4.50, PV 4.03 + 7.13 + 1.86, RV 2 x 28.83, AV 2 x 4.03
    found = cents(date(2026, 9, 1), "kv_an zb_an pv_an rv_an av_an kv_ag zb_ag pv_ag rv_ag av_ag", **TRAINEE,
                  sachsen=1, kinderlos_zuschlag=1)
    assert found == (0, 0, 0, 0, 0, 4526, 900, 1302, 5766, 806)


def test_above_the_low_earners_limit_both_pay_and_the_fund_s_own_rate_counts() -> None:
    found = cents(date(2026, 9, 1), "kv_an kv_ag zb_an", **{**TRAINEE, "sv_entgelt_laufend": 32_501})
    assert found == (2373, 2373, 471)


def test_intern_without_pay_and_volunteer_after_employment() -> None:
    intern = {**PRIVATE, "personengruppe": 105, "sv_entgelt_laufend": 0, "kv_art": 3}
    assert cents(date(2026, 9, 1), "rv_an rv_ag av_an av_ag sv_brutto_rv u2", **intern, u2_satz=3_900) == (
        0, 736, 0, 102, 3955, 0)
    volunteer = {"personengruppe": 123, "sv_entgelt_laufend": 45_000, "dienst_nach_beschaeftigung": 1}
    # unemployment insurance on 3,955.00: 2 x 51.42 (51.415)
    assert cents(date(2026, 9, 1), "av_an av_ag rv_ag", **volunteer) == (0, 10_284, 8_370)


def test_partial_retirement_adds_up_to_90_percent_of_the_ceiling() -> None:
    found = cents(date(2026, 4, 1), "sv_altersteilzeit_basis rv_an", personengruppe=103, sv_entgelt_laufend=600_000)
    assert found == (160_500, 55_800)  # 90 % of 8,450.00 = 7,605.00


# --- subsidies --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("year", "with_sick_pay", "without", "care", "care_saxony"), [
    (2024, 42_176, 40_624, 8_798, 6_210), (2025, 47_132, 45_478, 9_923, 7_166), (2026, 50_859, 49_116, 10_463, 7_556),
])
def test_maximum_subsidies(year: int, with_sick_pay: int, without: int, care: int, care_saxony: int) -> None:
    given = {**PRIVATE, "sv_entgelt_laufend": 900_000, "pkv_beitrag_monat": 200_000, "ppv_beitrag_monat": 50_000}
    month = date(year, 6, 1)
    assert cents(month, "zuschuss_kv zuschuss_pv", **given) == (with_sick_pay, care)
    assert cents(month, "zuschuss_kv zuschuss_pv", **given, sachsen=1, pkv_ohne_krankengeld=1) == (without, care_saxony)


def test_subsidy_is_half_the_premium_at_most_and_needs_an_employee() -> None:
    given = {**PRIVATE, "sv_entgelt_laufend": 900_000, "pkv_beitrag_monat": 61_241, "ppv_beitrag_monat": 9_821}
    assert cents(date(2026, 6, 1), "zuschuss_kv zuschuss_pv", **given) == (30_621, 4_911)
    for group in (0, 106, 110, 190):
        nobody = {**given, "personengruppe": group, "beitragsgruppe_rv": 0, "beitragsgruppe_av": 0}
        assert cents(date(2026, 6, 1), "zuschuss_kv zuschuss_pv", **nobody) == (0, 0)


def test_voluntary_member_who_pays_himself_gets_half_of_both_rates() -> None:
    given = {**PRIVATE, "kv_art": 1, "sv_entgelt_laufend": 900_000}
    assert cents(date(2026, 6, 1), "kv_an zuschuss_kv zuschuss_pv", **given) == (0, 42_431 + 8_428, 10_463)


def test_civil_servants_owe_nothing() -> None:
    nothing = {"beitragsgruppe_kv": 0, "beitragsgruppe_rv": 0, "beitragsgruppe_av": 0, "beitragsgruppe_pv": 0}
    names = "kv_an rv_an av_an pv_an kv_ag rv_ag av_ag pv_ag u2 zuschuss_kv sv_brutto_kv sv_brutto_rv ist_midijob"
    found = cents(date(2026, 6, 1), names, **nothing, personengruppe=0, kv_art=2, u2_satz=3_900,
                  sv_entgelt_laufend=150_000, regelmaessiges_entgelt=-1, pkv_beitrag_monat=50_000)
    assert found == (0,) * 13


# --- one-off pay ------------------------------------------------------------------------------------------------------

MARCH = {"sv_entgelt_laufend": 570_000, "sv_entgelt_einmalig": 200_000, "sv_tage_bisher": 30,
         "sv_brutto_kv_bisher": 570_000, "sv_brutto_rv_bisher": 570_000, "vorjahr_sv_tage": 360,
         "vorjahr_sv_brutto_kv": 6_480_000, "vorjahr_sv_brutto_rv": 6_480_000, "vorjahr_zusatzbeitrag": 24_500}


def test_march_clause_adds_the_contributions_of_the_previous_year() -> None:
    # February 2026: 5,700.00 now (ZB 2.69 %) and 1,350.00 / 2,000.00 in December 2025 (ZB 2.45 %)
    names = "sv_brutto_kv_vorjahr sv_brutto_rv_vorjahr sv_brutto_kv kv_an zb_an pv_an rv_an av_an u2"
    found = cents(date(2026, 2, 1), names, **MARCH, zusatzbeitrag=26_900, u2_satz=3_900)
    assert found == (135_000, 200_000, 570_000, 41_610 + 9_855, 7_667 + 1_654, 10_260 + 2_430, 53_010 + 18_600,
                     7_410 + 2_600, 2_223)


@pytest.mark.parametrize(("month", "change", "applies"), [
    (3, {}, True), (4, {}, False), (2, {"vorjahr_sv_tage": -1}, False), (2, {"vorjahr_sv_tage": 0}, True),
    (2, {"sv_entgelt_einmalig": 22_500}, False), (2, {"sv_entgelt_einmalig": 22_501}, True),
    (2, {"beitragsgruppe_kv": 9}, False),  # voluntary: the RV ceiling decides and leaves room
    (2, {"beitragsgruppe_kv": 3}, True),
    (2, {"beitragsgruppe_kv": 9, "sv_entgelt_einmalig": 550_000}, False),
    (2, {"beitragsgruppe_kv": 9, "sv_entgelt_einmalig": 550_001}, True),
])
def test_when_the_march_clause_applies(month: int, change: dict[str, int], applies: bool) -> None:
    given = {**MARCH, "sv_tage_bisher": 30 * (month - 1), "sv_brutto_kv_bisher": 570_000 * (month - 1),
             "sv_brutto_rv_bisher": 570_000 * (month - 1), **change}
    assert cents(date(2026, month, 1), "sv_maerzklausel", **given) == (int(applies),)


def test_days_without_a_current_ceiling_take_a_one_off_after_the_end() -> None:
    found = cents(date(2026, 6, 1), "sv_brutto_kv kv_an u2", sv_entgelt_laufend=0, sv_entgelt_einmalig=100_000,
                  sv_tage=0, sv_tage_bisher=120, sv_brutto_kv_bisher=2_300_000, sv_brutto_rv_bisher=2_300_000,
                  u2_satz=3_900)
    assert found == (25_000, 1_825, 0)  # 4 x 5,812.50 - 23,000.00


# --- care insurance has a ceiling of its own --------------------------------------------------------------------------

def test_special_cases_of_care_insurance_end_at_its_own_ceiling() -> None:
    """2027 gehen die Grenzen auseinander: KV 6.375, PV 6.075 Euro im Monat (grenzen.toml)."""
    may = date(2027, 5, 1)
    assert cents(may, "sv_ifsg_basis_kv sv_ifsg_basis_pv", sv_entgelt_laufend=200_000, ifsg_entgelt=500_000) == (
        437_500, 407_500)
    assert cents(may, "sv_stoerfall_kv sv_stoerfall_pv", stoerfall_entgelt=200_000, stoerfall_bbg_kv=637_500,
                 stoerfall_bbg_pv=607_500, stoerfall_brutto_kv=500_000) == (137_500, 107_500)


# --- Midijob of those for whom the employer bears his half alone ----------------------------------------------------

@pytest.mark.parametrize(("digits", "group", "rv", "av"), [
    ((3, 3, 2, 1), 119, (0, 11_566), (0, 1_617)),      # 1,243.68 x 9.3 % and 1.3 %
    ((3, 1, 2, 1), 120, (9_813, 13_319), (0, 1_617)),  # S077: 2 x 115.66 less 1,055.12 x 9.3 %
    ((1, 1, 2, 1), 101, (9_813, 13_319), (0, 1_617)),
])
def test_employer_bears_half_of_the_contribution_on_be_alone(
        digits: tuple[int, ...], group: int, rv: tuple[int, int], av: tuple[int, int]) -> None:
    """Sections 172(1), 163(7) SGB VI, 346(3), 344(4) SGB III: half of what would be due, and that would be due on BE.

    1,340.00 in 2026 as in S077: BE 1,243.68, BE of the employee 1,055.12.
    """
    keys = dict(zip(("beitragsgruppe_kv", "beitragsgruppe_rv", "beitragsgruppe_av", "beitragsgruppe_pv"), digits,
                    strict=True))
    given = {**keys, "personengruppe": group, "sv_entgelt_laufend": 134_000, "regelmaessiges_entgelt": -1}
    may = date(2026, 5, 1)
    assert cents(may, "be_gesamt be_an", **given) == (124_368, 105_512)
    assert cents(may, "rv_an rv_ag av_an av_ag", **given) == (*rv, *av)
    assert cents(may, "pv_an pv_ag", **given) == (1_899, 2_579)


# --- low earners in training with one-off pay -----------------------------------------------------------------------

def test_the_least_base_is_one_for_all_pay_of_the_month() -> None:
    """§ 162 Nr. 1 SGB VI, § 342 SGB III: pay, at least 1 % of the reference amount (37.45 in 2025); 20.00 + 50.00."""
    june, low = date(2025, 6, 1), {"personengruppe": 121, "sv_entgelt_laufend": 2_000, "regelmaessiges_entgelt": -1}
    assert cents(june, "sv_basis_rv sv_basis_av", **low) == (3_745, 3_745)
    assert cents(june, "sv_basis_rv sv_basis_av", **low, sv_entgelt_einmalig=5_000, sv_tage_bisher=150) == (
        7_000, 7_000)


def test_both_bear_what_the_march_clause_takes_into_the_previous_year() -> None:
    """§ 20 Abs. 3 Satz 2 SGB IV: what lies above 325 euro is borne half and half, the 300.00 of the month by the
    employer alone; 6,000.00 in January 2026 exceed the room of 5,512.50 and belong to December 2025 (rates 2025)."""
    given = {"personengruppe": 121, "sv_entgelt_laufend": 30_000, "regelmaessiges_entgelt": -1,
             "sv_entgelt_einmalig": 600_000, "vorjahr_sv_tage": 360, "vorjahr_zusatzbeitrag": 25_000,
             "vorjahr_sv_brutto_kv": 360_000, "vorjahr_sv_brutto_rv": 360_000}
    january = date(2026, 1, 1)
    assert cents(january, "sv_maerzklausel", **given) == (1,)
    assert cents(january, "kv_an zb_an pv_an rv_an av_an", **given) == (43_800, 7_500, 10_800, 55_800, 7_800)
    assert cents(january, "rv_ag av_ag", **given) == (55_800 + 2 * 2_790, 7_800 + 2 * 390)
    volunteer = {**given, "personengruppe": 123}
    assert cents(january, "kv_an zb_an pv_an rv_an av_an", **volunteer) == (0, 0, 0, 0, 0)


# --- what cannot be computed is refused -----------------------------------------------------------------------------

@pytest.mark.parametrize(("inputs", "part"), [
    ({"beitragsgruppe_kv": 4}, "Landwirtschaft"), ({"beitragsgruppe_kv": 2}, "KV kennt hier nur"),
    ({"beitragsgruppe_rv": 2}, "RV kennt nur"), ({"beitragsgruppe_av": 3}, "AV kennt nur"),
    ({"beitragsgruppe_pv": 2}, "Beihilfeberechtigte"), ({"beitragsgruppe_kv": 6}, "nur für Minijobs"),
    ({"beitragsgruppe_rv": 5}, "nur für Minijobs"), ({**MINI, "beitragsgruppe_kv": 1}, "verlangt Beitragsgruppe"),
    ({"personengruppe": 122}, "Krankenkasse klären"),
])
def test_unsettled_or_contradictory_keys_are_refused_row_by_row(inputs: dict[str, int], part: str) -> None:
    columns = {**{name: [value, value] for name, value in PLAIN.items()}, "kalendermonat": 5}
    columns.update({name: [PLAIN.get(name, 0), value] for name, value in inputs.items()})
    rules = rule_book("sozialversicherung").build(date(2026, 5, 1))
    result = evaluate(rules, columns, ["kv_ag", "pv_ag", "rv_ag", "av_ag"])
    assert [fault.row for fault in result.faults] == [1]
    assert part in result.faults[0].message
    assert result.cents("kv_ag").tolist() == [21_900, 0]


@pytest.mark.parametrize("inputs", [
    {}, {"kinderlos_zuschlag": 1}, {"kinder_unter_25": 3}, MARCH, {**MINI, "sv_entgelt_laufend": 12_000}, TRAINEE,
    {"sv_entgelt_laufend": 120_000, "regelmaessiges_entgelt": -1}, {**PRIVATE, "pkv_beitrag_monat": 60_000},
], ids=str)
def test_every_amount_can_be_explained_and_the_explanation_meets_the_column(inputs: dict[str, int]) -> None:
    rules = rule_book("sozialversicherung").build(date(2026, 2, 1))
    given = {**PLAIN, "kalendermonat": 2, **inputs}
    for name in ("kv_an", "zb_an", "pv_an", "rv_an", "av_an", "kv_ag", "pv_ag", "rv_ag", "u2", "zuschuss_kv"):
        value = int(evaluate(rules, given, [name], rows=1).cents(name)[0])
        assert explain(rules, given, 0, name, expected=value) is not None
