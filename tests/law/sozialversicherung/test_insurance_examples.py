"""The worked examples of social insurance, copied with their source column, group by group."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from payroll.law.conformance.bundled import FOLDER
from payroll.law.conformance.insurance import run

EXAMPLES = FOLDER / "insurance_cases.csv"
BESIDE = Path(__file__).parents[4] / "shared" / "reference" / "social_insurance" / "examples.csv"
FILES = [EXAMPLES, *([BESIDE] if BESIDE.exists() else [])]
with EXAMPLES.open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))
GROUPS = sorted({row["group"] for row in ROWS})


def report_of(path: Path, group: str | None = None) -> tuple[int, list[str]]:
    out = io.StringIO()
    code = run(path, group, out)
    return code, out.getvalue().splitlines()


@pytest.mark.parametrize("group", GROUPS)
def test_every_example_of_a_group_to_the_cent(group: str) -> None:
    code, lines = report_of(EXAMPLES, group)
    assert (code, lines[-1]) == (0, f"{sum(r['group'] == group for r in ROWS)} passed, 0 failed"), "\n".join(lines)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_whole_file(path: Path) -> None:
    code, lines = report_of(path)
    assert (code, lines[-1]) == (0, f"{len(ROWS)} passed, 0 failed"), "\n".join(lines)


def test_every_example_names_its_source_and_expects_something() -> None:
    assert all(row["source"] and any(v for k, v in row.items() if k.startswith("exp_")) for row in ROWS)


def changed(tmp_path: Path, case: str, **cells: str) -> list[str]:
    """The report on one example with some cells replaced, beside an untouched one."""
    path = tmp_path / "cases.csv"
    chosen = [dict(row) for row in ROWS if row["id"] in (case, "S021")]
    for row in chosen:
        if row["id"] == case:
            row.update(cells)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(chosen[0]))
        writer.writeheader()
        writer.writerows(chosen)
    code, lines = report_of(path)
    assert code == 1
    assert lines[-1] == "1 passed, 1 failed"
    return lines[:-1]


def test_difference_names_case_column_expected_computed_difference(tmp_path: Path) -> None:
    assert changed(tmp_path, "S019", exp_kv_an="282.97") == [
        "Zeile 2 (S019): exp_kv_an: erwartet 282.97, berechnet 282.98, Differenz 0.01"]


@pytest.mark.parametrize(("case", "cells", "parts"), [
    ("S019", {"pgr": "999"}, ("pgr", "'999'", "101")),
    ("S019", {"pgr": ""}, ("pgr", "leer")),
    ("S019", {"bgr": "111"}, ("bgr", "vier Ziffern")),
    ("S019", {"bgr": "4111"}, ("Beitragsgruppe KV", "§ 223 SGB V")),
    ("S019", {"bgr": "1112"}, ("Beitragsgruppe PV", "Pflegekasse")),
    ("S019", {"bgr": "6111"}, ("Personengruppe 109",)),
    ("S019", {"mode": "mini"}, ("mode", "mini", "101", "109")),
    ("S019", {"mode": "half"}, ("mode", "'half'", "regular")),
    ("S019", {"state": "XX"}, ("state", "'XX'", "NW")),
    ("S019", {"month": "13"}, ("month", "13")),
    ("S019", {"year": "1999"}, ("year", "1999", "2024")),
    ("S019", {"year": "2023"}, ("year", "extra_in")),
    ("S019", {"sv_days": "31"}, ("sv_days", "31", "30")),
    ("S019", {"sv_days": "2.5"}, ("sv_days",)),
    ("S019", {"ytd_sv_days": "61"}, ("ytd_sv_days", "61", "60")),
    ("S019", {"pay_current": "-1.00"}, ("pay_current", "-1.00")),
    ("S019", {"pay_current": ""}, ("pay_current", "leer")),
    ("S019", {"pay_current": "12.345"}, ("pay_current", "genauer")),
    ("S019", {"pay_current": "viel"}, ("pay_current", "'viel'")),
    ("S019", {"zusatzbeitrag_pct": ""}, ("zusatzbeitrag_pct", "Krankenkasse")),
    ("S019", {"zusatzbeitrag_pct": "269"}, ("zusatzbeitrag_pct", "269")),
    ("S019", {"u2_pct": ""}, ("u2_pct", "Umlagesatz")),
    ("S019", {"childless_surcharge": "ja"}, ("childless_surcharge", "'ja'")),
    ("S019", {"children_under_25": "2"}, ("childless_surcharge", "children_under_25")),
    ("S019", {"pkv_premium": "500.00"}, ("pkv_premium", "KV 1")),
    ("S019", {"extra_in": "{"}, ("extra_in", "JSON")),
    ("S019", {"extra_in": '{"Q": 1}'}, ("extra_in", "Q", "avg_zusatzbeitrag_assumed")),
    ("S016", {"extra_in": '{"F": "6619"}'}, ("extra_in F", "6619", "1")),
    ("S016", {"extra_in": '{"G": 603, "upper": 603}'}, ("extra_in G", "Obergrenze")),
    ("S016", {"extra_in": '{"pv_rate": "x"}'}, ("pv_rate", "'x'")),
    ("S047", {"pkv_premium": "", "ppv_premium": ""}, ("pkv_premium", "Zuschuss")),
    ("S019", {"exp_extra": '{"Q": "1"}'}, ("exp_extra", "'Q'", "room_kv")),
    ("S019", {"exp_extra": '{"difference_new_minus_old": {"kv_an": "1"}}'}, ("difference", "originally")),
    ("S019", {"tolerance": "-1"}, ("tolerance",)),
    ("S019", {"id": "S021"}, ("id", "S021", "Zeile")),
    ("S078", {"bgr": "1100"}, ("Personengruppe 109", "6100")),
    ("S082", {"bgr": "1000"}, ("bgr", "0000")),
    ("S046", {"pay_current": "10.00"}, ("pay_current", "minbase")),
    ("S044", {"pay_current": "325.01"}, ("pay_current", "102")),
    ("S087", {"extra_in": '{"levy_rate_pct": "0"}'}, ("levy_rate_pct",)),
    ("S087", {"exp_kv_an": "1.00"}, ("exp_kv_an", "exp_extra")),
])
def test_wrong_cells_are_named_and_the_other_rows_go_on(
        tmp_path: Path, case: str, cells: dict[str, str], parts: tuple[str, ...]) -> None:
    lines = [line for line in changed(tmp_path, case, **cells) if not line.startswith("Hinweis")]
    assert len(lines) == 1
    assert all(part in lines[0] for part in ("Zeile", *parts)), lines[0]


def test_unknown_column_refuses_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("id,year,month,pay_current,lohn\nA,2026,1,1.00,2\n", encoding="utf-8")
    code, lines = report_of(path)
    assert (code, lines[-1]) == (1, "0 passed, 1 failed")
    assert "lohn" in lines[0]


def test_unknown_group_lists_the_groups() -> None:
    code, lines = report_of(EXAMPLES, "midi")
    assert (code, lines[-1]) == (1, "0 passed, 1 failed")
    assert "midijob" in lines[0]


def test_columns_in_any_order_and_missing_expectations(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("pay_current;month;bgr;pgr;year;exp_rv_an\n3000,00;4;1111;101;2026;279,00\n", encoding="utf-8")
    assert report_of(path) == (0, ["1 passed, 0 failed"])


def test_unconfirmed_figures_are_named_for_2027() -> None:
    _, lines = report_of(EXAMPLES, "draft_2027")
    assert lines[0].startswith("Hinweis 01/2027: nicht bestätigte Rechengrößen: ")
    assert "Durchschnittlicher Zusatzbeitragssatz" in lines[0]
