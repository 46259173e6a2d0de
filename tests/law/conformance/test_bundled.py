"""The proof that ships with the product: every file is listed with its source, computed, and passes."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from payroll.cli import kreislohn
from payroll.law.conformance import bundled
from payroll.law.conformance.bundled import FOLDER, ORIGINS, check, results, sources, totals
from payroll.law.conformance.doubt import doubts
from payroll.law.conformance.report import read_cases
from payroll.law.engine import RuleBookError

WITHOUT_SOURCE = {"quellen.toml", "README.md"}


def test_every_shipped_file_is_listed_once_with_source_and_origin() -> None:
    names = [source.name for source in sources()]
    assert sorted(names) == sorted(path.name for path in FOLDER.iterdir() if path.name not in WITHOUT_SOURCE)
    assert all(source.quelle and source.titel and source.herkunft in ORIGINS for source in sources())
    assert not list(FOLDER.rglob("*.xml"))


def test_all_pass_and_every_case_is_counted() -> None:
    checked = results()
    assert [(one.source.name, one.lines) for one in checked if one.failed] == []
    expected = sum(len(read_cases(FOLDER / source.name).cases) * len(source.monate) for source in sources())
    assert totals(checked) == (expected, 0)


def test_computed_once() -> None:
    first, second = results(), results()
    assert first is not second
    assert all(a is b for a, b in zip(first, second, strict=True))


def test_command_says_source_doubts_and_totals() -> None:
    answer = CliRunner().invoke(kreislohn, ["conformance", "all"])
    lines = answer.output.splitlines()
    assert answer.exit_code == 0
    assert lines[-1] == f"{totals(results())[0]} passed, 0 failed"
    assert "prueftabelle_2026.csv (01/2026): 516 bestanden, 0 abweichend, 0 Rechengrößen unbestätigt" in lines
    assert any(line.startswith("    unbestätigt: Beitragsbemessungsgrenze Krankenversicherung") for line in lines)


def test_a_wrong_expectation_is_shown_and_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = next(one for one in sources() if one.name == "garnishment_cases.csv")
    text = (FOLDER / source.name).read_text(encoding="utf-8").replace("1402.28,5.40", "1402.28,5.41", 1)
    (tmp_path / source.name).write_text(text, encoding="utf-8")
    one = check(source, None, tmp_path)
    assert (one.passed, one.failed) == (51, 1)
    assert "erwartet 5.41, berechnet 5.4" in one.lines[0]
    monkeypatch.setattr(bundled, "results", lambda: [one])
    out = io.StringIO()
    assert bundled.run(out) == 1
    assert f"    {one.lines[0]}" in out.getvalue()
    assert out.getvalue().endswith("51 passed, 1 failed\n")


def test_law_that_cannot_be_built_is_a_failed_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise RuleBookError("am 01.01.2026 fehlt eine Regel")

    monkeypatch.setitem(bundled.RUNS, "garnishment", broken)
    source = next(one for one in sources() if one.art == "garnishment")
    one = check(source, None)
    assert (one.passed, one.failed, one.lines) == (0, 1, ("am 01.01.2026 fehlt eine Regel",))


def test_doubts_follow_the_months_of_the_cases(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("id,year,month,pay_current\nA,2026,5,1\nB,2026,,1\n", encoding="utf-8")
    assert {doubt.status for doubt in doubts("insurance", path, None)} <= {"einzelquelle"}
    path.write_text("id,year,month,pay_current\nA,2027,5,1\n", encoding="utf-8")
    found = {doubt.titel: doubt for doubt in doubts("insurance", path, None)}
    assert found["Beitragsbemessungsgrenze Krankenversicherung"].status == "entwurf"
    assert found["Beitragsbemessungsgrenze Krankenversicherung"].ab == date(2027, 1, 1)


def test_cells_of_the_pay_tables_that_are_no_certain_law(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("id", "scale", "group", "step", "month"))
        for group, step in (("E9b", 4), ("E2Ü", 5), ("X", 5)):
            writer.writerow((group, "TVoeD-VKA", group, step, "2026-01"))
    cells = [str(doubt) for doubt in doubts("pay", path, None) if doubt.titel.startswith("Tabellenwert")]
    assert len(cells) == 1
    assert cells[0].startswith("Tabellenwert TVoeD-VKA E2Ü Stufe 5 (")
    assert "einzelquelle" in cells[0]
