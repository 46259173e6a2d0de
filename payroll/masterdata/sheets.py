"""Tabellen ausgeben: CSV und XLSX, in denen kein Text als Formel gelesen werden kann."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # wide ones too
NUMBER = re.compile(r"-?[0-9]{1,15}(,[0-9]{1,6})?")


def guard(text: str) -> str:
    """Stellt Texten, die ein Tabellenprogramm als Formel läse, ein Hochkomma voran; Zahlen bleiben."""
    return f"'{text}" if text.startswith(RISKY) and not NUMBER.fullmatch(text) else text


def unguard(text: str) -> str:
    """Nimmt das Hochkomma wieder weg."""
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text


def german(value: Any) -> str:
    """Wert in deutscher Schreibweise."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case date():
            return f"{value:%d.%m.%Y}"
        case Decimal():
            return f"{value:f}".replace(".", ",")
        case _:
            return str(value)


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV mit Semikolon und UTF-8-Kennung, wie es Tabellenprogramme in Deutschland öffnen."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([guard(name) for name in header])
    writer.writerows([guard(german(value)) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """Arbeitsmappe mit je Blatt Titel, Kopf und Zeilen; alle Zellen sind Text."""
    book = Workbook(write_only=True)
    for title, header, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        bold = []
        for name in header:
            cell = _text_cell(sheet, guard(_printable(name)))
            cell.font = Font(bold=True)
            bold.append(cell)
        sheet.append(bold)
        for row in rows:
            sheet.append([_text_cell(sheet, guard(_printable(german(value)))) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _printable(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)[:32_000]
