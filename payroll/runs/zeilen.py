"""Die Zeile des Entgeltnachweises, wie sie ein Lauf schreibt."""

from __future__ import annotations

from typing import Any, NamedTuple

Herkunft = tuple[str, str, list[dict[str, int]]]


class Zeile(NamedTuple):
    """Eine Zeile des Entgeltnachweises: Lohnart, Text, Einzelheit, Merkmale (Steuer/SV/ZV), Betrag in Cent.

    ``herkunft``: Gebiet und Name der Regel, die den Betrag ergab, mit ihren Eingaben (eine Rechnung je Zeitabschnitt).
    ``art``: nur bei Zeilen, die Dritte nennen; was von ihnen lesbar in der Datenbank stehen darf.
    """

    bereich: str
    lohnart: str
    text: str
    einzelheit: str
    merkmale: str
    betrag: int
    herkunft: Herkunft | None = None
    art: str = ""

    def plain(self) -> list[Any]:
        """Für den Wertebogen."""
        return list(self[:7])
