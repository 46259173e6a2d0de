"""Ein Schriftstück aus Überschriften und schlichtem Text als ausgezeichnetes PDF (Stellenanzeige, Auswahlvermerk)."""

from __future__ import annotations

from jobportal.content import paragraphs
from jobportal.documents import Schriftstueck
from payroll.statements.pdf import letter, prose
from payroll.statements.pdf.document import About, write
from payroll.statements.pdf.sheet import GREY, Sheet

SMALL = 8.6


def render(paper: Schriftstueck) -> bytes:
    """Erzeugt das Dokument; gleicher Inhalt und gleicher Tag ergeben gleiche Bytes."""
    return written(drawn(paper), paper)


def drawn(paper: Schriftstueck) -> Sheet:
    """Das gesetzte Blatt; missing nennt die Zeichen, die es in den Schriften nicht gibt."""
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
    return sheet


def written(sheet: Sheet, paper: Schriftstueck) -> bytes:
    """Das PDF eines gesetzten Blattes."""
    letter.feet(sheet, paper.absender)
    return write(sheet, About(paper.titel, paper.absender, paper.vorspann or paper.titel, "", paper.tag))
