"""Mistakes in a rule book are found when it is built, and the message names both places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from payroll.law.engine import (
    Condition,
    Count,
    DatedValue,
    Exact,
    Input,
    Money,
    Parameter,
    Rate,
    RuleBook,
    RuleBookError,
    evaluate,
    rule,
)
from payroll.law.engine.rule import rule_of

DAY = date(2026, 1, 1)
LOHN = Input("lohn", "Money", "euro/monat", "Lohn", place="eingaben.py")


def law(function: Callable[..., Any], folder: str = "a", **mark: Any) -> Any:
    """A rule of this file; the mark has sound defaults."""
    return rule_of(rule(**{"law": "§ 1", "unit": "euro/monat", "since": "2026-01-01", **mark})(function), folder)


def book(*rules: Any, inputs: tuple[Input, ...] = (LOHN,), parameters: tuple[Parameter, ...] = (),
         exports: dict[str, frozenset[str]] | None = None) -> RuleBook:
    return RuleBook(rules, inputs, parameters, exports or {})


def number(name: str, einheit: str = "euro/monat", folder: str = "a", bis: date | None = None) -> Parameter:
    value = DatedValue(date(2020, 1, 1), bis, 7, "Blatt 1", "gesetz")
    return Parameter(name, name, "§ 2", einheit, folder, f"{name}.toml", (value,))


def first(lohn: Money) -> Money:
    """Erste Regel"""
    return lohn


def second(first: Money) -> Money:
    """Zweite Regel"""
    return first


def needs_rate(first: Rate) -> Money:
    """Will einen Satz"""
    return Money(0) * first


def back(second: Money) -> Money:
    """Dreht zurück"""
    return second


def yearly(first_jahr: Money) -> Money:
    """Will einen Jahreswert"""
    return first_jahr


def unrounded(lohn: Money) -> Money:
    """Vergisst die Rundung"""
    return lohn / 3  # type: ignore[no-any-return]  # the mistake under test


def guarded(lohn: Money) -> Money:
    """Nur unter einer Bedingung"""
    return lohn


def test_a_sound_book_builds() -> None:
    built = book(law(first), law(second)).build(DAY)
    assert list(built.nodes) == ["first", "second"]


def test_gap_names_the_rule_and_the_version_of_another_day() -> None:
    rules = book(law(first, until="2026-06-30"), law(second))
    with pytest.raises(RuleBookError, match=r"second: am 2026-07-01 gibt .* 'first' \(anderer Tag: .*first"):
        rules.build(date(2026, 7, 1))


def test_gap_of_a_misspelt_name_proposes_the_near_one() -> None:
    with pytest.raises(RuleBookError, match=r"second: .*keinen Wert 'first' \(ähnlich: firsd\)"):
        book(law(first, name="firsd"), law(second)).build(DAY)


def test_gap_of_a_parameter_names_rule_and_file() -> None:
    rules = book(law(second), parameters=(number("first", bis=date(2025, 12, 31)),))
    with pytest.raises(RuleBookError, match=r"second: Parameter 'first' \(first.toml\) hat am 2026-01-01 keinen Wert"):
        rules.build(DAY)


def test_previous_year_needs_a_value_of_the_previous_year() -> None:
    def growth(first__vorjahr: Money) -> Money:
        """Vergleich mit dem Vorjahr"""
        return first__vorjahr

    with pytest.raises(RuleBookError, match=r"growth: Parameter 'first' \(first.toml\) hat am 2018-12-31"):
        book(law(growth, since="2019-01-01"), parameters=(number("first"),)).build(date(2019, 5, 1))


@pytest.mark.parametrize("until", [None, "2026-03-01"])
def test_overlap_names_both_rules(until: str | None) -> None:
    with pytest.raises(RuleBookError, match=r"'first' ab 2026-03-01 doppelt geregelt: .* first und .* second"):
        book(law(first, until=until), law(second, name="first", since="2026-03-01"))


def test_a_value_cannot_be_rule_and_input_or_parameter() -> None:
    with pytest.raises(RuleBookError, match=r"'lohn' gibt es zweimal: .*first und eingaben.py"):
        book(law(first, name="lohn"))
    with pytest.raises(RuleBookError, match=r"'first' gibt es zweimal: .*first und first.toml"):
        book(law(first), parameters=(number("first"),))
    with pytest.raises(RuleBookError, match=r"'lohn' ist Eingabe \(eingaben.py\) und Parameter \(lohn.toml\)"):
        book(parameters=(number("lohn"),))
    with pytest.raises(RuleBookError, match=r"Parameter 'x' gibt es zweimal: x.toml und x.toml"):
        book(parameters=(number("x"), number("x")))


def test_cycle_names_all_its_rules() -> None:
    with pytest.raises(RuleBookError, match=r"Kreis am 2026-01-01: (?=.*second \(.*second\))(?=.*first \(.*back\))"):
        book(law(back, name="first"), law(second)).build(DAY)


def test_a_guard_can_close_a_cycle_too() -> None:
    def positive(guarded: Money) -> Condition:
        """Bedingung aus ihrem eigenen Ergebnis"""
        return guarded > 0

    with pytest.raises(RuleBookError, match="Kreis am"):
        book(law(guarded, when="positive"), law(positive, unit="ja/nein")).build(DAY)


def test_type_names_both_places() -> None:
    with pytest.raises(RuleBookError, match=r"needs_rate: 'first' soll Rate sein, ist aber Money \(.*first\)"):
        book(law(first), law(needs_rate)).build(DAY)
    with pytest.raises(RuleBookError, match=r"second: 'first' soll Money sein, ist aber Rate \(first.toml\)"):
        book(law(second), parameters=(number("first", "prozent"),)).build(DAY)


def test_a_guard_must_be_a_condition() -> None:
    with pytest.raises(RuleBookError, match=r"guarded: 'first' soll Condition sein, ist aber Money \(.*first\)"):
        book(law(first), law(guarded, when="first")).build(DAY)


def test_unrounded_money_may_take_money_but_not_give_it() -> None:
    def takes(first: Exact) -> Exact:
        """Nimmt ungerundet"""
        return first

    def gives(takes: Money) -> Money:
        """Will gerundet"""
        return takes

    assert book(law(first), law(takes)).build(DAY).nodes["takes"].sources == ("first",)
    with pytest.raises(RuleBookError, match=r"gives: 'takes' soll Money sein, ist aber Exact"):
        book(law(first), law(takes), law(gives)).build(DAY)


def test_period_of_the_name_and_of_the_unit_must_agree() -> None:
    with pytest.raises(RuleBookError, match=r"yearly: 'first_jahr' nennt jahr, .*first gibt euro/monat"):
        book(law(first, name="first_jahr"), law(yearly)).build(DAY)
    with pytest.raises(RuleBookError, match=r"yearly: 'first_jahr' nennt jahr, first_jahr.toml gibt euro/monat"):
        book(law(yearly), parameters=(number("first_jahr"),)).build(DAY)


def test_other_areas_see_only_what_is_exported() -> None:
    rules = (law(first, folder="a"), law(second, folder="b"))
    with pytest.raises(RuleBookError, match=r"second: 'first' wird von 'a' nicht angeboten \(.*first\)"):
        book(*rules).build(DAY)
    assert book(*rules, exports={"a": frozenset({"first"})}).build(DAY).nodes["second"].sources == ("first",)
    with pytest.raises(RuleBookError, match=r"second: 'first' wird von 'a' nicht angeboten \(first.toml\)"):
        book(law(second, folder="b"), law(guarded, folder="a"), parameters=(number("first"),)).build(DAY)
    alone = book(law(second, folder="b"), parameters=(number("first"),))
    assert alone.build(DAY).nodes["second"].sources == ("first",)  # area "a" is not loaded


def test_a_guard_from_another_area_must_be_exported() -> None:
    def rich(lohn: Money) -> Condition:
        """Hoher Lohn"""
        return lohn > 0

    rules = (law(rich, folder="a", unit="ja/nein"), law(guarded, folder="b", when="rich"))
    with pytest.raises(RuleBookError, match=r"guarded: 'rich' wird von 'a' nicht angeboten"):
        book(*rules).build(DAY)


def test_an_unrounded_result_of_a_money_rule_is_found_when_computed() -> None:
    with pytest.raises(RuleBookError, match=r"'unrounded' soll Money liefern, liefert aber Exact; es fehlt"):
        evaluate(book(law(unrounded)).build(DAY), {"lohn": np.array([100, 200])})


def no_title(lohn: Money) -> Money:
    return lohn


def no_types(lohn):  # type: ignore[no-untyped-def]  # the mistake under test
    """Ohne Typen"""
    return lohn


@pytest.mark.parametrize(("function", "mark", "message"), [
    (first, {"law": " "}, "ohne Rechtsgrundlage"),
    (no_title, {}, "ohne Beschreibung"),
    (no_types, {}, "ohne Typangabe: lohn, return"),
    (first, {"unit": "taler"}, "unbekannte Einheit 'taler'"),
    (first, {"unit": "euro/quartal"}, "unbekannte Einheit"),
    (first, {"unit": "tage"}, "passt nicht zum Ergebnistyp Money"),
])
def test_an_incomplete_rule_is_refused(function: Callable[..., Any], mark: dict[str, str], message: str) -> None:
    with pytest.raises(RuleBookError, match=message):
        law(function, **mark)


def test_change_days_are_all_days_on_which_anything_begins_or_ends() -> None:
    rules = book(law(first, until="2026-06-30"), parameters=(number("x", bis=date(2023, 3, 31)),))
    assert rules.change_days() == [date(2020, 1, 1), date(2023, 4, 1), DAY, date(2026, 7, 1)]


def count_of(first: Count) -> Count:
    """Anzahl"""
    return first


def test_kinds_that_are_whole_numbers_may_stand_for_a_count() -> None:
    inputs = (Input("first", "Days", "tage", "Tage", place="eingaben.py"),)
    assert book(law(count_of, unit="anzahl"), inputs=inputs).build(DAY).nodes["count_of"].sources == ("first",)
