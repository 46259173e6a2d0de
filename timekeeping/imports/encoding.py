"""Bytes zu Text: Zeichensatz erkennen oder nach dem Profil, Grenzen der Größe."""

from __future__ import annotations

from timekeeping.imports.problems import ImportFehler

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 1_000_000
MAX_LINE = 20_000


def decode(data: bytes, encoding: str = "auto") -> str:
    """Text einer Datei. Kennungen (UTF-8, UTF-16) gehen vor; „auto“ ist UTF-8, sonst Windows-1252."""
    if not data.strip():
        raise ImportFehler("Die Datei ist leer", "Ausgabe des Zeitsystems prüfen")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        return _strict(data[3:], "utf-8")
    if b"\x00" in data:
        raise ImportFehler("Die Datei ist keine Textdatei", "Format und Datei prüfen")
    if encoding != "auto":
        return _strict(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(data, "cp1252")


def lines(content: str) -> list[tuple[int, str]]:
    """Nicht leere Zeilen mit Nummer; Zeilenenden CRLF, LF und CR; ein Dateiende Strg+Z zählt nicht."""
    normal = content.rstrip("\x1a").replace("\r\n", "\n").replace("\r", "\n")
    found = [(number, line) for number, line in enumerate(normal.split("\n"), start=1) if line.strip()]
    if len(found) > MAX_ROWS:
        raise ImportFehler(f"Die Datei hat mehr als {MAX_ROWS} Zeilen", "Datei teilen")
    for number, line in found:
        if len(line) > MAX_LINE:
            raise ImportFehler(f"Zeile {number} ist länger als {MAX_LINE} Zeichen", "Format und Datei prüfen")
    return found


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ImportFehler(
            f"Zeile {line}: Zeichensatz nicht lesbar als {encoding}", "Datei als UTF-8 oder Windows-1252 ausgeben"
        ) from error
