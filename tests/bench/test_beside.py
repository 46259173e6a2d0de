"""The comparison with another program: only where it is installed, same rows, agreement to the cent as stated."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from payroll.bench import beside, tax
from payroll.bench.measure import Measurement

ROWS = tax.rows(400)
COLUMN = "einnahmen__bruttolohn_m"


def _installed(monkeypatch: pytest.MonkeyPatch, version: str, seen: list[dict[str, Any]]) -> None:
    """A stand-in that taxes a fifth of the wage."""
    def function(columns: dict[str, Any]) -> dict[str, Any]:
        seen.append(columns)
        return {"lohnsteuer__betrag_m": columns[COLUMN] / 5}

    def main(**wanted: Any) -> dict[str, Any]:
        assert wanted["policy_date_str"] == "2026-11-01"
        return {"tt_function": function, "labels": {"root_nodes": {COLUMN, "lohnsteuer__kinderfreibetrag_soli_y"}}}

    stand_in = SimpleNamespace(main=main, TTTargets=SimpleNamespace, InputData=SimpleNamespace(qname=dict))
    monkeypatch.setitem(sys.modules, "gettsim", stand_in)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name == "gettsim" or None)
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)


def test_nothing_is_compared_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert beside.compare(tax.MONTH, ROWS, 975_600, ROWS["re4"] // 5) is None


def test_another_edition_is_named_and_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    _installed(monkeypatch, "2.0.1", [])
    assert beside.compare(tax.MONTH, ROWS, 975_600, ROWS["re4"]) == {
        "version": "2.0.1", "remark": "nicht verglichen: bekannt ist nur 1.3.x"}


def test_the_same_rows_are_computed_and_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    _installed(monkeypatch, "1.3.7", seen)
    ours = ROWS["re4"] // 5
    ours[:100] += 3
    found = beside.compare(tax.MONTH, ROWS, 975_600, ours)
    assert (found["version"], found["agree"], found["largest_difference_cents"]) == ("1.3.7", 0.75, 3)
    assert found["rate"] > 0
    assert set(seen[-1]) == {COLUMN, "lohnsteuer__kinderfreibetrag_soli_y"}
    assert np.array_equal(np.rint(seen[-1][COLUMN] * 100), ROWS["re4"])
    fourth, first = (np.flatnonzero((ROWS["stkl"] == number) & (ROWS["zkf"] == 10))[0] for number in (4, 1))
    allowance = seen[-1]["lohnsteuer__kinderfreibetrag_soli_y"]
    assert (allowance[fourth], allowance[first]) == (4_878, 9_756)


def test_agreement_is_stated_as_it_comes_and_with_the_year_in_whole_euro() -> None:
    theirs = np.array([1_200.99 / 12, 100.0, 0.29])
    found = beside.agreement(theirs, np.array([10_000, 10_000, 29]))
    assert found == {"agree": 0.6667, "agree_rounded_as_the_plan": 0.6667, "largest_difference_cents": 8}


def test_the_line_names_the_other_program() -> None:
    other = {"version": "1.3.1", "rate": 1_847_121.2, "agree": 0.1084, "agree_rounded_as_the_plan": 0.8911}
    line = Measurement("tax", 10, "Zeilen", 1.0, 10.0, 1.0, beside=other).line()
    assert line.endswith("; daneben gettsim 1.3.1: 1,847,121 je Sekunde, auf den Cent gleich 10.8%, mit der Rundung "
                         "des Jahresbetrags 89.1%")
