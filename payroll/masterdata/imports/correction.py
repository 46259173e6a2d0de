"""Korrekturdatei: die zurückbehaltenen Zeilen mit Gründen, in der Form der eingelesenen Datei."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from payroll.masterdata.imports.columns import HINWEIS, NACH_NAME, SPALTEN, ZEILE
from payroll.masterdata.imports.table import Tabelle
from payroll.masterdata.sheets import as_csv, as_xlsx


@dataclass(frozen=True)
class Korrekturdatei:
    """Datei zum Herunterladen; berichtigt lässt sie sich unverändert wieder einlesen."""

    name: str
    inhalt: bytes
    zeilen: int


def correction_file(tabelle: Tabelle) -> Korrekturdatei:
    """Baut die Korrekturdatei aus allen Zeilen mit schwerer Beanstandung."""
    used = [name for name in tabelle.spalten if name in NACH_NAME]
    header = [*(spalte.name for spalte in SPALTEN if spalte.name in used), ZEILE, HINWEIS]
    bad = [zeile for zeile in tabelle.zeilen if not zeile.gut]
    rows = [
        [
            *(zeile.texte.get(name, "") for name in header[:-2]),
            zeile.nummer,
            " | ".join(f"{p.spalte or p.zelle}: {p.grund}. {p.abhilfe}." for p in zeile.beanstandungen if p.schwer),
        ]
        for zeile in bad
    ]
    stem = PurePath(tabelle.dateiname).stem or "personen"
    if tabelle.art == "xlsx":
        return Korrekturdatei(f"{stem}_korrektur.xlsx", as_xlsx([("Personen", header, rows)]), len(bad))
    return Korrekturdatei(f"{stem}_korrektur.csv", as_csv(header, rows), len(bad))
