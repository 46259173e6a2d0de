"""Every value of pay, civil servants and supplementary pension: batch = single rows = explanation, law and source."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from payroll.law.calculate import rule_book
from payroll.law.encode import gruppe_code
from payroll.law.engine import evaluate, explain
from payroll.law.engine.catalogue import catalogue

AREAS = ("entgelt", "besoldung", "zusatzversorgung")
DAY = date(2026, 11, 1)
ROWS = 24


def columns() -> dict[str, Any]:
    """Invented rows for all inputs of the three areas: a random value within the kind of each input."""
    rules = rule_book(*AREAS).build(DAY)
    rng = np.random.default_rng(20261101)
    found: dict[str, Any] = {}
    for name, declared in rules.inputs.items():
        match declared.kind:
            case "Condition":
                found[name] = rng.integers(0, 2, ROWS)
            case "Choice":
                found[name] = rng.integers(0, len(declared.names), ROWS)
            case "Money":
                found[name] = rng.integers(0, 900_000, ROWS)
            case "Rate":
                found[name] = rng.integers(1, 8, ROWS) * max(declared.den // 100, 1)
            case _:
                found[name] = rng.integers(1, 13, ROWS)
    kita = [gruppe_code("TVoeD-SuE", name) for name in ("S2", "S8a", "S8b", "S9", "S12", "S15")]
    found |= {"entgeltgruppe": rng.choice(kita, ROWS), "gruppe_bisher": rng.choice(kita, ROWS),
              "hoehere_gruppe": rng.choice(kita, ROWS), "stufe": rng.integers(2, 7, ROWS),
              "stufe_bisher": rng.integers(2, 7, ROWS), "brutto": np.full(ROWS, -1), "tarifwerk": np.full(ROWS, 1),
              "wochenstunden": rng.integers(1000, 4201, ROWS), "vollzeitstunden": np.full(ROWS, 3900),
              "tage": rng.integers(1, 31, ROWS), "kalendertage_im_monat": np.full(ROWS, 30),
              "zv_alter": rng.integers(17, 67, ROWS), "zv_kasse": rng.integers(0, 4, ROWS),
              "zuschlag_art": rng.integers(0, 7, ROWS), "sterbetag": rng.integers(0, 31, ROWS)}
    return found


def names() -> list[str]:
    """All rules but those that a group of table S has no answer to (family supplements)."""
    rules = rule_book(*AREAS).build(DAY)
    asks = ("familienzuschlagsklasse", "familienzuschlagstabelle")
    closed = {name for name, node in rules.nodes.items()
              if any(source in asks for one in rules.order_for([name]) for source in one.sources)}
    return [name for name in rules.nodes if name not in closed]


COLUMNS = columns()


def test_only_the_family_supplement_is_left_out() -> None:
    left_out = set(rule_book(*AREAS).build(DAY).nodes) - set(names())
    assert all("familie" in name or name.startswith(("abschlag_entwurf_", "ausgleichszulage")) for name in left_out)
    assert len(names()) > 120


@pytest.mark.parametrize("name", names())
def test_batch_single_and_explanation_agree(name: str) -> None:
    rules = rule_book(*AREAS).build(DAY)
    batch = evaluate(rules, COLUMNS, [name])
    assert batch.faults == [], batch.faults
    whole = batch.columns[name]
    for row in (0, ROWS // 2, ROWS - 1):
        alone = evaluate(rules, {key: int(column[row]) for key, column in COLUMNS.items()}, [name]).columns[name]
        dens = np.broadcast_to(np.asarray(whole.den), (ROWS,)), np.asarray(alone.den).reshape(-1)
        assert int(whole.num[row]) * int(dens[1][0]) == int(alone.num[0]) * int(dens[0][row])
    if isinstance(whole.den, int) and whole.den == 1:
        told = explain(rules, COLUMNS, 0, name, expected=int(whole.num[0]))
        assert told.title
        assert all(source.source for source in told.sources)


def test_every_rule_and_number_names_law_and_source() -> None:
    for entry in catalogue(rule_book(*AREAS), DAY):
        if entry.art != "Eingabe":
            assert entry.law, entry
        assert entry.title, entry
