"""XLSX lesen: begrenzte Größe, keine Formeln, keine Makros, keine Archivbomben."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from tenants import workbooks

SHEET = "Personen"
MAX_ROWS, MAX_COLUMNS = 100_000, 150


def titles(data: bytes) -> list[str]:
    """Titel aller Blätter in ihrer Reihenfolge."""
    _inspect(data)
    with _opened(data) as book:
        if not book.sheetnames:
            raise ImportFehler("Die Arbeitsmappe enthält kein Blatt", workbooks.AGAIN)
        return list(book.sheetnames)


def rows(data: bytes, title: str | None = None) -> Iterator[tuple[int, list[str | Beanstandung]]]:
    """Zeilen eines Blattes (ohne Titel: „Personen“, sonst das erste) als Text mit ihrer Nummer.

    Formeln und Fehlerwerte kommen als Beanstandung mit der Adresse der Zelle.
    """
    _inspect(data)
    with _opened(data) as book:
        wanted = title or (SHEET if SHEET in book.sheetnames else book.sheetnames[0])
        sheet = book[wanted]
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS), start=1):
            if number > MAX_ROWS:
                raise ImportFehler(f"Das Blatt „{wanted}“ hat mehr als {MAX_ROWS} Zeilen", "Datei teilen")
            yield number, [_text(cell, number, column) for column, cell in enumerate(cells, start=1)]


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            yield book
        finally:
            book.close()
    except ImportFehler:
        raise
    except Exception as error:  # a damaged workbook fails in many ways inside the reader; all mean the same to the user
        raise ImportFehler("Die Arbeitsmappe ist beschädigt oder keine XLSX-Datei", workbooks.AGAIN) from error


def _inspect(data: bytes) -> None:
    """Prüft das Archiv, bevor etwas entpackt wird."""
    try:
        workbooks.inspect(data)
    except workbooks.UnsafeWorkbook as unsafe:
        raise ImportFehler(unsafe.problem, unsafe.remedy) from unsafe


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
