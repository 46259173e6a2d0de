"""Memory: a block lets go of values that nothing needs any more, whatever the guards and outputs."""

from __future__ import annotations

import tracemalloc
from datetime import date

import numpy as np
import pytest

from payroll.law.engine import Condition, Input, Money, Rule, RuleBook, RuleSet, evaluate, rule
from payroll.law.engine.rule import rule_of
from payroll.law.engine.scope import Scope

LENGTH = 60


def chain() -> list[Rule]:
    """Sixty values in a row, each from the one before."""
    rules = []
    for number in range(1, LENGTH + 1):
        def step(before: Money) -> Money:
            """Ein Schritt"""
            return before + before

        made = rule_of(rule(law="§ 1", unit="euro", since="2020-01-01", name=f"w{number}")(step), "a")
        before = f"w{number - 1}"
        rules.append(Rule(**{**vars(made), "arguments": (before,), "kinds": {before: "Money"}}))
    return rules


@pytest.fixture(scope="module")
def long_chain() -> RuleSet:
    book = RuleBook(chain(), [Input("w0", "Money", "euro", "Anfang")], [], {})
    return book.build(date(2026, 1, 1))


def test_memory_does_not_grow_with_the_number_of_values_between(long_chain: RuleSet) -> None:
    rows = 32768
    inputs = {"w0": np.arange(rows) % 7}
    evaluate(long_chain, inputs, ["w30"])
    tracemalloc.start()
    evaluate(long_chain, inputs, ["w30"], block=rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * rows * 8  # thirty values in between would be thirty columns


def test_every_output_alone_equals_all_outputs_together(island: RuleBook) -> None:
    rules = island.build(date(2021, 6, 1))
    rng = np.random.default_rng(11)
    inputs = {"lohn": rng.integers(0, 400000, 50), "kinder": rng.integers(1, 3, 50), "hafen": rng.integers(0, 2, 50),
              "kapitaen": rng.integers(0, 2, 50), "bonus": rng.integers(-5000, 5000, 50)}
    together = evaluate(rules, inputs)
    for name in rules.nodes:
        alone = evaluate(rules, inputs, [name], block=16).columns[name]
        left = alone.num * np.asarray(together.columns[name].den)
        assert left.tolist() == (together.columns[name].num * np.asarray(alone.den)).tolist(), name


def test_guarded_values_spread_after_their_condition_was_used_last() -> None:
    def positive(w0: Money) -> Condition:
        """Über null"""
        return w0 > 0

    def constant(one: Money) -> Money:
        """Ein fester Betrag, nur unter der Bedingung"""
        return one

    def one(w0: Money) -> Money:
        """Verdoppelt, nur unter der Bedingung"""
        return w0 + w0

    def total(w0: Money, constant: Money, one: Money) -> Money:
        """Summe über alle Zeilen"""
        return w0 + constant + one

    mark = {"law": "§ 1", "since": "2020-01-01"}
    rules = [rule_of(rule(unit="ja/nein", **mark)(positive), "a"),
             rule_of(rule(unit="euro", when="positive", **mark)(constant), "a"),
             rule_of(rule(unit="euro", when="positive", otherwise=5, **mark)(one), "a"),
             rule_of(rule(unit="euro", **mark)(total), "a")]
    book = RuleBook(rules, [Input("w0", "Money", "euro", "Anfang")], [], {})
    result = evaluate(book.build(date(2026, 1, 1)), {"w0": np.array([3, -4, 0])}, ["total"])
    assert result.cents("total").tolist() == [15, 1, 5]


def test_a_forgotten_value_is_gone(long_chain: RuleSet) -> None:
    scope = Scope(long_chain, {"w0": 1}, 1)
    scope.forget(["w0"])
    with pytest.raises(KeyError):
        scope.full("w0")
