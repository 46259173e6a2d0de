"""Die Befehle: richtige Ausgänge, falsche Eingaben mit einer klaren Zeile, nichts halb getan."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from payroll.cli import kreislohn
from payroll.law.plan import shelf
from payroll.runs import commands, taxyear
from tenants.commands import site

CASES = Path(__file__).parents[2] / "payroll" / "law" / "conformance" / "cases"
PLAN = Path(__file__).parents[1] / "law" / "plan" / "made_up_2027.xml"


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(kreislohn, list(words))
    return result.exit_code, result.output


@pytest.mark.parametrize(("words", "last"), [
    (("insurance", "insurance_cases.csv"), "97 passed, 0 failed"),
    (("pay", "pay_cases.csv"), "77 passed, 0 failed"),
    (("payslip", "payslip_cases.csv"), "40 passed, 0 failed"),
    (("garnishment", "garnishment_cases.csv"), "52 passed, 0 failed"),
    (("tax", "lohnstufen_2026.csv", "--month", "2026-01"), "126 passed, 0 failed"),
])
def test_conformance(words: tuple[str, ...], last: str) -> None:
    kind, file, *rest = words
    code, out = _run("conformance", kind, str(CASES / file), *rest)
    assert (code, out.strip().splitlines()[-1]) == (0, last)


def test_conformance_names_a_difference_and_fails(tmp_path: Path) -> None:
    text = (CASES / "payslip_cases.csv").read_text(encoding="utf-8")
    changed = tmp_path / "falsch.csv"
    changed.write_text(text.replace("2958.86", "2958.87", 1), encoding="utf-8")
    code, out = _run("conformance", "payslip", str(changed))
    assert code == 1
    assert "B001" in out
    assert out.strip().splitlines()[-1] == "39 passed, 1 failed"


@pytest.mark.parametrize("month", ["2026-13", "26-11", "November", "2026-1-1", "1999-01", "2026"])
def test_a_wrong_month_is_named(month: str) -> None:
    code, out = _run("conformance", "tax", str(CASES / "lohnstufen_2026.csv"), "--month", month)
    assert code == 2
    assert "ist kein Monat" in out
    assert "2026-11" in out


def test_a_missing_file_is_named() -> None:
    code, out = _run("conformance", "payslip", "gibt-es-nicht.csv")
    assert code == 2
    assert "gibt-es-nicht.csv" in out


def test_calculate_explains_and_names_rows_of_other_months(tmp_path: Path) -> None:
    target = tmp_path / "ergebnis.csv"
    code, out = _run("calculate", str(CASES / "payslip_cases.csv"), "--month", "2026-05", "--out", str(target))
    assert code == 1
    assert "nicht der Monat der Berechnung" in out
    lines = target.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("fall")
    assert any(line.startswith("B001") and "2958.86" in line.replace(",", ".") for line in lines)
    code, out = _run("calculate", str(CASES / "payslip_cases.csv"), "--month", "2026-05", "--explain", "B001:kv_an")
    assert "352,99" in out
    assert "§" in out


@pytest.mark.parametrize("name", ["", "schnell"])
def test_bench_names_what_it_can_measure(name: str) -> None:
    code, out = _run("bench", *([name] if name else []))
    assert code == 2
    assert "tax" in out or "NAME" in out.upper()


def test_the_yearly_bonus_needs_a_year(tmp_path: Path) -> None:
    code, out = _run("payroll", "bonus", "--tenant", "100", "--actor", "karla", "--year", "26", "--data", str(tmp_path))
    assert code == 2
    assert "2024" in out
    assert list(tmp_path.iterdir()) == []


def _one_row(folder: Path) -> str:
    file = folder / "eine.csv"
    file.write_text("fall,status,brutto,steuerklasse,kv_art,geburtsdatum\n"
                    "F1,beamte,4000.00,1,privat,1980-05-15\n", encoding="utf-8")
    return str(file)


def test_calculate_in_a_year_without_rules_says_so(tmp_path: Path) -> None:
    file = _one_row(tmp_path)
    code, out = _run("calculate", file, "--month", "2027-01")
    assert "Hinweis: Steuerrecht 2027 liegt nicht als Regel vor" in out
    assert code == 0
    assert "Steuerrecht" not in _run("calculate", file, "--month", "2026-12")[1]


def test_calculate_by_a_plan_is_marked_provisional(tmp_path: Path) -> None:
    file = _one_row(tmp_path)
    code, out = _run("calculate", file, "--month", "2027-01", "--plan", str(PLAN))
    assert code == 0
    head, row = (line.split(",") for line in out.splitlines()[:2])
    cells = dict(zip(head, row, strict=True))
    assert (cells["lohnsteuer"], cells["steuer_vorlaeufig"]) == ("800.00", "2027")
    assert "Hinweis: Lohnsteuer vorläufig nach Programmablaufplan Lohnsteuer2027" in out
    code, out = _run("calculate", file, "--month", "2027-01", "--plan", str(PLAN), "--explain", "F1:lohnsteuer")
    assert code == 0
    assert "nach dem Programmablaufplan: LSTLZZ" in out
    code, out = _run("calculate", file, "--month", "2026-12", "--plan", str(PLAN))
    assert code == 1
    assert "gilt ab 01/2027, nicht für 12/2026" in out


def test_plans_taken_in_are_listed(tmp_path: Path) -> None:
    data = tmp_path / "var"
    code, out = _run("taxyear", "list", "--data", str(data))
    assert code == 0
    assert "geschrieben bis 31.12.2026" in out
    assert "kein Programmablaufplan" in out
    shelf.add(data, PLAN)
    code, out = _run("taxyear", "list", "--data", str(data))
    assert code == 0
    (line,) = out.splitlines()[1:]
    assert "Lohnsteuer2027, gilt ab 01/2027" in line
    assert "vorläufig nach ihm; neue Eingaben, mit ihren Vorgaben gerechnet: BONUS" in line


def test_commands_of_an_installation_pay_by_its_plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "database", lambda data, longest: nullcontext())
    shelf.add(tmp_path, PLAN)
    try:
        with commands.database(tmp_path):
            paid_by = taxyear.plan_of(date(2027, 1, 1))
            assert paid_by is not None
            assert (paid_by.year, paid_by.name) == (2027, "Lohnsteuer2027")
            assert taxyear.plan_of(date(2026, 12, 1)) is None
    finally:
        taxyear.configure(None)
