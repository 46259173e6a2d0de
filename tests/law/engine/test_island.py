"""The engine over the law of the island: evaluation, branches, guards, passes, versions, faults."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from payroll.law.engine import InputError, RuleBook, RuleBookError, evaluate

DAY = date(2021, 6, 1)


def test_zones_are_computed_row_by_row_and_rounded_once(island: RuleBook) -> None:
    lohn = np.array([50000, 62345, 150000, 250001])
    result = evaluate(island.build(DAY), {"lohn": lohn}, ["steuer", "steuer_roh", "zu_versteuern__laufend"])
    assert result.cents("zu_versteuern__laufend").tolist() == [0, 12345, 100000, 200001]
    # 123.45 x 12.5 % = 15.43125; 1000 x 12.5 %; 125 + 1000.01 / 3 = 458.33666...
    assert result.cents("steuer").tolist() == [0, 1543, 12500, 45834]
    raw = result.columns["steuer_roh"]
    assert raw.kind == "Exact"
    assert raw.num[3] * 3 == (12500 * 3 + 100001) * raw.den


def test_a_second_version_of_a_rule_takes_over_on_its_day(island: RuleBook) -> None:
    inputs = {"lohn": np.array([200099])}
    before = evaluate(island.build(date(2021, 12, 31)), inputs, ["steuer"])
    after = evaluate(island.build(date(2022, 1, 1)), inputs, ["steuer"])
    assert before.cents("steuer").tolist() == [29200]  # 125 + 500.99 / 3 = 291.9966...
    assert after.cents("steuer").tolist() == [25400]  # 125 + 388.65 / 3 = 254.55 -> 254


def test_guarded_rule_is_not_computed_where_its_condition_fails(island: RuleBook) -> None:
    inputs = {"kinder": np.array([0, 9, 2, 1]), "hafen": np.array([0, 1, 1, 1]), "kapitaen": np.array([0, 0, 1, 0])}
    result = evaluate(island.build(DAY), inputs, ["hafengebuehr"])
    assert result.cents("hafengebuehr").tolist() == [1000, 0, 500, 0]
    assert result.faults == []  # nine children stand in no table, but this row pays no fee


def test_lookup_outside_the_table_is_a_fault_of_that_row_alone(island: RuleBook) -> None:
    inputs = {"kinder": np.array([0, 9, 2, 3]), "hafen": np.zeros(4, dtype=int)}
    result = evaluate(island.build(DAY), inputs, ["hafengebuehr"])
    assert result.cents("hafengebuehr").tolist() == [1000, 0, 500, 0]
    assert [(f.row, f.rule, f.law) for f in result.faults] == [
        (1, "hafengebuehr", "§ 4 InselStG"), (3, "hafengebuehr", "§ 4 InselStG")]
    assert "Hafengebühr" in result.faults[0].message


def test_division_by_zero_stops_the_row_and_no_other(island: RuleBook) -> None:
    inputs = {"bonus": np.array([1000, 1000, 700]), "kinder": np.array([3, 0, 2])}
    result = evaluate(island.build(DAY), inputs, ["bonusanteil"])
    column = result.columns["bonusanteil"]
    den = column.den if isinstance(column.den, int) else column.den.tolist()
    assert [f.row for f in result.faults] == [1]
    assert isinstance(den, list)
    assert (column.num[0] * 3, column.num[1], column.num[2]) == (1000 * den[0], 0, 350 * den[2])


def test_all_rows_faulty_gives_zeros_and_a_fault_each(island: RuleBook) -> None:
    result = evaluate(island.build(DAY), {"bonus": np.array([5, 6]), "kinder": 0}, ["bonusanteil"])
    assert sorted(f.row for f in result.faults) == [0, 1]
    assert result.cents("bonusanteil").tolist() == [0, 0]


def test_faults_name_the_row_of_the_whole_column_not_of_the_block(island: RuleBook) -> None:
    kinder = np.ones(25, dtype=int)
    kinder[[7, 23]] = 0
    result = evaluate(island.build(DAY), {"bonus": np.arange(25) * 100, "kinder": kinder}, ["bonusanteil"], block=10)
    assert [f.row for f in result.faults] == [7, 23]
    assert result.columns["bonusanteil"].num[24] == 2400


def test_passes_take_their_own_argument_first(island: RuleBook) -> None:
    result = evaluate(island.build(DAY), {"lohn": np.array([60000]), "bonus": np.array([2500]), "kinder": 1})
    assert result.cents("zu_versteuern__laufend").tolist() == [10000]
    assert result.cents("zu_versteuern__bonus").tolist() == [12500]


def test_choose_takes_the_first_case_that_holds(island: RuleBook) -> None:
    result = evaluate(island.build(DAY), {"kinder": np.array([3, 0, 1]), "kapitaen": np.array([1, 1, 0])}, ["klasse"])
    assert result.cents("klasse").tolist() == [3, 2, 1]


def test_value_of_the_previous_year(island: RuleBook) -> None:
    result = evaluate(island.build(DAY), {"lohn": 0}, ["zuwachs"])
    assert result.cents("zuwachs").tolist() == [500]


def test_the_size_of_blocks_changes_nothing(island: RuleBook) -> None:
    rng = np.random.default_rng(7)
    inputs = {"lohn": rng.integers(0, 400000, 1000), "kinder": rng.integers(1, 3, 1000),
              "hafen": rng.integers(0, 2, 1000), "kapitaen": rng.integers(0, 2, 1000),
              "bonus": rng.integers(-5000, 5000, 1000)}
    whole = evaluate(island.build(DAY), inputs)
    cut = evaluate(island.build(DAY), inputs, block=64)
    for name, column in whole.columns.items():
        left = column.num * np.asarray(cut.columns[name].den)
        right = cut.columns[name].num * np.asarray(column.den)
        assert left.tolist() == right.tolist(), name


def test_no_rows_give_empty_columns(island: RuleBook) -> None:
    result = evaluate(island.build(DAY), {"lohn": np.array([], dtype=int)}, ["netto"])
    assert result.rows == 0
    assert result.cents("netto").size == 0


@pytest.mark.parametrize(("inputs", "message"), [
    ({}, "'lohn' fehlt .Lohn des Monats"),
    ({"lohn": np.array([1]), "lon": np.array([1])}, "unbekannte Eingaben: lon"),
    ({"lohn": np.array([1.5])}, "ganze Zahlen"),
    ({"lohn": np.array([1]), "kinder": np.array([1, 2])}, "verschieden lang"),
])
def test_wrong_inputs_are_refused(island: RuleBook, inputs: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(island.build(DAY), inputs, ["netto"])


def test_choice_outside_its_names_is_refused_with_the_row(island: RuleBook) -> None:
    with pytest.raises(InputError, match=r"'hafen', Zeile 2: Schlüssel 5 .*nord, sued"):
        evaluate(island.build(DAY), {"hafen": np.array([0, 5])}, ["zahlt_hafengebuehr"])


def test_unknown_output_names_the_day(island: RuleBook) -> None:
    with pytest.raises(RuleBookError, match=r"am 2021-06-01 gibt es keinen Wert 'nettto'"):
        evaluate(island.build(DAY), {"lohn": 1}, ["nettto"])
