"""XLSX: begrenzte Größe, keine Makros, keine Archivbomben; Formeln und Fehlerwerte lehnen ihre Zeile ab."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from tenants import workbooks
from timekeeping.imports.delimited import by_columns
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import Rohzeile

MAX_ROWS, MAX_COLUMNS = 400_000, 200
DAYS, CLOCKS = ("datum", "bis", "zeitraum"), ("kommen", "gehen", "uhrzeit")
SERIAL, PART_OF_DAY = re.compile(r"\d{5}", re.ASCII), re.compile(r"0[.,]\d+", re.ASCII)
FIRST_SERIAL, LAST_SERIAL = 36_526, 73_050  # 1 January 2000 to 31 December 2099


def read(data: bytes, profil: Profil) -> Iterator[Rohzeile]:
    """Zeilen des benannten, sonst des ersten Blattes als Texte je Feld."""
    _inspect(data)
    for raw in by_columns(_cells(data, profil), profil):
        for name, text in raw.texte.items():
            raw.texte[name] = _plain(name, text, profil)
        yield raw


def head(data: bytes, profil: Profil) -> list[str]:
    """Die Kopfzeile als Texte; leer, wenn das Blatt keine hat. ImportFehler bei einer unsicheren Mappe."""
    _inspect(data)
    _, row = next(iter(_cells(data, profil)), (0, []))
    return [] if isinstance(row, str) else row


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
        raise ImportFehler("Die Arbeitsmappe ist beschädigt oder keine XLSX-Datei", workbooks.AGAIN) from error


def _inspect(data: bytes) -> None:
    """Prüft das Archiv, bevor etwas entpackt wird."""
    try:
        workbooks.inspect(data)
    except workbooks.UnsafeWorkbook as unsafe:
        raise ImportFehler(unsafe.problem, unsafe.remedy) from unsafe


def _row(row: Any, number: int, profil: Profil) -> list[str] | str:
    for column, cell in enumerate(row, start=1):
        if cell.data_type in ("f", "e"):
            kind = "eine Formel" if cell.data_type == "f" else "ein Fehlerwert"
            return f"Zelle {get_column_letter(column)}{number} ist {kind}"
    return [_text(cell.value, profil) for cell in row]


def _plain(name: str, text: str, profil: Profil) -> str:
    """Tage und Uhrzeiten, die als bloße Zahl in der Zelle stehen: Tage seit 1900, Teil eines Tags."""
    if name in DAYS and SERIAL.fullmatch(text) and FIRST_SERIAL <= int(text) <= LAST_SERIAL:
        return _day(date(1899, 12, 30) + timedelta(days=int(text)), profil)
    if name in CLOCKS and PART_OF_DAY.fullmatch(text):
        return _text(timedelta(seconds=round(Decimal(text.replace(",", ".")) * 86_400)), profil)
    return text


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
