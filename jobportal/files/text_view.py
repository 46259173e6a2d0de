"""Text einer eingereichten Datei als schlichtes PDF zum Ansehen. Die Schrift kommt aus den Dateien der Gestaltung."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont as Font
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import ListFlowable, Paragraph, SimpleDocTemplate

from jobportal.content import paragraphs
from tenants.web.assets import VENDOR

PLAIN, BOLD = "Markt", "MarktFett"
TEXT = ParagraphStyle("text", fontName=PLAIN, fontSize=10.5, leading=15, spaceAfter=6)
SMALL = ParagraphStyle("small", parent=TEXT, fontSize=9, leading=12)
TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=19, leading=24, spaceAfter=4)
HEAD = ParagraphStyle("head", fontName=BOLD, fontSize=12.5, leading=17, spaceBefore=10, spaceAfter=4)


@cache
def fonts() -> bool:
    """Meldet die Schriften einmal je Prozess an."""
    for name, file in ((PLAIN, "FiraSans-Regular.woff2"), (BOLD, "FiraSans-SemiBold.woff2")):
        font, plain = Font(VENDOR / file), io.BytesIO()
        font.flavor = None
        font.save(plain)
        plain.seek(0)
        pdfmetrics.registerFont(TTFont(name, plain))
    return True


def build(title: str, author: str, parts: Sequence[tuple[str, str]], *, lead: str = "") -> bytes:
    """Ein Dokument aus Überschriften und schlichtem Text."""
    fonts()
    story: list[object] = [Paragraph(escape(title), TITLE)]
    if lead:
        story.append(Paragraph(escape(lead), SMALL))
    for head, text in parts:
        if head:
            story.append(Paragraph(escape(head), HEAD))
        for block in paragraphs(text):
            if block.liste:
                items = [Paragraph(escape(line), TEXT) for line in block.zeilen]
                story.append(ListFlowable(items, bulletType="bullet", start="•", leftIndent=12,
                                          bulletFontName=PLAIN))
            else:
                story.append(Paragraph("<br/>".join(escape(line) for line in block.zeilen), TEXT))
    made = io.BytesIO()
    document = SimpleDocTemplate(made, pagesize=A4, leftMargin=22 * mm, rightMargin=22 * mm, topMargin=20 * mm,
                                 bottomMargin=20 * mm, title=title, author=author, lang="de-DE", invariant=1)
    document.build(story)
    return made.getvalue()
