"""Tabellen auf dem Blatt: Kopf, Zeilen, Summe; bricht um und wiederholt den Kopf auf der Folgeseite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from payroll.statements.pdf.sheet import GREY, Sheet

HEAD_SIZE = 6.8
COLUMN_HEAD = "/A<</O/Table/Scope/Column>>"
ROW_HEAD = "/A<</O/Table/Scope/Row>>"
GAP, HEAD_GAP = 1.2, 0.5


@dataclass(frozen=True)
class Column:
    """Spalte mit linker und rechter Kante in Millimetern."""

    title: str
    left: float
    right: float
    number: bool = False


@dataclass(frozen=True)
class Row:
    """Zeile; head ist die Spalte, die sie benennt."""

    cells: Sequence[str]
    strong: bool = False


def height(sheet: Sheet, rows: Sequence[Row], title: bool = True) -> float:
    """Höhe einer Tabelle ohne Umbruch in Millimetern."""
    return (
        (sheet.title_gap + 1.2 if title else 0.5)
        + sheet.pitch * (len(rows) + 1)
        + 1.2
        + HEAD_GAP
        + 0.8 * sum(row.strong for row in rows)
    )


def draw(
    sheet: Sheet, title: str, columns: Sequence[Column], rows: Sequence[Row], *, head: int = 0, wrap: bool = False
) -> None:
    """Zeichnet eine Tabelle ab der laufenden Höhe und setzt diese unter ihr Ende; wrap bricht lange Spaltenköpfe um."""
    heads = [sheet.wrap(c.title, c.right - c.left - GAP, HEAD_SIZE) if wrap else [c.title] for c in columns]
    extra = sheet.pitch * (max(map(len, heads)) - 1)
    sheet.room(sheet.pitch * 4 + 6 + extra)
    left, right = columns[0].left, columns[-1].right
    section = sheet.tree.add(0, "Sect")
    sheet.y += sheet.title_gap
    sheet.text(left, sheet.y, title, 9, parent=section, role="H2", weight="strong")
    table = sheet.tree.add(section, "Table")
    # A row header helps in wide tables; in small ones it would leave more headers than data.
    named = len(columns) + len(rows) <= len(rows) * (len(columns) - 1)
    sheet.y += sheet.pitch
    _head(sheet, table, columns, heads)
    sheet.y += HEAD_GAP + extra
    for row in rows:
        lines = _lines(sheet, columns, row)
        tall = sheet.pitch * max(map(len, lines)) + (0.8 if row.strong else 0)
        if sheet.room(tall):
            sheet.y += sheet.pitch
            _repeat_head(sheet, columns, heads)
            sheet.y += HEAD_GAP + extra
        if row.strong:
            sheet.y += 0.4
            sheet.rule(left, right, sheet.y + 0.9, 0.3)
            sheet.y += 0.4
        _row(sheet, sheet.tree.add(table, "TR"), columns, row, lines, head if named else -1)
        sheet.y += sheet.pitch * max(map(len, lines))
    sheet.y += 1.2


def _head(sheet: Sheet, table: int, columns: Sequence[Column], heads: Sequence[Sequence[str]]) -> None:
    row = sheet.tree.add(table, "TR")
    for column, lines in zip(columns, heads, strict=True):
        x = column.right if column.number else column.left
        if len(lines) == 1:
            sheet.text(x, sheet.y, lines[0], HEAD_SIZE, parent=row, role="TH", right=column.number, color=GREY,
                       attributes=COLUMN_HEAD)
            continue
        cell = sheet.tree.add(row, "TH", COLUMN_HEAD)
        for at, part in enumerate(lines):
            sheet.text(x, sheet.y + sheet.pitch * at, part, HEAD_SIZE, parent=cell, right=column.number, color=GREY)
    _under(sheet, columns, heads)


def _repeat_head(sheet: Sheet, columns: Sequence[Column], heads: Sequence[Sequence[str]]) -> None:
    for column, lines in zip(columns, heads, strict=True):
        x = column.right if column.number else column.left
        for at, part in enumerate(lines):
            sheet.artifact_text(x, sheet.y + sheet.pitch * at, part, HEAD_SIZE, right=column.number)
    _under(sheet, columns, heads)


def _under(sheet: Sheet, columns: Sequence[Column], heads: Sequence[Sequence[str]]) -> None:
    sheet.rule(columns[0].left, columns[-1].right, sheet.y + sheet.pitch * (max(map(len, heads)) - 1) + 1.0)


def _lines(sheet: Sheet, columns: Sequence[Column], row: Row) -> list[list[str]]:
    weight = "strong" if row.strong else "regular"
    return [
        [cell] if column.number else sheet.wrap(cell, _room(columns, row, at), sheet.size, weight)
        for at, (column, cell) in enumerate(zip(columns, row.cells, strict=True))
    ]


def _room(columns: Sequence[Column], row: Row, at: int) -> float:
    """Ein Text darf über leere Spalten rechts von ihm hinausreichen."""
    last = at
    while last + 1 < len(columns) and not row.cells[last + 1]:
        last += 1
    return columns[last].right - columns[at].left - GAP


def _row(
    sheet: Sheet, parent: int, columns: Sequence[Column], row: Row, lines: Sequence[Sequence[str]], head: int
) -> None:
    weight = "strong" if row.strong else "regular"
    for number, (column, cell) in enumerate(zip(columns, lines, strict=True)):
        role, attributes = ("TH", ROW_HEAD) if number == head else ("TD", "")
        if cell == [""]:
            sheet.tree.add(parent, role, attributes)
            continue
        x = column.right if column.number else column.left
        if len(cell) == 1:
            y = sheet.y + sheet.pitch
            sheet.text(
                x,
                y,
                cell[0],
                sheet.size,
                parent=parent,
                role=role,
                weight=weight,
                right=column.number,
                attributes=attributes,
            )
            continue
        inner = sheet.tree.add(parent, role, attributes)
        for at, part in enumerate(cell):
            sheet.text(
                column.left, sheet.y + sheet.pitch * (at + 1), part, sheet.size, parent=inner, role="P", weight=weight
            )
