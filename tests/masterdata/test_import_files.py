"""Dateien lesen: Zeichensätze, Trennzeichen, Formeln, Größe, Archivbomben; jede falsche Zelle mit Namen."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import load_workbook

from payroll.masterdata.imports import ImportFehler, template_csv, template_xlsx
from payroll.masterdata.imports import table as tables
from payroll.masterdata.imports.blaetter import BLAETTER
from payroll.masterdata.imports.columns import SPALTEN
from payroll.masterdata.imports.table import read_table
from payroll.masterdata.sheets import as_csv, as_xlsx
from tenants import workbooks


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_umlauts_and_german_values_in_every_encoding(files: SimpleNamespace, encoding: str, mark: str) -> None:
    (row,) = read_table("p.csv", files.csv(files.row, encoding=encoding, mark=mark)).zeilen
    assert row.beanstandungen == []
    assert (row.werte["nachname"], row.werte["ort"]) == ("Müller-Groß", "Köln")
    assert row.werte["geburtsdatum"] == date(1985, 6, 15)
    assert (row.werte["wochenstunden"], row.werte["betrag_1"]) == (Decimal("19.5"), 112_050)
    assert row.werte["iban"] == "DE02120300000000202051"


def test_workbook_with_typed_cells(files: SimpleNamespace) -> None:
    typed = files.row | {"geburtsdatum": datetime(1985, 6, 15), "wochenstunden": 19.5, "steuerklasse": 1, "stufe": 4.0}
    (row,) = read_table("p.xlsx", files.xlsx(typed | {"eintritt": date(2026, 1, 1)})).zeilen
    assert row.beanstandungen == []
    assert row.werte["geburtsdatum"] == date(1985, 6, 15)
    assert (row.werte["wochenstunden"], row.werte["steuerklasse"], row.werte["stufe"]) == (Decimal("19.5"), 1, "4")


WRONG = [
    ("geburtsdatum", "31.02.1985", "Den 31. Februar 1985 gibt es nicht"),
    ("geburtsdatum", "29.02.2025", "Den 29. Februar 2025 gibt es nicht"),
    ("eintritt", "1.13.2026", "Monat 13 gibt es nicht"),
    ("eintritt", "01.01.26", "ist kein Tag"),
    ("eintritt", "01.01.2926", "Jahr 2926"),
    ("wochenstunden", "-19,5", "ist negativ"),
    ("wochenstunden", "195", "liegt nicht zwischen"),
    ("wochenstunden", "viel", "ist keine Zahl"),
    ("betrag_1", "1.12,50", "ist keine Zahl"),
    ("betrag_1", "1,005", "mehr als 2 Nachkommastellen"),
    ("steuerklasse", "7", "liegt nicht zwischen 1 und 6"),
    ("konfession", "evangelisch", "gibt es hier nicht"),
    ("art", "tarrif", "gibt es hier nicht"),
    ("tarifwerk", "TVöD", "gibt es hier nicht"),
    ("iban", "DE02120300000000202052", "ist keine gültige IBAN"),
    ("steuer_id", "36574261808", "ist keine gültige Steuer-Identifikationsnummer"),
    ("sv_nummer", "65150685M001", "Prüfziffer der Versicherungsnummer"),
    ("sv_nummer", "6515O685M000", "8 Ziffern, ein Buchstabe, 3 Ziffern"),
    ("beitragsgruppe", "111", "ist keine Beitragsgruppe"),
    ("plz", "1234", "ist keine Postleitzahl"),
    ("personalnummer", "4 711", "ist keine Personalnummer"),
    ("personalnummer", "", "fehlt"),
    ("nachname", "MÃ¼ller", "falsch gelesene Umlaute"),
    ("nachname", "M�ller", "falsch gelesene Umlaute"),
    ("nachname", "M„ller", "in Namen nicht vorkommt"),
    ("kinder", "03.04.2015 30.02.2016", "Den 30. Februar 2016 gibt es nicht"),
]


@pytest.mark.parametrize(("column", "value", "reason"), WRONG)
@pytest.mark.parametrize("build", ["csv", "xlsx"])
def test_wrong_cell_is_named_with_row_column_value_reason_remedy(
    files: SimpleNamespace, build: str, column: str, value: str, reason: str
) -> None:
    good, bad = read_table("p", getattr(files, build)(files.row, files.row | {column: value})).zeilen
    assert good.beanstandungen == []
    (problem,) = bad.beanstandungen
    assert (problem.zeile, problem.spalte) == (3, column)
    assert problem.wert in (value, f"…{value[-4:]}")
    assert reason in problem.grund
    assert problem.abhilfe
    assert problem.schwer
    assert str(problem).startswith(f"Zeile 3, {column}:")


def test_formula_cell_is_refused_with_its_name(files: SimpleNamespace) -> None:
    bad = read_table(
        "p.xlsx", files.xlsx(files.row, files.row | {"betrag_1": "=100+20", "ort": "=cmd|'/c calc'!A1"})
    ).zeilen[1]
    assert [(p.spalte, p.zelle, p.grund) for p in bad.beanstandungen] == [
        ("ort", "G3", "ist eine Formel"),
        ("betrag_1", "AB3", "ist eine Formel"),
    ]
    assert not bad.gut


def test_too_large_file_is_refused_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tables.MAX_BYTES == 100 * 1024 * 1024
    monkeypatch.setattr(tables, "MAX_BYTES", 2 * 1024 * 1024)
    with pytest.raises(ImportFehler, match="hat 3 MB, erlaubt sind 2 MB"):
        read_table("p.xlsx", b"PK" + bytes(3 * 1024 * 1024))


def archive(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def test_zip_bombs_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive(**{"xl__worksheets__sheet1.xml": bytes(8 * 1024 * 1024)})
    assert len(bomb) < 20_000
    with pytest.raises(ImportFehler, match="ungewöhnlich stark gepackt"):
        read_table("p.xlsx", bomb)
    with pytest.raises(ImportFehler, match="1001 Teile"):
        read_table("p.xlsx", archive(**{f"part{n}": b"" for n in range(1001)}))
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1024 * 1024)
    with pytest.raises(ImportFehler, match="entpackt 8 MB groß"):
        read_table("p.xlsx", bomb)


def test_a_lying_size_in_the_archive_does_not_help() -> None:
    data = bytearray(archive(**{"xl__worksheets__sheet1.xml": bytes(8 * 1024 * 1024)}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    with pytest.raises(ImportFehler, match=r"keine lesbare XLSX-Datei|beschädigt"):
        read_table("p.xlsx", bytes(data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "leer"),
        (b" \r\n ", "leer"),
        (b"PK\x03\x04 kaputt", "keine lesbare XLSX-Datei"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "im alten Format XLS oder durch ein Kennwort"),
        (archive(**{"xl__vbaProject.bin": b"x"}), "Makros"),
        (archive(**{"xl__workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "unerlaubte XML-Anweisungen"),
        (archive(**{"xl__workbook.xml": b"<x/>"}), "beschädigt"),
        (b"a;b\x00c", "keine Textdatei"),
        (b"personalnummer;nachname\r\n1;M\x81ller", "Zeichensatz nicht lesbar"),
        (b'personalnummer;nachname;vorname;geburtsdatum;art;eintritt\r\n1;"offen', "Zeile 2: Anführungszeichen"),
        (b"strasse;ort\r\nAm Markt 1;Musterstadt\r\n", "Die Kopfzeile passt nicht"),
        (b";".join(b"spalte%d" % n for n in range(151)), "hat 151 Spalten"),
        (template_csv(), "keine Zeilen unter dem Kopf"),
        (template_xlsx(), "keine Zeilen unter dem Kopf"),
    ],
)
def test_unusable_files_say_why(data: bytes, message: str) -> None:
    with pytest.raises(ImportFehler, match=message) as caught:
        read_table("p", data)
    assert caught.value.abhilfe


def test_header_problems_are_named_together(files: SimpleNamespace) -> None:
    row = {k: v for k, v in files.row.items() if k != "eintritt"} | {"Wochenstundn": "3", "farbe": "rot"}
    with pytest.raises(ImportFehler) as caught:
        read_table("p.csv", files.csv(row))
    assert [(p.spalte, p.grund, p.abhilfe) for p in caught.value.beanstandungen] == [
        ("Wochenstundn", "unbekannte Spalte", "Meinten Sie „wochenstunden“"),
        ("farbe", "unbekannte Spalte", "Spalte löschen oder nach der Vorlage benennen"),
        ("eintritt", "Pflichtspalte fehlt", "Spalte nach der Vorlage ergänzen"),
    ]


def test_value_without_a_column_is_not_lost(files: SimpleNamespace) -> None:
    data = files.csv(files.row).replace(b"1.120,50\r\n", b"1.120,50;verrutscht\r\n")
    (row,) = read_table("p.csv", data).zeilen
    assert "verrutscht" in row.beanstandungen[0].grund


def test_text_that_looks_like_a_formula_leaves_as_text() -> None:
    data = as_xlsx([("Blatt", ["a", "b"], [["=1+1", -5], ["@x", "-5,00"]])])
    cells = [cell for row in load_workbook(io.BytesIO(data))["Blatt"].iter_rows(min_row=2) for cell in row]
    assert [(cell.value, cell.data_type) for cell in cells] == [
        ("'=1+1", "s"),
        ("-5", "s"),
        ("'@x", "s"),
        ("-5,00", "s"),
    ]
    assert as_csv(["a"], [["=1+1"], ["-5"]]).splitlines()[1:] == [b"'=1+1", b"-5"]
    head = load_workbook(io.BytesIO(as_xlsx([("Blatt", ["=1+1"], [])])))["Blatt"]["A1"]
    assert (head.value, head.data_type) == ("'=1+1", "s"), "a title is a text like any other"
    assert as_csv(["=1+1"], []).splitlines()[0].endswith(b"'=1+1")


def test_template_explains_every_column() -> None:
    book = load_workbook(io.BytesIO(template_xlsx()))
    assert [cell.value for cell in book["Personen"][1]] == [spalte.name for spalte in SPALTEN]
    explained = list(book["Spalten"].iter_rows(min_row=2, values_only=True))
    every = [("Personen", spalte.name) for spalte in SPALTEN]
    every += [(blatt.titel, spalte.name) for blatt in BLAETTER for spalte in blatt.spalten]
    assert [row[:2] for row in explained] == every
    assert all(row[3] for row in explained)
    for blatt in BLAETTER:
        assert [cell.value for cell in book[blatt.titel][1]] == [spalte.name for spalte in blatt.spalten]


EXAMPLES = [("Personen", s) for s in SPALTEN] + [(blatt.titel, s) for blatt in BLAETTER for s in blatt.eigene]


@pytest.mark.parametrize("spalte", [s for _, s in EXAMPLES if s.beispiel],
                         ids=[f"{title}-{s.name}" for title, s in EXAMPLES if s.beispiel])
def test_examples_of_the_template_are_readable(spalte: Any) -> None:
    assert spalte.lesen(spalte.beispiel) is not None
