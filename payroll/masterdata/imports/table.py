"""Eine Datei als Tabelle: Kopfzeile erkennen, jede Zelle lesen, jede falsche Zelle benennen."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from payroll.masterdata.imports import delimited, xlsx
from payroll.masterdata.imports.blaetter.blatt import Blatt
from payroll.masterdata.imports.blaetter.lesen import Blatttabelle, blatt_by_header, blatt_by_title
from payroll.masterdata.imports.columns import HINWEIS, NACH_NAME, ZEILE, Spalte, normal
from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from payroll.masterdata.imports.zeilen import Cells, Zeile, read_row

MAX_BYTES = 100 * 1024 * 1024
MAX_ROWS = xlsx.MAX_ROWS


@dataclass
class Tabelle:
    """Eine gelesene Datei. `art`: csv oder xlsx; `spalten`: der Personen, in der Reihenfolge der Datei.

    `blaetter`: weitere Tatsachen, je Art eine Tabelle; eine Datei kann auch nur sie enthalten.
    """

    dateiname: str
    art: str
    pruefsumme: str
    spalten: list[str]
    zeilen: list[Zeile]
    blaetter: list[Blatttabelle] = field(default_factory=list)

    @property
    def alle_zeilen(self) -> list[Zeile]:
        """Zeilen der Personen, dann der Blätter."""
        return [*self.zeilen, *(zeile for one in self.blaetter for zeile in one.zeilen)]

    @property
    def beanstandungen(self) -> list[Beanstandung]:
        """Alle Beanstandungen in der Reihenfolge der Zeilen."""
        return [problem for zeile in self.alle_zeilen for problem in zeile.beanstandungen]


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
    spalten, zeilen, blaetter = _workbook(data) if art == "xlsx" else _delimited(data)
    if not zeilen and not any(one.zeilen for one in blaetter):
        raise ImportFehler("Die Datei hat keine Zeilen unter dem Kopf", "eine Zeile je Beschäftigung eintragen")
    return Tabelle(dateiname, art, hashlib.sha256(data).hexdigest(), spalten, zeilen, blaetter)


Parts = tuple[list[str], list[Zeile], list[Blatttabelle]]


def _delimited(data: bytes) -> Parts:
    source: Iterator[tuple[int, Cells]] = iter(delimited.rows(data))
    names, written = _header(source)
    blatt = blatt_by_header(names)
    if blatt is not None:
        return [], [], [_sheet(source, blatt, names, written)]
    _check_header(names, written, NACH_NAME)
    return names, list(_body(source, names, NACH_NAME)), []


def _workbook(data: bytes) -> Parts:
    titles = xlsx.titles(data)
    sheets = {title: blatt for title in titles if (blatt := blatt_by_title(title)) is not None}
    people = xlsx.SHEET if xlsx.SHEET in titles else None if titles[0] in sheets else titles[0]
    spalten: list[str] = []
    zeilen: list[Zeile] = []
    if people is not None:
        source: Iterator[tuple[int, Cells]] = iter(xlsx.rows(data, people))
        spalten, written = _header(source)
        _check_header(spalten, written, NACH_NAME)
        zeilen = list(_body(source, spalten, NACH_NAME))
    found = []
    for title, blatt in sheets.items():
        source = iter(xlsx.rows(data, title))
        names, written = _header(source, blatt.titel)
        found.append(_sheet(source, blatt, names, written))
    return spalten, zeilen, found


def _sheet(source: Iterator[tuple[int, Cells]], blatt: Blatt, names: list[str], written: list[str]) -> Blatttabelle:
    _check_header(names, written, blatt.nach_name, blatt.titel)
    return Blatttabelle(blatt, names, list(_body(source, names, blatt.nach_name, blatt.titel)))


def _header(source: Iterator[tuple[int, Cells]], blatt: str = "") -> tuple[list[str], list[str]]:
    """Namen der Spalten in fester Schreibweise und so, wie sie dastehen."""
    for _, cells in source:
        if any(cells):
            names = [normal(cell) if isinstance(cell, str) else "" for cell in cells]
            while names and not names[-1]:
                names.pop()
            return names, [cell if isinstance(cell, str) else cell.wert for cell in cells]
    where = f"Das Blatt „{blatt}“" if blatt else "Die Datei"
    raise ImportFehler(f"{where} hat keine Kopfzeile", "Vorlage herunterladen und ausfüllen")


def _check_header(names: list[str], written: list[str], known: Mapping[str, Spalte], blatt: str = "") -> None:
    where = f"des Blattes „{blatt}“ " if blatt else ""
    if len(names) > xlsx.MAX_COLUMNS:
        raise ImportFehler(
            f"Die Datei hat {len(names)} Spalten, erlaubt sind {xlsx.MAX_COLUMNS}", "nach der Vorlage kürzen"
        )
    problems = []
    for name, text in zip(names, written, strict=False):
        if name and name not in known and name not in (ZEILE, HINWEIS):
            near = difflib.get_close_matches(name, known, 1, 0.6)
            remedy = f"Meinten Sie „{near[0]}“" if near else "Spalte löschen oder nach der Vorlage benennen"
            problems.append(Beanstandung(1, text, "", "unbekannte Spalte", remedy, blatt=blatt))
        if name and names.count(name) > 1:
            problems.append(Beanstandung(1, text, "", "Spalte kommt mehrmals vor", "eine davon löschen", blatt=blatt))
    for spalte in known.values():
        if spalte.pflicht and spalte.name not in names and not (blatt and spalte.schuetzenswert):
            problems.append(Beanstandung(1, spalte.name, "", "Pflichtspalte fehlt",
                                         "Spalte nach der Vorlage ergänzen", blatt=blatt))
    if problems:
        raise ImportFehler(f"Die Kopfzeile {where}passt nicht zur Vorlage", "Kopfzeile berichtigen", problems)


def _body(source: Iterator[tuple[int, Cells]], spalten: list[str], known: Mapping[str, Spalte],
          blatt: str = "") -> Iterator[Zeile]:
    for count, (nummer, cells) in enumerate(source, start=1):
        if count > MAX_ROWS:
            raise ImportFehler(f"Die Datei hat mehr als {MAX_ROWS} Zeilen", "Datei teilen")
        if any(not isinstance(cell, str) or cell.strip() for cell in cells):
            yield read_row(nummer, cells, spalten, known, blatt)
