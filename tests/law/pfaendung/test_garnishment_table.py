"""Every line of every table since 2022, both ends, all six columns, and the limits of the law recomputed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import Result, evaluate, explain
from payroll.law.rules.pfaendung import ZEITRAEUME

SECOND = SimpleNamespace(**run_path(str(Path(__file__).parent / "second_program.py")))
YEARS = sorted(SECOND.LIMITS)


def table(day: date, period: str, nets: Any, dependants: Any) -> Result:
    columns = {"pf_gepfaendet": 1, "pf_zeitraum": ZEITRAEUME.index(period), "pf_netto_vorgegeben": nets,
               "pf_unterhaltsberechtigte": dependants}
    return evaluate(rule_book("pfaendung").build(day), columns, ["pf_reichweite", "pf_tabellenbetrag"])


@pytest.mark.parametrize(("year", "period"), list(product(YEARS, ZEITRAEUME)))
def test_every_line_of_the_table_equals_the_formula(year: int, period: str) -> None:
    step = int(SECOND.STEPS[period] * 100)
    ceiling = int(Fraction(SECOND.LIMITS[year][period].split()[3]) * 100)
    lower = np.arange(0, ceiling + 40 * step, step, dtype=np.int64)
    near = np.arange(ceiling - 30, ceiling + 30, dtype=np.int64)
    nets = np.concatenate([lower, lower + step - 1, near])
    for dependants in range(7):
        computed = table(date(year, 7, 1), period, nets, dependants)
        assert not computed.faults
        expected = [int(SECOND.garnishable(year, period, Fraction(int(net), 100), dependants) * 100) for net in nets]
        assert computed.cents("pf_reichweite").tolist() == expected
        assert computed.cents("pf_tabellenbetrag").tolist() == expected


def test_both_ends_of_a_line_give_the_same_and_more_net_never_less() -> None:
    nets = np.arange(0, 600_000, 7, dtype=np.int64)
    for dependants in range(6):
        amounts = table(date(2026, 7, 1), "monat", nets, dependants).cents("pf_reichweite")
        assert (np.diff(amounts) >= 0).all()
        assert (amounts <= np.maximum(nets - 158_740, 0)).all()


# the highest net without any garnishable amount, printed in the table of 2024
@pytest.mark.parametrize(("dependants", "free"), [
    (0, 149_999), (1, 205_999), (2, 236_999), (3, 267_999), (4, 299_999), (5, 330_999)])
def test_published_limits_of_2024(dependants: int, free: int) -> None:
    amounts = table(date(2024, 7, 1), "monat", np.array([free, free + 1]), dependants).cents("pf_reichweite").tolist()
    assert amounts[0] == 0
    assert amounts[1] > 0


def test_published_cells_of_2024_grow_by_seven_euro_a_line() -> None:
    nets = np.arange(150_000, 156_000, 1_000, dtype=np.int64)
    assert table(date(2024, 7, 1), "monat", nets, 0).cents("pf_reichweite").tolist() == [
        578, 1278, 1978, 2678, 3378, 4078]


@pytest.mark.parametrize(("day", "cents"), [
    (date(2022, 7, 1), 67_000), (date(2023, 7, 1), 70_500), (date(2024, 7, 1), 75_000), (date(2025, 7, 1), 78_000),
    (date(2026, 6, 1), 78_000), (date(2026, 7, 1), 79_500)])
def test_christmas_limit_is_half_of_the_base_rounded_up(day: date, cents: int) -> None:
    result = evaluate(rule_book("pfaendung").build(day), {"pf_gepfaendet": 1}, ["pf_weihnachtsgrenze"], rows=1)
    assert result.cents("pf_weihnachtsgrenze").tolist() == [cents]


def test_june_paid_in_july_still_uses_the_old_limits() -> None:
    assert table(date(2026, 6, 30), "monat", np.array([158_740]), 0).cents("pf_reichweite").tolist() == [1_750]
    assert table(date(2026, 7, 1), "monat", np.array([158_740]), 0).cents("pf_reichweite").tolist() == [0]


def test_unannounced_limits_stop_garnished_rows_only() -> None:
    rules = rule_book("pfaendung").build(date(2027, 7, 1))
    result = evaluate(rules, {"pf_gepfaendet": np.array([0, 1, 0]), "pf_netto_vorgegeben": 300_000},
                      ["pf_reichweite"], rows=3)
    assert [(fault.row, fault.rule) for fault in result.faults] == [(1, "pf_freibetrag")]
    assert "nicht bekanntgemacht" in result.faults[0].message
    assert law_of(date(2027, 7, 1)).nodes["pf_reichweite"].rule.law.startswith("§§ 850c")


def test_limits_have_source_and_status_and_end() -> None:
    for name in ("pfaendung_grundbetrag", "pfaendung_erste_person", "pfaendung_weitere_person",
                 "pfaendung_obergrenze"):
        values = rule_book("pfaendung").parameters[name].werte
        assert [value.ab for value in values] == [date(year, 7, 1) for year in YEARS]
        assert all("BGBl." in value.quelle and value.status == "bestaetigt" for value in values)
        assert values[-1].bis == date(2027, 6, 30)


def test_the_amount_explains_itself_down_to_the_announcement() -> None:
    inputs = {"pf_gepfaendet": 1, "pf_netto_vorgegeben": 260_000, "pf_unterhaltsberechtigte": 1}
    told = explain(rule_book("pfaendung").build(date(2026, 7, 1)), inputs, 0, "pf_reichweite", expected=20_759)
    text = "\n".join(told.lines())
    assert "2600" in text.replace(".", "")
    assert any("BGBl. 2026 I Nr. 80" in source.source for source in told.sources)
