"""Fließtext auf dem Blatt: Überschrift, Absatz, Liste; ein Absatz ist ein Element, auch wenn er mehrere Zeilen hat."""

from __future__ import annotations

from payroll.statements.pdf.sheet import BLACK, LEFT, RIGHT, Sheet

SIZE, LEADING, GAP, INDENT = 9.5, 4.5, 2.0, 5.0


def title(sheet: Sheet, text: str) -> None:
    """Die eine Überschrift des Dokuments."""
    _rows(sheet, sheet.tree.add(0, "H1"), text, 18, 7.6, weight="strong")


def subject(sheet: Sheet, text: str) -> None:
    """Der Betreff eines Briefes: die Überschrift des Dokuments, kleiner gesetzt; y ist danach die letzte Zeile."""
    _rows(sheet, sheet.tree.add(0, "H1"), text, 14, 6.0, weight="strong")


def heading(sheet: Sheet, text: str) -> None:
    """Überschrift eines Abschnitts; sie bleibt bei den ersten Zeilen, die ihr folgen."""
    sheet.room(4.0 + 5.4 + 2 * LEADING)
    sheet.y += 4.0
    _rows(sheet, sheet.tree.add(0, "H2"), text, 12, 5.4, weight="strong")


def paragraph(sheet: Sheet, text: str, size: float = SIZE, *, color: str = BLACK) -> None:
    """Ein Absatz; Zeilenwechsel im Text bleiben."""
    sheet.y += GAP
    _rows(sheet, sheet.tree.add(0, "P"), text, size, LEADING * size / SIZE, color=color)


def bullets(sheet: Sheet, points: tuple[str, ...]) -> None:
    """Eine Liste mit Punkten."""
    sheet.y += GAP
    held = sheet.tree.add(0, "L", "/A<</O/List/ListNumbering/Disc>>")
    for point in points:
        item = sheet.tree.add(held, "LI")
        sheet.room(LEADING)
        sheet.text(LEFT + 1, sheet.y + LEADING, "•", SIZE, parent=item, role="Lbl")
        _rows(sheet, sheet.tree.add(item, "LBody"), point, SIZE, LEADING, left=LEFT + INDENT)


def _rows(
    sheet: Sheet, element: int, text: str, size: float, leading: float, *, left: float = LEFT,
    weight: str = "regular", color: str = BLACK,
) -> None:
    for line in text.splitlines():
        for row in sheet.wrap(line, RIGHT - left, size, weight):
            sheet.room(leading)
            sheet.y += leading
            sheet.text(left, sheet.y, row, size, parent=element, role="Span", weight=weight, color=color)
