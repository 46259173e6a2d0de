"""Der Stellenplan an einem Tag als einfache Daten, unabhängig von der Datenbank.

Anteile sind Brüche; Verweise auf Einheiten, Produkte und Stellen sind ihre Nummern, auf Personen die Personalnummer.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from staffplan.models.occupancy import BESETZT

ALWAYS = date.max


@dataclass(frozen=True)
class Einheit:
    """Organisationseinheit; ohne `uebergeordnet` eine Wurzel."""

    nummer: str
    name: str
    art: str | None = None
    uebergeordnet: str | None = None
    public_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Produkt:
    """Produkt oder Kostenstelle; `bereich` ist der Produktbereich."""

    nummer: str
    name: str
    bereich: str | None = None


@dataclass(frozen=True)
class Vermerk:
    """Vermerk mit dem Zeitraum, in dem er steht; `termin`: ab dann wirkt er, sonst sobald die Stelle frei wird."""

    art: str
    ab: date
    bis: date | None = None
    termin: date | None = None
    ziel_laufbahn: str | None = None
    ziel_gruppe: str | None = None
    teil: Fraction | None = None
    text: str | None = None

    def stands(self, day: date) -> bool:
        """Steht der Vermerk an diesem Tag?"""
        return self.ab <= day <= (self.bis or ALWAYS)

    def acts(self, day: date) -> bool:
        """Wirkt er an diesem Tag, wenn die Stelle frei ist?"""
        return self.stands(day) and (self.termin is None or self.termin <= day)


@dataclass(frozen=True)
class Besetzung:
    """Eine Person mit einem Anteil auf einer Stelle in einem Zeitraum; `gruppe` ist die der Person."""

    stelle: str
    personalnummer: str
    anteil: Fraction
    gruppe: str
    ab: date
    bis: date | None = None
    zustand: str = "aktiv"
    laufbahn: str | None = None
    vertritt: str | None = None
    begruendung: str | None = None

    @property
    def besetzt(self) -> bool:
        """Zählt sie als besetzt? Beurlaubte nicht, die passive Phase der Altersteilzeit schon."""
        return self.zustand in BESETZT

    def holds(self, day: date) -> bool:
        """Gilt sie an diesem Tag?"""
        return self.ab <= day <= (self.bis or ALWAYS)


@dataclass(frozen=True)
class Stelle:
    """Eine Stelle, wie sie an einem Tag beschlossen ist; `ab`/`bis` ist der Zeitraum dieser Fassung."""

    nummer: str
    bezeichnung: str
    art: str
    gruppe: str
    anteil: Fraction
    einheit: str
    laufbahn: str | None = None
    kostenstelle: str | None = None
    funktion: str | None = None
    bewertung: str | None = None
    zulage: bool = False
    ausgesondert: bool = False
    sondervermoegen: str | None = None
    befristet_bis: date | None = None
    beschluss: str = ""
    ab: date = date.min
    bis: date | None = None
    verteilung: tuple[tuple[str, Fraction], ...] = ()
    finanzierung: tuple[tuple[str, Fraction], ...] = ()
    vermerke: tuple[Vermerk, ...] = ()
    besetzungen: tuple[Besetzung, ...] = ()
    public_id: uuid.UUID | None = None

    @property
    def besetzt(self) -> Fraction:
        """Besetzter Anteil."""
        return sum((one.anteil for one in self.besetzungen if one.besetzt), Fraction(0))

    @property
    def frei(self) -> Fraction:
        """Freier Anteil; negativ, wenn überbesetzt."""
        return self.anteil - self.besetzt

    def vermerk(self, art: str) -> Vermerk | None:
        """Der Vermerk dieser Art, wenn es ihn gibt."""
        return next((one for one in self.vermerke if one.art == art), None)


@dataclass(frozen=True)
class Stand:
    """Alles an einem Tag, nach dem Kenntnisstand `bekannt` (None: heute)."""

    tag: date
    bekannt: datetime | None = None
    einheiten: Mapping[str, Einheit] = field(default_factory=dict)
    produkte: Mapping[str, Produkt] = field(default_factory=dict)
    kostenstellen: Mapping[str, Produkt] = field(default_factory=dict)
    stellen: Mapping[str, Stelle] = field(default_factory=dict)
