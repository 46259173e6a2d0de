"""Erklärungen in einer anderen Sprache: dieselben Schritte und Zahlen, und kein Wort, um das niemand gebeten wurde."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from payroll.law.calculate import explain, gross_to_net, law_of
from payroll.law.conformance.payslip_rows import read_row
from payroll.law.conformance.report import Case
from payroll.law.engine import Explanation
from payroll.law.payslip_columns import OUTPUTS
from payroll.law.tongue import Tongue, speaking
from payroll.web.spoken import tongue
from tests.law.engine.ordinary_row import MAY, ROW

WORD = re.compile(r"[^\W\d_]{2,}")
CODE = re.compile(r"TV\w*oeD|NRW|^(RZVK|VBL|KVW|rzvk|vbl|kvw)|^[A-Z]{2}$|^[IV]+$")  # names of scales, funds, Länder


def _people() -> dict[str, Any]:
    """Wenige Fälle, die viele Regeln brauchen: Einmalzahlung im März-Sinn, Kinder, Teilzeit, Übergangsbereich."""
    base = read_row(Case(1, "x", ROW)).values
    size = 6
    columns: dict[str, Any] = {name: np.full(size, value) for name, value in base.items()}
    columns["steuerklasse"] = np.array([1, 2, 3, 4, 5, 6])
    columns["wochenstunden"] = np.array([3900, 900, 1950, 3900, 500, 3000])
    columns["kinder_unter_25"] = np.array([0, 2, 0, 3, 0, 1])
    columns["kinderlos"] = np.array([1, 0, 0, 0, 1, 0])
    columns["einmalzahlung"] = np.array([0, 0, 150_000, 600_000, 0, 20_000])
    columns["jahresarbeitslohn_erwartet"] = np.full(size, 4_500_000)
    columns["sv_tage_bisher"] = np.full(size, 120)
    columns["sv_brutto_kv_bisher"] = columns["sv_brutto_rv_bisher"] = np.full(size, 1_500_000)
    return columns


COLUMNS = _people()
BATCH = gross_to_net(MAY, COLUMNS, OUTPUTS)


def _texts(told: Explanation) -> list[str]:
    found = [told.title, told.text]
    for step in told.steps:
        found += [step.title, step.text, step.formula, step.figures, *step.because]
    return [*found, *(text for fact in told.facts for text in (fact.title, fact.text)),
            *(text for source in told.sources for text in (source.title, source.text))]


def _figures(told: Explanation) -> list[str]:
    return [told.text, *(text for step in told.steps for text in (step.text, step.figures)),
            *(fact.text for fact in told.facts), *(source.text for source in told.sources)]


def _listening(missed: set[str]) -> Tongue:
    english = tongue("en")

    def text(german: str) -> str:
        found = english.text(german)
        if not found and WORD.search(german) and not CODE.search(german):
            missed.add(german)
        return found

    return Tongue(text, english.heard)


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_explanation_in_english_is_the_same_explanation(name: str) -> None:
    missed: set[str] = set()
    for row in range(6):
        german = explain(MAY, COLUMNS, row, name, expected=int(BATCH.cents(name)[row]))
        with speaking(_listening(missed)):
            english = explain(MAY, COLUMNS, row, name, expected=int(BATCH.cents(name)[row]))
        assert [(one.name, one.value, one.law, one.uses) for one in english.steps] == \
            [(one.name, one.value, one.law, one.uses) for one in german.steps]
        for here, there in zip(_figures(german), _figures(english), strict=True):
            assert re.findall(r"\d", here) == re.findall(r"\d", there), (here, there)
    assert {text for text in missed if "Nachkommastellen" not in text} == set()


def test_no_german_remains_after_somebody_spoke_english() -> None:
    before = explain(MAY, COLUMNS, 0, "auszahlung")
    with speaking(tongue("en")):
        english = explain(MAY, COLUMNS, 0, "auszahlung")
    assert explain(MAY, COLUMNS, 0, "auszahlung") == before
    assert english.title == "Pay-out amount"
    assert law_of(MAY).nodes["auszahlung"].rule.full_title == before.title


def test_formulas_are_words_of_the_language() -> None:
    with speaking(tongue("en")):
        told = explain(MAY, COLUMNS, 3, "lohnsteuer")
    whole = "\n".join(_texts(told))
    assert "rounded down to" in whole
    assert "lowest value of (" in whole
    assert "€" in whole
    for german in (" und ", " oder ", "nicht", "gerundet", "Wert aus", " Tage", "/Monat"):
        assert german not in whole, german
    assert not re.search(r"\d[ \u00a0]€|\d,\d\d\b", whole)
