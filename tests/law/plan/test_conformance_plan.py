"""The conformance command with a plan: expected columns, plan and rules held against each other."""

import csv
import io
from datetime import date
from pathlib import Path
from random import Random

import pytest
from case_maker import draw
from click.testing import CliRunner
from made_up import MADE_UP, small_plan
from pap_interpreter import PLANS
from pap_interpreter import Plan as Interpreter

from payroll.cli import kreislohn
from payroll.law.conformance.tax_plan import run

XML = Path(__file__).parents[4] / "shared" / "reference" / "tax" / "pap"
OFFICIAL = {key: XML / name for key, name in PLANS.items() if (XML / name).exists()}


def report_of(tmp_path: Path, text: str, plan: Path, month: date | None = None) -> tuple[int, list[str]]:
    path, out = tmp_path / "f.csv", io.StringIO()
    path.write_text(text, encoding="utf-8")
    return run(path, plan, out, month), out.getvalue().splitlines()


def test_plan_alone_and_rules_are_compared_with_what_is_expected(tmp_path: Path) -> None:
    """5 000 EUR of a year: no tax by the rules; by the invented plan 0.4 of them in class I before 2006."""
    code, lines = report_of(tmp_path, "id,LZZ,STKL,RE4,LSTLZZ\nA,1,1,500000,200000\nB,1,1,0,0\nC,1,x,0,0\n", MADE_UP)
    assert code == 1
    assert lines[0].startswith("Plan Lohnsteuer2031, gilt ab 01/2031, SHA-256 ")
    assert lines[1:5] == [
        "Eingaben des Plans, die den Regeln fremd sind: NEU", "Zeile 4 (C): STKL: 'x' ist keine Zahl",
        "Plan gegen Regeln: LSTLZZ, BK, STS, VFRB, WVFRB; nur auf einer Seite: BKS, SOLZLZZ, SOLZS, VFRBS1, VFRBS2, "
        "WVFRBM, WVFRBO", "Erwartete Ergebnisse in der Datei: LSTLZZ"]
    assert "Zeile 2 (A): LSTLZZ (Regeln): erwartet 2000, berechnet 0, Differenz -2000" in lines
    assert "Zeile 2 (A): LSTLZZ (Plan gegen Regeln): erwartet 2000, berechnet 0, Differenz -2000" in lines
    assert not any("LSTLZZ (Plan):" in line for line in lines)
    assert lines[-1] == "0 passed, 3 failed"


def test_a_year_without_rules_is_checked_by_its_plan_alone(tmp_path: Path) -> None:
    old = tmp_path / "old.xml"
    old.write_text(small_plan('<EVAL exec="LSTLZZ = RE4.divide(BigDecimal.valueOf(4))"/>', name="Lohnsteuer2019"))
    code, lines = report_of(tmp_path, "RE4,lstlzz,BK\n400,100,7\n500,125,\n401,100.25,\n", old)
    assert (code, lines[1:]) == (0, [
        "Für 01/2019 gibt es keine Regeln der Lohnsteuer; geprüft wird nur der Plan",
        "Erwartete Ergebnisse in der Datei: lstlzz", "3 passed, 0 failed"])
    code, lines = report_of(tmp_path, "RE4,LSTLZZ\n400,101\n,abc\n", old)
    assert (code, lines[-3:]) == (1, ["Zeile 2: LSTLZZ (Plan): erwartet 1.01, berechnet 1, Differenz -0.01",
                                      "Zeile 3: LSTLZZ: 'abc' ist keine Zahl", "0 passed, 2 failed"])


def test_a_plan_of_another_year_is_announced(tmp_path: Path) -> None:
    plan = tmp_path / "plan.xml"
    plan.write_text(small_plan("", name="Lohnsteuer2024Dezember"))
    _, lines = report_of(tmp_path, "RE4\n0\n", plan, date(2024, 11, 1))
    assert lines[1] == "Achtung: verglichen wird mit den Regeln für 11/2024, der Plan gilt dann nicht"
    assert not any("Achtung" in line for line in report_of(tmp_path, "RE4\n0\n", plan)[1])


def test_a_row_that_the_plan_or_the_rules_refuse_is_named(tmp_path: Path) -> None:
    plan = tmp_path / "plan.xml"
    plan.write_text(small_plan('<EVAL exec="LSTLZZ = BigDecimal.ZERO.divide(RE4)"/>', name="Lohnsteuer2026"))
    code, lines = report_of(tmp_path, "STKL,RE4\n1,0\n7,500\n1,500\n", plan)
    assert (code, lines[-1]) == (1, "1 passed, 2 failed")
    assert any(line.startswith("Zeile 2: Plan: Lohnsteuer2026 (§ 39b") and "Division durch null" in line
               for line in lines)
    assert any(line.startswith("Zeile 3: Regeln: ") and "Steuerklasse" in line for line in lines)


@pytest.mark.parametrize(("text", "said"), [("LZZ,LSTLZZ\n1,0\n", "keine Spalte mit Arbeitslohn"), ("", "Kopfzeile")])
def test_unusable_file_or_plan_is_refused(tmp_path: Path, text: str, said: str) -> None:
    code, lines = report_of(tmp_path, text, MADE_UP)
    assert (code, lines[-1]) == (1, "0 passed, 1 failed")
    assert said in lines[0]
    code, lines = report_of(tmp_path, "RE4\n1\n", tmp_path / "f.csv")
    assert (code, lines[-1]) == (1, "0 passed, 1 failed")
    assert lines[0].startswith("f.csv: kein lesbares XML")


def test_command_line(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("RE4,LSTLZZ\n0,0\n", encoding="utf-8")
    done = CliRunner().invoke(kreislohn, ["conformance", "tax", str(path), "--plan", str(MADE_UP)])
    assert done.output.splitlines()[0].startswith("Plan Lohnsteuer2031")
    assert done.output.splitlines()[-1].endswith("failed")
    assert CliRunner().invoke(kreislohn, ["conformance", "tax", str(path), "--month", "2026-05"]).exit_code == 0
    missing = CliRunner().invoke(kreislohn, ["conformance", "tax", str(path)])
    assert (missing.exit_code, "--month fehlt" in missing.output) == (2, True)


@pytest.mark.parametrize("key", OFFICIAL or ["invented"])
def test_official_plans_against_the_independent_interpreter(tmp_path: Path, key: str) -> None:
    """300 fresh cases per official plan; without the official files the invented plan, expected empty."""
    rng, lines = Random(f"interpreted {key}"), ["RE4;WVFRB", "0;250"]
    if key in OFFICIAL:
        oracle = Interpreter(OFFICIAL[key])
        stream = io.StringIO()
        writer = csv.DictWriter(stream, [*oracle.inputs, *oracle.outputs], restval="", delimiter=";")
        writer.writeheader()
        for _ in range(300):
            case = draw(rng, key)
            writer.writerow({**case, **oracle.run(case)})
        lines = stream.getvalue().splitlines()
    code, said = report_of(tmp_path, "\n".join(lines) + "\n", OFFICIAL.get(key, MADE_UP))
    assert len(said) >= 3
    if key in OFFICIAL:
        assert (code, said[-1]) == (0, "300 passed, 0 failed")
    else:
        assert (code, said[-1]) == (1, "0 passed, 1 failed")
        assert not any("(Plan):" in line for line in said)
