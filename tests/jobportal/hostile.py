"""Dateien, wie sie ankommen: brave und bösartige."""

from __future__ import annotations

import io
import zipfile

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

WORD = ('<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
        "Lebenslauf Đorđe Öztürk</w:t></w:r></w:p></w:body></w:document>")
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
ODT = ('<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
       'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><text:p>Zeugnis '
       "<text:span>sehr gut</text:span></text:p></office:text></office:body></office:document-content>")


def pdf(text: str = "Lebenslauf", pages: int = 1) -> bytes:
    """Ein gewöhnliches PDF."""
    made = io.BytesIO()
    canvas = Canvas(made)
    for number in range(pages):
        canvas.drawString(72, 700, f"{text} {number}")
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def pdf_with_script() -> bytes:
    """Ein PDF, das beim Öffnen ein Skript ausführen würde."""
    return pdf().replace(b"/Type /Catalog", b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >> /Type /Catalog", 1)


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    """Ein Bild."""
    made = io.BytesIO()
    Image.new("RGB", size, (200, 10, 10)).save(made, kind)
    return made.getvalue()


def archive(**parts: str | bytes) -> bytes:
    """Ein Archiv; „__“ steht für den Schrägstrich, „_dot_“ für den Punkt."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


def docx(**more: str | bytes) -> bytes:
    """Ein Word-Dokument."""
    return archive(word__document_dot_xml=WORD, **more)


def odt() -> bytes:
    """Ein OpenDocument-Text."""
    return archive(mimetype="application/vnd.oasis.opendocument.text", content_dot_xml=ODT)


def bomb() -> bytes:
    """Ein kleines Dokument, das ausgepackt riesig wäre."""
    return archive(word__document_dot_xml=b"<w>" + b"\0" * (70 * 1024 * 1024))


def huge_picture() -> bytes:
    """Ein PNG, dessen Kopf 100.000 mal 100.000 Punkte verspricht."""
    plain = bytearray(picture())
    plain[16:24] = (100_000).to_bytes(4, "big") * 2
    return bytes(plain)


def damaged(method: int, name: str) -> bytes:
    """Ein Dokument, dessen Teil sich nicht entpacken lässt, obwohl das Verzeichnis stimmt."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.text" * 20)
        target.writestr("content.xml", ODT)
        target.writestr("word/document.xml" if name.startswith("[") else "styles.xml", WORD)
        target.writestr(name, TYPES * 20)
        broken = target.getinfo(name)
    content = bytearray(made.getvalue())
    start = content.find(name.encode(), broken.header_offset) + len(name)
    content[start:start + broken.compress_size] = b"\xff" * broken.compress_size
    return bytes(content)


HOSTILE = {
    "leer": b"",
    "programm": b"MZ" + bytes(200),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "archiv": archive(a_dot_txt="x"),
    "bombe": bomb(),
    "makro": docx(word__vbaProject_dot_bin=b"x"),
    "makro_typ": archive(word__document_dot_xml=WORD, **{"[Content_Types]_dot_xml": TYPES.replace(
        "></", ">application/vnd.ms-word.document.macroEnabled.main+xml</")}),
    "programm_im_dokument": docx(word__embeddings__a_dot_exe=b"MZ"),
    "odt_ohne_art": archive(mimetype="text/plain", content_dot_xml=ODT),
    "pdf_mit_archiv": pdf() + archive(a_dot_txt="x"),
    "pdf_abgeschnitten": pdf()[:200],
    "pdf_mit_kennwort": pdf().replace(b"/Type /Catalog", b"/Encrypt 9 0 R /Type /Catalog", 1),
    "bild_riesig": huge_picture(),
    "bild_kaputt": picture()[:30],
    "bild_mit_archiv": picture() + archive(a_dot_txt="x"),
    "teil_kaputt": damaged(zipfile.ZIP_DEFLATED, "[Content_Types].xml"),
    "teil_kaputt_lzma": damaged(zipfile.ZIP_LZMA, "[Content_Types].xml"),
    "teil_kaputt_bzip2": damaged(zipfile.ZIP_BZIP2, "[Content_Types].xml"),
    "archiv_kaputt": b"PK\x03\x04" + bytes(60),
    "zu_gross": b"%PDF-" + bytes(11 * 1024 * 1024),
}  # fmt: skip
