"""Schriftstücke des Stellenmarkts: Anzeige, Auswahlvermerk. Gezeichnet werden sie im Stockwerk der Abrechnungen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import current_app

KEY = "kreislohn.stellenmarkt.papier"


@dataclass(frozen=True)
class Schriftstueck:
    """Inhalt eines Schriftstücks.

    `teile`: Überschrift (oder leer) und schlichter Text mit Absätzen und Listen; `vorspann` und `fuss`: kleiner
    gesetzte Sätze am Anfang und Ende; `tag`: Tag der Erstellung, steht in den Angaben des Dokuments.
    """

    titel: str
    absender: str
    teile: tuple[tuple[str, str], ...]
    tag: date
    vorspann: str = ""
    fuss: str = ""


Paper = Callable[[Schriftstueck], bytes]


def render(paper: Schriftstueck) -> bytes:
    """Das Schriftstück als PDF, gezeichnet von dem Anschluss der laufenden Anwendung."""
    made: bytes = current_app.extensions[KEY](paper)
    return made


def german(day: date | None) -> str:
    """Ein Tag, wie er auf Papier steht."""
    return "" if day is None else f"{day:%d.%m.%Y}"
