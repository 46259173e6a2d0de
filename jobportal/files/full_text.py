"""Text einer Datei zum Durchsuchen: läuft als eigener Prozess mit engen Grenzen, liest den Inhalt von der Eingabe."""

from __future__ import annotations

import resource
import sys

import pypdfium2

from jobportal.files import drawing

PAGES, SIGNS = drawing.PAGES, drawing.SIGNS
PARTS = {"docx": "word/document.xml", "odt": "content.xml"}


def text_of(kind: str, content: bytes) -> str:
    """Der Text; ein Bild hat keinen."""
    if kind in PARTS:
        return drawing.plain_text(content, PARTS[kind])[:SIGNS]
    if kind != "pdf":
        return ""
    document = pypdfium2.PdfDocument(content)
    pages = (document[number].get_textpage().get_text_bounded() for number in range(min(len(document), PAGES)))
    return "\n\n".join(pages)[:SIGNS]


def main() -> None:
    """Grenzen setzen, lesen, schreiben."""
    resource.setrlimit(resource.RLIMIT_AS, (drawing.MEMORY, drawing.MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (drawing.CPU, drawing.CPU))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    found = text_of(sys.argv[1], sys.stdin.buffer.read())
    sys.stdout.buffer.write(found.replace("\x00", "").encode("utf-8", errors="replace"))


if __name__ == "__main__":
    main()
