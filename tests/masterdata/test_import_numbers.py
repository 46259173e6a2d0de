"""Prüfziffern nach veröffentlichten Mustern; Leser von Werten stürzen bei keinem Text ab."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.masterdata import catalogue, numbers
from payroll.masterdata.imports import SPALTEN, ImportFehler, Spalte
from payroll.masterdata.imports.table import read_table
from payroll.masterdata.numbers import Unlesbar
from payroll.masterdata.sheets import guard, unguard

with (Path(__file__).parent / "check_digits.csv").open(encoding="utf-8", newline="") as stream:
    SPECIMENS = list(csv.DictReader(stream))
CHECKS = {"VSNR": numbers.sv_nummer, "Betriebsnummer": numbers.betriebsnummer}
LINES = [
    line.split(";") for line in (Path(catalogue.__file__).parent / "krankenkassen.csv").read_text().splitlines()[1:]
]


@pytest.mark.parametrize("row", SPECIMENS, ids=lambda row: row["number"])
def test_published_specimens(row: dict[str, str]) -> None:
    check = CHECKS[row["kind"]]
    if row["valid"] == "y":
        assert check(row["number"]) == row["number"]
    else:
        with pytest.raises(Unlesbar, match="Prüfziffer"):
            check(row["number"])


@pytest.mark.parametrize("number", sorted({line[2] for line in LINES if line[2]}))
def test_numbers_of_all_funds(number: str) -> None:
    assert numbers.betriebsnummer(number) == number


@pytest.mark.parametrize(
    ("day", "fits"), [(date(1949, 6, 7), True), (date(1949, 7, 6), False), (date(1949, 6, 6), True)]
)
def test_insurance_number_holds_the_birthday(day: date, fits: bool) -> None:
    assert numbers.born_in("15070649C103", day) is fits


@given(st.sampled_from(SPALTEN), st.text(max_size=40))
@settings(max_examples=400, deadline=None)
def test_no_text_breaks_a_reader(spalte: Spalte, text: str) -> None:
    value, error = None, None
    try:
        value = spalte.lesen(text)
    except Unlesbar as caught:
        error = caught
    assert value is not None or (error and error.grund and error.abhilfe)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_bytes_break_the_file_reader(data: bytes) -> None:
    with pytest.raises(ImportFehler):
        read_table("p", data)


@given(st.sampled_from(["csv", "xlsx"]), st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=6)), max_size=4))
@settings(max_examples=150, deadline=None)
def test_damaged_files_are_reported_not_crashed(
    files: SimpleNamespace, kind: str, damage: list[tuple[int, bytes]]
) -> None:
    broken = bytearray(getattr(files, kind)(files.row, files.row))
    for at, piece in damage:
        start = at % len(broken)
        broken[start : start + len(piece)] = piece
    rows, error = [], None
    try:
        rows = read_table("p", bytes(broken)).zeilen
    except ImportFehler as caught:
        error = caught
    assert rows or (error and error.grund and error.abhilfe)


@given(st.text(max_size=20))
def test_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    safe = guard(text)
    assert not safe.startswith(("=", "+", "@", "\t", "\r", "\n"))
    assert unguard(safe) == (unguard(text) if safe == text else text)
