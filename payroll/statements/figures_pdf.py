"""Kennzahlen für den Bericht an Rat oder Kreistag als ausgezeichnetes PDF, wie Abrechnung und Stellenplan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from payroll.statements.pdf import feet, table
from payroll.statements.pdf.document import About, write
from payroll.statements.pdf.sheet import LEFT, RIGHT, Sheet
from payroll.statements.pdf.table import Column, Row

NAME_SHARE = 0.5
WORDS = ("Kreis", "unter der Hälfte")  # columns of words, set from the left
Block = tuple[str, Sequence[str], Sequence[Sequence[str]]]  # title, column heads, cells as text


def render(employer: str, day: date, blocks: Sequence[Block], notes: Sequence[str],
           title: str = "Kennzahlen zum Personal") -> bytes:
    """Erzeugt das Dokument; gleicher Inhalt und gleicher Tag ergeben gleiche Bytes."""
    title = f"{title} am {day:%d.%m.%Y}"
    sheet = Sheet(f"{title} – {employer}")
    sheet.y = 28.0
    sheet.text(LEFT, sheet.y, title, 16, role="H1", weight="strong")
    sheet.text(LEFT, sheet.y + 7, employer, 11)
    sheet.y += 12
    for name, heads, rows in blocks:
        if rows:
            table.draw(sheet, name, _columns(heads), [Row(list(cells), cells[0] == "Summe") for cells in rows],
                       wrap=True)
    for note in notes:
        sheet.room(sheet.pitch + 2)
        sheet.y += sheet.pitch
        sheet.text(LEFT, sheet.y, note, 7.4)
    feet.number_pages(sheet)
    return write(sheet, About(f"{title} – {employer}", employer, title, str(day.year), day))


def _columns(heads: Sequence[str]) -> list[Column]:
    edge = LEFT + (RIGHT - LEFT) * NAME_SHARE
    step = (RIGHT - edge) / max(len(heads) - 1, 1)
    return [Column(heads[0], LEFT, edge), *(
        Column(name, edge + at * step, edge + (at + 1) * step, name not in WORDS) for at, name in enumerate(heads[1:]))]
