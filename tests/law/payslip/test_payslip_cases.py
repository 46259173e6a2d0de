"""Whole payslips against the shipped ``payslip_cases.csv`` (40 composed cases, state of law November 2026).

The cases were composed from the ministry's plan, a separate contribution calculation, and pay and pension tables.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from payroll.law.conformance.bundled import FOLDER
from payroll.law.conformance.payslip import EXPECTED, run

CASES = FOLDER / "payslip_cases.csv"
with CASES.open(encoding="utf-8", newline="") as stream:
    ROWS = {row["fall"]: row for row in csv.DictReader(stream)}


def check(tmp_path: Path, *rows: dict[str, str]) -> tuple[int, list[str]]:
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    out = io.StringIO()
    return run(path, out=out), out.getvalue().splitlines()


def changed(base: str, /, **cells: str) -> dict[str, str]:
    return {**ROWS[base], **cells}


def test_all_cases_pass_with_all_their_fields() -> None:
    out = io.StringIO()
    assert run(CASES, out=out) == 0
    lines = out.getvalue().splitlines()
    filled = sum(1 for row in ROWS.values() for column in EXPECTED if row[column])
    assert lines == [f"40 Zeilen, {filled} Felder geprüft, {filled} bestanden, 0 abweichend", "40 passed, 0 failed"]


def test_every_row_alone_gives_the_same(tmp_path: Path) -> None:
    for fall in ("B001", "B020", "B023", "B027", "B031", "B037", "B040"):
        code, lines = check(tmp_path, ROWS[fall])
        assert (code, lines[-1]) == (0, "1 passed, 0 failed"), fall


def test_a_difference_is_named_with_expected_and_computed(tmp_path: Path) -> None:
    code, lines = check(tmp_path, changed("B001", exp_netto="2958.88"), ROWS["B002"])
    assert code == 1
    assert lines[0] == "Zeile 2 (B001): exp_netto: erwartet 2958.88, berechnet 2958.86, Differenz -0.02"
    assert "1 abweichend" in lines[-2]
    assert lines[-1] == "1 passed, 1 failed"


def test_tolerance_of_a_field_goes_before_the_general_one(tmp_path: Path) -> None:
    inside = changed("B001", exp_netto="2958.88", toleranz_felder="exp_netto=0.02")
    assert check(tmp_path, inside)[1][-1] == "1 passed, 0 failed"
    assert check(tmp_path, changed("B001", exp_netto="2958.88", toleranz_eur="0.02"))[1][-1] == "1 passed, 0 failed"
    narrow = changed("B001", exp_netto="2958.88", toleranz_eur="0.05", toleranz_felder="exp_netto=0.01")
    assert check(tmp_path, narrow)[1][-1] == "0 passed, 1 failed"


def test_empty_expectations_are_not_checked_and_zero_is(tmp_path: Path) -> None:
    assert check(tmp_path, {k: ("" if k.startswith("exp_") else v) for k, v in ROWS["B001"].items()})[0] == 0
    assert check(tmp_path, changed("B001", exp_lohnsteuer="0.00"))[0] == 1


def test_columns_are_found_by_name_and_may_be_missing(tmp_path: Path) -> None:
    row = {k: v for k, v in reversed(ROWS["B001"].items()) if k not in ("zv_frei", "exp_soli", "quelle")}
    assert check(tmp_path, row)[1][-1] == "1 passed, 0 failed"


def test_an_unknown_column_is_refused_by_name(tmp_path: Path) -> None:
    code, lines = check(tmp_path, changed("B001", stuerklasse="1"))
    assert code == 1
    assert lines == ["Spalte stuerklasse gibt es nicht; umbenennen oder entfernen", "0 passed, 1 failed"]


BAD_CELLS = [
    ({"stufe": "7"}, "stufe: Stufe '7' gibt es in TVoeD-VKA E9b am 01.05.2026 nicht; vorhanden: 1, 2, 3, 4, 5, 6"),
    ({"entgeltgruppe": "E9d"}, "entgeltgruppe: 'E9d' gibt es nicht"),
    ({"tarifwerk": "TVöD"}, "tarifwerk: 'TVöD' gibt es nicht"),
    ({"tarifwerk": ""}, "tarifwerk: leer"),
    ({"monat": "2026-5"}, "monat: '2026-5' ist kein Monat"),
    ({"monat": "2028-05"}, "monat: für 2028-05 ist kein Recht hinterlegt"),
    ({"von_tag": "32"}, "von_tag: 32 gibt es im Monat 05/2026 nicht"),
    ({"von_tag": "20", "bis_tag": "10"}, "bis_tag: 10 liegt vor von_tag 20"),
    ({"von_tag": "15"}, "regelmaessiges_entgelt: leer"),
    ({"wochenstunden": "-39"}, "wochenstunden: '-39' ist nicht lesbar"),
    ({"vollzeitstunden": "0"}, "mehr als 0"),
    ({"zulagen": "1.234,50"}, "zulagen: '1.234,50' ist nicht lesbar"),
    ({"zulagen": "-5.00"}, "nicht negativ"),
    ({"zulagen": "1.005"}, "mehr als 2 Nachkommastellen"),
    ({"steuerklasse": ""}, "steuerklasse: leer"),
    ({"steuerklasse": "7"}, "steuerklasse: '7' ist keine ganze Zahl von 0 bis 6"),
    ({"faktor": "0.950"}, "faktor: gilt nur in Steuerklasse 4"),
    ({"konfession": "buddhistisch"}, "erlaubt: keine, ev, rk"),
    ({"konfession": "ev", "bundesland_kirche": ""}, "bundesland_kirche: leer"),
    ({"geburtsdatum": "1985-02-31"}, "geburtsdatum: '1985-02-31' ist kein Datum"),
    ({"geburtsdatum": ""}, "geburtsdatum: leer"),
    ({"geburtsdatum": "2026-01-01"}, "das Alter ist nicht möglich"),
    ({"kinderlos": "vielleicht"}, "erlaubt: nein, ja"),
    ({"kinderlos": ""}, "kinderlos: leer"),
    ({"kinderlos": "ja", "kinder_unter_25": "2"}, "widerspricht kinderlos ja"),
    ({"beitragsgruppe": "111"}, "beitragsgruppe: '111' hat nicht vier Ziffern"),
    ({"beitragsgruppe": ""}, "beitragsgruppe, personengruppe: leer"),
    ({"beitragsgruppe": "9111"}, "9 gilt nur für freiwillig"),
    ({"kv_art": "privat"}, "privat Versicherte haben in KV und PV 0"),
    ({"personengruppe": "109"}, "109 und status minijob gehören zusammen"),
    ({"zusatzbeitrag": ""}, "zusatzbeitrag: leer"),
    ({"u2_satz": ""}, "u2_satz: leer"),
    ({"status": "beamter"}, "meinten Sie beamte?"),
    ({"status": "beamte"}, "Besoldungsordnung"),
    ({"einmalzahlung": "100.00"}, "jahresarbeitslohn_erwartet: leer"),
    ({"zv_umlage_satz": ""}, "zv_umlage_satz: leer"),
    ({"zusatzversorgung": "keine"}, "widerspricht zusatzversorgung keine"),
    ({"zv_verfahren": "aufbrauchend", "zv_steuerfrei_bisher": ""}, "zv_steuerfrei_bisher: leer"),
    ({"zv_verfahren": "aufbrauchend", "zv_steuerfrei_bisher": "4056.00", "zv_pauschal_grenze": ""},
     "zv_pauschal_grenze: leer"),
    ({"zv_verfahren": "aufbrauchend", "zv_steuerfrei_bisher": "4056.00", "zv_kist_verfahren": ""},
     "zv_kist_verfahren: leer"),
    ({"zv_frei": "99999.00"}, "zv_frei: ist höher"),
    ({"toleranz_felder": "exp_neto=0.01"}, "toleranz_felder: 'exp_neto' ist keine Ergebnisspalte"),
    ({"fall": ""}, "fall: leer"),
]


@pytest.mark.parametrize(("cells", "message"), BAD_CELLS)
def test_a_bad_row_is_named_and_the_others_go_on(tmp_path: Path, cells: dict[str, str], message: str) -> None:
    code, lines = check(tmp_path, changed("B001", **cells), ROWS["B002"])
    assert code == 1
    assert message in lines[0]
    assert lines[0].startswith("Zeile 2")
    assert lines[-1] == "1 passed, 1 failed"


def test_a_name_used_twice_is_an_error(tmp_path: Path) -> None:
    code, lines = check(tmp_path, ROWS["B001"], ROWS["B001"])
    assert code == 1
    assert "steht schon in Zeile 2" in lines[0]


def test_a_key_that_the_law_does_not_settle_is_a_fault_of_its_row(tmp_path: Path) -> None:
    code, lines = check(tmp_path, changed("B001", beitragsgruppe="4111"), ROWS["B002"])
    assert code == 1
    assert "Beitragsgruppe KV" in lines[0]
    assert lines[-1] == "1 passed, 1 failed"
