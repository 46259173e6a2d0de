"""A month without rules of the wage tax: doubt without a plan, the plan's tax with one, marked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import MADE_UP_2027, small_plan

from payroll.law.calculate import explain, gross_to_net, law_of
from payroll.law.encode import KONFESSIONEN, KV_ARTEN, STATUS
from payroll.law.payslip_columns import OUTPUTS
from payroll.law.plan import Plan, PlanError, read_plan
from payroll.law.plan.shelf import add, plans_in
from payroll.law.taxyear import plan_for, rules_written, tax_doubt, written_until

JANUARY = date(2027, 1, 1)
OFFICIAL = Path(__file__).parents[4] / "shared/reference/tax/pap/Lohnsteuer2026.xml"
PEOPLE: dict[str, Any] = {
    "status": np.full(4, STATUS.index("tarif")), "tarifwerk": 0, "entgeltgruppe": 0, "stufe": 0,
    "wochenstunden": 3900, "vollzeitstunden": 3900, "brutto": np.array([300_000, 412_345, 250_000, 300_000]),
    "einmalzahlung": np.array([0, 100_000, 0, 0]), "jahresarbeitslohn_erwartet": np.array([0, 4_900_000, 0, 0]),
    "steuerklasse": np.array([1, 3, 6, 1]), "konfession": np.array([0, KONFESSIONEN.index("rk"), 0, 0]),
    "geburtsdatum": 19800515, "kv_art": KV_ARTEN.index("gesetzlich"), "beitragsgruppe_kv": 1, "beitragsgruppe_rv": 1,
    "beitragsgruppe_av": 1, "beitragsgruppe_pv": 1, "personengruppe": 101,
    "zusatzbeitrag": np.array([24_500, 24_500, 24_500, 24_550]), "u2_satz": 3_900, "kinderlos": 1,
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(MADE_UP_2027)


def test_rules_are_written_until_the_end_of_2026() -> None:
    assert [rules_written(date(year, 1, 1)) for year in (2023, 2024, 2025, 2026, 2027)] == [
        False, True, True, True, False]
    assert written_until() == date(2026, 12, 31)
    assert [tax_doubt(date(year, 12, 1), None) for year in (2024, 2025, 2026)] == [None, None, None]


def test_a_later_month_without_plan_is_doubtful() -> None:
    doubt = tax_doubt(JANUARY, None)
    assert doubt is not None
    assert "Steuerrecht 2027 liegt nicht als Regel vor" in doubt.rule
    assert "31.12.2026" in doubt.rule
    assert "taxyear add" in doubt.remedy


def test_the_plan_takes_the_place_of_the_rules(plan: Plan) -> None:
    first = {name: column if isinstance(column, int) else column[:3] for name, column in PEOPLE.items()}
    found = gross_to_net(JANUARY, first, OUTPUTS, plan=plan)
    assert found.faults == []
    assert found.cents("lohnsteuer").tolist() == [60_000, 82_469 + 10_000, 62_500]
    assert found.cents("lohnsteuer_einmal").tolist() == [0, 10_000, 0]
    assert found.cents("kirchensteuer").tolist() == [0, 82_469 * 9 // 100 + 900, 0]
    assert found.cents("steuer_vorlaeufig").tolist() == [2027] * 3
    carried = gross_to_net(JANUARY, first, OUTPUTS)
    assert "steuer_vorlaeufig" not in carried.columns
    assert found.cents("kv_an").tolist() == carried.cents("kv_an").tolist()
    for name in ("netto", "auszahlung"):
        moved = sum(found.cents(tax) - carried.cents(tax) for tax in ("lohnsteuer", "soli", "kirchensteuer"))
        assert (carried.cents(name) - found.cents(name)).tolist() == moved.tolist()


def test_what_the_plan_cannot_take_is_a_fault_of_its_row(plan: Plan) -> None:
    found = gross_to_net(JANUARY, PEOPLE, OUTPUTS, plan=plan)
    assert [(fault.row, fault.rule) for fault in found.faults] == [(3, "kvz")]
    assert "Nachkommastellen" in found.faults[0].message
    assert found.cents("auszahlung")[3] == 0
    assert (found.cents("auszahlung")[:3] > 0).all()


def test_a_plan_of_another_time_and_values_it_does_not_give_are_refused(plan: Plan) -> None:
    with pytest.raises(PlanError, match="gilt ab 01/2027, nicht für 02/2028"):
        gross_to_net(date(2028, 2, 1), PEOPLE, OUTPUTS, plan=plan)
    with pytest.raises(PlanError, match="zu_versteuern__laufend"):
        gross_to_net(JANUARY, PEOPLE, ("zu_versteuern__laufend",), plan=plan)


def test_the_explanation_stands_on_the_amount_of_the_plan(plan: Plan) -> None:
    why = explain(JANUARY, PEOPLE, 1, "lohnsteuer", expected=92_469, plan=plan)
    text = "\n".join(why.lines())
    assert "nach dem Programmablaufplan: LSTLZZ" in text
    assert "Grundfreibetrag" not in text


def test_numbers_of_the_tariff_are_doubtful_only_where_they_are_used(plan: Plan) -> None:
    carried = {one.name for one in law_of(JANUARY).doubtful_parameters(OUTPUTS)}
    by_plan = {one.name for one in law_of(JANUARY, plan=plan).doubtful_parameters(OUTPUTS)}
    assert "tarifzonen" in carried
    assert "tarifzonen" not in by_plan
    assert "sv_satz_rv" in carried & by_plan


def test_plans_are_taken_in_once_for_each_beginning(tmp_path: Path) -> None:
    assert plans_in(tmp_path) == []
    added = add(tmp_path, MADE_UP_2027)
    add(tmp_path, MADE_UP_2027)
    april = tmp_path / "april.xml"
    april.write_text(MADE_UP_2027.read_text(encoding="utf-8").replace("Lohnsteuer2027", "Lohnsteuer2027April"),
                     encoding="utf-8")
    add(tmp_path, april)
    plans = plans_in(tmp_path)
    assert [(one.year, one.first_month) for one in plans] == [(2027, 1), (2027, 4)]
    assert plans[0].digest == added.digest
    months = (date(2026, 12, 1), date(2027, 3, 1), date(2027, 4, 1), date(2027, 12, 1), date(2028, 1, 1))
    assert [None if (one := plan_for(month, plans)) is None else one.first_month for month in months] == [
        None, 1, 4, 4, None]


def test_a_plan_without_what_a_payslip_needs_is_not_taken_in(tmp_path: Path) -> None:
    poor = tmp_path / "poor.xml"
    poor.write_text(small_plan('<EVAL exec="LSTLZZ = RE4"/>', name="Lohnsteuer2027"), encoding="utf-8")
    with pytest.raises(PlanError, match="SOLZLZZ, BK, STS, SOLZS, BKS"):
        add(tmp_path, poor)
    assert plans_in(tmp_path) == []


def test_a_finding_names_the_plan_and_its_unknown_inputs(plan: Plan) -> None:
    doubt = tax_doubt(JANUARY, plan)
    assert doubt is not None
    assert doubt.rule.startswith("Lohnsteuer vorläufig nach Programmablaufplan Lohnsteuer2027")
    assert plan.digest[:12] in doubt.rule
    assert "BONUS" in doubt.rule


@pytest.mark.parametrize("path", [OFFICIAL] if OFFICIAL.exists() else [])
def test_the_official_plan_pays_what_our_rules_pay(path: Path) -> None:
    month, official = date(2026, 11, 1), read_plan(path)
    first = {name: column if isinstance(column, int) else column[:3] for name, column in PEOPLE.items()}
    ours, theirs = gross_to_net(month, first, OUTPUTS), gross_to_net(month, first, OUTPUTS, plan=official)
    for name in OUTPUTS:
        assert theirs.cents(name).tolist() == ours.cents(name).tolist(), name
