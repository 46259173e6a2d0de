"""Bytes zu Text: Zeichensatz erkennen oder nach dem Profil, Grenzen der Größe."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import overload

from timekeeping.imports.problems import ImportFehler

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 1_000_000
MAX_LINE = 20_000
# Umlauts inside words as code page 850 writes them; and as Windows-1252 does.
DOS = re.compile(rb"[A-Za-z][\x81\x84\x94][A-Za-z]|[\x8e\x99\x9a][A-Za-z]")
WINDOWS = re.compile(rb"[\xe4\xf6\xfc\xc4\xd6\xdc\xdf]")


def decode(data: bytes, encoding: str = "auto") -> str:
    """Text einer Datei. Kennungen (UTF-8, UTF-16) gehen vor; „auto“ ist UTF-8, sonst Windows-1252 oder Codepage 850.

    Codepage 850 verraten Umlaute in Wörtern, die es als Windows-1252 dort nicht gäbe (Überstd als šberstd).
    """
    if not data.strip():
        raise ImportFehler("Die Datei ist leer", "Ausgabe des Zeitsystems prüfen")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        return _strict(data[3:], "utf-8")
    wide = "utf-16-le" if data[1:4:2] == b"\0\0" else "utf-16-be" if data[0:3:2] == b"\0\0" else ""
    if wide and len(data) % 2 == 0:
        return _strict(data, wide)
    if b"\x00" in data:
        raise ImportFehler("Die Datei ist keine Textdatei", "Format und Datei prüfen")
    if encoding != "auto":
        return _strict(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        dos = DOS.search(data) is not None and WINDOWS.search(data) is None
        return _strict(data, "cp850" if dos else "cp1252")


class Zeilen(Sequence[tuple[int, str]]):
    """Nicht leere Zeilen eines Textes mit ihrer Nummer (ab 1); gehalten wird der Text einmal und Stellen darin."""

    def __init__(self, text: str, nummern: array[int], anfang: array[int], ende: array[int]) -> None:
        self.text, self.nummern, self.anfang, self.ende = text, nummern, anfang, ende

    def __len__(self) -> int:
        return len(self.nummern)

    @overload
    def __getitem__(self, at: int) -> tuple[int, str]: ...
    @overload
    def __getitem__(self, at: slice) -> Zeilen: ...
    def __getitem__(self, at: int | slice) -> tuple[int, str] | Zeilen:
        if isinstance(at, slice):
            return Zeilen(self.text, self.nummern[at], self.anfang[at], self.ende[at])
        return self.nummern[at], self.text[self.anfang[at] : self.ende[at]]

    def ohne(self, zeichen: str) -> Zeilen:
        """Ohne die Zeilen, die (nach Leerraum) so beginnen."""
        kept = [at for at, (_, line) in enumerate(self) if not line.lstrip().startswith(zeichen)]
        return Zeilen(self.text, *(array("q", (held[at] for at in kept))
                                   for held in (self.nummern, self.anfang, self.ende)))


def lines(content: str) -> Zeilen:
    """Nicht leere Zeilen mit Nummer; Zeilenenden CRLF, LF und CR; ein Dateiende Strg+Z zählt nicht."""
    normal = content.rstrip("\x1a\r\n")
    if "\r" in normal:
        normal = normal.replace("\r\n", "\n").replace("\r", "\n")
    found = Zeilen(normal, array("q"), array("q"), array("q"))
    begin = 0
    for number in range(1, normal.count("\n") + 2):
        end = normal.find("\n", begin)
        end = end if end >= 0 else len(normal)
        if end > begin and not normal[begin:end].isspace():
            if end - begin > MAX_LINE:
                raise ImportFehler(f"Zeile {number} ist länger als {MAX_LINE} Zeichen", "Format und Datei prüfen")
            found.nummern.append(number)
            found.anfang.append(begin)
            found.ende.append(end)
        begin = end + 1
    if len(found) > MAX_ROWS:
        raise ImportFehler(f"Die Datei hat mehr als {MAX_ROWS} Zeilen", "Datei teilen")
    return found


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ImportFehler(
            f"Zeile {line}: Zeichensatz nicht lesbar als {encoding}", "Datei als UTF-8 oder Windows-1252 ausgeben"
        ) from error
