"""Ein eingereichtes Dokument der Akte als PDF/A-2a und PDF/UA-1: Seite für Seite als Bild oder sein Text."""

from __future__ import annotations

import io
from datetime import date

import pypdfium2
from PIL import Image

from jobportal.documents import Schriftstueck
from jobportal.files import view
from payroll.statements.pdf.document import About, write
from payroll.statements.pdf.sheet import Sheet
from payroll.statements.text_pdf import render

BOX = (5.0, 5.0, 200.0, 287.0)  # mm: left, top, width, height on the page
DOTS, QUALITY = 120 / 72, 80
WORDS = ("docx", "odt")


def of_view(shown: bytes, title: str, sender: str, day: date, words: str = "") -> bytes:
    """Aus der neu gezeichneten Fassung; words: erkannter Text, er steht als Beschreibung in den Angaben."""
    sheet = Sheet(title)
    document = pypdfium2.PdfDocument(shown)  # drawn by ourselves from pictures, nothing of the original is in it
    total = len(document)
    for number in range(total):
        if number:
            sheet.pages.append([])
        picture = document[number].render(scale=DOTS, may_draw_forms=False).to_pil().convert("RGB")
        sheet.picture(_jpeg(picture), picture.size, BOX, f"{title}, Seite {number + 1} von {total}")
    document.close()
    return write(sheet, About(title, sender, " ".join(words.split())[:400] or title, "", day))


def of_words(kind: str, original: bytes, title: str, sender: str, day: date) -> bytes:
    """Ein Text-Dokument: sein Text, ohne Bilder und Gestaltung."""
    words = view.plain_text(kind, original) or "–"
    return render(Schriftstueck(title, sender, (("", words),), day, "Text des Dokuments, ohne Bilder und Gestaltung."))


def _jpeg(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()
