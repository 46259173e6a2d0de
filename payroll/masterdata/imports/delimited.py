"""CSV lesen: Zeichensatz und Trennzeichen erkennen, nichts still verlieren."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from payroll.masterdata.imports.blaetter import BLAETTER
from payroll.masterdata.imports.columns import NACH_NAME, normal
from payroll.masterdata.imports.problems import ImportFehler
from tenants import plain_text

DELIMITERS = ";,\t"
MAX_COLUMNS = 1_000  # of any table that is read; one line of a million cells would busy whoever compares their names
KNOWN = {*NACH_NAME, *(name for blatt in BLAETTER for name in blatt.nach_name)}


def rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Zeilen einer CSV-Datei mit ihrer Nummer."""
    content = decode(data)
    yield from cells(content, _delimiter(content))


def cells(content: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """Zeilen eines Textes mit diesem Trennzeichen und der Nummer ihrer ersten Zeile; wirft ImportFehler, wenn die
    Anführung nicht passt oder eine Zeile mehr Zellen hat, als irgendeine Vorlage nennt."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=mark, strict=True)
    before = 0
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS:
                raise ImportFehler(f"Zeile {before + 1} hat {len(row)} Zellen, erlaubt sind {MAX_COLUMNS}",
                                   "Trennzeichen prüfen und nach der Vorlage kürzen")
            yield before + 1, row
            before = reader.line_num
    except csv.Error as error:
        raise ImportFehler(
            f"Zeile {reader.line_num}: Anführungszeichen oder Zeilenumbruch passen nicht",
            "Datei aus dem Tabellenprogramm neu als CSV speichern",
        ) from error


def decode(data: bytes) -> str:
    """Text einer Datei in UTF-8 (mit oder ohne Kennung), UTF-16 mit Kennung oder Windows-1252, ohne Steuerzeichen.

    Ein Nullzeichen nähme die Datenbank nicht, andere hielten später ein Papier oder eine Ausfuhr auf.
    """
    text = plain_text.without_end(_decoded(data))
    line = plain_text.control_line(text)
    if line is not None:
        raise ImportFehler(f"Zeile {line} enthält ein Steuerzeichen, das in keinem Text vorkommt",
                           "Datei aus dem Tabellenprogramm neu als CSV speichern")
    return text


def _decoded(data: bytes) -> str:
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
