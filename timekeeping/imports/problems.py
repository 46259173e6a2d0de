"""Was beim Einlesen nicht geht: eine ganze Datei oder ein einzelner Wert, immer mit Grund und Abhilfe."""

from __future__ import annotations

SHOWN = 60


class ImportFehler(Exception):
    """Die Datei als Ganzes lässt sich nicht einlesen; nichts wurde gespeichert."""

    def __init__(self, grund: str, abhilfe: str) -> None:
        super().__init__(f"{grund}. {abhilfe[:1].upper()}{abhilfe[1:]}.")
        self.grund, self.abhilfe = grund, abhilfe


class Unlesbar(ValueError):
    """Ein Wert einer Zeile lässt sich nicht lesen: die Zeile wird abgelehnt."""

    def __init__(self, grund: str, abhilfe: str) -> None:
        super().__init__(f"{grund}. {abhilfe[:1].upper()}{abhilfe[1:]}.")
        self.grund, self.abhilfe = grund, abhilfe


class Unklar(Unlesbar):
    """Ein Wert ist lesbar, aber mehrdeutig: die Zeile wird zurückgestellt."""


def shown(text: str) -> str:
    """Wert in druckbarer, begrenzter Länge."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return clean if len(clean) <= SHOWN else f"{clean[: SHOWN - 1]}…"
