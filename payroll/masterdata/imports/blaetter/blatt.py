"""Ein Blatt: Titel, Tatsache, Spalten; was allen Blättern gemeinsam ist."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from payroll.masterdata.imports.columns import PERSONALNUMMER, Spalte
from payroll.masterdata.imports.values import Parser, cents, day, number, one_of, text, whole, yes
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.numbers import Unlesbar

GEMEINSAM = (
    PERSONALNUMMER,
    Spalte("gueltig_ab", day, "erster Tag, an dem die Zeile gilt", "01.01.2026", pflicht=True),
    Spalte("gueltig_bis", day, "letzter Tag; leer = bis auf Weiteres", ""),
)


@dataclass(frozen=True)
class Blatt:
    """Eine Art von Tatsachen als Tabelle; `recht`: zusätzlich nötiges Recht zum Einlesen und Ausgeben.

    `eigene`: Spalten dieser Art; davor stehen immer Personalnummer und Gültigkeit.
    """

    titel: str
    model: type[Fact]
    eigene: tuple[Spalte, ...]
    lesen: str = ""
    schreiben: str = ""
    spalten: tuple[Spalte, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spalten", (*GEMEINSAM, *self.eigene))

    @property
    def anker(self) -> str:
        """Woran die Tatsache hängt: Person oder Beschäftigung."""
        return self.model.keys[0]

    @property
    def nach_name(self) -> dict[str, Spalte]:
        """Spalten nach ihrem Namen."""
        return {spalte.name: spalte for spalte in self.spalten}


def geld(name: str, erklaerung: str, beispiel: str = "", *, pflicht: bool = False, low: str = "0") -> Spalte:
    """Betrag in Euro; das Feld trägt Cent."""
    return Spalte(name, cents(low, "9999999.99"), f"{erklaerung}, Euro", beispiel, pflicht, feld=f"{name}_cent")


def tag(name: str, erklaerung: str, beispiel: str = "", *, pflicht: bool = False) -> Spalte:
    """Ein Tag."""
    return Spalte(name, day, erklaerung, beispiel, pflicht)


def zahl(name: str, low: int, high: int, erklaerung: str, beispiel: str = "", *, pflicht: bool = False) -> Spalte:
    """Ganze Zahl zwischen zwei Grenzen."""
    parse: Parser = whole(low, high) if low >= 0 else _signed(low, high)
    return Spalte(name, parse, f"{erklaerung} ({low} bis {high})", beispiel, pflicht)


def kommazahl(name: str, high: str, places: int, erklaerung: str, beispiel: str = "") -> Spalte:
    """Zahl mit Komma von null bis zu einer Grenze."""
    return Spalte(name, number("0", high, places), erklaerung, beispiel)


def wahl(name: str, worte: tuple[str, ...], erklaerung: str, *, pflicht: bool = False) -> Spalte:
    """Eines von wenigen Worten."""
    return Spalte(name, one_of(*worte), f"{erklaerung}: {', '.join(worte)}", worte[0], pflicht)


def ja(name: str, erklaerung: str, beispiel: str = "nein") -> Spalte:
    """Ja oder nein."""
    return Spalte(name, yes, erklaerung, beispiel)


def wort(name: str, erklaerung: str, beispiel: str = "", *, pflicht: bool = False, geschuetzt: bool = False) -> Spalte:
    """Freier Text."""
    return Spalte(name, text(), erklaerung, beispiel, pflicht, geschuetzt)


def _signed(low: int, high: int) -> Parser:
    parse = number(f"{low}", f"{high}", 0)

    def signed(value: str) -> Any:
        found: Decimal = parse(value)
        if not low <= found <= high:
            raise Unlesbar(f"liegt nicht zwischen {low} und {high}", "Wert prüfen")
        return int(found)

    return signed
