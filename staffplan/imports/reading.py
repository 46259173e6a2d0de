"""Tabellen lesen: XLSX durch die gemeinsame Pforte, CSV mit Semikolon oder Komma; Spalten nach ihren Namen."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from tenants import plain_text, workbooks

SPALTEN = {
    "nummer": "Nummer der Stelle; weitere Zeilen mit derselben Nummer nennen weitere Personen",
    "anzahl": "Zahl gleicher Stellen, wenn die Vorlage nur Summen nennt; dann entstehen nummer-1, nummer-2, …",
    "bezeichnung": "Bezeichnung der Stelle",
    "einheit": "Nummer der Organisationseinheit",
    "einheit_name": "Name der Einheit, wenn sie neu ist",
    "uebergeordnet": "Nummer der übergeordneten Einheit",
    "gruppe": "Besoldungs- oder Entgeltgruppe, zum Beispiel A 11 oder EG 9b",
    "laufbahn": "Laufbahngruppe bei Planstellen: wahl, 2.2, 2.1, 1.2, 1.1",
    "anteil": "Umfang: 1 oder 0,5 oder 19,5/39; leer ist 1",
    "produkt": "Produkt, ganz oder mit Teilen: 01.01 = 2/3, 05.01 = 1/3",
    "produkt_name": "Name des Produkts, wenn es neu ist",
    "produktbereich": "zwei Ziffern, wenn das Produkt neu ist; leer sind es die ersten zwei der Nummer",
    "kostenstelle": "Kostenstelle",
    "funktion": "Funktion",
    "zulage": "ja bei Amtszulage",
    "ausgesondert": "ja bei ausgesonderten Planstellen",
    "sondervermoegen": "Name des Sondervermögens",
    "befristet_bis": "letzter Tag der Stelle",
    "vermerk": "kw, ku, sperre, leerstelle, sonstiges; weitere Vermerke in weiteren Zeilen derselben Nummer",
    "vermerk_termin": "Tag, ab dem kw oder ku wirkt; bei Sperre ihr letzter Tag",
    "vermerk_ziel": "Zielgruppe bei ku",
    "vermerk_teil": "betroffener Teil bei kw, zum Beispiel 0,5; leer ist die ganze Stelle",
    "vermerk_text": "Erläuterung zum Vermerk",
    "personalnummer": "Personalnummer der Person auf der Stelle",
    "person_gruppe": "ihre Gruppe; leer ist die der Stelle",
    "person_anteil": "ihr Umfang; leer ist der der Stelle",
    "besetzt_ab": "seit wann; leer ist der Tag der Übernahme",
    "besetzt_bis": "bis wann",
    "zustand": "aktiv, elternzeit, urlaub_ohne_bezuege, abordnung, mutterschutz, atz_arbeit, atz_frei",
    "vertritt": "Personalnummer der vertretenen Person",
    "begruendung": "Grund einer Besetzung über der Bewertung",
}  # fmt: skip
# What these columns are called in plans of other houses.
AUCH = {
    "stellennummer": "nummer", "stellen-nr.": "nummer", "stellennr.": "nummer", "stelle": "nummer", "nr.": "nummer",
    "planstelle": "nummer", "lfd._nr.": "nummer", "stellenbezeichnung": "bezeichnung",
    "funktionsbezeichnung": "funktion",
    "organisationseinheit": "einheit", "oe": "einheit", "amt": "einheit", "abteilung": "einheit",
    "fachbereich": "einheit",
    "besoldungsgruppe": "gruppe", "entgeltgruppe": "gruppe", "besoldungs-/entgeltgruppe": "gruppe", "bes.gr.": "gruppe",
    "besgr": "gruppe", "eg": "gruppe", "stellenwert": "gruppe", "laufbahngruppe": "laufbahn", "vzae": "anteil",
    "stellenanteil": "anteil", "umfang": "anteil", "stellenumfang": "anteil", "stellen": "anzahl",
    "zahl_der_stellen": "anzahl", "stellenzahl": "anzahl", "pnr": "personalnummer", "pers.-nr.": "personalnummer",
    "amtszulage": "zulage", "befristung": "befristet_bis",
}  # fmt: skip
MAX_ROWS, MAX_COLUMNS, MAX_BYTES, TITLES = 20_000, 200, 20 * 1024 * 1024, 10
NEEDED = ("nummer", "gruppe", "einheit")
UMLAUTE = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord(" "): "_"}
SEP = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
# Umlauts inside words as code page 850 writes them; and as Windows-1252 does.
DOS = re.compile(rb"[A-Za-z][\x81\x84\x94][A-Za-z]|[\x8e\x99\x9a][A-Za-z]")
WINDOWS = re.compile(rb"[\xe4\xf6\xfc\xc4\xd6\xdc\xdf]")
Rows = list[tuple[int, dict[str, str]]]


class UnreadableFile(ValueError):
    """Die Datei lässt sich nicht lesen; der Text nennt Grund und Abhilfe."""


def read(data: bytes) -> Rows:
    """Zeilen mit ihrer Nummer in der Datei; leere fehlen. Wirft UnreadableFile."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile("Die Datei ist größer als 20 MB; Datei teilen.")
    lines = list(_xlsx(data) if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")) else _csv(data))
    head = _header(lines)
    names = _names(lines[head])
    unknown = sorted({name for name in names if name and name not in SPALTEN})
    if unknown or len(set(filter(None, names))) != len(list(filter(None, names))):
        named = ", ".join(name[:40] for name in unknown[:10])
        raise UnreadableFile(f"Die Kopfzeile passt nicht: {named or 'eine Spalte steht doppelt'}; Spalten nach der "
                             "Vorlage benennen.")
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise UnreadableFile(f"Die Spalte {', '.join(missing)} fehlt; nach der Vorlage ergänzen.")
    if len(lines) - head > MAX_ROWS:
        raise UnreadableFile(f"Die Datei hat mehr als {MAX_ROWS} Zeilen; Datei teilen.")
    return [(head + offset + 2, {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name})
            for offset, cells in enumerate(lines[head + 1:]) if any(cell.strip() for cell in cells)]


def _header(lines: list[list[str]]) -> int:
    """Die Zeile mit den Namen der Spalten: die erste, die alle nötigen nennt, sonst die erste, die nicht leer ist."""
    filled = [index for index, cells in enumerate(lines) if any(cell.strip() for cell in cells)]
    if not filled:
        raise UnreadableFile("Die Datei ist leer; Vorlage herunterladen und ausfüllen.")
    return next((index for index in filled[:TITLES] if set(NEEDED) <= set(_names(lines[index]))), filled[0])


def _names(cells: list[str]) -> list[str]:
    plain = [cell.strip().casefold().translate(UMLAUTE) for cell in cells]
    return [AUCH.get(name, name) for name in plain]


def _csv(data: bytes) -> Iterator[list[str]]:
    text = plain_text.without_end(_decoded(data))
    if (line := plain_text.control_line(text)) is not None:
        raise UnreadableFile(f"Die Datei ist keine Textdatei: Zeile {line} enthält ein Steuerzeichen; als CSV oder "
                             "XLSX speichern.")
    first = next((line for line in text.splitlines() if line.strip()), "")
    said = SEP.fullmatch(first)
    if said is not None:  # how Excel names the mark in a line of its own
        text = text.replace(first, "", 1)
    try:
        mark = said[1] if said is not None else _mark(text.splitlines()[:TITLES])
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            if len(row) > MAX_COLUMNS:
                raise UnreadableFile(f"Eine Zeile hat {len(row)} Zellen, erlaubt sind {MAX_COLUMNS}; Trennzeichen "
                                     "prüfen.")
            yield [cell.removeprefix("'") for cell in row]
    except csv.Error as error:
        raise UnreadableFile("Anführungszeichen passen nicht; Datei neu als CSV speichern.") from error


def _mark(lines: list[str]) -> str:
    """Das Trennzeichen, mit dem eine der ersten Zeilen die Kopfzeile ist; sonst das häufigste."""
    for mark in ";\t|,":
        if any(set(NEEDED) <= set(_names(row)) for row in csv.reader(lines, delimiter=mark)):
            return mark
    return max(";,\t|", key="\n".join(lines).count)


def _decoded(data: bytes) -> str:
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    dos = DOS.search(data) is not None and WINDOWS.search(data) is None
    try:
        return data.decode("cp850" if dos else "cp1252")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(f"Zeile {line}: der Zeichensatz ist nicht lesbar; Datei als UTF-8 speichern.") from error


def _xlsx(data: bytes) -> Iterator[list[str]]:
    try:
        workbooks.inspect(data)
    except workbooks.UnsafeWorkbook as unsafe:
        raise UnreadableFile(f"{unsafe.problem}; {unsafe.remedy}.") from unsafe
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=60):
            yield [_text(cell) for cell in cells]
        book.close()
    except UnreadableFile:
        raise
    except Exception as error:  # a damaged workbook fails in many ways inside the reader; all mean the same to the user
        raise UnreadableFile(f"Die Arbeitsmappe ist beschädigt; {workbooks.AGAIN}.") from error


def _text(cell: Any) -> str:
    value = cell.value
    if getattr(cell, "data_type", "") in ("f", "e"):
        raise UnreadableFile(f"Die Zelle {cell.coordinate} ist eine Formel oder ein Fehler; durch ihren Wert ersetzen.")
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case float():
            number = Decimal(repr(value))
            return str(int(number)) if number == number.to_integral_value() else f"{number:f}".replace(".", ",")
        case datetime() | date():
            return f"{value:%d.%m.%Y}"
        case _:
            return str(value)
