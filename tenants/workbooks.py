"""Hochgeladene Arbeitsmappen: geprüft, bevor etwas entpackt wird. Jeder Raum, der XLSX liest, geht hier durch."""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from typing import IO

MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO = 1_000, 250 * 1024 * 1024, 150
HARMLESS = 1024 * 1024  # small parts may be packed tightly: empty style tables reach any ratio
# The reader keeps every element until its row (or shared text) ends, a hundred bytes for one of four: a small file of
# empty elements would take the memory of the whole server.
PIECE, NAME = 1024 * 1024, 64
MAX_TAGS, MAX_ENDS, MAX_GAP = 1_000_000, 3_000_000, 8 * 1024 * 1024
END = re.compile(rb"<(?:/(?:[\w.-]+:)?(?:row|si)[\s>]|(?:[\w.-]+:)?row(?:\s[^<>]*)?/>)")
XML_BEGINS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff", b"\x00<")
AGAIN = "Mappe im Tabellenprogramm öffnen und neu als XLSX speichern"
SAVE_SHEET = "nur das Blatt speichern, das eingelesen werden soll"
SAVE_VALUES = f"{SAVE_SHEET}, ohne Pivot-Tabellen und als Werte"


class UnsafeWorkbook(ValueError):
    """Die Mappe wird nicht gelesen: was an ihr stört (problem) und was hilft (remedy)."""

    def __init__(self, problem: str, remedy: str = AGAIN) -> None:
        super().__init__(f"{problem}. {remedy}")
        self.problem, self.remedy = problem, remedy


def inspect(data: bytes) -> None:
    """Prüft Art, Zahl und Größe der Teile, Makros, Kennwort und XML-Anweisungen; wirft UnsafeWorkbook."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnsafeWorkbook("Die Datei ist im alten Format XLS oder durch ein Kennwort geschützt")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _limits(entries)
            for entry in entries:
                with archive.open(entry) as part:
                    head = part.read(4096)
                if head.lstrip().startswith(XML_BEGINS):  # whatever the part is called
                    _no_entities(head, entry.filename)
                    with archive.open(entry) as part:
                        _not_dense(part, entry.filename)
    except UnsafeWorkbook:
        raise
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError,
            ValueError) as error:
        raise UnsafeWorkbook("Die Datei ist keine lesbare XLSX-Datei") from error


def _limits(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnsafeWorkbook(f"Die Datei enthält {len(entries)} Teile, erlaubt sind {MAX_ENTRIES}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise UnsafeWorkbook(
            f"Die Datei wird entpackt {unpacked // 1024**2} MB groß, erlaubt sind {MAX_UNPACKED // 1024**2} MB",
            SAVE_SHEET,
        )
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnsafeWorkbook("Die Datei ist durch ein Kennwort geschützt", "Schutz entfernen und neu speichern")
        if "vbaproject" in entry.filename.lower():
            raise UnsafeWorkbook("Die Datei enthält Makros", "als XLSX ohne Makros speichern")
        if entry.file_size > HARMLESS and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise UnsafeWorkbook("Die Datei ist ungewöhnlich stark gepackt und wird nicht entpackt")


def _no_entities(head: bytes, filename: str) -> None:
    plain = head.replace(b"\x00", b"").upper()  # the same in UTF-16
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise UnsafeWorkbook(f"Der Teil {_shown(filename)} enthält unerlaubte XML-Anweisungen")


def _shown(filename: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in filename)[:80]


def _not_dense(part: IO[bytes], filename: str) -> None:
    """Zählt, was zwischen den Enden zweier Zeilen (oder gemeinsamer Texte) steht, ohne es zu lesen."""
    rest, tags, ends, gap = b"", 0, 0, 0
    while piece := part.read(PIECE):
        last = piece.rfind(b"<")
        gap = gap + len(piece) if last < 0 else len(piece) - last
        whole = rest + piece
        begin = whole.rfind(b"<")  # what begins here may be cut in two: it is counted with the next piece
        whole, rest = (whole[:begin], whole[begin:][:NAME]) if begin >= 0 else (b"", b"")
        at = 0
        for found in END.finditer(whole):
            _few(tags + whole.count(b"<", at, found.start()), filename)
            ends, tags, at = ends + 1, 0, found.end()
        tags = _few(tags + whole.count(b"<", at), filename)
        if gap > MAX_GAP or ends > MAX_ENDS:
            raise UnsafeWorkbook("Die Mappe enthält mehr, als eine Tabelle enthalten kann", SAVE_SHEET)


def _few(tags: int, filename: str) -> int:
    # Every part is counted: which of them is a sheet the file says itself, whatever they are called.
    if tags > MAX_TAGS:
        raise UnsafeWorkbook(f"Der Teil {_shown(filename)} enthält mehr als eine Million Angaben in einer Zeile oder "
                             "außerhalb von Zeilen", SAVE_VALUES)
    return tags
