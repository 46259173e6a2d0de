"""Tage und Jahre lesen sich in einer Erklärung als solche, in jeder Sprache; gerechnet wird mit denselben Zahlen."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from payroll.law.calculate import rule_book
from payroll.law.engine import Explanation, explain
from payroll.law.tongue import Tongue, speaking
from payroll.web.spoken import tongue

DAY = date(2026, 3, 1)
GERMAN, ENGLISH = None, tongue("en")


def told(name: str, language: Tongue | None = GERMAN, **given: int) -> Explanation:
    rules = rule_book().build(DAY)
    with speaking(language):
        return explain(rules, {one: np.array([value]) for one, value in given.items()}, 0, name)


@pytest.mark.parametrize(("language", "titles"), [
    (GERMAN, ("Geburtsdatum", "Kalenderjahr")), (ENGLISH, ("Date of birth", "Calendar year"))], ids=["de", "en"])
def test_a_birthday_is_a_date_and_a_year_has_four_figures(language: Tongue | None, titles: tuple[str, str]) -> None:
    found = told("kinderlos_zuschlag", language, kinderlos=1, geburtsdatum=19800101, kalenderjahr=2026, kalendermonat=3,
                 beitragsgruppe_pv=1)
    facts = {fact.name: (fact.title, fact.text) for fact in found.facts}
    assert found.value == 1
    assert (facts["geburtsdatum"], facts["kalenderjahr"]) == ((titles[0], "01.01.1980"), (titles[1], "2026"))
    step = next(one for one in found.steps if one.name == "kinderlos_zuschlag_nach_alter")
    assert f"{titles[0]} ≥ 01.01.1940" in step.formula
    assert "01.01.1980 ≥ 01.01.1940" in step.figures
    assert not any("19.8" in line or "2.026" in line or "19,8" in line or "2,026" in line for line in found.lines())


def test_the_year_after_the_64th_birthday_is_a_year() -> None:
    found = told("ajahr", geburtsdatum=19600615, kalenderjahr=2026)
    assert (found.value, found.text) == (2025, "2025")


def test_a_birthday_that_is_not_known_is_no_date() -> None:
    found = told("alter1", geburtsdatum=0, kalenderjahr=2026)
    assert {fact.name: fact.text for fact in found.facts}["geburtsdatum"] == "nicht angegeben"


def test_the_day_a_company_car_was_bought_is_a_date() -> None:
    found = told("nl_dienstwagen_basis", nl_listenpreis=5_000_000, nl_dienstwagen_ansatz=2, nl_anschaffung=20250801)
    assert rule_book().build(DAY).inputs["nl_anschaffung"].unit == "datum"
    assert all("20.250.801" not in line for line in found.lines())
