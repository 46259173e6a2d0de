"""Zeilen auf dem Weg durch das Einlesen: erst Texte je Feld, dann ein Eintrag mit Werten und Stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

ARTEN = ("menge", "stempel", "abwesenheit")
EINHEITEN = ("stunden", "tage", "stueck", "faktor", "sekunden", "betrag")
ANGENOMMEN, ZURUECKGESTELLT, ABGELEHNT, BEKANNT = "angenommen", "zurueckgestellt", "abgelehnt", "bekannt"
MANY = 250
STAENDE = (ANGENOMMEN, ZURUECKGESTELLT, ABGELEHNT, BEKANNT)


@dataclass(slots=True)
class Rohzeile:
    """Texte einer Zeile je Feld des Profils; `grund` gefüllt: die Zeile ist schon als Ganzes unlesbar."""

    zeile: int
    texte: dict[str, str]
    grund: str = ""
    abhilfe: str = ""
    art: str = ""


@dataclass(slots=True)
class Eintrag:
    """Eine Angabe der Datei.

    zeile: Nummer in der Datei (erste Zeile = 1); quellzeilen: wie viele Zeilen sie verbraucht (Kommen und Gehen: 2).
    von, bis: Tage einschließlich; `monat`: gilt für den ganzen Monat. beginn, ende: Zeitpunkte mit Zeitzone.
    menge steht in `einheit` (stempel: Sekunden ohne Pause), betrag in Cent. schluessel und personalnummer sind die der
    Datei, lohnart und beschaeftigung_id die eigenen. position: Stelle unter den Datensätzen der Datei, ab 0. spanne:
    Anfang und Ende in Sekunden seit 1970, sobald sie gebraucht wurden.
    """

    zeile: int
    art: str
    personalnummer: str = ""
    schluessel: str = ""
    von: date | None = None
    bis: date | None = None
    monat: bool = False
    beginn: datetime | None = None
    ende: datetime | None = None
    einheit: str | None = None
    menge: Decimal | None = None
    betrag: int | None = None
    kostenstelle: str = ""
    quellzeilen: int = 1
    stand: str = ANGENOMMEN
    grund: str = ""
    abhilfe: str = ""
    lohnart: str | None = None
    beschaeftigung_id: int | None = None
    nachtrag: bool = False
    fingerabdruck: bytes = b""
    position: int = 0
    spanne: tuple[int, int] | None = None

    def ablehnen(self, grund: str, abhilfe: str) -> None:
        """Die Zeile ist falsch und wird nie gebucht."""
        self.stand, self.grund, self.abhilfe = ABGELEHNT, grund, abhilfe

    def zurueckstellen(self, grund: str, abhilfe: str) -> None:
        """Die Zeile wartet auf eine Entscheidung; weitere Gründe kommen dazu, damit einmal Nacharbeiten reicht."""
        if self.stand == ANGENOMMEN:
            self.stand, self.grund, self.abhilfe = ZURUECKGESTELLT, grund, abhilfe
        elif self.stand == ZURUECKGESTELLT and grund not in self.grund and len(self.grund) < MANY:
            self.grund, self.abhilfe = f"{self.grund}; {grund}", f"{self.abhilfe}; {abhilfe}"

    @property
    def gut(self) -> bool:
        """Bisher ohne Beanstandung."""
        return self.stand == ANGENOMMEN

    def monate(self) -> Iterator[date]:
        """Die Monatsersten, die der Eintrag berührt."""
        if self.von is None or self.bis is None:
            return
        month = self.von.replace(day=1)
        while month <= self.bis:
            yield month
            month = (month.replace(year=month.year + 1, month=1) if month.month == 12
                     else month.replace(month=month.month + 1))


@dataclass(slots=True)
class Gelesen:
    """Ergebnis des Lesens: alle Einträge in der Folge der Datei, dazu Hinweise zur ganzen Datei."""

    eintraege: list[Eintrag]
    hinweise: list[str] = field(default_factory=list)

    @property
    def zeilen(self) -> int:
        """Datenzeilen der Datei; jede steht in genau einem Eintrag."""
        return sum(entry.quellzeilen for entry in self.eintraege)
