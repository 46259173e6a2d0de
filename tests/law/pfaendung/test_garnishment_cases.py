"""The worked garnishment cases, copied with their check column; every wrong cell is named and the others go on."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from payroll.cli import kreislohn
from payroll.law.conformance.bundled import FOLDER
from payroll.law.conformance.garnishment import run

EXAMPLES = FOLDER / "garnishment_cases.csv"
BESIDE = Path(__file__).parents[4] / "shared" / "reference" / "deductions" / "examples_garnishment.csv"
FILES = [EXAMPLES, *([BESIDE] if BESIDE.exists() else [])]
HEADER = "id,date,period,net,dependants,garnishable\n"


def report_of(path: Path) -> tuple[int, list[str]]:
    out = io.StringIO()
    code = run(path, out)
    return code, out.getvalue().splitlines()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "cases.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", FILES, ids=["copy", "beside"][:len(FILES)])
def test_every_example_to_the_cent(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        count = len(list(csv.DictReader(stream)))
    code, lines = report_of(path)
    assert (code, lines) == (0, [f"{count} passed, 0 failed"])
    assert count >= 52


def test_a_difference_names_row_column_expected_computed(tmp_path: Path) -> None:
    text = EXAMPLES.read_text(encoding="utf-8").replace("4860.00,1587.40,2290.82", "4860.00,1587.40,2290.83")
    code, lines = report_of(written(tmp_path, text))
    assert code == 1
    assert lines == ["Zeile 41 (G040): garnishable: erwartet 2290.83, berechnet 2290.82, Differenz -0.01",
                     "Zeile 42 (G041): garnishable: erwartet 2290.83, berechnet 2290.82, Differenz -0.01",
                     "50 passed, 2 failed"]


@pytest.mark.parametrize(("row", "parts"), [
    ("A,2026-02-30,month,1600.00,0,0", ("date", "2026-02-30", "2026-07-31")),
    ("A,31.07.2026,month,1600.00,0,0", ("date", "31.07.2026")),
    ("A,,month,1600.00,0,0", ("date",)),
    ("A,2022-06-30,month,1600.00,0,0", ("date", "01.07.2022", "§ 850c")),
    ("A,2027-07-01,month,1600.00,0,0", ("date", "nicht bekanntgemacht", "§ 850c")),
    ("A,2030-01-31,week,1600.00,0,0", ("date", "nicht bekanntgemacht")),
    ("A,2026-07-31,year,1600.00,0,0", ("period", "'year'", "month, week, day")),
    ("A,2026-07-31,month,,0,0", ("net", "leer")),
    ("A,2026-07-31,month,viel,0,0", ("net", "'viel'")),
    ("A,2026-07-31,month,-1.00,0,0", ("net", "-1.00", "berichtigen")),
    ("A,2026-07-31,month,1600.005,0,0", ("net", "genauer")),
    ("A,2026-07-31,month,99999999999999999999,0,0", ("net", "nicht zwischen")),
    ("A,2026-07-31,month,1600.00,1.5,0", ("dependants", "genauer")),
    ("A,2026-07-31,month,1600.00,-1,0", ("dependants", "-1")),
    ("A,2026-07-31,month,1600.00,,0", ("dependants", "leer")),
    ("A,2026-07-31,month,1600.00,0,x", ("garnishable", "'x'")),
    ("A,2026-07-31,month,1600.00,0", ("5 Felder statt 6",)),
    ("B,2026-07-31,month,1600.00,0,0", ("id", "'B'", "Zeile 2")),
])
def test_wrong_cells_are_named_and_the_other_rows_go_on(tmp_path: Path, row: str, parts: tuple[str, ...]) -> None:
    code, lines = report_of(written(tmp_path, f"{HEADER}B,2026-07-31,month,1590.00,0,1.82\n{row}\n"))
    assert code == 1
    assert lines[-1] == "1 passed, 1 failed"
    assert len(lines) == 2
    assert all(part in lines[0] for part in ("Zeile 3", *parts)), lines[0]


@pytest.mark.parametrize(("text", "part"), [
    ("id,date,period,net\nA,2026-07-31,month,1\n", "dependants"),
    ("id,date,period,net,dependants,garnishible\nA,2026-07-31,month,1,0,0\n", "garnishible"),
    ("id,date,period,net,dependants\nA,2026-07-31,month,1,0\n", "garnishable"),
    ("", "Kopfzeile"),
    (HEADER, "keinen Fall"),
])
def test_files_that_are_no_cases_are_refused(tmp_path: Path, text: str, part: str) -> None:
    code, lines = report_of(written(tmp_path, text))
    assert code == 1
    assert part in lines[0]
    assert lines[-1].endswith("failed")


def test_decimal_comma_semicolon_and_any_order(tmp_path: Path) -> None:
    path = written(tmp_path, "net;dependants;garnishable;period;date\n1590,00;0;1,82;month;2026-07-15\n")
    assert report_of(path) == (0, ["1 passed, 0 failed"])


def test_the_command_gives_the_report_and_its_exit_code(tmp_path: Path) -> None:
    runner = CliRunner()
    good = runner.invoke(kreislohn, ["conformance", "garnishment", str(EXAMPLES)])
    assert (good.exit_code, good.output) == (0, "52 passed, 0 failed\n")
    bad = runner.invoke(kreislohn, ["conformance", "garnishment", str(written(tmp_path, HEADER))])
    assert bad.exit_code == 1
    assert runner.invoke(kreislohn, ["conformance", "garnishment", str(tmp_path / "none.csv")]).exit_code == 2
