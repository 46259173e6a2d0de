"""Eine Zeile einer Datei: was dasteht, was gelesen wurde, was nicht stimmt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from payroll.masterdata.imports.columns import NACH_NAME, Spalte
from payroll.masterdata.imports.problems import Beanstandung
from payroll.masterdata.numbers import Unlesbar
from payroll.masterdata.sheets import unguard

Cells = Sequence[str | Beanstandung]


@dataclass
class Zeile:
    """Eine Zeile: was dasteht, was gelesen wurde, was nicht stimmt. `blatt`: leer bei den Personen."""

    nummer: int
    texte: dict[str, str]
    werte: dict[str, Any] = field(default_factory=dict)
    beanstandungen: list[Beanstandung] = field(default_factory=list)
    blatt: str = ""
    bekannt: Mapping[str, Spalte] = field(default_factory=lambda: NACH_NAME, repr=False)

    def ruege(self, spalte: str, grund: str, abhilfe: str, *, schwer: bool = True) -> None:
        """Beanstandet eine Spalte dieser Zeile; schützenswerte Werte stehen nicht im Text."""
        wert = self.texte.get(spalte, "")
        hidden = spalte in self.bekannt and self.bekannt[spalte].schuetzenswert
        self.beanstandungen.append(Beanstandung(
            self.nummer, spalte, f"…{wert[-4:]}" if hidden and wert else wert, grund, abhilfe, schwer,
            blatt=self.blatt))

    @property
    def gut(self) -> bool:
        """Keine schwere Beanstandung."""
        return not any(problem.schwer for problem in self.beanstandungen)


def read_row(nummer: int, cells: Cells, spalten: Sequence[str], bekannt: Mapping[str, Spalte],
             blatt: str = "") -> Zeile:
    """Liest die Zellen einer Zeile; jede falsche ist danach beanstandet."""
    zeile = Zeile(nummer, {}, blatt=blatt, bekannt=bekannt)
    for index, cell in enumerate(cells):
        spalte = spalten[index] if index < len(spalten) else ""
        text = cell.wert if isinstance(cell, Beanstandung) else unguard(cell.strip())
        if isinstance(cell, Beanstandung):
            zeile.beanstandungen.append(
                Beanstandung(nummer, spalte, text, cell.grund, cell.abhilfe, zelle=cell.zelle, blatt=blatt))
            zeile.texte[spalte] = text
        elif not spalte and text:
            zeile.ruege("", f"Wert „{text[:40]}“ steht unter keiner Spalte", "Trennzeichen und Kopfzeile prüfen")
        elif spalte in bekannt:
            zeile.texte[spalte] = text
            _read_cell(zeile, bekannt[spalte], text)
    return zeile


def _read_cell(zeile: Zeile, spalte: Spalte, text: str) -> None:
    if not text:
        if spalte.pflicht:
            zeile.ruege(spalte.name, "fehlt", f"eintragen: {spalte.erklaerung}")
        return
    try:
        zeile.werte[spalte.name] = spalte.lesen(text)
    except Unlesbar as error:
        zeile.ruege(spalte.name, error.grund, error.abhilfe)
