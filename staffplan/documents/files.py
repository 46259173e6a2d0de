"""Ein Plan als XLSX und CSV; gleiche Pläne ergeben gleiche Zahlen, ungerundet in der Mappe, gerundet angezeigt."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from staffplan import shares
from staffplan.documents import tables
from staffplan.documents.content import Inhalt
from staffplan.documents.tables import Cell, Tabelle
from tenants.web.exports import FORMULA_STARTS

SIX = Decimal("0.000001")


def as_xlsx(plan: Inhalt) -> bytes:
    """Arbeitsmappe mit einem Blatt je Tabelle."""
    book = Workbook()
    book.remove(book.active)
    for table in tables.of(plan):
        _sheet(book, plan, table)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _sheet(book: Workbook, plan: Inhalt, table: Tabelle) -> None:
    sheet = book.create_sheet(table.titel.split(":")[0][:31])
    sheet.append([f"{plan.titel} – {plan.mandant}"])
    sheet.append([table.titel])
    sheet.append([name for name, _ in table.spalten])
    for row in (1, 2, 3):
        for cell in sheet[row]:
            cell.data_type = "s"  # a title is never a formula
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=row == 3, vertical="top")
    places = 0 if table.schluessel == "uebersicht_b" else plan.stellen
    for line in table.reihen:
        for at, value in enumerate(line.zellen, 1):
            cell = sheet.cell(sheet.max_row + (1 if at == 1 else 0), at, _number(value))
            if isinstance(value, str):
                cell.data_type = "s"
            else:
                cell.number_format = "0" + ("." + "0" * places if places else "")
            cell.font = Font(bold=line.summe)
    for note in table.hinweise:
        sheet.append([note])
        sheet.cell(sheet.max_row, 1).data_type = "s"
    sheet.freeze_panes = "B4"
    for at, (_, number) in enumerate(table.spalten, 1):
        sheet.column_dimensions[get_column_letter(at)].width = 14 if number else 34


def _number(value: Cell) -> str | Decimal:
    if isinstance(value, Fraction):
        return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(SIX)
    return value


def as_csv(plan: Inhalt) -> bytes:
    """Alle Tabellen untereinander: Semikolon, Dezimalkomma, UTF-8 mit Kennung."""
    target = StringIO(newline="")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([_guard(plan.titel), _guard(plan.mandant)])
    for table in tables.of(plan):
        writer.writerow([])
        writer.writerow([_guard(table.titel)])
        writer.writerow([_guard(name) for name, _ in table.spalten])
        whole = table.schluessel == "uebersicht_b"
        for line in table.reihen:
            places = 0 if whole else plan.stellen
            writer.writerow([_guard(cell) if isinstance(cell, str) else shares.shown(cell, places)
                             for cell in line.zellen])
        for note in table.hinweise:
            writer.writerow([_guard(note)])
    return target.getvalue().encode("utf-8-sig")


def _guard(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
