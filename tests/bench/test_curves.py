"""Kurven, Dauerlauf, Portal und Profil messen, was sie sagen; wie schnell es ist, prüft niemand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from payroll import bench
from payroll.bench import close, curves, filings, measure, month, portal, profiling, soak, times, wage_types
from payroll.bench.mixture import MONTH
from payroll.cli import kreislohn
from payroll.demo.write import LOHNARTEN
from payroll.masterdata.models import Lohnart, WiederkehrenderBezug
from payroll.runs import service as runs
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session


def test_the_percentile_is_a_value_that_was_measured() -> None:
    assert measure.percentile([3.0, 1.0, 2.0]) == 3.0
    assert measure.percentile([float(one) for one in range(1, 101)]) == 95.0
    assert measure.percentile([float(one) for one in range(1, 21)]) == 19.0
    assert measure.percentile([7.0]) == 7.0


def test_a_measurement_with_calls_says_what_a_call_is() -> None:
    found = measure.Measurement("board", 10, "Seiten", 1.0, 10.0, 50.0, 0).noted("eine Seite", [0.002, 0.0011])
    assert (found.p95_ms, found.calls, found.call) == (2.0, 2, "eine Seite")
    assert "längster von 2 (eine Seite) in 2.0 ms" in found.line()
    few = found.noted("eine Seite", [0.001] * 18 + [0.009])
    assert "längster von 19 (eine Seite) in 9.0 ms" in few.line()
    enough = found.noted("eine Seite", [0.001] * 19 + [0.009])
    assert "95 % von 20 (eine Seite) in 1.0 ms" in enough.line()


def test_the_cost_of_people_is_a_point_for_each_size() -> None:
    found = curves.people(150)
    assert found.points is not None
    assert [one["at"] for one in found.points] == [100, 150]
    assert all(one["ms"] > 0 and one["peak_mb"] > 10 for one in found.points)
    assert (found.name, found.size) == ("curve-people", 150)


@pytest.mark.parametrize("size", [60, 900])
def test_every_point_is_as_many_calls_with_all_its_people(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def calculated(month: date, columns: dict[str, Any], outputs: Any) -> Any:
        sizes.append(len(columns["zulagen"]))
        return gross_to_net(month, columns, outputs)

    gross_to_net = curves.gross_to_net
    monkeypatch.setattr(curves, "gross_to_net", calculated)
    found = curves.paid(size)
    assert (found["at"], found["cpu_ms"] > 0) == (size, True)
    assert sizes == [curves.BEFORE, *[size] * curves.PASSES]


@pytest.mark.parametrize(("module", "name", "call"), [
    (filings, "filings", "ein Monat ohne Festschreiben"), (filings, "journal", "ein Monat ohne Festschreiben"),
    (times, "time", "Einlesen der Datei")])
def test_calls_that_are_undone_are_of_one_kind_and_disturb_nothing(
        module: Any, name: str, call: str, database: Dsns, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def here() -> Iterator[Any]:
        yield None, database

    def called(function: str, *arguments: Any) -> Any:
        asked.append(function.rpartition(":")[2])
        found.append(measure._call(function, *arguments))
        return found[-1]

    asked, found = list[str](), list[Any]()
    monkeypatch.setattr(module, "own_server", here)
    monkeypatch.setattr(module, "in_fresh_process", called)
    result = module.journal(24) if name == "journal" else module.measure(24)
    assert (result.name, result.calls, result.call) == (name, module.CALLS, call)
    assert result.p95_ms == round(max(found[3]) * 1000, 3)
    assert asked[1] in (f"{name}_of", "taken_over")  # before any call that is undone
    assert asked[3] == "again"
    assert found[0] != found[2]  # the calls are another employer's


def test_a_point_of_a_closed_month_counts_time_memory_and_statements(database: Dsns) -> None:
    first, tenant = close.employer_with(4, "801"), close.employer_with(9, "901")
    found = curves.closed(database, (first, tenant), 9, None)
    assert {"ms", "cpu_ms", "database_ms", "peak_mb", "statements"} == set(found)
    assert found["database_ms"] == 0
    assert found["statements"] > 100
    with tenant_session(tenant, actor=close.CLERK) as session:
        assert runs.find_run(session, MONTH).anzahl == 9


@pytest.mark.parametrize("count", [30, 320])
def test_an_employer_has_the_wage_types_wanted_and_pays_each(database: Dsns, count: int) -> None:
    people = 40
    tenant = wage_types.employer_of(people, "902", count)
    with tenant_session(tenant, actor=close.CLERK) as session:
        assert session.scalar(select(func.count(Lohnart.id))) == count
        paid = session.scalar(select(func.count(WiederkehrenderBezug.id)).where(
            WiederkehrenderBezug.recorded_by == close.CLERK, WiederkehrenderBezug.reason == wage_types.REASON))
        kinds = session.scalar(select(func.count(WiederkehrenderBezug.lohnart_id.distinct())).where(
            WiederkehrenderBezug.reason == wage_types.REASON))
    assert (paid, kinds) == (people * wage_types.EACH, count - len(LOHNARTEN))
    assert close.pay_month(tenant, MONTH).anzahl == people


@contextmanager
def _one_worker(_dsns: Dsns) -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_a_stopped_soak_goes_on_and_pays_everybody(database: Dsns, tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def kept(_folder: Path) -> Iterator[Any]:
        yield None, database

    monkeypatch.setattr(soak, "kept_server", kept)
    monkeypatch.setattr(soak, "_workers", _one_worker)
    monkeypatch.setattr(soak, "EACH", 3)
    settled, calls = month.settled, []

    def dying(tenant: int) -> month.Share:
        calls.append(tenant)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return settled(tenant)

    monkeypatch.setattr(month, "settled", dying)
    with pytest.raises(KeyboardInterrupt):
        soak.measure(9, tmp_path)
    assert len((tmp_path / soak.DONE).read_text(encoding="utf-8").splitlines()) == 1
    found = soak.measure(9, tmp_path)
    assert (found.size, found.calls, found.sql_statements is not None) == (9, 2, True)
    assert found.points is not None
    assert [one["at"] for one in found.points] == [6, 9]
    assert all(one["ms"] > 0 and one["disk_mb"] > 1 for one in found.points)
    assert soak.measure(9, tmp_path).size == 9
    assert calls[3:] == calls[-3:]  # two and the one that died, then the rest, under other numbers
    assert len(set(calls)) == 6


def test_a_soak_takes_numbers_above_all_and_drops_a_line_cut_off(database: Dsns, tmp_path: Path) -> None:
    close.employer_with(1, "1003")  # its worker was done, the one with 1002 was not
    assert soak._numbers(database, 2) == ["1004", "1005"]
    file, step = tmp_path / soak.DONE, soak.Step(10, 1.0, 2.0, 50.0, 100.0, 5)
    assert soak._done(file) == []
    whole = json.dumps(asdict(step)) + "\n"
    file.write_text(whole + whole[:25], encoding="utf-8")
    assert soak._done(file) == [step]
    assert file.read_text(encoding="utf-8") == whole


def test_points_of_a_long_soak_are_few_and_end_with_everybody() -> None:
    steps = [soak.Step(10, 1.0, float(1 + at), 50.0 + at, 100.0, 5) for at in range(45)]
    points = soak._points(steps)
    assert len(points) == 15
    assert points[0] == {"at": 30, "ms": 200.0, "written_ms": 100.0, "peak_mb": 52.0, "disk_mb": 100.0}
    assert points[-1]["at"] == 450


def test_the_portal_is_read_by_everybody(database: Dsns) -> None:
    sessions = portal.opened(database, 3)
    assert len(set(sessions)) == 3
    found = portal.read(database, sessions, 9)
    assert (found.name, found.size, found.calls, found.call) == ("portal", 9, 9, "eine Seite")
    assert found.sql_statements is not None
    assert found.sql_statements > 9
    assert all(word in str(found.remark) for word in ("Liste", "Abrechnung", "PDF"))


def test_a_page_that_is_not_what_it_should_be_ends_the_measurement(database: Dsns) -> None:
    portal.opened(database, 1)
    with pytest.raises(RuntimeError, match="die Messung wäre falsch"):
        portal.read(database, ["1:0:unbekannt"], 3)


def test_a_profile_names_rooms_functions_and_statements(database: Dsns, tmp_path: Path) -> None:
    tenant = close.employer_with(6, "903")
    month.account(tenant)
    share = month._looked_at(tenant)
    assert share.profile is not None
    rooms = profiling.written(tmp_path / "profil.md", "Monat", [share.profile, share.profile])
    assert {"payroll/runs", "payroll/masterdata/slices", "sqlalchemy", profiling.WAITING} <= set(rooms)
    assert list(rooms.values()) == sorted(rooms.values(), reverse=True)
    text = (tmp_path / "profil.md").read_text(encoding="utf-8")
    assert text.startswith("# Monat\n")
    assert any(name.startswith("payroll/runs/calculate.py:") for name in share.profile.functions)
    assert "INSERT INTO" in text
    assert profiling.joined([share.profile] * 2).statements.keys() == share.profile.statements.keys()


@pytest.mark.parametrize(("words", "told"), [(["tax", "--profile", "p.md"], "--profile gibt es nur bei „bench month“"),
                                             (["month", "--folder", "d"], "--folder gibt es nur bei „bench soak“")])
def test_an_option_that_would_do_nothing_is_refused(words: list[str], told: str) -> None:
    answer = CliRunner().invoke(kreislohn, ["bench", *words])
    assert answer.exit_code == 2
    assert told in answer.output


def test_curves_and_soak_are_not_among_all(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(name: str, size: int | None, **more: Any) -> measure.Measurement:
        asked.append(name)
        return measure.Measurement(name, 1, "Zeilen", 1.0, 1.0, 1.0, 0)

    monkeypatch.setattr(bench, "run", run)
    answer = CliRunner().invoke(kreislohn, ["bench", "all", "--json"])
    assert [json.loads(line)["name"] for line in answer.output.splitlines()] == asked
    assert set(bench.BENCHMARKS) - set(asked) == {*bench.LONG}
