"""Hochgeladene Arbeitsmappen: geprüft, bevor etwas entpackt wird. Jeder Raum, der XLSX liest, geht hier durch."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib

MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO = 1_000, 250 * 1024 * 1024, 150
HARMLESS = 1024 * 1024  # small parts may be packed tightly: empty style tables reach any ratio
AGAIN = "Mappe im Tabellenprogramm öffnen und neu als XLSX speichern"


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
                if entry.filename.lower().endswith((".xml", ".rels")):
                    _no_entities(archive, entry)
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
            "nur das Blatt speichern, das eingelesen werden soll",
        )
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnsafeWorkbook("Die Datei ist durch ein Kennwort geschützt", "Schutz entfernen und neu speichern")
        if "vbaproject" in entry.filename.lower():
            raise UnsafeWorkbook("Die Datei enthält Makros", "als XLSX ohne Makros speichern")
        if entry.file_size > HARMLESS and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise UnsafeWorkbook("Die Datei ist ungewöhnlich stark gepackt und wird nicht entpackt")


def _no_entities(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with archive.open(entry) as part:
        head = part.read(4096)
    if b"<!DOCTYPE" in head.upper() or b"<!ENTITY" in head.upper():
        name = "".join(sign if sign.isprintable() else "?" for sign in entry.filename)[:80]
        raise UnsafeWorkbook(f"Der Teil {name} enthält unerlaubte XML-Anweisungen")
