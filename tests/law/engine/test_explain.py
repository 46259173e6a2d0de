"""Explanations: every step with figures, law and source, only the branch that counted, equal to the columns."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from payroll.law.engine import ExplanationError, Money, RuleBook, RuleSet, evaluate, explain
from payroll.law.engine.figures import SPACE, decimal_text, value_text

DAY = date(2021, 6, 1)
INPUTS: dict[str, Any] = {"lohn": np.array([50000, 250001, 62345]), "kinder": np.array([1, 2, 0]),
                          "hafen": np.array([0, 1, 1]), "bonus": np.array([1000, 1000, 1000])}


def lines(island: RuleBook, row: int, name: str) -> list[str]:
    return [line.replace(SPACE, " ") for line in explain(island.build(DAY), INPUTS, row, name).lines()]


def test_the_whole_text_of_an_explanation(island: RuleBook) -> None:
    assert lines(island, 1, "netto") == [
        "Netto: 2.066,67 €/Monat (Recht am 01.06.2021)",
        "",
        "Angaben:",
        "  Lohn des Monats: 2.500,01 €/Monat",
        "",
        "Werte des Rechts:",
        "  Freibetrag: 500,00 €/Monat (§ 1 InselStG; seit 01.01.2020; Inselblatt 2019 Nr. 3)",
        "  Grenze der zweiten Zone: 1.000,00 €/Monat (§ 2 InselStG; seit 01.01.2020; Inselblatt 2019 Nr. 3)",
        "  Steuersatz: 12,5 % (§ 2 InselStG; seit 01.01.2020; Inselblatt 2019 Nr. 3)",
        "  Spitzensatz: 33,333333… % (§ 2 InselStG; seit 01.01.2020; Inselblatt 2019 Nr. 3)",
        "  Matrosengeld: 25,00 €/Monat (§ 9 InselLohnG; seit 01.01.2021; Inselblatt 2020 Nr. 1)",
        "",
        "Rechenschritte:",
        "  1. Brutto des laufenden Lohns: 2.500,01 €/Monat (§ 1 InselStG)",
        "     = Lohn des Monats",
        "     = 2.500,01 €",
        "  2. Zu versteuernder Lohn (laufend): 2.000,01 €/Monat (§ 1 InselStG)",
        "     = höchster Wert aus (Brutto des laufenden Lohns − Freibetrag; 0,00 €)",
        "     = höchster Wert aus (2.500,01 € − 500,00 €; 0,00 €)",
        "  3. Steuer vor Rundung: 458,336666… €/Monat (§ 2 InselStG)",
        "     = Grenze der zweiten Zone × Steuersatz + (Zu versteuernder Lohn (laufend) − Grenze der zweiten Zone) "
        "× Spitzensatz",
        "     = 1.000,00 € × 12,5 % + (2.000,01 € − 1.000,00 €) × 33,333333… %",
        "     weil Zu versteuernder Lohn (laufend) > Grenze der zweiten Zone (2.000,01 € > 1.000,00 €)",
        "  4. Steuer, auf Cent gerundet: 458,34 €/Monat (§ 3 InselStG)",
        "     = Steuer vor Rundung, auf Cent gerundet",
        "     = 458,336666… €, auf Cent gerundet",
        "  5. Netto: 2.066,67 €/Monat (§ 9 InselLohnG)",
        "     = Lohn des Monats − Steuer, auf Cent gerundet + Matrosengeld",
        "     = 2.500,01 € − 458,34 € + 25,00 €",
    ]


def test_only_the_branch_that_counted(island: RuleBook) -> None:
    told = explain(island.build(DAY), INPUTS, 2, "steuer")
    assert "spitzensatz" not in {source.name for source in told.sources}
    step = next(step for step in told.steps if step.name == "steuer_roh")
    assert step.formula == "Zu versteuernder Lohn (laufend) × Steuersatz"
    assert [b.replace(SPACE, " ") for b in step.because] == [
        "Zu versteuernder Lohn (laufend) ≤ Grenze der zweiten Zone (123,45 € ≤ 1.000,00 €)"]


def test_a_guarded_rule_tells_its_condition(island: RuleBook) -> None:
    paid, free = lines(island, 0, "hafengebuehr"), lines(island, 1, "hafengebuehr")
    assert paid[-3:] == ["     = Tabelle Hafengebühr nach Kinder", "     = 7,50 €",
                         "     weil Hafengebühr fällt an: ja"]
    assert "  Hafengebühr: Tabelle (§ 4 InselStG; seit 01.01.2020; Hafenordnung 2019)" in paid
    assert free[-2:] == ["     = 0,00 €", "     weil Hafengebühr fällt an: nein"]
    assert not any("Tabelle" in line for line in free)


def test_each_thing_once_and_in_computing_order(island: RuleBook) -> None:
    told = explain(island.build(DAY), INPUTS, 1, "netto")
    names = [step.name for step in told.steps]
    assert names == ["brutto__laufend", "zu_versteuern__laufend", "steuer_roh", "steuer", "netto"]
    assert [fact.name for fact in told.facts] == ["lohn"]


def test_a_value_of_the_previous_year_and_a_draft_are_named(island: RuleBook) -> None:
    told = explain(island.build(DAY), {"lohn": 0}, 0, "zuwachs")
    assert [(s.title, s.since.year) for s in told.sources] == [
        ("Matrosengeld", 2021), ("Matrosengeld (Vorjahr)", 2020)]
    draft = explain(island.build(date(2022, 3, 1)), {"lohn": 100000}, 0, "steuer")
    assert [s.name for s in draft.sources if not s.in_force] == ["freibetrag_monat"]
    assert any("Status: entwurf" in line for line in draft.lines())


def test_all_values_of_all_rows_equal_the_columns(island: RuleBook) -> None:
    rng = np.random.default_rng(3)
    size = 40
    inputs = {"lohn": rng.integers(0, 400000, size), "kinder": rng.integers(1, 3, size),
              "hafen": rng.integers(0, 2, size), "kapitaen": rng.integers(0, 2, size),
              "bonus": rng.integers(-5000, 5000, size)}
    rules = island.build(DAY)
    batch = evaluate(rules, inputs)
    for name, column in batch.columns.items():
        for row in range(0, size, 7):
            den = column.den if isinstance(column.den, int) else column.den[row]
            assert explain(rules, inputs, row, name).value == Fraction(int(column.num[row]), int(den)), name


def test_steps_know_their_distance_and_can_be_cut_there(island: RuleBook) -> None:
    told = explain(island.build(DAY), INPUTS, 1, "netto")
    assert {step.name: step.level for step in told.steps} == {
        "netto": 0, "steuer": 1, "steuer_roh": 2, "zu_versteuern__laufend": 3, "brutto__laufend": 4}
    near = told.down_to(1)
    assert [step.name for step in near.steps] == ["steuer", "netto"]
    assert [source.name for source in near.sources] == ["matrosengeld"]
    assert [fact.name for fact in near.facts] == ["lohn"]


def test_defaults_are_kept_but_not_printed(island: RuleBook) -> None:
    told = explain(island.build(DAY), {"lohn": np.array([1])}, 0, "zahlt_hafengebuehr")
    assert [(fact.name, fact.text, fact.given) for fact in told.facts] == [
        ("kapitaen", "nein", False), ("hafen", "nord", False)]
    assert "Angaben:" not in told.lines()


def test_json_holds_exact_values_as_text(island: RuleBook) -> None:
    data = explain(island.build(DAY), INPUTS, 1, "steuer").as_dict()
    again = json.loads(json.dumps(data))
    assert again["day"] == "2021-06-01"
    assert again["steps"][-2]["value"] == "137501/3"
    assert again["sources"][0]["since"] == "2020-01-01"


def test_a_recorded_value_that_differs_is_not_explained_away(island: RuleBook) -> None:
    assert explain(island.build(DAY), INPUTS, 1, "netto", expected=206667).value == 206667
    with pytest.raises(ExplanationError, match="Erklärung ergibt 206667, festgehalten ist 206668"):
        explain(island.build(DAY), INPUTS, 1, "netto", expected=206668)


def test_an_explanation_that_differs_from_the_columns_is_refused(island: RuleBook) -> None:
    rules = island.build(DAY)

    def wrong(lohn: Money, steuer: Money, matrosengeld: Money) -> Money:
        """Rechnet einzeln anders als in Spalten."""
        alone = isinstance(lohn.num, int)
        return lohn - steuer + matrosengeld if alone else lohn - steuer

    node = rules.nodes["netto"]
    broken: RuleSet = replace(rules, nodes={**rules.nodes, "netto": replace(
        node, rule=replace(node.rule, function=wrong))})
    with pytest.raises(ExplanationError, match=r"netto: Erklärung ergibt 206667, der Lauf 204167"):
        explain(broken, INPUTS, 1, "netto")


@pytest.mark.parametrize(("row", "name", "message"), [
    (3, "netto", "Zeile 4 gibt es nicht; die Eingabe hat 3 Zeilen"),
    (-1, "netto", "Zeile 0 gibt es nicht"),
    (2, "bonusanteil", r"Zeile 3: bonusanteil \(§ 5 InselStG\) ist nicht berechenbar: Teilung durch null"),
])
def test_what_cannot_be_explained_says_why(island: RuleBook, row: int, name: str, message: str) -> None:
    with pytest.raises(ExplanationError, match=message):
        explain(island.build(DAY), INPUTS, row, name)


@pytest.mark.parametrize(("value", "kind", "unit", "text"), [
    ("123456", "Money", "euro/monat", "1.234,56 €/Monat"),
    ("-50", "Money", "euro", "−0,50 €"),
    ("1/3", "Exact", "euro/jahr", "0,003333… €/Jahr"),
    ("73/1000", "Rate", "anteil", "7,3 %"),
    ("29/1000", "Rate", "prozent", "2,9 %"),
    ("1234567", "Count", "anzahl", "1.234.567"),
    ("1", "Days", "tage", "1 Tag"),
    ("30", "Days", "tage", "30 Tage"),
    ("1", "Condition", "ja/nein", "ja"),
    ("19850615", "Count", "datum", "15.06.1985"),
    ("2026", "Count", "kalenderjahr", "2026"),
])
def test_german_figures(value: str, kind: str, unit: str, text: str) -> None:
    assert value_text(Fraction(value), kind, unit, period=True).replace(SPACE, " ") == text


def test_decimals_are_cut_not_rounded_and_marked() -> None:
    assert decimal_text(Fraction(2, 3)) == "0,666666…"
    assert decimal_text(Fraction("0.1234567")) == "0,123456…"
