"""Was eine hochgeladene Datei ist, am Inhalt erkannt, und warum sie abgelehnt wird.

Angenommen werden PDF, JPEG, PNG, DOCX, ODT. Abgelehnt werden Mischformen, verschlüsselte PDF, Makros, Archivbomben,
übergroße Bilder und alles andere. Geprüft wird ohne die Datei auszuführen oder auszupacken.
"""

from __future__ import annotations

import io
import lzma
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass

from flask_babel import gettext as _
from PIL import Image

MEGABYTE = 1024 * 1024
LARGEST, TOGETHER, MOST = 10 * MEGABYTE, 20 * MEGABYTE, 8
PIXELS = 50_000_000
ENTRIES, UNPACKED, RATIO = 2000, 60 * MEGABYTE, 200
OFFICE = {
    "word/document.xml": "docx",
    "content.xml": "odt",
}
ODT_TYPE = b"application/vnd.oasis.opendocument.text"
MACROS = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/|basic/|scripts/)|\.(exe|dll|js|vbs|bat|ps1|jar|zip)$", re.IGNORECASE)
KINDS = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png",
         "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
         "odt": "application/vnd.oasis.opendocument.text"}  # fmt: skip
ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/RichMedia", b"/XFA")


class FileRefused(ValueError):
    """Die Datei wird nicht angenommen; der Text sagt, warum und was hilft."""


@dataclass(frozen=True)
class Checked:
    """Eine angenommene Datei: Art, Inhalt, Hinweise für das Personalamt."""

    kind: str
    content: bytes
    notes: tuple[str, ...] = ()


def check(content: bytes) -> Checked:
    """Erkennt und prüft eine Datei; wirft FileRefused."""
    if not content:
        raise FileRefused(_("Die Datei ist leer."))
    if len(content) > LARGEST:
        raise FileRefused(_("Die Datei ist größer als 10 MB; bitte verkleinern oder aufteilen."))
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _image(content)
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    raise FileRefused(_("Diese Art von Datei nehmen wir nicht an; bitte als PDF, JPG, PNG, DOCX oder ODT schicken."))


def _pdf(content: bytes) -> Checked:
    if b"%%EOF" not in content[-2048:]:
        raise FileRefused(_("Das PDF ist unvollständig oder mit etwas anderem vermischt; bitte neu speichern."))
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise FileRefused(_("Das PDF enthält zugleich ein Archiv; bitte neu als PDF speichern."))
    if re.search(rb"/Encrypt\b", content):
        raise FileRefused(_("Das PDF ist mit einem Kennwort geschützt; bitte ohne Kennwort speichern."))
    active = any(mark in content for mark in ACTIVE)
    return Checked("pdf", content, ("aktive_inhalte",) if active else ())


def _image(content: bytes) -> Checked:
    kind = "jpeg" if content.startswith(b"\xff\xd8\xff") else "png"
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise FileRefused(_("Das Bild enthält zugleich ein Archiv; bitte neu speichern."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
                if image.width * image.height > PIXELS:
                    raise FileRefused(_("Das Bild hat mehr als 50 Millionen Bildpunkte; bitte verkleinern."))
                image.verify()
    except FileRefused:
        raise
    except Exception as error:  # the library raises many kinds for a broken picture
        raise FileRefused(_("Das Bild lässt sich nicht lesen; bitte neu speichern.")) from error
    return Checked(kind, content)


def _office(content: bytes) -> Checked:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            _bomb(entries, len(content))
            kind = next((kind for name, kind in OFFICE.items() if name in names), None)
            if kind is None or (kind == "odt" and archive.read("mimetype")[:60] != ODT_TYPE):
                raise FileRefused(_("Archive nehmen wir nicht an; bitte die Dateien einzeln schicken."))
            if any(MACROS.search(name) for name in names) or b"macroEnabled" in _types(archive, names):
                raise FileRefused(_("Das Dokument enthält Makros oder Programme; bitte als PDF schicken."))
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, KeyError, NotImplementedError, RuntimeError, OSError,
            EOFError, ValueError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(_("Das Dokument ist beschädigt; bitte neu speichern oder als PDF schicken.")) from error
    return Checked(kind, content)


def _bomb(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, min(size, sum(entry.compress_size for entry in entries)))
    if len(entries) > ENTRIES or unpacked > UNPACKED or unpacked > packed * RATIO:
        raise FileRefused(_("Das Dokument ist ausgepackt zu groß; bitte als PDF schicken."))
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused(_("Das Dokument ist mit einem Kennwort geschützt; bitte ohne Kennwort speichern."))


def _types(archive: zipfile.ZipFile, names: set[str]) -> bytes:
    if "[Content_Types].xml" not in names:
        return b""
    with archive.open("[Content_Types].xml") as source:
        return source.read(MEGABYTE)
