"""The report of the conformance commands: what is compared, what is named, the last line, files that cannot be used."""

import gzip
import io
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from payroll.law.conformance.report import Case, CellError, Report, parse_number, read_cases
from payroll.law.conformance.tax import run

MAY = date(2026, 5, 1)


def report_of(tmp_path: Path, text: str | bytes, name: str = "f.csv", month: date = MAY) -> tuple[int, list[str]]:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    out = io.StringIO()
    return run(path, month, out), out.getvalue().splitlines()


def test_difference_is_named_in_euro_with_case_and_column(tmp_path: Path) -> None:
    text = "id,LZZ,STKL,RE4,KVZ,LSTLZZ,BK\nA,1,1,1753199,2.90,5500,\nB,1,1,1753199,2.90,5600,0\n"
    code, lines = report_of(tmp_path, text)
    assert code == 1
    assert lines == ["Zeile 3 (B): LSTLZZ: erwartet 56, berechnet 55, Differenz -1", "1 passed, 1 failed"]


def test_a_broken_row_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    text = ("LZZ;STKL;RE4;KVZ;f;LSTLZZ\n1;1;1753199;2,90;1;5500\n1;1;zwölf;2,90;1;5500\n1;7;1753199;2,90;1;5500\n1;4\n"
            "1;1;1753199;2,905;1;5500\n\n1;1;1753199;2,90;1,0;abc\n1;2;1753199;2,90;;0\n")
    code, lines = report_of(tmp_path, text)
    assert (code, lines[-1]) == (1, "2 passed, 5 failed")
    assert sorted(lines[:-1]) == [
        "Zeile 3: RE4: 'zwölf' ist keine Zahl",
        "Zeile 4: klassenfreibetraege (§ 10c EStG, § 24b EStG): Steuerklasse (STKL): erlaubt sind 1 bis 6; "
        "bitte das Lohnsteuermerkmal berichtigen",
        "Zeile 5: 2 Felder statt 6", "Zeile 6: KVZ: 2,905 ist genauer als 1/100",
        "Zeile 8: LSTLZZ: 'abc' ist keine Zahl"]


def test_compressed_file_small_letters_and_other_columns(tmp_path: Path) -> None:
    text = "\ufefflzz,stkl,re4,kvz,lstlzz,Bemerkung\n1,1,1753199,2.90,5500,x\n"
    assert report_of(tmp_path, gzip.compress(text.encode(), mtime=0), "f.csv.gz") == (0, ["1 passed, 0 failed"])


def test_outputs_of_another_plan_are_not_checked_and_that_is_said(tmp_path: Path) -> None:
    code, lines = report_of(tmp_path, "LZZ,STKL,RE4,KVZ,LSTLZZ,VKVLZZ\n1,1,1753199,2.90,5500,77\n")
    assert (code, lines) == (0, ["Nicht geprüft, der Plan 05/2026 kennt es nicht: VKVLZZ", "1 passed, 0 failed"])


@pytest.mark.parametrize(("text", "name", "said"), [
    ("", "f.csv", "keine Kopfzeile"),
    ("LZZ,STKL,RE4\n1,1,5\n", "f.csv", "keine Spalte mit einem erwarteten Ergebnis"),
    ("LZZ,STKL,LSTLZZ\n1,1,5\n", "f.csv", "keine Spalte mit Arbeitslohn"),
    ("RE4,RE4,LSTLZZ\n1,1,5\n", "f.csv", "Spalten doppelt: RE4"),
    ("RE4,LSTLZZ,ä\n".encode("cp1252"), "f.csv", "ist nicht lesbar"),
    (b"no gzip", "f.csv.gz", "ist nicht lesbar"),
    (gzip.compress(b"RE4,LSTLZZ\n1,1\n" * 99, mtime=0)[:-20], "f.csv.gz", "ist nicht lesbar"),
    ("RE4,LSTLZZ\n" + "1" * 200_000 + ",5\n", "f.csv", "ist keine CSV-Datei"),
])
def test_unusable_file_is_refused_with_the_reason(tmp_path: Path, text: str | bytes, name: str, said: str) -> None:
    code, lines = report_of(tmp_path, text, name)
    assert (code, lines[-1]) == (1, "0 passed, 1 failed")
    assert said in lines[0]


def test_missing_file_unknown_month_and_empty_table_fail(tmp_path: Path) -> None:
    out = io.StringIO()
    assert run(tmp_path / "nothing.csv", MAY, out) == 1
    assert report_of(tmp_path, "RE4,LSTLZZ\n1,0\n", month=date(2019, 1, 1))[0] == 1
    assert report_of(tmp_path, "RE4,LSTLZZ\n") == (1, ["Die Datei enthält keinen Fall.", "0 passed, 0 failed"])


def test_tolerance_fractions_and_texts() -> None:
    out = io.StringIO()
    report, case = Report(out), Case(2, "x", {})
    assert report.check(case, "a", 100, 101, tolerance=1, den=100)
    assert not report.check(case, "a", Fraction(1, 3), Fraction(1, 2))
    assert not report.check(case, "b", "ja", "nein")
    assert out.getvalue() == "Zeile 2 (x): a: erwartet 1/3, berechnet 0.5, Differenz 1/6\n" \
                             "Zeile 2 (x): b: erwartet ja, berechnet nein\n"


def test_only_so_many_differences_are_written_but_all_are_counted() -> None:
    out = io.StringIO()
    report = Report(out, shown=2)
    for line in range(2, 7):
        report.error(Case(line, "", {}), "kaputt")
    assert report.finish() == 1
    assert out.getvalue().splitlines() == ["Zeile 2: kaputt", "Zeile 3: kaputt", "... und 3 weitere Abweichungen",
                                           "0 passed, 5 failed"]


@pytest.mark.parametrize("raw", ["", "1.234,56", "1,2,3", "NaN", "Infinity", "1e99", "1_000", "0x10", "5" * 5000, "-"])
def test_what_is_no_number(raw: str) -> None:
    with pytest.raises(CellError):
        parse_number(raw, "RE4")


def test_numbers_with_point_comma_and_sign() -> None:
    assert [parse_number(raw) for raw in ("12", "-1.5", "2,90", " 7 ")] == [12, Fraction(-3, 2), Fraction(29, 10), 7]


def test_case_cells(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("id;betrag\n;12,34\nB;\n", encoding="utf-8")
    first, second = read_cases(tmp_path / "f.csv").cases
    assert (first.label, first.whole("betrag", 100)) == ("", 1234)
    assert (second.label, second.whole("betrag", 100, 7)) == ("B", 700)
    with pytest.raises(CellError, match="leer"):
        second.number("betrag")
