"""The official plans, where their XML lies beside the project, against our rules; without them the invented one."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
from case_maker import draw
from made_up import MADE_UP

from payroll.law.calculate import rule_book
from payroll.law.engine import evaluate
from payroll.law.plan import read_plan
from payroll.law.rules.lohnsteuer.eingaben import INPUTS

XML = Path(__file__).parents[4] / "shared" / "reference" / "tax" / "pap"
FILES = sorted(XML.glob("*.xml"))
ROWS = 20_000


def random_columns(year: str, rows: int) -> dict[str, np.ndarray]:
    rng = Random(f"plan against rules {year}")
    cases = [{name.lower(): value for name, value in draw(rng, year).items()} for _ in range(rows)]
    start = {"lzz": 1, "stkl": 1, "re4": 0}
    return {one.name: np.array([int(Fraction(str(case[one.name])) * one.den) if one.name in case
                                else start.get(one.name, one.default) for case in cases]) for one in INPUTS}


@pytest.mark.parametrize("path", FILES or [MADE_UP], ids=lambda path: path.stem)
def test_plan_and_rules_agree_in_every_output(path: Path) -> None:
    plan = read_plan(path)
    columns = random_columns(str(plan.year), ROWS if FILES else 2_000)
    rows = len(columns["re4"])
    found = plan.evaluate(columns, rows)
    assert set(found) == set(plan.outputs)
    assert all(column.shape == (rows,) for column in found.values())
    if path != MADE_UP:
        rules = rule_book("lohnsteuer").build(date(plan.year, plan.first_month, 1))
        ours = evaluate(rules, columns, list(plan.outputs))
        assert not ours.faults
        assert {name: int(np.count_nonzero(found[name] != ours.cents(name))) for name in plan.outputs} == dict.fromkeys(
            plan.outputs, 0)
        assert plan.new_inputs == ()
