"""Bösartige Tabellen gegen jeden Leser: abgelehnt mit Grund, ohne Fehler, ohne den Speicher oder die Zeit aller."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from payroll.filings.errors import FilingRefused
from payroll.filings.sepa import report
from payroll.masterdata.imports import ImportFehler
from payroll.masterdata.imports.table import read_table
from payroll.masterdata.massen import datei as massen
from payroll.masterdata.vorschlaege import family, law_values, levies, pay_table, tax_year
from payroll.masterdata.vorschlaege import reading as tariff
from payroll.runs.errors import RunRefused
from payroll.runs.parallel import reading as parallel
from staffplan.imports import reading as plan
from tenants import workbooks
from timekeeping.imports import profile, reader
from timekeeping.imports import recognise as recognising
from timekeeping.imports.problems import ImportFehler as TimeFehler

AB = date(2027, 1, 1)
REFUSED = (ImportFehler, RunRefused, plan.UnreadableFile, TimeFehler, FilingRefused)
PROFILES = [profile.parse(profile.bundled_text(name)) for name in profile.bundled()]


def _times(data: bytes) -> None:
    recognising.recognise(data, PROFILES)
    for one in PROFILES:
        try:
            for portion in reader.opened(data, one).portionen():
                assert all(entry.personalnummer.isprintable() for entry in portion)
        except TimeFehler:
            continue


READERS: dict[str, Callable[[bytes], Any]] = {
    "people": lambda data: read_table("a", data),
    "mass": massen.read,
    "pay table": lambda data: pay_table.check(data, AB, "TVoeD-VKA"),
    "family": lambda data: family.check(data, AB),
    "law values": lambda data: law_values.check(data, AB, ()),
    "levies": lambda data: levies.check(data, AB, {}, ()),
    "tax year": lambda data: tax_year.check(data, AB),
    "old results": parallel.parse,
    "staffing plan": plan.read,
    "times": _times,
    "bank": report.read,
}
HEADS = {
    "people": "Personalnummer;Nachname", "mass": "personalnummer;wirksam_ab;tatsache;wert",
    "pay table": "entgeltgruppe;stufe;betrag", "family": "klasse;stufe;mietenstufe;betrag",
    "law values": "name;stelle;wert", "levies": "umlage;kasse;satz", "tax year": "<pap>",
    "old results": "Personalnummer;Wert;Betrag", "staffing plan": "nummer;gruppe;einheit",
    "times": "Personalnummer;Datum;Lohnart;Stunden", "bank": "<Document>",
}
ROWS = {
    "huge number": "E5;{0};{0};{0};{0}".format("9" * 5000),
    "huge cell": f"E5;1;{'x' * 100_000};1",
    "too huge cell": f"E5;1;{'x' * 200_000};1",
    "spaces": f"E5;1;1{' ' * 15_000}x;1",
    "dots": f"E5;{'1.' * 9_000};1;1",
    "many cells": ";".join("abcdefgh"[n % 8] + str(n) for n in range(100_000)),
    "nothing but marks": ";" * 300_000,
    "control": "E5;\x01\x02;\x0b;\x1b[31m",
    "null": "E5;a\x00b;1;1",
    "turned round": "E5;brief\u202efdp.exe;1;1",
    "foreign digits": "E5;\u0661;\u0662\u0663;\u0664",
    "formula": "=1+1;@SUM(A1);+1;-1",
    "quotes": '"E5;"1";""";"',
    "not a number": "E5;1;NaN;Infinity",
    "exponent": "E5;1;1e999999999;1",
    "minus": "E5;-1;-0;1",
}
ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "cp1252", "utf-7")


def refused_or_read(name: str, data: bytes) -> None:
    """Ein Leser liest oder lehnt ab; jeder andere Fehler ist einer von uns."""
    words = "gelesen"
    try:
        READERS[name](data)
    except REFUSED as refused:
        words = str(refused)
    assert 0 < len(words) < 5_000, f"{name}: die Ablehnung sagt etwas und wiederholt nicht die Datei"


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("name", READERS)
def test_no_row_breaks_a_reader(name: str, row: str) -> None:
    for head in (HEADS[name], ROWS[row]):
        for encoding in ENCODINGS:
            data = f"{head}\r\n{ROWS[row]}\r\n".encode(encoding, "replace")
            refused_or_read(name, data)


