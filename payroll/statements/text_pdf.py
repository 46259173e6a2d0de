"""Ein Schriftstück aus Überschriften und schlichtem Text als ausgezeichnetes PDF (Stellenanzeige, Auswahlvermerk)."""

from __future__ import annotations

from jobportal.content import paragraphs
from jobportal.documents import Schriftstueck
from payroll.statements.pdf import prose
from payroll.statements.pdf.document import About, write
from payroll.statements.pdf.sheet import GREY, RIGHT, Sheet

SMALL = 8.6


def render(paper: Schriftstueck) -> bytes:
    """Erzeugt das Dokument; gleicher Inhalt und gleicher Tag ergeben gleiche Bytes."""
    sheet = Sheet(f"{paper.titel} – {paper.absender}")
    sheet.y = 20.0
    prose.title(sheet, paper.titel)
    if paper.vorspann:
        prose.paragraph(sheet, paper.vorspann, SMALL, color=GREY)
    for head, text in paper.teile:
        if head:
            prose.heading(sheet, head)
        for block in paragraphs(text):
            if block.liste:
                prose.bullets(sheet, block.zeilen)
            else:
                prose.paragraph(sheet, "\n".join(block.zeilen))
    if paper.fuss:
        sheet.y += 4.0
        prose.paragraph(sheet, paper.fuss, SMALL, color=GREY)
    _feet(sheet, paper.absender)
    return write(sheet, About(paper.titel, paper.absender, paper.vorspann or paper.titel, "", paper.tag))


def _feet(sheet: Sheet, sender: str) -> None:
    pages, total = sheet.pages, len(sheet.pages)
    for number, page in enumerate(pages, 1):
        sheet.pages = [page]
        sheet.artifact_text(RIGHT, 290.5, f"{sender} · Seite {number} von {total}", 6.5, right=True)
    sheet.pages = pages
