"""Korrekturdatei: die zurückbehaltenen Zeilen mit Gründen, in der Form der eingelesenen Datei."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from payroll.masterdata.imports.columns import HINWEIS, SPALTEN, ZEILE, Spalte
from payroll.masterdata.imports.table import Tabelle
from payroll.masterdata.imports.zeilen import Zeile
from payroll.masterdata.sheets import as_csv, as_xlsx

Sheet = tuple[str, list[str], list[list[Any]]]


@dataclass(frozen=True)
class Korrekturdatei:
    """Datei zum Herunterladen; berichtigt lässt sie sich unverändert wieder einlesen."""

    name: str
    inhalt: bytes
    zeilen: int


def correction_file(tabelle: Tabelle) -> Korrekturdatei:
    """Baut die Korrekturdatei aus allen Zeilen mit schwerer Beanstandung."""
    sheets = [one for one in (
        _sheet("Personen", tabelle.spalten, SPALTEN, tabelle.zeilen),
        *(_sheet(one.blatt.titel, one.spalten, one.blatt.spalten, one.zeilen) for one in tabelle.blaetter)) if one[2]]
    count = sum(len(rows) for _, _, rows in sheets)
    stem = PurePath(tabelle.dateiname).stem or "personen"
    if tabelle.art == "xlsx":
        return Korrekturdatei(f"{stem}_korrektur.xlsx", as_xlsx(sheets), count)
    _, header, rows = sheets[0]
    return Korrekturdatei(f"{stem}_korrektur.csv", as_csv(header, rows), count)


def _sheet(title: str, used: Sequence[str], known: Sequence[Spalte], zeilen: Sequence[Zeile]) -> Sheet:
    """Die beanstandeten Zeilen eines Blattes mit ihrer Nummer und dem Grund."""
    header = [*(spalte.name for spalte in known if spalte.name in used), ZEILE, HINWEIS]
    rows: list[list[Any]] = [
        [
            *(zeile.texte.get(name, "") for name in header[:-2]),
            zeile.nummer,
            " | ".join(f"{p.spalte or p.zelle}: {p.grund}. {p.abhilfe}." for p in zeile.beanstandungen if p.schwer),
        ]
        for zeile in zeilen
        if not zeile.gut
    ]
    return title, header, rows
