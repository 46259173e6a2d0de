"""Zwei Messungen nebeneinander: Verhältnisse, langsamer endet mit 1, anderes wird benannt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from payroll.bench import comparing
from payroll.cli import kreislohn

MACHINE = "Prozessor (x86_64), 2 Kerne, 8 GB, Linux, Python 3.11.7, Last {}"


def row(name: str, rate: float, **more: Any) -> dict[str, Any]:
    return {"name": name, "size": 100, "rate": rate, "peak_mb": 100.0, "sql_statements": 8,
            "machine": MACHINE.format("1.0"), **more}


def lines(*rows: dict[str, Any]) -> str:
    return "\n".join(json.dumps(one) for one in rows)


def test_ratios_of_what_stands_in_both() -> None:
    old = lines(row("tax", 1000.0), row("close", 50.0, sql_statements=None), row("alt", 1.0))
    new = lines(row("close", 40.0), row("tax", 1500.0, peak_mb=50.0, sql_statements=5, machine=MACHINE.format("9.9")))
    close, tax = comparing.compare(old, new)
    assert (close.name, close.rate, close.statements) == ("close", 0.8, None)
    assert (tax.rate, tax.memory, tax.statements, tax.same_machine) == (1.5, 0.5, -3, True)
    assert comparing.slower([close, tax], 0.1) == [close]
    assert comparing.slower([close, tax], 0.2) == []
    assert tax.line() == "tax (100): 1,000.0 -> 1,500.0 je Sekunde = 1.50-fach, Speicher 0.50-fach, SQL -3"


def test_results_of_another_meaning_are_not_compared() -> None:
    old, new = row("month", 1.0, definition="ein Prozess"), row("month", 9.0, definition="zwei Prozesse")
    (found,) = comparing.compare(lines(old, row("tax", 1.0)), lines(new, row("tax", 1.0, definition=None)))
    assert found.name == "tax"


def test_another_machine_is_said() -> None:
    (found,) = comparing.compare(lines(row("tax", 1.0)), lines(row("tax", 1.0, machine="andere, Last 1")))
    assert found.line().endswith("; andere Maschine")


@pytest.mark.parametrize(("old", "new", "words"), [
    ("kein json", "{}", "Zeile 1"),
    (lines(row("tax", 1.0)), lines(row("pay", 1.0)), "Keine Messung"),
    ("[1]", "", "Zeile 1"),
])
def test_what_cannot_be_compared_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    (tmp_path / "alt").write_text(old, encoding="utf-8")
    (tmp_path / "neu").write_text(new, encoding="utf-8")
    answer = CliRunner().invoke(kreislohn, ["bench-compare", str(tmp_path / "alt"), str(tmp_path / "neu")])
    assert answer.exit_code == 1
    assert words in answer.output


def test_the_command_ends_with_one_when_something_is_slower(tmp_path: Path) -> None:
    (tmp_path / "alt").write_text(lines(row("tax", 100.0)), encoding="utf-8")
    (tmp_path / "neu").write_text(lines(row("tax", 80.0)), encoding="utf-8")
    words = ["bench-compare", str(tmp_path / "alt"), str(tmp_path / "neu")]
    assert CliRunner().invoke(kreislohn, words).exit_code == 1
    assert CliRunner().invoke(kreislohn, [*words, "--tolerance", "30"]).exit_code == 0
