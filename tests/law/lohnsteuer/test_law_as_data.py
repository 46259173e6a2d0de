"""A tax year is data: values agree with each other, a further plan and further tariff zones need no new code."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from payroll.law import rules as law_rules
from payroll.law.calculate import rule_book
from payroll.law.engine import DatedValue, Money, Rate, RuleBook, euro, evaluate, explain, rules_in
from payroll.law.engine.parameters import IN_FORCE
from payroll.law.parameters import load_parameters
from payroll.law.rules.lohnsteuer.eingaben import INPUTS
from payroll.law.rules.lohnsteuer.tarif import einkommensteuer

DAYS = (date(2024, 1, 1), date(2024, 12, 1), date(2025, 1, 1), date(2026, 1, 1))
ROW = {"lzz": 2, "stkl": 1, "re4": 450000, "kvz": 290, "r": 1}


def value(name: str, day: date) -> object:
    dated = rule_book("lohnsteuer").parameters[name].on(day)
    assert dated is not None
    return dated.wert


@pytest.mark.parametrize("day", DAYS)
def test_the_zones_meet_within_a_euro_and_start_at_the_basic_allowance(day: date) -> None:
    zones = rule_book("lohnsteuer").build(day).arguments["tarifzonen"]
    assert zones[1]["bezug"] == value("grundfreibetrag", day)
    for one, following in pairwise(zones):
        end = following["ab"] - 1
        before, after = (einkommensteuer(Rate(int(x)), zones).num for x in (end, following["ab"]))
        assert 0 <= after - before <= 100
        assert one["ab"] <= end


@pytest.mark.parametrize("day", DAYS)
def test_minimum_of_class_six_is_fourteen_percent(day: date) -> None:
    rules = rule_book("lohnsteuer").build(day)
    row = {**ROW, "lzz": 1, "stkl": 6, "re4": 1_000_000, "pkv": 1, "krv": 2 if day.year == 2024 else 1, "alv": 1}
    result = evaluate(rules, row, ["jahressteuer__laufend", "tarifeinkommen__laufend"])
    taxable = int(result.cents("tarifeinkommen__laufend")[0])
    assert int(result.cents("jahressteuer__laufend")[0]) == taxable * 14 // 100 * 100


def with_a_further_plan() -> RuleBook:
    """The law with a made-up tariff of six zones from 2028 on."""
    rules, inputs, exports = rules_in(law_rules, ("lohnsteuer",))
    parameters = {one.name: one for one in load_parameters()}
    old = parameters["tarifzonen"]
    zones = [*old.werte[-1].wert, {"ab": 280_000, "bezug": 0, "a": 0, "b": 4700, "c": Decimal("-25070.38")}]
    plan = DatedValue(date(2028, 1, 1), None, zones, "erfunden", "entwurf")
    parameters["tarifzonen"] = replace(old, werte=(*old.werte, plan))
    return RuleBook(rules, inputs, parameters.values(), exports)


def test_a_further_plan_is_one_more_dated_value() -> None:
    row = {"lzz": 1, "stkl": [1, 1, 3], "re4": [30_000_000, 32_000_000, 64_000_000], "krv": 1, "alv": 1, "pkv": 1}
    book = with_a_further_plan()
    before, after = (evaluate(book.build(day), row, ["lstlzz", "tarifeinkommen__laufend"])
                     for day in (date(2027, 12, 31), date(2028, 1, 1)))
    x = [int(one) for one in after.cents("tarifeinkommen__laufend")]
    assert x[0] > 280_000
    assert [int(tax) for tax in after.cents("lstlzz")] == [
        (one * 47 - 2_507_038) // 100 * 100 * split for one, split in zip(x, (1, 1, 2), strict=True)]
    assert [int(tax) for tax in before.cents("lstlzz")] == [
        (one * 45 - 1_947_038) // 100 * 100 * split for one, split in zip(x, (1, 1, 2), strict=True)]


def test_a_sixth_zone_is_only_another_line() -> None:
    zones = rule_book("lohnsteuer").build(date(2026, 1, 1)).arguments["tarifzonen"]
    six = (*zones, {"ab": Fraction(280_000), "bezug": Fraction(0), "a": Fraction(0), "b": Fraction(4700),
                    "c": Fraction("-25070.38")})
    assert einkommensteuer(Rate(300_000), six).num == euro(300_000 * 47 // 100 - 25071).num
    assert einkommensteuer(Rate(279_999), six).num == einkommensteuer(Rate(279_999), zones).num
    assert einkommensteuer(Rate(100_000), six[:2]).num > einkommensteuer(Rate(100_000), zones).num


def test_the_year_after_the_last_plan_is_computed_but_marked_as_unconfirmed() -> None:
    told = explain(rule_book("lohnsteuer").build(date(2027, 1, 1)), ROW, 0, "lstlzz")
    assert {one.name for one in told.sources if one.status not in IN_FORCE} == {"tarifzonen"}
    told = explain(rule_book("lohnsteuer").build(date(2026, 12, 1)), ROW, 0, "lstlzz")
    assert all(one.in_force for one in told.sources)


@pytest.mark.parametrize("name", ["lstlzz", "solzlzz", "bk", "sts", "solzs", "bks", "vfrbs2", "wvfrbm"])
@pytest.mark.parametrize("day", DAYS)
def test_every_result_can_be_explained(name: str, day: date) -> None:
    rows = {"lzz": 2, "stkl": [1, 3, 5, 4], "re4": [450000, 620000, 300000, 910000], "kvz": 290, "r": 1,
            "zkf": [10, 0, 0, 5], "sonstb": [0, 300000, 150000, 40000], "jre4": [0, 7440000, 3600000, 10920000],
            "vbez": [0, 620000, 0, 0], "vbezm": [0, 620000, 0, 0], "vjahr": 2019, "jvbez": [0, 7440000, 0, 0],
            "mbv": [0, 0, 0, 100000], "f": [1000, 1000, 1000, 912]}
    rules = rule_book("lohnsteuer").build(day)
    batch = evaluate(rules, rows, [name]).cents(name)
    for row in range(4):
        told = explain(rules, rows, row, name)
        assert told.value == int(batch[row])
        assert told.lines()[0].endswith(f"(Recht am {day:%d.%m.%Y})")


def test_an_explanation_shows_the_formula_of_the_zone_with_its_figures() -> None:
    told = explain(rule_book("lohnsteuer").build(date(2026, 5, 1)), ROW, 0, "lstlzz")
    figures = next(step.figures for step in told.steps if step.name == "jahressteuer__laufend")
    assert "(173,1 × (42.177 − 17.799) ÷ 10.000 + 2.397) × (42.177 − 17.799) ÷ 10.000 + 1.034,87" in figures
    assert told.value == 65883


def test_amounts_beyond_the_machine_word_stay_exact() -> None:
    rules = rule_book("lohnsteuer").build(date(2026, 1, 1))
    huge = [10**15, 10**18, 10**21]
    computed = evaluate(rules, {"lzz": 1, "stkl": 1, "re4": huge, "kvz": 0}, ["lstlzz"]).columns["lstlzz"].num
    # 1 230 + 36, and pension 9 430.20 + health and care 6 138.00, rounded up
    taxable = [cents // 100 - 1_266 - 15_569 for cents in huge]
    assert [int(tax) for tax in computed] == [(x * 45 - 1_947_038) // 100 * 100 for x in taxable]


def test_every_input_of_the_plan_is_declared_once_with_a_default() -> None:
    names = [one.name for one in INPUTS]
    assert len(names) == len(set(names)) == 38
    assert [one.name for one in INPUTS if one.default is None] == ["lzz", "stkl", "re4"]
    assert Money.kind in {one.kind for one in INPUTS}


@pytest.mark.parametrize(("day", "wrong", "said"), [
    (date(2026, 1, 1), {"lzz": [2, 5, 0]}, "Lohnzahlungszeitraum (LZZ): erlaubt sind 1 bis 4"),
    (date(2026, 1, 1), {"stkl": [1, 7, 0]}, "Steuerklasse (STKL): erlaubt sind 1 bis 6"),
    (date(2025, 1, 1), {"krv": [1, 2, -1]}, "Rentenversicherung (KRV): erlaubt sind 0 bis 1"),
    (date(2024, 1, 1), {"krv": [2, 3, -1]}, "Rentenversicherung (KRV): erlaubt sind 0 bis 2"),
])
def test_a_code_that_does_not_exist_takes_only_its_row_out(day: date, wrong: dict[str, list[int]], said: str) -> None:
    result = evaluate(rule_book("lohnsteuer").build(day), {**ROW, **wrong}, ["lstlzz"])
    assert [fault.row for fault in result.faults] == [1, 2]
    assert all(fault.message.startswith(said) for fault in result.faults)
    assert [int(tax) > 0 for tax in result.cents("lstlzz")] == [True, False, False]
