"""``kreislohn calculate``: a file of rows to a file of values, every bad row named, nothing runs as a formula.

Figures of the two cases: whole payslips B001 and B010 of the reference (composed from the ministry's plan, a separate
contribution calculation and the pay tables of May 2026).
"""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from payroll.law.calculate import gross_to_net, law_of
from payroll.law.calculate_file import harmless, run
from payroll.law.payslip_columns import OUTPUTS

MAY = date(2026, 5, 1)
FULL = {
    "fall": "B001", "monat": "2026-05", "status": "tarif", "tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E9b",
    "stufe": "4", "wochenstunden": "39", "vollzeitstunden": "39", "steuerklasse": "1", "kinderfreibetraege": "0",
    "konfession": "keine", "bundesland_kirche": "NW", "geburtsdatum": "1985-06-15", "kinderlos": "nein",
    "kinder_unter_25": "0", "sachsen": "nein", "kv_art": "gesetzlich", "zusatzbeitrag": "2.90",
    "beitragsgruppe": "1111", "personengruppe": "101", "zusatzversorgung": "rzvk", "zv_umlage_satz": "4.25",
    "zv_an_satz": "0", "zv_sanierungsgeld_satz": "3.5", "zv_pauschal_grenze": "89.48", "zv_verfahren": "verteilt",
    "zv_steuerfrei_bisher": "0", "zv_kist_verfahren": "vereinfacht", "u2_satz": "0.39"}
PART_TIME = {**FULL, "fall": "B010", "entgeltgruppe": "E5", "stufe": "2", "wochenstunden": "30", "steuerklasse": "5"}


