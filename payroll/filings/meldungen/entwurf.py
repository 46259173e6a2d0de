"""Was eine Meldung ist, ehe sie gespeichert wird, und die amtlichen Felder je Art als Daten mit Fassung."""

from __future__ import annotations

import csv
import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

LAYOUTS = {"lsta": "kennzahl", "beitragsnachweis": "schluessel", "zv_monat": "schluessel", "lstb": "feld",
           "deuev": "feld", "zv_ereignis": "feld", "zv_jahr": "feld", "uv": "feld", "sb": "schluessel",
           "sb_verzeichnis": "feld", "eel": "feld", "personalstand": "feld",
           "a1": "feld", "eau": "feld", "bea": "feld"}
ENTRIES = {"sb": "sb_verzeichnis"}  # the list beside the figures has fields of its own
FIGURES = ("lsta", "beitragsnachweis", "zv_monat", "sb")
COUNTS = {"lsta": ("10", "86"), "sb": tuple(f"{name}{number}" for name in ("plaetze", "pflicht", "besetzt", "unbesetzt")
                                            for number in ("", *(f"_{month:02d}" for month in range(1, 13))))}
VERSION = "2026"
IDENTITY = frozenset({"nachname", "vorname", "name", "geburtsdatum", "strasse", "plz", "ort", "land", "vsnr",
                      "staatsangehoerigkeit", "taetigkeitsschluessel", "betriebsnummer", "mitgliedsnummer", "frist",
                      "steuernummer", "steuer_id"})
TAX_DATA = frozenset({"steuernummer", "steuer_id", "art_besteuerung"})  # of a Minijob, in reports with pay


@dataclass(frozen=True)
class Feld:
    """Ein Feld der Meldung: amtlicher Schlüssel, Bedeutung, ob er belegt ist."""

    schluessel: str
    bedeutung: str
    stand: str


@dataclass(frozen=True)
class Satz:
    """Ein Satz über eine Person; `inhalt` nach den Feldern der Art, Beträge in Cent oder wie das Feld sie verlangt."""

    schluessel: str
    grund: str
    von: date
    bis: date
    frist: date
    person: uuid.UUID
    personalnummer: str
    inhalt: dict[str, Any]
    satzart: str = "neu"
    ersetzt: uuid.UUID | None = None

    @property
    def pruefwert(self) -> bytes:
        """Prüfsumme über die gemeldeten Tatsachen."""
        return checksum(self.grund, self.inhalt)


def checksum(grund: str, content: dict[str, Any]) -> bytes:
    """Prüfsumme über die Tatsachen eines Satzes, ohne was die Person nur bezeichnet.

    Ein neuer Name macht eine Meldung nicht falsch (§ 14 DEÜV); er kommt mit der nächsten. Anders die
    Lohnsteuerbescheinigung: sie wird auch dann berichtigt.
    """
    facts = content if grund == "lstb" else {key: one for key, one in content.items() if key not in IDENTITY}
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).digest()


@dataclass(frozen=True)
class Entwurf:
    """Eine Meldung vor dem Speichern: `werte` je Feld in Cent (bei Zahlen die Zahl), oder Sätze je Person."""

    art: str
    monat: date
    fuer: date
    empfaenger: str
    empfaenger_name: str
    faellig: date
    betrag: int = 0
    unterart: str = "laufend"
    werte: dict[str, int] = field(default_factory=dict)
    angaben: dict[str, Any] = field(default_factory=dict)
    saetze: tuple[Satz, ...] = ()
    befunde: tuple[str, ...] = ()

    @property
    def fassung(self) -> str:
        """Art und Jahr der Feldliste, nach der die Meldung geschrieben ist."""
        return f"{self.art}-{VERSION}"


@cache
def layout(art: str) -> tuple[Feld, ...]:
    """Die Felder einer Art in ihrer Reihenfolge; was nicht belegt ist, sagt es."""
    path = files("payroll.filings") / "data" / "meldungen" / f"{art}_{VERSION}.csv"
    with path.open(encoding="utf-8") as source:
        return tuple(Feld(row[LAYOUTS[art]], row["bedeutung"], row["stand"])
                     for row in csv.DictReader(source, delimiter=";"))


def counted(art: str, key: str) -> bool:
    """Ob ein Feld eine Zahl ist und kein Betrag."""
    return key in COUNTS.get(art, ())


def unproved(art: str) -> tuple[str, ...]:
    """Schlüssel, deren amtliche Nummer oder Name nicht öffentlich belegt ist."""
    return tuple(one.schluessel for one in layout(art) if one.stand != "belegt")
