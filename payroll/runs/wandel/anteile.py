"""Was herauskommt: je Beschäftigung die Anteile am Unterschied der Auszahlung, mit Belegen."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime

ARTEN = {
    "regeln": "Rechtsregeln des Programms",
    "kalender": "Kalender",
    "recht": "Rechtswerte",
    "kasse": "Sätze der Krankenkasse",
    "versicherung": "Sozialversicherung",
    "kinder": "Kinder",
    "steuer": "Steuermerkmale",
    "zusatzversorgung": "Zusatzversorgung",
    "person": "Angaben zur Person",
    "eingruppierung": "Eingruppierung und Arbeitszeit",
    "beschaeftigung": "Beschäftigung",
    "fehlzeit": "Fehlzeit",
    "familie": "Familienzuschlag",
    "bezug": "Bezug",
    "anlass": "Zahlung aus Anlass",
    "nebenleistung": "Nebenleistungen",
    "einstellung": "Einstellungen des Arbeitgebers",
    "pfaendung": "Pfändung und Abtretung",
    "verlauf": "Werte der Vormonate",
    "rueckrechnung": "Rückrechnung",
    "vortrag": "Vortrag aus dem Vormonat",
}


@dataclass(frozen=True)
class Beleg:
    """Woher eine Änderung kommt: Text, der Tag, ab dem sie gilt, wer sie wann mit welchem Grund erfasst hat.

    Bei einem Rechtswert steht die Fundstelle in ``wer``; ``am`` ist dann leer.
    """

    text: str
    ab: date | None = None
    wer: str = ""
    am: datetime | None = None
    grund: str = ""


@dataclass(frozen=True)
class Anteil:
    """Eine Ursache: Art (Schlüssel aus ARTEN), Titel, Wert vorher und nachher in Worten, Wirkung in Cent.

    ``werte``: Unterschied jedes Ergebniswertes, den diese Ursache ändert; ``satz``: dasselbe in einfachen Worten.
    """

    art: str
    titel: str
    vorher: str
    nachher: str
    wirkung: int
    werte: dict[str, int]
    belege: tuple[Beleg, ...] = ()
    satz: str = ""


@dataclass(frozen=True)
class Wandel:
    """Eine Beschäftigung: Auszahlung vorher und nachher (Cent, None: gab es nicht), die Anteile in der Reihenfolge."""

    beschaeftigung_id: int
    person: uuid.UUID
    personalnummer: str
    name: str
    ergebnis: uuid.UUID | None
    vorher: int | None
    nachher: int | None
    anteile: tuple[Anteil, ...] = field(default_factory=tuple)

    @property
    def unterschied(self) -> int:
        """Auszahlung nachher weniger vorher."""
        return (self.nachher or 0) - (self.vorher or 0)

    @property
    def rest(self) -> int:
        """Was keiner Ursache zugeordnet ist; immer null."""
        return self.unterschied - sum(one.wirkung for one in self.anteile)
