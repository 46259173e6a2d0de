"""Die Datei lesen: Personalnummer, wirksam ab, Tatsache, Wert; jede falsche Zelle mit Regel und Abhilfe."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from payroll.masterdata.imports import delimited, xlsx
from payroll.masterdata.imports.columns import normal
from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from payroll.masterdata.imports.values import day
from payroll.masterdata.massen.merkmale import MERKMALE, Merkmal, named
from payroll.masterdata.numbers import Unlesbar
from payroll.masterdata.sheets import unguard

SPALTEN = ("personalnummer", "wirksam_ab", "tatsache", "wert")
MAX_LINES, MAX_BYTES = 1_000, 5 * 1024 * 1024


@dataclass
class Zeile:
    """Eine Zeile der Datei: was dasteht und was gelesen wurde; lohnart nur bei wiederkehrenden Bezügen."""

    nummer: int
    texte: dict[str, str]
    ab: date | None = None
    merkmal: Merkmal | None = None
    lohnart: int | None = None
    wert: Any = None


@dataclass
class Datei:
    """Die gelesene Datei; problems sind alle Beanstandungen in der Reihenfolge der Zeilen."""

    pruefsumme: str
    zeilen: list[Zeile] = field(default_factory=list)
    problems: list[Beanstandung] = field(default_factory=list)

    def refuse(self, zeile: Zeile, spalte: str, grund: str, abhilfe: str) -> None:
        """Beanstandet eine Zelle; von Kontonummern steht nur das Ende da."""
        text = zeile.texte.get(spalte, "")
        covered = spalte == "wert" and zeile.merkmal is not None and zeile.merkmal.art == "verdeckt"
        self.problems.append(Beanstandung(zeile.nummer, spalte, f"…{text[-4:]}" if covered and text else text, grund,
                                          abhilfe))


def read(data: bytes) -> Datei:
    """Liest CSV oder XLSX (am Inhalt erkannt); was die ganze Datei betrifft, ist ein ImportFehler."""
    if len(data) > MAX_BYTES:
        raise ImportFehler(f"Die Datei ist größer als {MAX_BYTES // 1024**2} MB", "Datei teilen")
    if not data.strip():
        raise ImportFehler("Die Datei ist leer", "Vorlage herunterladen und ausfüllen")
    is_sheet = data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    source = iter(xlsx.rows(data) if is_sheet else delimited.rows(data))
    columns = _header(source)
    found = Datei(hashlib.sha256(data).hexdigest())
    for number, cells in source:
        texts = [unguard(cell.strip()) if isinstance(cell, str) else cell.wert for cell in cells]
        if not any(texts):
            continue
        if len(found.zeilen) == MAX_LINES:
            raise ImportFehler(f"Die Datei hat mehr als {MAX_LINES} Zeilen", "Datei teilen")
        _line(found, Zeile(number, dict(zip(columns, texts, strict=False))))
    if not found.zeilen:
        raise ImportFehler("Die Datei hat keine Zeilen unter dem Kopf", "eine Zeile je Änderung eintragen")
    _twice(found)
    return found


def _header(source: Iterator[tuple[int, Sequence[Any]]]) -> list[str]:
    for _, cells in source:
        names = [normal(cell) if isinstance(cell, str) else "" for cell in cells]
        if any(names):
            missing = [name for name in SPALTEN if name not in names]
            if missing:
                raise ImportFehler(f"In der Kopfzeile fehlt: {', '.join(missing)}",
                                   f"Kopfzeile nach der Vorlage: {'; '.join(SPALTEN)}")
            return names
    raise ImportFehler("Die Datei hat keine Kopfzeile", "Vorlage herunterladen und ausfüllen")


def _line(found: Datei, zeile: Zeile) -> None:
    found.zeilen.append(zeile)
    for spalte in SPALTEN:
        if not zeile.texte.get(spalte):
            found.refuse(zeile, spalte, "fehlt", "eintragen")
    if text := zeile.texte.get("wirksam_ab"):
        try:
            zeile.ab = day(text)
        except Unlesbar as wrong:
            found.refuse(zeile, "wirksam_ab", wrong.grund, wrong.abhilfe)
    text = zeile.texte.get("tatsache", "")
    known = named(text) if text else None
    if text and known is None:
        near = difflib.get_close_matches(text.lower(), MERKMALE, 1, 0.6)
        found.refuse(zeile, "tatsache", "lässt sich so nicht ändern", f"Meinten Sie „{near[0]}“" if near else
                     f"erlaubt: {', '.join(MERKMALE)}, bezug und Lohnart")
    if known is not None and zeile.texte.get("wert"):
        zeile.merkmal, zeile.lohnart = known
        try:
            zeile.wert = zeile.merkmal.lesen(zeile.texte["wert"])
        except Unlesbar as wrong:
            found.refuse(zeile, "wert", wrong.grund, wrong.abhilfe)


def _twice(found: Datei) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for zeile in found.zeilen:
        key = tuple(zeile.texte.get(name, "").lower() for name in SPALTEN[:3])
        if key in seen:
            found.refuse(zeile, "tatsache", f"steht schon in Zeile {seen[key]}", "eine der beiden Zeilen löschen")
        seen.setdefault(key, zeile.nummer)
