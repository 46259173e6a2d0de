"""The two commands end as all conformance commands do."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from payroll.cli import kreislohn

CASES = Path(__file__).parents[2] / "timekeeping" / "cases"


@pytest.mark.parametrize(("kind", "last"), [("time", "50 passed, 0 failed"), ("leave", "30 passed, 0 failed")])
def test_conformance(kind: str, last: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(kreislohn, ["conformance", kind, str(CASES / f"{kind}_cases.csv")])
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, last)
    empty = tmp_path / "leer.csv"
    empty.write_bytes(b"")
    result = CliRunner().invoke(kreislohn, ["conformance", kind, str(empty)])
    assert (result.exit_code, result.output.splitlines()[-1]) == (1, "0 passed, 1 failed")


def test_the_files_of_the_two_commands_are_not_exchangeable() -> None:
    result = CliRunner().invoke(kreislohn, ["conformance", "time", str(CASES / "leave_cases.csv")])
    assert result.exit_code == 1
    assert "Spalten fehlen: von, bis" in result.output
