"""Fuß jeder Seite: wer das Dokument ausgibt und welche von wie vielen Seiten es ist; kein Teil des Lesetextes."""

from __future__ import annotations

from payroll.statements.pdf.sheet import LEFT, RIGHT, Sheet


def number_pages(sheet: Sheet, contact: str = "") -> None:
    """Schreibt unter alle fertigen Seiten die Nummer und links, wenn angegeben, wen man fragen kann."""
    pages, total = sheet.pages, len(sheet.pages)
    for number, page in enumerate(pages, 1):
        sheet.pages = [page]
        if contact:
            sheet.artifact_text(LEFT, 290.5, contact, 6.5)
        sheet.artifact_text(RIGHT, 290.5, f"Seite {number} von {total}", 6.5, right=True)
    sheet.pages = pages
