"""Writes the files pap_<plan>.csv.gz anew: ``python tests/law/lohnsteuer/make_cases.py <folder of the PAP XML>``."""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path
from random import Random

from case_maker import draw
from pap_interpreter import PLANS, Plan

from payroll.law.conformance.bundled import FOLDER

ROWS = 3000
SEED = 20260101


def write(plan_name: str, plan: Plan, target: Path) -> None:
    """Draw the cases of one plan from the seed and write them with the interpreter's outputs."""
    rng = Random(f"{SEED} {plan_name}")
    text = io.StringIO()
    writer = csv.DictWriter(text, ["id", *plan.inputs, *plan.outputs], restval="", lineterminator="\n")
    writer.writeheader()
    for number in range(1, ROWS + 1):
        case = draw(rng, plan_name)
        outputs = {name: str(value) for name, value in plan.run(case).items()}
        writer.writerow({"id": number, **case, **outputs})
    target.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for key, file in PLANS.items():
        write(key, Plan(folder / file), FOLDER / f"pap_{key}.csv.gz")
