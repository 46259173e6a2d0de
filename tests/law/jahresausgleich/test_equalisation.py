"""The worked cases of year_end.md (section 3), the plan called by hand, and what may never happen."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from payroll.law.calculate import gross_to_net, law_of, rule_book
from payroll.law.engine import InputError, evaluate
from payroll.law.equalisation import OUTPUTS, cover, equalise, explain, is_due, may_run_in, year_inputs

PLAN: dict[str, Any] = {"lzz": 1, "stkl": 1, "r": 1, "kvz": 290, "kirchensteuersatz_person": 9}
INSURED = {"beitragsgruppe_kv": 1, "beitragsgruppe_rv": 1, "beitragsgruppe_av": 1, "beitragsgruppe_pv": 1,
           "personengruppe": 101, "kv_art": 0, "zusatzbeitrag": 29_000, "geburtsdatum": 19850615, "konfession": 2}


def withheld(months: dict[int, int], one_off: int = 0, jre4: int = 0, **plan: Any) -> tuple[int, int]:
    """Wage tax and church tax (cut per month and for the one-off) of pay by number of months, by the monthly plan."""
    rules = law_of(date(2026, 11, 1), rule_book("lohnsteuer"))
    markers = {name: value for name, value in {**PLAN, **plan}.items() if name in rules.inputs} | {"lzz": 2}
    tax = church = 0
    for pay, number in months.items():
        month = evaluate(rules, {**markers, "re4": pay}, ["lstlzz", "bk"], rows=1)
        tax += number * int(month.cents("lstlzz")[0])
        church += number * (int(month.cents("bk")[0]) * 9 // 100)
    if one_off:
        once = evaluate(rules, {**markers, "re4": 0, "sonstb": one_off, "jre4": jre4}, ["sts", "bks"], rows=1)
        tax += int(once.cents("sts")[0])
        church += int(once.cents("bks")[0]) * 9 // 100
    return tax, church


def figures(pay: int, tax: int, church: int = 0, soli: int = 0, **plan: Any) -> dict[str, int]:
    result = equalise(2026, {**PLAN, **plan, "re4": np.array([pay]), "ja_lohnsteuer_einbehalten": tax,
                             "ja_kirchensteuer_einbehalten": church, "ja_soli_einbehalten": soli})
    assert result.faults == [], result.faults
    return {name.removeprefix("ja_"): int(result.cents(name)[0]) for name in OUTPUTS}


def test_part_time_then_full_time_gets_a_refund() -> None:
    """Case A: E8 step 3, class I, Roman Catholic; November bonus 3,266.86 on 34,671.14."""
    tax, church = withheld({191_727: 4, 197_095: 2, 384_336: 6}, 326_686, 3_467_114)
    assert (tax, church) == (415_560, 37_391)
    pay = 4 * 191_727 + 2 * 197_095 + 6 * 384_336 + 326_686
    assert pay == 3_793_800
    found = figures(pay, tax, church)
    assert (found["jahreslohnsteuer"], found["jahreskirchensteuer"]) == (400_800, 36_072)
    assert (found["erstattung_lohnsteuer"], found["erstattung_kirchensteuer"]) == (14_760, 1_319)
    assert found["erstattung"] == 16_079
    assert (found["bescheinigt_lohnsteuer"], found["bescheinigt_kirchensteuer"]) == (400_800, 36_072)


def test_steady_employee_gets_none_and_pays_no_shortfall() -> None:
    """Case B, class I and class III (E11 step 4, annual pay 69,490.95)."""
    tax, church = withheld({373_868: 4, 384_336: 8}, 326_686, 4_570_160)
    assert (tax, church) == (662_292, 59_599)
    found = figures(4_896_846, tax, church)
    assert (found["jahreslohnsteuer"], found["jahreskirchensteuer"], found["erstattung"]) == (662_300, 59_607, 0)
    assert found["bescheinigt_lohnsteuer"] == 662_292
    third = figures(6_949_095, 694_528, stkl=3)
    assert (third["jahreslohnsteuer"], third["erstattung"]) == (694_600, 0)


def test_civil_servant_with_promotion() -> None:
    """Case C: private premium 260.00 a month stays monthly, no pension and unemployment insurance."""
    private = {"krv": 1, "alv": 1, "pkv": 1, "pkpv": 26_000, "r": 0, "kvz": 0}
    tax, _ = withheld({357_219: 6, 388_829: 6}, **private)
    assert tax == 733_500
    found = figures(4_476_288, tax, **private)
    assert (found["jahreslohnsteuer"], found["erstattung"]) == (732_800, 700)


def test_twelve_equal_months_never_get_a_refund() -> None:
    pays = np.arange(40_000, 1_500_000, 24_113)
    rules = law_of(date(2026, 5, 1), rule_book("lohnsteuer"))
    markers = {"stkl": 1, "kvz": 290}
    month = evaluate(rules, {**markers, "lzz": 2, "re4": pays}, ["lstlzz", "solzlzz"])
    result = equalise(2026, {**markers, "lzz": 1, "re4": 12 * pays,
                             "ja_lohnsteuer_einbehalten": 12 * month.cents("lstlzz"),
                             "ja_soli_einbehalten": 12 * month.cents("solzlzz")})
    assert result.cents("ja_erstattung").tolist() == [0] * len(pays)
    short = result.cents("ja_jahreslohnsteuer") - 12 * month.cents("lstlzz")
    assert 0 <= short.min() <= short.max() <= 11


def test_each_tax_on_its_own_and_certificate_is_withheld_less_refund() -> None:
    rng = np.random.default_rng(20261127)
    rows = 300
    pay = rng.integers(1_500_000, 14_000_000, rows)
    columns = {"lzz": 1, "re4": pay, "kvz": 290, "r": 1, "kirchensteuersatz_person": 9, "zkf": 5,
               "stkl": rng.integers(1, 5, rows)}
    rules = law_of(date(2026, 12, 1), rule_book("lohnsteuer"))
    plan = evaluate(rules, {name: value for name, value in columns.items() if name in rules.inputs},
                    ["lstlzz", "solzlzz", "bk"])
    kept = {name: rng.integers(0, 4_000_000, rows) for name in ("lohnsteuer", "soli", "kirchensteuer")}
    result = equalise(2026, columns | {f"ja_{name}_einbehalten": cents for name, cents in kept.items()})
    annual = {"lohnsteuer": plan.cents("lstlzz"), "soli": plan.cents("solzlzz"),
              "kirchensteuer": plan.cents("bk") * 9 // 100}
    total = np.zeros(rows, dtype=np.int64)
    for name, cents in kept.items():
        refund = np.maximum(cents - annual[name], 0)
        assert result.cents(f"ja_erstattung_{name}").tolist() == refund.tolist()
        assert result.cents(f"ja_bescheinigt_{name}").tolist() == np.minimum(cents, annual[name]).tolist()
        total = total + refund
    assert result.cents("ja_erstattung").tolist() == total.tolist()


def test_plan_inputs_come_from_the_last_payslip() -> None:
    december = date(2026, 12, 1)
    slip = {**INSURED, "brutto": np.array([384_336, 500_000]), "steuerklasse": np.array([1, 3]),
            "kinderfreibetraege": 15, "kinderlos": np.array([1, 0]), "kinder_unter_25": np.array([0, 3])}
    inputs = year_inputs(december, slip, np.array([3_793_800, 6_000_000]))
    by_hand = {"lzz": 1, "stkl": np.array([1, 3]), "re4": np.array([3_793_800, 6_000_000]), "r": 1, "kvz": 290,
               "zkf": 15, "pvz": np.array([1, 0]), "pva": np.array([0, 2]), "kirchensteuersatz_person": 9}
    kept = {"ja_lohnsteuer_einbehalten": 900_000, "ja_kirchensteuer_einbehalten": 90_000}
    own, other = equalise(2026, inputs | kept), equalise(2026, by_hand | kept)
    for name in OUTPUTS:
        assert own.cents(name).tolist() == other.cents(name).tolist(), name
    assert own.cents("ja_jahreslohnsteuer")[0] > 0
    private = year_inputs(december, {**INSURED, "brutto": 400_000, "beitragsgruppe_kv": 0, "beitragsgruppe_pv": 0,
                                     "beitragsgruppe_rv": 0, "beitragsgruppe_av": 0, "kv_art": 2,
                                     "pkv_basis_monat": 26_000, "status": 1}, 4_476_288)
    assert [int(private[name][0]) for name in ("krv", "alv", "pkv", "pkpv")] == [1, 1, 1, 26_000]


def test_a_faulty_last_payslip_is_named() -> None:
    with pytest.raises(InputError, match="Zeile 1"):
        year_inputs(date(2026, 12, 1), {**INSURED, "brutto": np.array([400_000]), "entgeltumwandlung": -1}, 1_000_000)


def test_the_year_must_be_the_pay_period() -> None:
    result = equalise(2026, {**PLAN, "lzz": np.array([2, 1]), "re4": 3_793_800})
    assert [(one.row, "mit dem Jahr als Zeitraum" in one.message) for one in result.faults] == [(0, True)]
    negative = equalise(2026, {**PLAN, "re4": 3_793_800, "ja_lohnsteuer_einbehalten": np.array([-1])})
    assert "Lohnkonto prüfen" in negative.faults[0].message


def test_refund_explains_itself_down_to_the_plan() -> None:
    told = explain(2026, {**PLAN, "re4": 3_793_800, "ja_lohnsteuer_einbehalten": 415_560}, 0,
                   "ja_erstattung_lohnsteuer", expected=14_760)
    lines = told.lines()
    assert any("§ 42b" in line for line in lines)
    assert any("Jahreslohnsteuer" in line for line in lines)
    assert len(lines) > 40


def test_nothing_of_it_is_computed_in_a_monthly_payslip() -> None:
    month = gross_to_net(date(2026, 12, 1), {**INSURED, "brutto": np.array([384_336])}, ["ja_erstattung"])
    assert (month.faults, month.cents("ja_erstattung").tolist()) == ([], [0])


def test_duty_time_and_cover() -> None:
    assert [is_due(2026, number) for number in (0, 9, 10, 4_000)] == [False, False, True, True]
    runs = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1),
            date(2028, 1, 1)]
    assert [may_run_in(2026, month) for month in runs] == [False, True, True, True, False, False]
    assert [cover(16_079, total) for total in (20_000, 16_079, 10_000, 0, -5)] == [
        (16_079, 0), (16_079, 0), (10_000, 6_079), (0, 16_079), (0, 16_079)]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_year_has_its_own_plan(year: int) -> None:
    result = equalise(year, {"lzz": 1, "stkl": 1, "kvz": 170, "re4": np.array([4_000_000])})
    allowance = {2024: 11_784, 2025: 12_096, 2026: 12_348}[year]
    rules = law_of(date(year, 12, 1), rule_book("lohnsteuer"))
    argument = rules.parameters["grundfreibetrag"][0].argument(date(year, 12, 1))
    assert argument.value == allowance * 100
    assert 350_000 < int(result.cents("ja_jahreslohnsteuer")[0]) < 650_000