@pytest.mark.parametrize("name", READERS)
def test_no_rubbish_breaks_a_reader(name: str) -> None:
    chance = random.Random(75)  # the same rubbish each time
    starts = (b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"PK\x03\x04", b"BEGIN:VCALENDAR\n", b"[{", b"<?xml")
    for size in (1, 3, 64, 4096):
        for start in starts:
            refused_or_read(name, start + chance.randbytes(size))


CONTROL = ("\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x7f", "\ufffe")


@pytest.mark.parametrize("sign", CONTROL)
@pytest.mark.parametrize("name", ["people", "mass", "pay table", "levies", "old results", "staffing plan"])
def test_a_control_character_stops_the_file_with_its_line(name: str, sign: str) -> None:
    data = f"{HEADS[name]}\r\n1;{sign}x;1\r\n"
    for encoding in ("utf-8-sig", "utf-16"):
        with pytest.raises(REFUSED, match="Zeile 2 enthält ein Steuerzeichen"):
            READERS[name](data.encode(encoding))


def test_the_sign_that_ends_a_file_is_none_of_it() -> None:
    assert parallel.parse(b"Personalnummer;netto\r\n1;2,00\r\n\x1a") == {"1": {"netto": 200}}


@pytest.mark.parametrize("sign", ["\x00", "\u202e", "x" * 21])
def test_what_is_no_personnel_number_is_not_kept(sign: str) -> None:
    """Sie stünde auf der Seite und in der Datenbank; ein Nullzeichen nähme die gar nicht."""
    with pytest.raises(RunRefused, match=r"Personalnummer erwartet|Steuerzeichen"):
        parallel.parse(f"Personalnummer;netto\r\n1{sign};2,00\r\n".encode("utf-16"))


def test_a_doubled_column_of_old_results_is_refused() -> None:
    """Still gälte die erste der beiden."""
    with pytest.raises(RunRefused, match="mehrmals"):
        parallel.parse(b"Personalnummer;Wert;Betrag;Betrag\r\n1;netto;1,00;2,00\r\n")
    with pytest.raises(RunRefused, match="mehrmals"):
        parallel.parse(b"Personalnummer;netto;netto\r\n1;1,00;2,00\r\n")


def test_a_doubled_column_nobody_reads_stops_no_old_results() -> None:
    found = parallel.parse(b"Personalnummer;Name;Name;Wert;Betrag\r\n1;Amt;Anna;netto;1,00\r\n")
    assert found == {"1": {"netto": 100}}


@pytest.mark.parametrize("text", ["9" * 13, "9" * 5000, "1." * 3000 + "1", "1.234.567.890.123,00", "1,12345"])
def test_a_number_too_large_to_round_is_none(text: str) -> None:
    assert tariff.number_of(text) is None


@pytest.mark.parametrize("text", ["999.999.999,99", "999999999999,99", "5.812,50", "0,22"])
def test_every_amount_of_the_law_is_one(text: str) -> None:
    assert tariff.number_of(text) is not None


@pytest.mark.parametrize("name", ["people", "mass", "pay table", "levies", "old results", "staffing plan"])
def test_a_line_of_endless_cells_is_refused_before_they_are_compared(name: str) -> None:
    with pytest.raises(REFUSED, match=r"\d+ (Zellen|Spalten)|Anführungszeichen passen nicht"):
        READERS[name](ROWS["many cells"].encode())


def test_an_endless_cell_of_times_is_refused_before_a_pattern_reads_it() -> None:
    data = f"Personalnummer;Datum;Lohnart;Stunden\n1;01.11.2026;1;{' ' * 10}1{' ' * 300}x\n1;01.11.2026;1;1\n".encode()
    found = reader.read(data, profile.parse(profile.bundled_text("stunden-pro-tag"))).eintraege
    assert "mehr als 200 Zeichen" in found[0].grund
    assert found[1].gut


def _book(**parts: bytes) -> bytes:
    plain, out = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["Personalnummer", "Nachname"])
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            target.writestr(entry, parts.pop(entry.rpartition("/")[2].partition(".")[0], source.read(entry)))
        for name, content in parts.items():
            target.writestr(f"xl/{name}.bin", content)
    return out.getvalue()


