"""The official check tables, the recorded answers of the ministry's interface and the vectors, row for row."""

import io
from datetime import date

import pytest

from payroll.law.conformance.bundled import FOLDER as CASES
from payroll.law.conformance.tax import run


@pytest.mark.parametrize(("name", "month", "rows"), [
    ("prueftabelle_2024.csv", date(2024, 1, 1), 468),
    ("prueftabelle_2024.csv", date(2024, 11, 1), 468),
    ("prueftabelle_2026.csv", date(2026, 1, 1), 516),
    ("lohnstufen_2026.csv", date(2026, 1, 1), 126),
    ("bmf_interface_2026.csv", date(2026, 11, 1), 401),
    ("vectors_2026.csv", date(2026, 5, 1), 500),
])
def test_every_row_to_the_cent(name: str, month: date, rows: int) -> None:
    out = io.StringIO()
    code = run(CASES / name, month, out)
    assert (code, out.getvalue()) == (0, f"{rows} passed, 0 failed\n")


def test_another_years_table_does_not_pass() -> None:
    out = io.StringIO()
    assert run(CASES / "prueftabelle_2024.csv", date(2026, 1, 1), out) == 1
    assert out.getvalue().splitlines()[-1] != "468 passed, 0 failed"
