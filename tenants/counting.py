"""Eine Zahl mit ihrem Wort, in Einzahl oder Mehrzahl, für Ausgaben der Befehle und Meldungen der Dienste."""

from __future__ import annotations


def counted(number: int, one: str, many: str) -> str:
    """„1 Fall“, „0 Fälle“, „1200 Fälle“: die Zahl ohne Trennpunkte, damit Skripte sie lesen."""
    return f"{number} {one if number == 1 else many}"