NOISE = random.Random(76).randbytes(200_000).hex().encode()  # keeps the ratio of a packed part low
START = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><!--'
DENSE = {
    "one row of cells": {"sheet1": START + NOISE + b"--><sheetData><row>" + b"<c/>" * 1_100_000 + b"</row>"},
    "no row at all": {"sheet1": START + NOISE + b"-->" + b"<x/>" * 1_100_000},
    "rows that never end": {"sheet1": START + NOISE + b"--><sheetData>" + b"<row/>" * 3_100_000},
    "styles": {"styles": b"<styleSheet><!--" + NOISE + b"--><cellXfs>" + b"<xf/>" * 1_100_000},
    "another name": {"sheet9": b"<x><!--" + NOISE + b"-->" + b"<y/>" * 1_100_000},
    "in utf-16": {"sheet1": (START + NOISE + b"-->" + b"<x/>" * 1_100_000).decode().encode("utf-16")},
    "attributes": {"sheet1": START + NOISE * 6 + b"--><row " + b'a="" ' * 2_000_000 + b"/>"},
}


@pytest.mark.parametrize("kind", DENSE)
def test_a_small_workbook_does_not_take_the_memory(kind: str) -> None:
    """Hundert Bytes je Element von vieren: aus einer Datei von einem MB würden Gigabytes."""
    with pytest.raises(workbooks.UnsafeWorkbook, match="enthält mehr"):
        workbooks.inspect(_book(**DENSE[kind]))


def test_a_part_too_dense_is_named_and_says_what_helps() -> None:
    """Der Zwischenspeicher einer Pivot-Tabelle hat keine Zeilen: von einer Zeile zu reden wäre unwahr."""
    told = b"<pivotCacheRecords><!--" + NOISE + b"-->" + b'<n v="1"/>' * 1_100_000
    with pytest.raises(workbooks.UnsafeWorkbook) as refused:
        workbooks.inspect(_book(pivotCacheRecords1=told))
    assert "Teil xl/pivotCacheRecords1.bin" in refused.value.problem
    assert "außerhalb von Zeilen" in refused.value.problem
    assert "ohne Pivot-Tabellen" in refused.value.remedy


@pytest.mark.parametrize("row", [b"<row/>", b'<row r="7" s="3" customFormat="1" />', b'<x:row r="7" s="3"/>'])
def test_a_sheet_of_empty_formatted_rows_is_no_attack(row: bytes) -> None:
    """So viele Zeilen, wie ein Blatt haben kann, jede mit Format und ohne Zelle."""
    workbooks.inspect(_book(sheet1=START + NOISE * 2 + b"--><sheetData>" + row * 1_048_576))


def test_a_tag_that_only_begins_like_a_row_ends_none() -> None:
    for tag in (b"<rows/>", b"<row>", b"<arow/>", b"<row-x/>"):
        with pytest.raises(workbooks.UnsafeWorkbook, match="enthält mehr"):
            workbooks.inspect(_book(sheet1=START + NOISE + b"--><sheetData>" + tag * 1_100_000))


def test_a_document_type_hides_behind_no_name_and_no_encoding() -> None:
    told = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    for content in (told.encode(), told.encode("utf-16"), told.encode("utf-16-be"), b"\xef\xbb\xbf" + told.encode()):
        with pytest.raises(workbooks.UnsafeWorkbook, match="unerlaubte XML-Anweisungen"):
            workbooks.inspect(_book(sheet9=content))


def test_a_full_table_is_no_attack() -> None:
    made, out = Workbook(write_only=True), io.BytesIO()
    sheet = made.create_sheet("Personen")
    for number in range(2_000):
        sheet.append([f"Wert {number} {column}" for column in range(100)])
    made.save(out)
    workbooks.inspect(out.getvalue())


def test_far_rows_and_columns_are_not_filled_up() -> None:
    """Eine Zelle in der letzten Zeile und Spalte, die es gibt: gelesen wird nicht bis dorthin."""
    for place in (b'r="1000000000"', b'r="1048576"', b'r="-1"', b'r="x"'):
        cell = b'><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
        sheet = START + b"--><sheetData><row " + place + cell
        for name in ("staffing plan", "pay table"):
            refused_or_read(name, _book(sheet1=sheet))


def test_a_report_of_the_bank_with_millions_of_empty_tags_is_refused() -> None:
    with pytest.raises(FilingRefused, match="mehr Angaben"):
        report.read(b"<Document>" + b"<a/>" * 2_000_001 + b"</Document>")
