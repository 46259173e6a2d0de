"""Gross pay against the cases of the shipped ``pay_cases.csv`` (77 composed examples, November 2026)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from payroll.law.conformance.bundled import FOLDER
from payroll.law.conformance.pay import KINDS, run

CASES = FOLDER / "pay_cases.csv"
HEADER = ("id,kind,scale,group,step,month,weekly_hours,full_time_hours,inputs,facts,expected_eur,arithmetic,"
          "tolerance_eur,confidence,rule\n")


def one(tmp_path: Path, line: str, kind: str | None = None) -> tuple[int, str]:
    path = tmp_path / "cases.csv"
    path.write_text(HEADER + line + "\n", encoding="utf-8")
    out = io.StringIO()
    return run(path, kind, out=out), out.getvalue()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_cases_of_a_kind(kind: str) -> None:
    lines = [line for line in CASES.read_text(encoding="utf-8").splitlines() if f",{kind}," in line]
    out = io.StringIO()
    code = run(CASES, kind, out=out)
    if lines:
        assert out.getvalue().splitlines()[-1] == f"{len(lines)} passed, 0 failed", out.getvalue()
        assert code == 0
    else:
        assert "keinen Fall" in out.getvalue()


def test_a_wrong_expectation_fails(tmp_path: Path) -> None:
    code, text = one(tmp_path, "X1,full_month,TVoeD-VKA,E9b,4,2026-05,39,39,,{},4690.56,,0.00,confirmed,x")
    assert code == 1
    assert "erwartet 4690.56, berechnet 4690.55, Differenz -0.01" in text
    assert text.splitlines()[-1] == "0 passed, 1 failed"


@pytest.mark.parametrize(("line", "message"), [
    ("X,full_month,TVoeD-VKA,E9d,4,2026-05,39,39,,{},1.00,,0,c,x", "E9a, E9b, E9c"),
    ("X,full_month,TVoeD-VKA,E9b,7,2026-05,39,39,,{},1.00,,0,c,x", "vorhanden: 1, 2, 3, 4, 5, 6"),
    ("X,full_month,TVoeD-VKA,E9b,4,2026-13,39,39,,{},1.00,,0,c,x", "ist kein Monat"),
    ("X,full_month,TVoeD-VKA,E9b,4,2026-05,-39,39,,{},1.00,,0,c,x", "weekly_hours"),
    ("X,full_month,TVoeD-VKA,E9b,4,2026-05,39,0,,{},1.00,,0,c,x", "mehr als 0 Stunden"),
    ('X,full_month,TVoeD-VKA,E9b,4,2026-05,39,39,,"{""neu"":1}",1.00,,0,c,x', "unbekannter Schlüssel neu"),
    ('X,civil_base,NRW-B,B4,0,2026-03,41,41,,"{""amtsverhaeltnis"":""koenig""}",1.00,,0,c,x', "anwaerter"),
    ("X,full_month,TVoeD-VKA,E9b,4,2026-05,39,39,,nein,1.00,,0,c,x", "kein JSON"),
    ("X,holiday,TVoeD-VKA,E9b,4,2026-05,39,39,,{},1.00,,0,c,x", "bekannt: full_month"),
    ('X,civil_family,NRW-A,A9,6,2026-03,41,41,,"{""kinder"":""2""}",1.00,,0,c,x', "mietenstufe"),
    ('X,civil_family,NRW-A,A9,6,2026-03,41,41,,"{""strukturzulage"":true}",1.00,,0,c,x', "strukturzulage"),
])
def test_wrong_cases_are_named(tmp_path: Path, line: str, message: str) -> None:
    code, text = one(tmp_path, line)
    assert code == 1
    assert message in text
    assert text.splitlines()[-1] == "0 passed, 1 failed"


def test_an_unclear_case_is_not_computed(tmp_path: Path) -> None:
    code, text = one(tmp_path, 'X,full_month,TVoeD-VKA,E9b,4,2026-05,39,39,,"{""unklar"":""Grund""}",1.00,,0,c,x')
    assert "nicht gerechnet" in text
    assert code == 1


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,kind\nA,full_month\n", encoding="utf-8")
    out = io.StringIO()
    assert run(path, out=out) == 1
    assert "Spalten fehlen: scale, group" in out.getvalue()
