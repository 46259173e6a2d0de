"""Whatever stands in the facts, a row either counts or says in German what is wrong; the program never breaks."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from payroll.law.conformance.report import Case, CellError
from payroll.law.encode import UnknownName
from timekeeping.conformance import leave_values, time_values
from timekeeping.rules.leave_facts import LeaveError
from timekeeping.rules.premiums import MissingTimeOff
from timekeeping.rules.rates import PricingError

CASES = Path(__file__).parents[2] / "timekeeping" / "cases"
SAID = (CellError, LeaveError, MissingTimeOff, PricingError, UnknownName)
JUNK: tuple[Any, ...] = (None, True, -1, 10**30, 0.5, "", "x", "-1.00", "1e400", "9999-12-31", "2026-06-22T08:00:30",
                         "2026-10-25T02:30", "20260622", [], [None], {}, {"von": 1}, "99999999999.00")
USED = {"time_cases.csv": ("ET003", "ET005", "ET010", "ET025", "ET032", "ET037", "ET047", "ET048", "ET050"),
        "leave_cases.csv": ("EL013", "EL015", "EL018", "EL021", "EL027", "EL030")}


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """One place of every kind: only the first entry of a list."""
    if path:
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, child in children:
        yield from _places(child, (*path, key))


def _with(facts: dict[str, Any], path: tuple[Any, ...], junk: Any) -> dict[str, Any]:
    changed = copy.deepcopy(facts)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = junk
    return changed


def _rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["fall"] in USED[name]]


@pytest.mark.parametrize(("name", "values"), [("time_cases.csv", time_values), ("leave_cases.csv", leave_values)])
def test_junk_is_named(name: str, values: Callable[[Case], dict[str, Any]]) -> None:
    said = counted = 0
    for row in _rows(name):
        facts = json.loads(row["facts"])
        for path in _places(facts):
            for junk in JUNK:
                try:
                    values(Case(2, row["fall"], {**row, "facts": json.dumps(_with(facts, path, junk))}))
                    counted += 1
                except SAID as error:
                    said += bool(str(error))
    assert said > 3 * counted > 0


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"arbeit": 1}', '{"stufe": "2", "stufe": "3"}'])
def test_facts_that_are_no_object(text: str) -> None:
    for name, values in (("time_cases.csv", time_values), ("leave_cases.csv", leave_values)):
        with pytest.raises(SAID):
            values(Case(2, "x", {**_rows(name)[0], "facts": text}))
