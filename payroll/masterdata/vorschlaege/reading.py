"""Eine kleine Tabelle (XLSX oder CSV) als Zeilen mit ihren Spalten; welche Spalten es gibt, sagt wer liest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from payroll.masterdata.imports import delimited, xlsx
from payroll.masterdata.imports.columns import normal
from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from payroll.masterdata.sheets import unguard

MAX_BYTES, MAX_LINES = 5 * 1024 * 1024, 5_000
# No amount, rate or value of the law has more digits; what does would overflow wherever it is rounded.
GERMAN = re.compile(r"\d{1,3}(\.\d{3}){1,3}(,\d{1,4})?|\d{1,12}(,\d{1,4})?", re.ASCII)
PLAIN = re.compile(r"\d{1,12}(\.\d{1,4})?", re.ASCII)
THOUSANDS = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)


@dataclass
class Blatt:
    """Gelesene Zeilen (Nummer, Text je Spalte), Spalten der Datei und was nicht stimmt."""

    spalten: list[str] = field(default_factory=list)
    zeilen: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    probleme: list[Beanstandung] = field(default_factory=list)


def read(data: bytes, known: Callable[[str], bool]) -> Blatt:
    """Liest die Datei; eine unbekannte oder doppelte Spalte, eine Formel, ein Wert ohne Spalte sind Probleme.

    Wirft ImportFehler, wenn die Datei als Ganzes nicht taugt.
    """
    if len(data) > MAX_BYTES:
        raise ImportFehler(f"Die Datei ist größer als {MAX_BYTES // 1024**2} MB", "nur die Tabelle selbst speichern")
    if not data.strip():
        raise ImportFehler("Die Datei ist leer", "Vorlage herunterladen und ausfüllen")
    is_sheet = data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    source: Iterable[tuple[int, Sequence[str | Beanstandung]]] = xlsx.rows(data) if is_sheet else _csv(data)
    blatt = Blatt()
    for number, cells in source:
        if number > MAX_LINES:
            raise ImportFehler(f"Die Datei hat mehr als {MAX_LINES} Zeilen", "nur die Tabelle selbst speichern")
        if not any(isinstance(cell, Beanstandung) or cell.strip() for cell in cells):
            continue
        if not blatt.spalten:
            _header(blatt, number, cells, known)
        else:
            _line(blatt, number, cells)
    if not blatt.zeilen:
        raise ImportFehler("Die Datei hat keine Zeilen unter dem Kopf", "Vorlage herunterladen und ausfüllen")
    return blatt


def _csv(data: bytes) -> Iterable[tuple[int, Sequence[str | Beanstandung]]]:
    content = delimited.decode(data)
    head = content.split("\n", 1)[0]
    return delimited.cells(content, max(delimited.DELIMITERS, key=head.count))


def _header(blatt: Blatt, number: int, cells: Iterable[str | Beanstandung], known: Callable[[str], bool]) -> None:
    names = [normal(cell) if isinstance(cell, str) else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    for name in dict.fromkeys(names):
        if name and not known(name):
            blatt.probleme.append(Beanstandung(number, name, "", "unbekannte Spalte", "nach der Vorlage benennen"))
        if name and names.count(name) > 1:
            blatt.probleme.append(Beanstandung(number, name, "", "Spalte kommt mehrmals vor", "eine davon löschen"))
    if blatt.probleme:
        raise ImportFehler("Die Kopfzeile passt nicht zur Vorlage", "Kopfzeile berichtigen", blatt.probleme)
    blatt.spalten = names


def _line(blatt: Blatt, number: int, cells: Iterable[str | Beanstandung]) -> None:
    texts: dict[str, str] = {}
    for at, cell in enumerate(cells):
        name = blatt.spalten[at] if at < len(blatt.spalten) else ""
        if isinstance(cell, Beanstandung):
            blatt.probleme.append(Beanstandung(number, name, cell.wert, cell.grund, cell.abhilfe, zelle=cell.zelle))
        elif name:
            texts[name] = unguard(cell.strip())
        elif cell.strip():
            blatt.probleme.append(Beanstandung(number, "", cell, "steht unter keiner Spalte", "Kopfzeile prüfen"))
    blatt.zeilen.append((number, texts))


def number_of(text: str) -> Decimal | None:
    """Eine Zahl in deutscher Schreibweise (1.234,56) oder mit Punkt (1234.56); None, wenn sie nicht eindeutig ist."""
    clean = text.replace("€", "").replace("%", "").replace("\u00a0", "").strip()
    if PLAIN.fullmatch(clean) and not THOUSANDS.fullmatch(clean):
        return Decimal(clean)
    if GERMAN.fullmatch(clean):
        return Decimal(clean.replace(".", "").replace(",", "."))
    return None
