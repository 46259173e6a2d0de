"""Was eine Anzeige sagt, als einfache Daten; gespeichert als JSON.

Beträge sind ganze Cent je Monat bei Vollzeit, Breite und Länge Millionstel Grad, Tage ISO.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

BEREICHE = ("verwaltung", "soziales", "erziehung", "pflege", "technik", "it", "ordnung", "finanzen", "handwerk",
            "sonstiges")  # fmt: skip
TAGE = ("frist", "befristet_bis", "beginn")


@dataclass(frozen=True)
class Anzeige:
    """Alle Angaben einer Anzeige; Texte sind schlichter Text mit Absätzen und Zeilen, die mit „- “ beginnen."""

    titel: str = ""
    bereich: str = "verwaltung"
    einheit: str = ""
    anzahl: int = 1
    gruppe: str = ""
    entgelt_von: int | None = None
    entgelt_bis: int | None = None
    stunden: str = "39"
    teilzeit: bool = True
    teilzeit_grund: str = ""
    befristet_bis: date | None = None
    befristung_grund: str = ""
    homeoffice: bool = False
    ausbildung: bool = False
    unterrepraesentiert: bool = False
    beginn: date | None = None
    frist: date | None = None
    strasse: str = ""
    plz: str = ""
    ort: str = ""
    breite: int | None = None
    laenge: int | None = None
    kontakt_name: str = ""
    kontakt_telefon: str = ""
    kontakt_email: str = ""
    beruf: str = ""
    kurz: str = ""
    aufgaben: str = ""
    profil: str = ""
    angebot: str = ""

    def as_json(self) -> dict[str, Any]:
        """Für die Datenbank."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}

    @property
    def texte(self) -> str:
        """Aller Fließtext, für die Prüfung der Wörter."""
        return "\n".join((self.titel, self.kurz, self.aufgaben, self.profil, self.angebot))


def from_json(raw: Mapping[str, Any]) -> Anzeige:
    """Aus der Datenbank; Unbekanntes zählt nicht."""
    known = {one.name for one in fields(Anzeige)}
    values = {name: value for name, value in raw.items() if name in known}
    for name in TAGE:
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    return Anzeige(**values)


@dataclass(frozen=True)
class Absatz:
    """Ein Absatz oder eine Liste."""

    liste: bool
    zeilen: tuple[str, ...]


def paragraphs(text: str) -> list[Absatz]:
    """Zerlegt schlichten Text in Absätze und Listen."""
    found: list[Absatz] = []
    held: list[str] = []
    kind = False
    for line in [*(one.strip() for one in text.splitlines()), ""]:
        bullet = line.startswith(("- ", "• "))
        if held and (not line or bullet != kind):
            found.append(Absatz(kind, tuple(held)))
            held = []
        if line:
            kind = bullet
            held.append(line[2:].strip() if bullet else line)
    return found
