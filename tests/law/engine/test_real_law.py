"""The engine over the real law: explanations equal the columns, fingerprint and catalogue are complete."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from payroll.law.calculate import explain, gross_to_net, law_of, rule_book
from payroll.law.conformance.payslip_rows import read_row
from payroll.law.conformance.report import Case
from payroll.law.engine import catalogue, markdown
from payroll.law.payslip_columns import OUTPUTS
from tests.law.engine.ordinary_row import MAY, ROW

ROOT = Path(__file__).parents[3]


def people(size: int) -> dict[str, Any]:
    """Invented people around one row: classes, hours, children, allowances, one-off pay, days of the month."""
    rng = np.random.default_rng(20260501)
    base = {**read_row(Case(1, "x", ROW)).values}
    columns: dict[str, Any] = {name: np.full(size, value) for name, value in base.items()}
    columns["steuerklasse"] = rng.integers(1, 7, size)
    columns["wochenstunden"] = rng.integers(500, 3900, size)
    columns["kinder_unter_25"] = rng.integers(0, 6, size)
    columns["kinderlos"] = (columns["kinder_unter_25"] == 0) * rng.integers(0, 2, size)
    columns["zulagen"] = rng.integers(0, 500_000, size)
    columns["einmalzahlung"] = rng.integers(0, 2, size) * rng.integers(0, 900_000, size)
    columns["jahresarbeitslohn_erwartet"] = rng.integers(2_000_000, 9_000_000, size)
    columns["sv_tage_bisher"] = np.full(size, 120)
    columns["sv_brutto_kv_bisher"] = columns["sv_brutto_rv_bisher"] = rng.integers(800_000, 2_300_000, size)
    columns["von_tag"] = rng.integers(0, 2, size) * rng.integers(1, 28, size)
    return columns


@pytest.mark.parametrize("name", ["auszahlung", "ag_kosten"])
def test_every_step_of_invented_people_equals_the_columns(name: str) -> None:
    columns = people(60)
    batch = gross_to_net(MAY, columns, [name])
    assert not batch.faults
    for row in range(0, 60, 5):
        told = explain(MAY, columns, row, name, expected=int(batch.cents(name)[row]))
        assert told.steps[-1].name == name
        assert all(source.source for source in told.sources)


def test_every_figure_of_a_payslip_can_be_explained() -> None:
    columns = people(3)
    batch = gross_to_net(MAY, columns, OUTPUTS)
    for name in OUTPUTS:
        told = explain(MAY, columns, 1, name, expected=int(batch.cents(name)[1]))
        assert told.lines()[0].startswith(told.title)


def test_blocks_and_single_rows_agree_with_the_batch() -> None:
    columns = people(40)
    batch = gross_to_net(MAY, columns, OUTPUTS)
    for row in (0, 7, 39):
        alone = gross_to_net(MAY, {name: column[row:row + 1] for name, column in columns.items()}, OUTPUTS)
        assert [int(alone.cents(n)[0]) for n in OUTPUTS] == [int(batch.cents(n)[row]) for n in OUTPUTS]


def test_the_fingerprint_is_the_same_in_another_process() -> None:
    code = ("from datetime import date; from payroll.law.calculate import law_of; "
            "print(law_of(date(2026, 5, 1)).fingerprint)")
    env = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == law_of(MAY).fingerprint


def test_the_table_change_of_may_changes_the_fingerprint() -> None:
    assert law_of(date(2026, 4, 1)).fingerprint != law_of(MAY).fingerprint
    assert law_of(date(2026, 6, 1)).fingerprint == law_of(MAY).fingerprint


def test_the_catalogue_names_law_and_source_of_everything() -> None:
    entries = catalogue(rule_book(), MAY)
    rules = [entry for entry in entries if entry.art == "Regel"]
    numbers = [entry for entry in entries if entry.art == "Wert des Rechts"]
    assert len(rules) == len(law_of(MAY).nodes)
    assert all(entry.law and entry.title for entry in rules)
    assert all(value.source for entry in numbers for value in entry.values)
    assert "### netto\n\nNettoentgelt. Regel, § 108 GewO." in markdown(entries, MAY)


def test_amounts_of_any_size_stay_exact_in_columns() -> None:
    rng = np.random.default_rng(5)
    size = 12
    columns = people(size)
    scale = 10 ** rng.integers(3, 15, size)
    for name in ("zulagen", "einmalzahlung", "jahresarbeitslohn_erwartet", "sv_brutto_kv_bisher"):
        columns[name] = (rng.integers(0, 1000, size) * scale) // 1000
    batch = gross_to_net(MAY, columns, OUTPUTS)
    for row in range(size):
        # a single row is computed with Python integers, which know no limit
        alone = gross_to_net(MAY, {name: int(column[row]) for name, column in columns.items()}, OUTPUTS)
        assert [int(alone.cents(n)[0]) for n in OUTPUTS] == [int(batch.cents(n)[row]) for n in OUTPUTS]
