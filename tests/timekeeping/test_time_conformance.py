"""Every composed case of worked time, all fields; and what the command says about files that are wrong."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from timekeeping import conformance

ROOT = Path(__file__).parents[2]
CASES = ROOT / "timekeeping" / "cases" / "time_cases.csv"
BESIDE = sorted((ROOT.parent / "shared" / "reference" / "time").glob("*time*.csv"))


def _run(path: Path) -> tuple[int, list[str]]:
    out = io.StringIO()
    code = conformance.run_time(path, out)
    return code, out.getvalue().splitlines()


@pytest.mark.parametrize("path", [CASES, *BESIDE], ids=lambda path: path.name)
def test_all_cases(path: Path) -> None:
    code, lines = _run(path)
    assert (code, [line for line in lines if "erwartet" in line]) == (0, [])


def test_fields_are_really_compared() -> None:
    _, lines = _run(CASES)
    assert lines[-2:] == ["50 Fälle, 1144 Felder verglichen", "50 passed, 0 failed"]


def _changed(tmp_path: Path, name: str, column: str, value: str) -> tuple[int, list[str]]:
    with CASES.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if row["fall"] == name:
            row[column] = value
    path = tmp_path / "faelle.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return _run(path)


@pytest.mark.parametrize(("column", "value"), [
    ("exp_min_nacht", "1394"), ("exp_eur_nacht", "125.89"), ("exp_befunde", "ARBZG_3_10H@2026-06-22"),
    ("exp_befunde", "ARBZG_99@2026-06-22"), ("toleranz_felder", "exp_nacht=1"), ("exp_saldo_minuten", "0")])
def test_a_difference_is_named(tmp_path: Path, column: str, value: str) -> None:
    code, lines = _changed(tmp_path, "ET004", column, value)
    assert code == 1
    assert sum("(ET004)" in line and column in line for line in lines) == 1
    assert lines[-1] == "49 passed, 1 failed"


@pytest.mark.parametrize(("change", "words"), [
    ({"unbekannt": 1}, "unbekannter Schlüssel unbekannt"),
    ({"tarifwerk": "TVoeD-XYZ"}, "'TVoeD-XYZ' gibt es nicht"),
    ({"stufe": "9"}, "Stufe '9' gibt es"),
    ({"bereich": "kantine"}, "bereich: 'kantine'"),
    ({"arbeit": [{"von": "2026-03-29T02:30", "bis": "2026-03-29T08:00"}]}, "gibt es nicht (Umstellung"),
    ({"arbeit": [{"von": "2026-10-25T02:30", "bis": "2026-10-25T08:00"}]}, "gibt es zweimal"),
    ({"arbeit": [{"von": "2026-06-22T08:00", "bis": "2026-06-22T08:00"}]}, "liegt nicht nach"),
    ({"arbeit": [{"von": "2026-07-22T08:00", "bis": "2026-07-22T12:00"}]}, "beginnt nicht im Zeitraum"),
    ({"arbeit": [{"von": "2026-06-22T08:00", "bis": "2026-06-22T12:00", "pause_minuten": "30"}]}, "ganze Zahl"),
    ({"arbeit": [{"von": "2026-06-22T08:00", "bis": "2026-06-22T12:00",
                  "pausen": [{"von": "2026-06-22T11:30", "bis": "2026-06-22T12:30"}]}]}, "nicht in der Arbeitszeit"),
    ({"arbeit": [{"von": "2026-06-22T08:00", "bis": "2026-06-22T12:00"},
                 {"von": "2026-06-22T11:00", "bis": "2026-06-22T13:00"}]}, "überschneiden sich"),
    ({"rufbereitschaft": [{"von": "2026-06-27T08:00", "bis": "2026-06-27T12:00", "einsaetze": [
        {"art": "ausserhalb", "von": "2026-06-27T13:00", "bis": "2026-06-27T14:00"}]}]}, "nicht in seiner Rufber"),
])
def test_contradictions_are_errors_of_the_row(tmp_path: Path, change: dict[str, object], words: str) -> None:
    with CASES.open(encoding="utf-8", newline="") as stream:
        facts = next(json.loads(row["facts"]) for row in csv.DictReader(stream) if row["fall"] == "ET004")
    code, lines = _changed(tmp_path, "ET004", "facts", json.dumps({**facts, **change}))
    assert code == 1
    assert [words in line for line in lines if "(ET004)" in line] == [True]
    assert lines[-1] == "49 passed, 1 failed"


def test_holiday_without_word_on_time_off(tmp_path: Path) -> None:
    with CASES.open(encoding="utf-8", newline="") as stream:
        facts = next(json.loads(row["facts"]) for row in csv.DictReader(stream) if row["fall"] == "ET011")
    del facts["feiertagsausgleich"]
    code, lines = _changed(tmp_path, "ET011", "facts", json.dumps(facts))
    assert code == 1
    assert any("Feiertag 04.06.2026" in line for line in lines)


def test_unknown_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "spalten.csv"
    path.write_text("fall,von,bis,facts,exp_pausen\n", encoding="utf-8")
    code, lines = _run(path)
    assert code == 1
    assert "exp_pausen" in lines[0]
