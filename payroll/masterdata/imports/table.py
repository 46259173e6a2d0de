"""Eine Datei als Tabelle: Kopfzeile erkennen, jede Zelle lesen, jede falsche Zelle benennen."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from payroll.masterdata.imports import delimited, xlsx
from payroll.masterdata.imports.columns import HINWEIS, NACH_NAME, SPALTEN, ZEILE, Spalte, normal
from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from payroll.masterdata.numbers import Unlesbar
from payroll.masterdata.sheets import unguard

MAX_BYTES = 100 * 1024 * 1024
MAX_ROWS = xlsx.MAX_ROWS
Cells = Sequence[str | Beanstandung]


@dataclass
class Zeile:
    """Eine Zeile: was dasteht, was gelesen wurde, was nicht stimmt."""

    nummer: int
    texte: dict[str, str]
    werte: dict[str, Any] = field(default_factory=dict)
    beanstandungen: list[Beanstandung] = field(default_factory=list)

    def ruege(self, spalte: str, grund: str, abhilfe: str, *, schwer: bool = True) -> None:
        """Beanstandet eine Spalte dieser Zeile; schützenswerte Werte stehen nicht im Text."""
        wert = self.texte.get(spalte, "")
        hidden = spalte in NACH_NAME and NACH_NAME[spalte].schuetzenswert
        self.beanstandungen.append(
            Beanstandung(self.nummer, spalte, f"…{wert[-4:]}" if hidden and wert else wert, grund, abhilfe, schwer)
        )

    @property
    def gut(self) -> bool:
        """Keine schwere Beanstandung."""
        return not any(problem.schwer for problem in self.beanstandungen)


@dataclass
class Tabelle:
    """Eine gelesene Datei. `art`: csv oder xlsx; `spalten`: in der Reihenfolge der Datei."""

    dateiname: str
    art: str
    pruefsumme: str
    spalten: list[str]
    zeilen: list[Zeile]

    @property
    def beanstandungen(self) -> list[Beanstandung]:
        """Alle Beanstandungen in der Reihenfolge der Zeilen."""
        return [problem for zeile in self.zeilen for problem in zeile.beanstandungen]


def read_table(dateiname: str, data: bytes) -> Tabelle:
    """Liest CSV oder XLSX (am Inhalt erkannt). Fehler der ganzen Datei sind ImportFehler."""
    if len(data) > MAX_BYTES:
        raise ImportFehler(
            f"Die Datei hat {len(data) // 1024**2} MB, erlaubt sind {MAX_BYTES // 1024**2} MB",
            "Datei teilen oder leere Spalten und Blätter entfernen",
        )
    if not data.strip():
        raise ImportFehler("Die Datei ist leer", "Vorlage herunterladen und ausfüllen")
    art = "xlsx" if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")) else "csv"
    source: Iterator[tuple[int, Cells]] = iter(xlsx.rows(data) if art == "xlsx" else delimited.rows(data))
    spalten = _header(source)
    zeilen = list(_body(source, spalten))
    if not zeilen:
        raise ImportFehler("Die Datei hat keine Zeilen unter dem Kopf", "eine Zeile je Beschäftigung eintragen")
    return Tabelle(dateiname, art, hashlib.sha256(data).hexdigest(), spalten, zeilen)


def _header(source: Iterator[tuple[int, Cells]]) -> list[str]:
    for _, cells in source:
        if any(cells):
            names = [normal(cell) if isinstance(cell, str) else "" for cell in cells]
            while names and not names[-1]:
                names.pop()
            _check_header(names, [cell if isinstance(cell, str) else cell.wert for cell in cells])
            return names
    raise ImportFehler("Die Datei hat keine Kopfzeile", "Vorlage herunterladen und ausfüllen")


def _check_header(names: list[str], written: list[str]) -> None:
    if len(names) > xlsx.MAX_COLUMNS:
        raise ImportFehler(
            f"Die Datei hat {len(names)} Spalten, erlaubt sind {xlsx.MAX_COLUMNS}", "nach der Vorlage kürzen"
        )
    problems = []
    for name, text in zip(names, written, strict=False):
        if name and name not in NACH_NAME and name not in (ZEILE, HINWEIS):
            near = difflib.get_close_matches(name, NACH_NAME, 1, 0.6)
            remedy = f"Meinten Sie „{near[0]}“" if near else "Spalte löschen oder nach der Vorlage benennen"
            problems.append(Beanstandung(1, text, "", "unbekannte Spalte", remedy))
        if name and names.count(name) > 1:
            problems.append(Beanstandung(1, text, "", "Spalte kommt mehrmals vor", "eine davon löschen"))
    for spalte in SPALTEN:
        if spalte.pflicht and spalte.name not in names:
            problems.append(Beanstandung(1, spalte.name, "", "Pflichtspalte fehlt", "Spalte nach der Vorlage ergänzen"))
    if problems:
        raise ImportFehler("Die Kopfzeile passt nicht zur Vorlage", "Kopfzeile berichtigen", problems)


def _body(source: Iterator[tuple[int, Cells]], spalten: list[str]) -> Iterator[Zeile]:
    for count, (nummer, cells) in enumerate(source, start=1):
        if count > MAX_ROWS:
            raise ImportFehler(f"Die Datei hat mehr als {MAX_ROWS} Zeilen", "Datei teilen")
        if any(not isinstance(cell, str) or cell.strip() for cell in cells):
            yield _zeile(nummer, cells, spalten)


def _zeile(nummer: int, cells: Cells, spalten: list[str]) -> Zeile:
    zeile = Zeile(nummer, {})
    for index, cell in enumerate(cells):
        spalte = spalten[index] if index < len(spalten) else ""
        text = cell.wert if isinstance(cell, Beanstandung) else unguard(cell.strip())
        if isinstance(cell, Beanstandung):
            zeile.beanstandungen.append(Beanstandung(nummer, spalte, text, cell.grund, cell.abhilfe, zelle=cell.zelle))
            zeile.texte[spalte] = text
        elif not spalte and text:
            zeile.ruege("", f"Wert „{text[:40]}“ steht unter keiner Spalte", "Trennzeichen und Kopfzeile prüfen")
        elif spalte in NACH_NAME:
            zeile.texte[spalte] = text
            _lesen(zeile, NACH_NAME[spalte], text)
    return zeile


def _lesen(zeile: Zeile, spalte: Spalte, text: str) -> None:
    if not text:
        if spalte.pflicht:
            zeile.ruege(spalte.name, "fehlt", f"eintragen: {spalte.erklaerung}")
        return
    try:
        zeile.werte[spalte.name] = spalte.lesen(text)
    except Unlesbar as error:
        zeile.ruege(spalte.name, error.grund, error.abhilfe)