def file_of(folder: Path, *rows: dict[str, str], name: str = "faelle.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def calculated(path: Path, month: date = MAY, explained: str | None = None) -> tuple[int, str, str]:
    out, errors = io.StringIO(), io.StringIO()
    code = run(path, month, out, explain_row=explained, errors=errors)
    return code, out.getvalue(), errors.getvalue()


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_known_payslips_to_the_cent_and_all_values_on_the_way(tmp_path: Path) -> None:
    code, out, errors = calculated(file_of(tmp_path, FULL, PART_TIME))
    rows = table(out)
    assert code == 0, errors
    names = ("fall", "tabellenentgelt", "lohnsteuer", "kv_an", "pv_an", "netto", "auszahlung", "zv_hinzurechnung",
             "ag_kosten")
    assert [[row[name] for name in names] for row in rows] == [
        ["B001", "4690.55", "709.00", "352.99", "87.04", "2958.86", "2958.86", "144.87", "6095.62"],
        ["B010", "2552.34", "489.66", "190.26", "46.91", "1511.45", "1511.45", "53.99", "3311.53"]]
    assert list(rows[0])[:2 + len(OUTPUTS)] == ["fall", "fehler", *OUTPUTS]
    behind = {node.name for node in law_of(MAY).order_for(OUTPUTS)}
    assert set(rows[0]) == {"fall", "fehler"} | behind
    assert rows[0]["teilmonat"] == "nein"
    assert errors.endswith("2 berechnet, 0 fehlerhaft\n")


def test_the_file_gives_what_the_columns_give(tmp_path: Path) -> None:
    from payroll.law.conformance.payslip_rows import read_row
    from payroll.law.conformance.report import Case

    columns = read_row(Case(1, "B010", PART_TIME)).values
    direct = gross_to_net(MAY, columns, ["netto"]).cents("netto")[0]
    row = table(calculated(file_of(tmp_path, PART_TIME))[1])[0]
    assert row["netto"] == f"{direct // 100}.{direct % 100:02d}"


def test_a_bad_row_is_named_and_the_others_are_computed(tmp_path: Path) -> None:
    bad = [{**FULL, "fall": "x1", "geburtsdatum": "1985-02-31"}, {**FULL, "fall": "x2", "stufe": "9"},
           {**FULL, "fall": "x3", "wochenstunden": "-3"}, {**FULL, "fall": "x4", "monat": "2026-04"},
           {**FULL, "fall": "x5", "steuerklasse": ""}]
    code, out, errors = calculated(file_of(tmp_path, *bad, PART_TIME))
    rows = table(out)
    assert code == 1
    for row, words in zip(rows, ("geburtsdatum", "Stufe '9' gibt es in TVoeD-VKA E9b", "wochenstunden",
                                 "monat: '2026-04' ist nicht der Monat", "steuerklasse: leer"), strict=False):
        assert words in row["fehler"], row["fall"]
        assert row["netto"] == ""
    assert (rows[-1]["fehler"], rows[-1]["netto"]) == ("", "1511.45")
    assert errors.endswith("1 berechnet, 5 fehlerhaft\n")
    assert "Zeile 1 (x1): geburtsdatum" in errors


def test_the_month_of_the_command_is_enough(tmp_path: Path) -> None:
    row = {key: value for key, value in FULL.items() if key != "monat"}
    code, out, _ = calculated(file_of(tmp_path, row))
    assert (code, table(out)[0]["netto"]) == (0, "2958.86")
    before = calculated(file_of(tmp_path, row), date(2026, 4, 1))[1]
    assert table(before)[0]["tabellenentgelt"] == "4562.79"


def test_a_file_where_no_row_can_be_computed_still_says_why(tmp_path: Path) -> None:
    code, out, _ = calculated(file_of(tmp_path, {**FULL, "status": "gast"}))
    assert code == 1
    assert "status" in table(out)[0]["fehler"]


@pytest.mark.parametrize(("content", "message"), [
    (b"fall;monatt\nx;2026-05\n", "Spalte 'monatt' gibt es nicht; meinten Sie monat?"),
    (b"fall,fall\nx,y\n", "doppelt: fall"),
    (b"", "Kopfzeile"),
    (b"fall,monat\n", "keine Zeile nach der Kopfzeile"),
    ("fall,monat\nMüller,2026-05\n".encode("cp1252"), "UTF-8"),
])
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "faelle.csv"
    path.write_bytes(content)
    code, out, errors = calculated(path)
    assert (code, out) == (1, "")
    assert message in errors


def test_a_file_of_more_than_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "gross.csv"
    with path.open("wb") as stream:
        stream.truncate(101 * 2**20)
    assert "größer als 100 MB" in calculated(path)[2]


@pytest.mark.parametrize("label", ["=1+1", "+49", "-5", "@SUM(A1)", "\t=1"])
def test_no_text_acts_as_a_formula(tmp_path: Path, label: str) -> None:
    assert harmless(label) == f"'{label}"
    out = calculated(file_of(tmp_path, {**FULL, "fall": label.strip()}))[1]
    assert table(out)[0]["fall"] == f"'{label.strip()}"
    assert harmless("Müller = Schmidt") == "Müller = Schmidt"


def test_explanation_of_a_row_by_name_or_number_and_of_any_value(tmp_path: Path) -> None:
    path = file_of(tmp_path, FULL, PART_TIME)
    code, out, _ = calculated(path, explained="B010")
    assert code == 0
    assert out.startswith("Auszahlungsbetrag: 1.511,45\u00a0€")
    assert calculated(path, explained="2")[1] == out
    assert calculated(path, explained="B001:zv_umlage")[1].startswith("Umlage des Arbeitgebers")
    assert "199,35" in calculated(path, explained="B001:zv_umlage")[1].splitlines()[0]


@pytest.mark.parametrize(("wanted", "message"), [
    ("3", "Zeile '3' gibt es nicht; möglich: 1 bis 2 oder ein Name aus fall"),
    ("bad", "geburtsdatum"),
    ("B001:nettto", "keinen Wert 'nettto'"),
])
def test_what_cannot_be_explained_says_why(tmp_path: Path, wanted: str, message: str) -> None:
    path = file_of(tmp_path, FULL, {**FULL, "fall": "bad", "geburtsdatum": "31.02.1985"})
    code, out, errors = calculated(path, explained=wanted)
    assert (code, out) == (1, "")
    assert message in errors


def test_a_target_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path, target = file_of(tmp_path, FULL), tmp_path / "werte.csv"
    out, errors = io.StringIO(), io.StringIO()
    assert run(path, MAY, out, target=target, errors=errors) == 0
    assert out.getvalue() == ""
    assert table(target.read_text(encoding="utf-8"))[0]["netto"] == "2958.86"
    missing = tmp_path / "fehlt" / "werte.csv"
    assert run(path, MAY, out, target=missing, errors=errors) == 1
    assert "werte.csv kann nicht geschrieben werden" in errors.getvalue()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["faelle.csv", "werte.csv"]
