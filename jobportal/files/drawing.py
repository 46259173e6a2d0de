"""Zeichnet eine Datei neu: läuft als eigener Prozess mit engen Grenzen, liest den Inhalt von der Eingabe."""

from __future__ import annotations

import io
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

import pypdfium2
from defusedxml.ElementTree import iterparse
from PIL import Image

from jobportal.files import text_view

MEMORY, CPU, OUTPUT = 2 * 1024**3, 45, 128 * 1024**2
PAGES, DOTS, WIDEST = 60, 120 / 72, 2400
PARAGRAPHS, SIGNS = 4000, 400_000
QUALITY = 80


def pdf(content: bytes) -> bytes:
    """Seiten eines PDF als Bilder."""
    document = pypdfium2.PdfDocument(content)
    pages = []
    for number in range(min(len(document), PAGES)):
        page = document[number]
        scale = min(DOTS, WIDEST / max(1.0, *page.get_size()))
        pages.append(page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB"))
    return _together(pages)


def picture(content: bytes) -> bytes:
    """Ein Bild auf eine Seite, ohne seine Metadaten."""
    Image.MAX_IMAGE_PIXELS = 60_000_000
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
        image.draft("RGB", (WIDEST, WIDEST))
        made = image.convert("RGB")
    made.thumbnail((WIDEST, WIDEST))
    return _together([made])


def docx(content: bytes) -> bytes:
    """Text eines Word-Dokuments."""
    return _text(content, "word/document.xml")


def odt(content: bytes) -> bytes:
    """Text eines OpenDocument-Dokuments."""
    return _text(content, "content.xml")


def plain_text(content: bytes, part: str) -> str:
    """Absätze eines Dokuments, durch Leerzeilen getrennt."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(part) as source:
        return "\n\n".join(_lines(source))


def _text(content: bytes, part: str) -> bytes:
    body = plain_text(content, part) or "–"
    return text_view.build("Text des Dokuments", "Kreislohn", [("", body)], lead="Ohne Bilder und Gestaltung.")


def _lines(source: IO[bytes]) -> Iterator[str]:
    """Absätze und Überschriften, beide heißen in beiden Formaten p oder h."""
    count = signs = 0
    for _, element in iterparse(source, events=("end",)):
        if str(element.tag).rpartition("}")[2] not in ("p", "h"):
            continue
        line = " ".join(re.sub(r"[\x00-\x08\x0b-\x1f]", "", "".join(element.itertext())).split())
        count, signs = count + 1, signs + len(line)
        if line:
            yield line
        element.clear()
        if count > PARAGRAPHS or signs > SIGNS:
            return


def _together(pages: list[Image.Image]) -> bytes:
    if not pages:
        raise ValueError("keine Seite")
    made = io.BytesIO()
    pages[0].save(made, "PDF", save_all=True, append_images=pages[1:], resolution=120, quality=QUALITY,
                  producer="Kreislohn")
    return made.getvalue()


DRAWERS: dict[str, Callable[[bytes], bytes]] = {"pdf": pdf, "jpeg": picture, "png": picture, "docx": docx, "odt": odt}


def main() -> None:
    """Grenzen setzen, lesen, zeichnen, schreiben."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    made = DRAWERS[sys.argv[1]](sys.stdin.buffer.read())
    if len(made) > OUTPUT:
        sys.exit(3)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
