"""XLSX lesen: begrenzte Größe, keine Formeln, keine Makros, keine Archivbomben."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from payroll.masterdata.imports.problems import Beanstandung, ImportFehler

SHEET = "Personen"
MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO = 1_000, 250 * 1024 * 1024, 150
MAX_ROWS, MAX_COLUMNS = 100_000, 150
HARMLESS = 1024 * 1024  # small parts may be packed tightly: empty style tables reach any ratio
AGAIN = "Mappe im Tabellenprogramm öffnen und neu als XLSX speichern"


def rows(data: bytes) -> Iterator[tuple[int, list[str | Beanstandung]]]:
    """Zeilen des Blattes „Personen“, sonst des ersten Blattes, als Text mit ihrer Nummer.

    Formeln und Fehlerwerte kommen als Beanstandung mit der Adresse der Zelle.
    """
    inspect(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS), start=1):
                if number > MAX_ROWS:
                    raise ImportFehler(f"Das Blatt hat mehr als {MAX_ROWS} Zeilen", "Datei teilen")
                yield number, [_text(cell, number, column) for column, cell in enumerate(cells, start=1)]
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
    if len(entries) > MAX_ENTRIES:
        raise ImportFehler(f"Die Datei enthält {len(entries)} Teile, erlaubt sind {MAX_ENTRIES}", AGAIN)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise ImportFehler(
            f"Die Datei wird entpackt {unpacked // 1024**2} MB groß, erlaubt sind {MAX_UNPACKED // 1024**2} MB",
            "nur das Blatt mit den Personen speichern",
        )
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
        raise ImportFehler(f"Der Teil {entry.filename} enthält unerlaubte XML-Anweisungen", AGAIN)


def _text(cell: Any, row: int, column: int) -> str | Beanstandung:
    if cell.data_type not in ("f", "e"):
        return _plain(cell.value)
    address, value = f"{get_column_letter(column)}{row}", str(cell.value)
    if cell.data_type == "f":
        remedy = "Formel durch ihren Wert ersetzen (Inhalte einfügen: Werte)"
        return Beanstandung(row, "", value, "ist eine Formel", remedy, zelle=address)
    return Beanstandung(row, "", value, "ist ein Fehlerwert", "Wert berichtigen", zelle=address)


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case int():
            return str(value)
        case float():
            number = Decimal(repr(value))
            return str(int(number)) if number == number.to_integral_value() else f"{number:f}".replace(".", ",")
        case datetime() if value.time() == time():
            return f"{value:%d.%m.%Y}"
        case datetime():
            return f"{value:%d.%m.%Y %H:%M}"
        case date():
            return f"{value:%d.%m.%Y}"
        case time() | timedelta():
            return str(value)
        case _:
            return re.sub(r"_x000D_|\r\n?", "\n", str(value))
