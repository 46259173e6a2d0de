"""Beanstandungen beim Einlesen: Zeile, Spalte, Wert, Grund, Abhilfe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 80


@dataclass(frozen=True)
class Beanstandung:
    """Was an einer Zelle nicht stimmt. `schwer`: die Zeile wird nicht übernommen; sonst ist es nur ein Hinweis.

    zeile: Zeilennummer in der Datei (Kopf = 1, 0 = ganze Datei); spalte: Name der Spalte; zelle: Adresse im
    Tabellenblatt, bei CSV leer; blatt: Titel des Blattes, bei den Personen leer.
    """

    zeile: int
    spalte: str
    wert: str
    grund: str
    abhilfe: str
    schwer: bool = True
    zelle: str = ""
    blatt: str = ""

    def __str__(self) -> str:
        line = f"Zeile {self.zeile}" if self.zeile else "Datei"
        sheet = f"Blatt {self.blatt}" if self.blatt else ""
        place = ", ".join(part for part in (sheet, line, self.spalte, self.zelle) if part)
        value = f" „{shorten(self.wert)}“" if self.wert else ""
        return f"{place}:{value} {self.grund}. {self.abhilfe}."


class ImportFehler(Exception):
    """Die Datei lässt sich nicht einlesen oder nicht übernehmen; `beanstandungen` nennt jede Stelle."""

    def __init__(self, grund: str, abhilfe: str, beanstandungen: Sequence[Beanstandung] = ()) -> None:
        super().__init__(f"{grund}. {abhilfe}.")
        self.grund = grund
        self.abhilfe = abhilfe
        self.beanstandungen = tuple(beanstandungen)


def shorten(text: str) -> str:
    """Wert in druckbarer, begrenzter Länge."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return clean if len(clean) <= SHOWN else f"{clean[: SHOWN - 1]}…"
