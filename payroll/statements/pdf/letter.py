"""Was jeder Brief gleich hat: Absender oben, Anschrift im Fenster (DIN 5008), Fuß mit Seitenzahl."""

from __future__ import annotations

from collections.abc import Sequence

from payroll.statements.pdf.sheet import LEFT, RIGHT, Sheet

SIZE = 9.5
WINDOW = 50.0


def head(sheet: Sheet, sender: Sequence[str], receiver: Sequence[str]) -> None:
    """Absender (die erste Zeile groß) und Empfänger; danach steht der Stift unter der Anschrift."""
    sheet.y = 24.0
    for number, text in enumerate(sender):
        sheet.text(LEFT, sheet.y, text, 11 if number == 0 else 9, weight="strong" if number == 0 else "regular")
        sheet.y += 4.4
    sheet.y = WINDOW
    for text in receiver:
        sheet.text(LEFT, sheet.y, sheet.fit(text, RIGHT - LEFT, SIZE), SIZE)
        sheet.y += 4.6


def feet(sheet: Sheet, sender: str) -> None:
    """Absender und Seitenzahl am Fuß jeder Seite; kein Inhalt, sondern Beiwerk."""
    pages, total = sheet.pages, len(sheet.pages)
    for number, page in enumerate(pages, 1):
        sheet.pages = [page]
        sheet.artifact_text(RIGHT, 290.5, f"{sender} · Seite {number} von {total}", 6.5, right=True)
    sheet.pages = pages
