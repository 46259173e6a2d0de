"""Ausgabe von Listen als CSV oder XLSX; Text bleibt Text, auch wenn er wie eine Formel aussieht."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import quote

from flask import Response, abort, request
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from tenants.plain_text import file_name

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # wide ones too
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML, and so a workbook, has none
LONGEST = 32_000  # characters of a cell; Excel takes 32,767
MONEY_FORMAT, DAY_FORMAT = "#,##0.00", "DD.MM.YYYY"


def euros(cents: int | None) -> Decimal | None:
    """Betrag für eine Tabellendatei."""
    return Decimal(cents).scaleb(-2) if cents is not None else None


def asked() -> str | None:
    """Die verlangte Ausgabe, csv oder xlsx; None: die Seite. Anderes gibt es nicht (404).

    Gefragt wird, ehe etwas im Protokoll steht: sonst stünde dort für immer, was jemand in die Adresse schrieb.
    """
    kind = request.args.get("format") or None
    return kind if kind in (None, "csv", "xlsx") else abort(404)


def respond(kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Antwort mit der Liste als Datei; name ohne Endung."""
    if kind == "csv":
        return attachment(as_csv(header, rows), CSV_TYPE, f"{name}.csv")
    if kind != "xlsx":
        abort(404)
    return attachment(as_xlsx(header, rows), XLSX_TYPE, f"{name}.xlsx")


def attachment(content: bytes, content_type: str, name: str) -> Response:
    """Antwort, die der Browser unter diesem Namen speichert; was im Namen aus Daten kommt, wird unschädlich.

    Ein Kopf trägt nur Zeichen aus Latin-1, und der Server bricht an jedem anderen ab: sie stehen kodiert daneben
    (RFC 6266), und wer das nicht liest, nimmt die Fassung in ASCII.
    """
    response, safe = Response(content, content_type=content_type), file_name(name)
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode().strip(" .") or "datei"
    coded = {} if safe.isascii() else {"filename*": f"UTF-8''{quote(safe, safe='')}"}
    response.headers.set("Content-Disposition", "attachment", filename=plain, **coded)
    return response


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Semikolon, Dezimalkomma, UTF-8 mit Kennung: so öffnet es die Tabellenkalkulation im Amt richtig."""
    target = StringIO(newline="")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([_cell_text(title) for title in header])
    writer.writerows([_cell_text(value) for value in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Arbeitsmappe mit einem Blatt, feststehender Kopfzeile und echten Zahlen und Tagen."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Liste")
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    titles = [WriteOnlyCell(sheet, value=title) for title in header]
    for title in titles:
        title.font, title.data_type = bold, "s"  # a title is never a formula either
    sheet.append(titles)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=_fit(value)[:LONGEST] if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, Decimal):
        cell.number_format = MONEY_FORMAT
    elif isinstance(value, date):
        cell.number_format = DAY_FORMAT
    return cell


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    text = _fit(str(value))
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text


def _fit(text: str) -> str:
    """Was in keiner Tabellendatei stehen kann, wird ein Ersatzzeichen: ein Zeichen hält keine ganze Liste auf."""
    return UNFIT.sub("\ufffd", text)
