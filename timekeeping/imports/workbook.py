"""XLSX: begrenzte Größe, keine Makros, keine Archivbomben; Formeln und Fehlerwerte lehnen ihre Zeile ab."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from timekeeping.imports.delimited import by_columns
from timekeeping.imports.problems import ImportFehler, shown
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import Rohzeile

MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO = 1_000, 250 * 1024 * 1024, 150
HARMLESS = 1024 * 1024  # small parts may be packed tightly: empty style tables reach any ratio
MAX_ROWS, MAX_COLUMNS = 400_000, 200
AGAIN = "Mappe im Tabellenprogramm öffnen und neu als XLSX speichern"


def read(data: bytes, profil: Profil) -> Iterator[Rohzeile]:
    """Zeilen des benannten, sonst des ersten Blattes als Texte je Feld."""
    inspect(data)
    yield from by_columns(_cells(data, profil), profil)


def _cells(data: bytes, profil: Profil) -> Iterator[tuple[int, list[str] | str]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book[profil.blatt] if profil.blatt in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS), start=1):
                if number > MAX_ROWS:
                    raise ImportFehler(f"Das Blatt hat mehr als {MAX_ROWS} Zeilen", "Datei teilen")
                if number > profil.ueberspringen:
                    yield number, _row(row, number, profil)
        finally:
            book.close()
    except ImportFehler:
        raise
    except Exception as error:  # a damaged workbook fails in many ways inside the reader; all mean the same to the user
        raise ImportFehler("Die Arbeitsmappe ist beschädigt oder keine XLSX-Datei", AGAIN) from error


def inspect(data: bytes) -> None:
    """Prüft das Archiv, bevor etwas entpackt wird."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportFehler("Die Datei ist im alten Format XLS oder durch ein Kennwort geschützt", AGAIN)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _limits(entries)
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels")):
                    _no_entities(archive, entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise ImportFehler("Die Datei ist keine lesbare XLSX-Datei", AGAIN) from error


def _limits(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise ImportFehler("Die Datei wird entpackt zu groß", "nur das Blatt mit den Zeiten speichern")
    for entry in entries:
        if entry.flag_bits & 1:
            raise ImportFehler("Die Datei ist durch ein Kennwort geschützt", "Schutz entfernen und neu speichern")
        if "vbaproject" in entry.filename.lower():
            raise ImportFehler("Die Datei enthält Makros", "als XLSX ohne Makros speichern")
        if entry.file_size > HARMLESS and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise ImportFehler("Die Datei ist ungewöhnlich stark gepackt und wird nicht entpackt", AGAIN)


def _no_entities(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with archive.open(entry) as part:
        head = part.read(4096)
    if b"<!DOCTYPE" in head.upper() or b"<!ENTITY" in head.upper():
        raise ImportFehler(f"Der Teil {shown(entry.filename)} enthält unerlaubte XML-Anweisungen", AGAIN)


def _row(row: Any, number: int, profil: Profil) -> list[str] | str:
    for column, cell in enumerate(row, start=1):
        if cell.data_type in ("f", "e"):
            kind = "eine Formel" if cell.data_type == "f" else "ein Fehlerwert"
            return f"Zelle {get_column_letter(column)}{number} ist {kind}"
    return [_text(cell.value, profil) for cell in row]


def _text(value: Any, profil: Profil) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case int():
            return str(value)
        case float():
            exact = Decimal(repr(value))
            plain = str(int(exact)) if exact == exact.to_integral_value() else f"{exact:f}"
            return plain.replace(".", profil.dezimal)
        case datetime() if value.time() != time():
            return f"{value:%H:%M:%S}" if value.year < 1901 else f"{_day(value, profil)} {value:%H:%M:%S}"
        case date():
            return _day(value, profil)
        case time():
            return f"{value:%H:%M:%S}"
        case timedelta():
            seconds = round(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        case _:
            return str(value)


def _day(value: date, profil: Profil) -> str:
    return (profil.datum.replace("JJJJ", f"{value:%Y}").replace("JJ", f"{value:%y}").replace("MM", f"{value:%m}")
            .replace("TT", f"{value:%d}"))
