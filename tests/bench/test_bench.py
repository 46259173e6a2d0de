"""Measurements run, say what they measured, and are reproducible; how fast they are is no test."""

from __future__ import annotations

import json
from collections import defaultdict

import numpy as np
import pytest
from click.testing import CliRunner

from payroll import bench
from payroll.bench import documents, files, measure, pay, tax
from payroll.bench.measure import Measurement
from payroll.bench.mixture import LAST, MONTH, people
from payroll.bench.where import ENGINE, _watched
from payroll.cli import kreislohn
from payroll.law.calculate import gross_to_net, law_of, month_inputs
from payroll.law.engine import evaluate
from payroll.law.payslip_columns import OUTPUTS

FIELDS = {"name", "size", "rate", "unit", "seconds", "peak_mb", "sql_statements", "beside", "areas", "remark", "seed",
          "cpu_seconds", "database_seconds", "p95_ms", "calls", "call", "points", "definition",
          "machine", "versions"}


def test_the_names_are_those_of_the_command_line() -> None:
    offered = {p.name: p.type for p in kreislohn.commands["bench"].params}["name"].choices
    assert set(offered) == {*bench.BENCHMARKS, "all"}


@pytest.mark.parametrize(("name", "module"), [("tax", tax), ("pay", pay), ("documents", documents), ("files", files)])
def test_a_measurement_is_complete(name: str, module: object) -> None:
    found = module.measure(16)  # type: ignore[attr-defined]  # each measuring module has measure()
    assert set(found.as_dict()) == FIELDS
    assert (found.name, found.size, found.sql_statements) == (name, 16, 0)
    assert found.calls is not None
    assert found.calls > 1
    assert found.p95_ms is not None
    assert found.seconds >= 0
    assert found.peak_mb > 10
    assert {"numpy", "kreislohn"} <= set(found.versions)


def test_the_command_prints_one_line_of_json_from_a_fresh_process() -> None:
    answer = CliRunner().invoke(kreislohn, ["bench", "documents", "--size", "3", "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert set(found) == FIELDS
    assert (found["name"], found["size"], found["seed"]) == ("documents", 3, measure.SEED)


def test_a_line_for_people_names_rate_memory_and_statements() -> None:
    line = Measurement("close", 5_000, "Abrechnungen", 2.5, 2_000.0, 150.4, 96).line()
    assert line == "close: 5000 Abrechnungen in 2.50 s = 2,000 je Sekunde, Spitze 150 MB, 96 SQL-Anweisungen"


def test_where_the_time_goes_names_the_areas_and_changes_nothing() -> None:
    found = pay.measure(64)
    assert found.areas is not None
    assert {"lohnsteuer", "sozialversicherung", "zusatzversorgung", ENGINE} <= set(found.areas)
    assert min(found.areas.values()) >= 0
    assert list(found.areas.values()) == sorted(found.areas.values(), reverse=True)
    assert "; davon " in found.line()
    columns = pay.rows(64)
    watched = _watched(law_of(MONTH), defaultdict(float))
    again = evaluate(watched, {**month_inputs(MONTH), **columns}, OUTPUTS)
    assert gross_to_net(MONTH, columns, OUTPUTS).cents("netto").tolist() == again.cents("netto").tolist()


def test_the_district_is_mixed_employed_and_always_the_same() -> None:
    found = people(300)
    assert len(found) == 300
    assert len({m.personalnummer for m in found}) == 300
    assert {m.kind for m in found} == {"verwaltung", "pflege", "erziehung", "beamte", "auszubildende", "minijob",
                                       "midijob", "leitung"}
    assert all(m.eintritt <= LAST and (m.austritt or LAST) >= MONTH for m in found)
    assert found == people(300)


def test_every_row_of_the_pay_measurement_is_paid_and_the_seed_varies_it() -> None:
    columns = pay.rows(500)
    result = gross_to_net(MONTH, columns, OUTPUTS)
    assert result.faults == []
    assert (result.cents("netto") > 0).all()
    assert len(np.unique(result.cents("gesamtbrutto"))) > 250
    again, other = pay.rows(500), pay.rows(500, seed=1)
    assert all((again[name] == values).all() for name, values in columns.items())
    assert (other["zulagen"] != columns["zulagen"]).any()
