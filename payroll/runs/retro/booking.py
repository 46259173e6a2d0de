"""Was gebucht wird: Posten je Monat der Herkunft, Ergebnis der Rückrechnung einer Beschäftigung."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from payroll.runs.retro.affected import Ursache
from payroll.runs.values import TITLES, VALUES

NAMES = (*VALUES, "sv_tage")
TEXTS = {**TITLES, "sv_tage": "SV-Tage", "steuerbrutto_vorjahr": "davon Nachzahlung für Vorjahre"}
TAXES = ("lohnsteuer", "lohnsteuer_einmal", "soli", "kirchensteuer", "steuerbrutto")
PENSION = ("zv_entgelt", "zv_an", "zv_umlage", "zv_sanierungsgeld", "zv_steuerfrei", "zv_pauschal", "zv_individuell",
           "zv_hinzurechnung", "zv_pauschalsteuer", "zv_pauschal_soli", "zv_pauschal_kist", "zv2_beitrag",
           "zv2_steuerfrei", "zv2_sv_frei")
RECEIPT = (*TAXES, *PENSION)


@dataclass(frozen=True)
class Posten:
    """Ein Wert oder eine Lohnart: alt und neu des Monats, betrag: was im laufenden Monat gebucht wird (Cent)."""

    bereich: str
    name: str
    text: str
    merkmale: str
    alt: int
    neu: int
    betrag: int

    @property
    def differenz(self) -> int:
        """Neu weniger alt."""
        return self.neu - self.alt


@dataclass
class Buchung:
    """Ein Monat der Herkunft (art entstehung), die Steuer auf Nachzahlungen für Vorjahre (zufluss) oder offen."""

    beschaeftigung_id: int
    monat: date
    art: str
    posten: list[Posten] = field(default_factory=list)
    ursachen: list[Ursache] = field(default_factory=list)
    grund: str | None = None
    seit: datetime | None = None

    def betrag(self, name: str) -> int:
        """Gebuchter Betrag eines Wertes."""
        return sum(p.betrag for p in self.posten if p.bereich == "wert" and p.name == name)

    def wert(self, name: str) -> tuple[int, int]:
        """Alter und neuer Wert; ohne Posten hat sich nichts geändert und beide sind 0."""
        return next(((p.alt, p.neu) for p in self.posten if p.bereich == "wert" and p.name == name), (0, 0))

    def differenz(self, name: str) -> int:
        """Neuer Wert weniger alter."""
        alt, neu = self.wert(name)
        return neu - alt


def total(bookings: Iterable[Buchung], name: str) -> int:
    """Summe eines Wertes über alles, was gebucht wird."""
    return sum(booking.betrag(name) for booking in bookings)


def value(name: str, alt: int, neu: int, betrag: int) -> Posten:
    """Ein Posten für einen benannten Wert."""
    return Posten("wert", name, TEXTS[name], "", alt, neu, betrag)
