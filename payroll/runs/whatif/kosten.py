"""Was ein Monat heute kostet und was danach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Kosten:
    """Ein Monat eines Arbeitgebers (Cent); betroffen: Beschäftigungen, deren Brutto, Netto oder Kosten sich ändern."""

    monat: date
    personen: int
    betroffen: int
    brutto: int
    brutto_neu: int
    kosten: int
    kosten_neu: int
    netto: int = 0
    netto_neu: int = 0

    @property
    def mehr_brutto(self) -> int:
        """Unterschied im Gesamtbrutto."""
        return self.brutto_neu - self.brutto

    @property
    def mehr_netto(self) -> int:
        """Unterschied im Netto."""
        return self.netto_neu - self.netto

    @property
    def mehr_kosten(self) -> int:
        """Unterschied in den Kosten des Arbeitgebers."""
        return self.kosten_neu - self.kosten
