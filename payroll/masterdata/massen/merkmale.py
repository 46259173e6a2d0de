"""Was sich in einer Datei ändern lässt: je Wort eine Tatsache, ein Feld und wie es gelesen wird."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from payroll.masterdata import numbers
from payroll.masterdata.imports import values
from payroll.masterdata.models import (
    Bankverbindung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
)
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.models.person import GESCHLECHTER, SCHWERBEHINDERUNG

BEZUG = re.compile(r"bezug\s+([0-9]{1,4})", re.IGNORECASE)


@dataclass(frozen=True)
class Merkmal:
    """Ein Wort der Spalte „Tatsache“: Tabelle, Feld, wem sie gehört, wie der Wert gelesen wird, ein Beispiel.

    art des Werts: text, geld (Cent) oder verdeckt (nur das Ende wird gezeigt).
    """

    model: type[Fact]
    feld: str
    lesen: Callable[[str], Any]
    beispiel: str
    person: bool = False
    art: str = "text"


MERKMALE: dict[str, Merkmal] = {
    "wochenstunden": Merkmal(Bezuegezuordnung, "wochenstunden", values.number("0.01", "60"), "19,5"),
    "entgeltgruppe": Merkmal(Bezuegezuordnung, "entgeltgruppe", values.text(10), "E9a"),
    "stufe": Merkmal(Bezuegezuordnung, "stufe", values.text(5), "3"),
    "kostenstelle": Merkmal(BeschaeftigungAngaben, "kostenstelle", values.text(40), "4711"),
    "taetigkeitsschluessel": Merkmal(BeschaeftigungAngaben, "taetigkeitsschluessel", numbers.taetigkeitsschluessel,
                                     "714021211"),
    "gefahrtarifstelle": Merkmal(BeschaeftigungAngaben, "gefahrtarifstelle", numbers.gefahrtarifstelle, "21"),
    "steuerklasse": Merkmal(Steuermerkmale, "steuerklasse", values.whole(1, 6), "3"),
    "kinderfreibetraege": Merkmal(Steuermerkmale, "kinderfreibetraege", values.number("0", "99", 1), "0,5"),
    "konfession": Merkmal(Steuermerkmale, "konfession", values.one_of("keine", "ev", "rk"), "keine"),
    "freibetrag_monat": Merkmal(Steuermerkmale, "freibetrag_monat_cent", values.cents(), "120,00", art="geld"),
    "krankenkasse": Merkmal(Versicherung, "krankenkasse_id", values.text(40), "TK"),
    "geschlecht": Merkmal(PersonAngaben, "geschlecht", values.one_of(*GESCHLECHTER), "weiblich", person=True),
    "schwerbehinderung": Merkmal(PersonAngaben, "schwerbehinderung", values.one_of(*SCHWERBEHINDERUNG),
                                 "schwerbehindert", person=True),
    "staatsangehoerigkeit": Merkmal(PersonAngaben, "staatsangehoerigkeit", numbers.staatsangehoerigkeit, "000",
                                    person=True),
    "iban": Merkmal(Bankverbindung, "iban", numbers.iban, "DE89 3704 0044 0532 0130 00", person=True, art="verdeckt"),
}
WIEDERKEHREND = Merkmal(WiederkehrenderBezug, "betrag_cent", values.cents("-99999.99"), "75,00", art="geld")


def named(text: str) -> tuple[Merkmal, int | None] | None:
    """Das Merkmal eines Wortes; bei „bezug 1300“ dazu die Lohnart; None, wenn es das nicht gibt."""
    found = BEZUG.fullmatch(text.strip())
    if found is not None:
        return WIEDERKEHREND, int(found[1])
    one = MERKMALE.get(text.strip().lower())
    return None if one is None else (one, None)
