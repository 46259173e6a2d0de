"""All plans against the official pseudo-code: 3 000 recorded cases each, and fresh ones where the XML is at hand."""

import csv
import gzip
import io
from datetime import date
from pathlib import Path
from random import Random

import pytest
from case_maker import draw
from pap_interpreter import PLANS, Plan

from payroll.law.conformance.bundled import FOLDER as CASES
from payroll.law.conformance.tax import run

XML = Path(__file__).parents[4] / "shared" / "reference" / "tax" / "pap"
MONTHS = {"2024": (1, 11), "2024-12": (12, 12), "2025": (1, 12), "2026": (1, 12)}


@pytest.mark.parametrize(("plan", "month"), sorted({(plan, month) for plan, ends in MONTHS.items() for month in ends}))
def test_recorded_cases_in_the_first_and_last_month(plan: str, month: int) -> None:
    out = io.StringIO()
    code = run(CASES / f"pap_{plan}.csv.gz", date(int(plan[:4]), month, 1), out)
    assert (code, out.getvalue()) == (0, "3000 passed, 0 failed\n")


@pytest.mark.parametrize("plan", PLANS)
def test_recorded_cases_reach_every_output(plan: str) -> None:
    with gzip.open(CASES / f"pap_{plan}.csv.gz", "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    outputs = list(rows[0])[list(rows[0]).index("BK"):]
    counts = {name: sum(row[name] != "0" for row in rows) for name in outputs}
    assert min(counts.values()) >= 80, counts


def test_neighbouring_plans_differ() -> None:
    out = io.StringIO()
    assert run(CASES / "pap_2024.csv.gz", date(2024, 12, 1), out) == 1
    assert run(CASES / "pap_2024-12.csv.gz", date(2024, 11, 1), out) == 1


@pytest.mark.parametrize("plan", PLANS)
def test_fresh_cases(plan: str, tmp_path: Path) -> None:
    """Where the official XML lies beside the project, 500 cases never recorded; else the recorded ones once more."""
    path, expected = CASES / f"pap_{plan}.csv.gz", 3000
    if (XML / PLANS[plan]).exists():
        path, expected = tmp_path / "fresh.csv", 500
        _write_fresh(path, plan, Plan(XML / PLANS[plan]), expected)
    out = io.StringIO()
    run(path, date(int(plan[:4]), MONTHS[plan][1], 1), out)
    assert out.getvalue() == f"{expected} passed, 0 failed\n"


def _write_fresh(path: Path, name: str, plan: Plan, rows: int) -> None:
    rng = Random(f"fresh {name}")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*plan.inputs, *plan.outputs], restval="", delimiter=";")
        writer.writeheader()
        for _ in range(rows):
            case = draw(rng, name)
            writer.writerow({**case, **plan.run(case)})
