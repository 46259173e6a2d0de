"""CSV lesen: Zeichensatz und Trennzeichen erkennen, nichts still verlieren."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from payroll.masterdata.imports.blaetter import BLAETTER
from payroll.masterdata.imports.columns import NACH_NAME, normal
from payroll.masterdata.imports.problems import ImportFehler

DELIMITERS = ";,\t"
KNOWN = {*NACH_NAME, *(name for blatt in BLAETTER for name in blatt.nach_name)}


def rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Zeilen einer CSV-Datei mit ihrer Nummer."""
    content = decode(data)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=_delimiter(content), strict=True)
    before = 0
    try:
        for row in reader:
            yield before + 1, row
            before = reader.line_num
    except csv.Error as error:
        raise ImportFehler(
            f"Zeile {reader.line_num}: Anführungszeichen oder Zeilenumbruch passen nicht",
            "Datei aus dem Tabellenprogramm neu als CSV speichern",
        ) from error


def decode(data: bytes) -> str:
    """Text einer Datei in UTF-8 (mit oder ohne Kennung), UTF-16 mit Kennung oder Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16")
    if b"\x00" in data:
        raise ImportFehler("Die Datei ist keine Textdatei", "als CSV oder XLSX speichern")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _strict(data, "cp1252")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ImportFehler(
            f"Zeile {line}: Zeichensatz nicht lesbar (weder UTF-8 noch Windows-1252)", "Datei als UTF-8 speichern"
        ) from error


def _delimiter(content: str) -> str:
    """Das Trennzeichen, mit dem die Kopfzeile die meisten bekannten Spalten ergibt."""
    head = content.split("\n", 1)[0].strip("\r")
    return max(DELIMITERS, key=lambda mark: sum(normal(part.strip('"')) in KNOWN for part in head.split(mark)))
