"""Zeichen, die in keinem Text stehen: in keiner Anfrage und in keiner Datei, die als Text gelesen wird."""

from __future__ import annotations

import re

# Tab and line ends belong into text fields; what XML does not know would stop a whole workbook.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
END_OF_FILE = "\x1a"  # Ctrl+Z, with which programs of DOS end a file
LONGEST_NAME, MOST_ENDING = 120, 16


def without_end(text: str) -> str:
    """Der Text einer Datei ohne das Zeichen, das ihr Ende sagt."""
    return text.rstrip(END_OF_FILE)


def control_line(text: str) -> int | None:
    """Nummer der Zeile (ab 1) mit dem ersten Steuerzeichen; None, wenn keines dasteht."""
    found = CONTROL.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def file_name(given: str, otherwise: str = "datei") -> str:
    """Ein Name, unter dem eine Datei gespeichert und gezeigt wird: ohne Pfad, Zeichen eines Pfads, Steuer- und
    Richtungszeichen, höchstens LONGEST_NAME Zeichen; die Endung bleibt.

    Ein Zeichen, das die Schreibrichtung umkehrt, zeigte „brief[U+202E]fdp.exe“ als „briefexe.pdf“.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    plain = "".join("_" if sign in '/:;*?"<>|' or not sign.isprintable() else sign for sign in last).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) < MOST_ENDING:
        return f"{stem[:LONGEST_NAME - len(ending) - 1].rstrip()}.{ending}" if stem else otherwise
    return plain[:LONGEST_NAME].rstrip(" .") or otherwise
