"""Kopf der Abrechnung: Briefkopf, Anschrift im Fenster (DIN 5008 Form A), Person, Steuer und Versicherung."""

from __future__ import annotations

from collections.abc import Sequence

from payroll.statements import wording as w
from payroll.statements.payslip import Payslip
from payroll.statements.pdf.sheet import GREY, LEFT, RIGHT, Sheet

KEY_SIZE = 7.2
# DIN 5008 form A: address field 20 to 105 mm from the left, 27 to 72 mm from the top, text 5 mm inside.
INSIDE, TEXT = 25.0, 78.0
FOLDS = (87.0, 148.5, 192.0)


def letterhead(sheet: Sheet, slip: Payslip) -> None:
    """Arbeitgeber links, Titel und Kennzeichnung rechts, Falzmarken."""
    employer = slip.employer
    size, rows = _name(sheet, employer.name)
    pitch = size * 0.4
    for at, row in enumerate(rows):
        sheet.text(LEFT, 13.0 + pitch * at, row, size, weight="strong")
    below = min(13.0 + pitch * (len(rows) - 1) + 4.2, 22.6)
    sheet.text(LEFT, below, employer.stelle, 8, color=GREY)
    sheet.text(RIGHT, 13.0, f"{slip.title} {w.month(slip.period.monat)}", 12.5, role="H1", weight="strong", right=True)
    label = sheet.wrap(w.label(slip), 92, 7.2)
    for at, row in enumerate(label):
        sheet.text(RIGHT, 17.2 + 3 * at, row, 7.2, right=True, color=GREY)
    sheet.rule(LEFT, RIGHT, 24.0, 0.8, 0.2)
    for fold in FOLDS:
        sheet.rule(5.0, 9.0, fold, 0.3)


def _name(sheet: Sheet, name: str) -> tuple[float, list[str]]:
    """Name des Arbeitgebers in höchstens zwei Zeilen, sehr lange Namen kleiner."""
    size = 12.5
    while len(rows := sheet.wrap(name, 92, size, "strong")) > 2 and size > 7:
        size -= 0.5
    return size, rows


def window(sheet: Sheet, slip: Payslip) -> None:
    """Absenderzeile und Anschrift, beides innerhalb des Fensters."""
    size = 6.5
    line = w.return_line(slip)
    while sheet.width(line, size) > TEXT and size > 4.5:
        size -= 0.25
    sheet.text(INSIDE, 42.0, line, size, color=GREY)
    sheet.rule(INSIDE, INSIDE + TEXT, 43.0, 0.25)
    sheet.text(INSIDE, 38.0, "Persönlich / Vertraulich", 7)
    size = 9.5
    while len(rows := [part for row in w.address(slip) for part in sheet.wrap(row, TEXT, size)]) > 6 and size > 7.5:
        size -= 0.5
    pitch = min(4.4, 25.0 / len(rows))
    for at, row in enumerate(rows):
        sheet.text(INSIDE, 48.2 + pitch * at, row, size)


def pairs(sheet: Sheet, title: str, left: float, right: float, rows: Sequence[tuple[str, str]], key: float) -> None:
    """Angaben als zweispaltige Tabelle: links der Name, rechts der Wert."""
    section = sheet.tree.add(0, "Sect")
    if title:
        sheet.y += 3.6
        sheet.text(left, sheet.y, title, 9, parent=section, role="H2", weight="strong")
        sheet.rule(left, right, sheet.y + 1.1)
        sheet.y += 1.3
    table = sheet.tree.add(section, "Table")
    for name, value in rows:
        row = sheet.tree.add(table, "TR")
        sheet.y += sheet.pitch
        head = "/A<</O/Table/Scope/Row>>"
        sheet.text(left, sheet.y, name, KEY_SIZE, parent=row, role="TH", color=GREY, attributes=head)
        _value(sheet, row, left + key, right, value)


def _value(sheet: Sheet, row: int, left: float, right: float, value: str) -> None:
    parts = sheet.wrap(value, right - left, sheet.size)
    if len(parts) == 1:
        if not parts[0]:
            sheet.tree.add(row, "TD")
        sheet.text(left, sheet.y, parts[0], sheet.size, parent=row, role="TD")
        return
    cell = sheet.tree.add(row, "TD")
    for at, part in enumerate(parts):
        sheet.y += 3.2 if at else 0
        sheet.text(left, sheet.y, part, sheet.size, parent=cell)
