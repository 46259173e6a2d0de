"""Was gebucht wird: Posten je Monat der Herkunft, Ergebnis der Rückrechnung einer Beschäftigung."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, overload

from payroll.runs.retro.affected import Ursache
from payroll.runs.values import TITLES, VALUES

NAMES = (*VALUES, "sv_tage")
TEXTS = {**TITLES, "sv_tage": "SV-Tage", "steuerbrutto_vorjahr": "davon Nachzahlung für Vorjahre"}
TAXES = ("lohnsteuer", "lohnsteuer_einmal", "soli", "kirchensteuer", "steuerbrutto")
PENSION = ("zv_entgelt", "zv_an", "zv_umlage", "zv_sanierungsgeld", "zv_steuerfrei", "zv_pauschal", "zv_individuell",
           "zv_hinzurechnung", "zv_pauschalsteuer", "zv_pauschal_soli", "zv_pauschal_kist", "zv2_beitrag",
           "zv2_steuerfrei", "zv2_sv_frei")
RECEIPT = (*TAXES, *PENSION)
Kind = tuple[str, str, str, str]  # part of the slip, name or wage type, text, marks
KINDS: dict[str, Kind] = {name: ("wert", name, text, "") for name, text in TEXTS.items()}


class Posten(NamedTuple):
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


class Gestalt:
    """Welche Posten eine Buchung hat, ohne die Beträge: dieselbe bei vielen Menschen und nur einmal im Speicher.

    werte: Stelle je benanntem Wert; bezuege: Stelle und Merkmale jeder Lohnart.
    """

    __slots__ = ("bezuege", "kinds", "werte")

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        self.kinds = kinds
        self.werte = {kind[1]: at for at, kind in enumerate(kinds) if kind[0] == "wert"}
        self.bezuege = tuple((at, kind[3]) for at, kind in enumerate(kinds) if kind[0] == "bezug")


_shape = lru_cache(8_192)(Gestalt)


class Postenfolge(Sequence[Posten]):
    """Die Posten einer Buchung, dicht gehalten: zwei Jahre von 5.000 Menschen sind Millionen davon."""

    __slots__ = ("cents", "gestalt")

    def __init__(self, posten: Iterable[Posten] = ()) -> None:
        held = list(posten)
        self.gestalt = _shape(tuple([one[:4] for one in held]))
        self.cents = array("q", chain.from_iterable([one[4:] for one in held]))

    @classmethod
    def of(cls, kinds: tuple[Kind, ...], cents: array[int]) -> Postenfolge:
        """Aus den Arten und je Art drei Beträgen (alt, neu, betrag)."""
        made = cls.__new__(cls)
        made.gestalt, made.cents = _shape(kinds), cents
        return made

    def __len__(self) -> int:
        return len(self.gestalt.kinds)

    def __iter__(self) -> Iterator[Posten]:
        numbers = iter(self.cents.tolist())
        for kind, alt, neu, betrag in zip(self.gestalt.kinds, numbers, numbers, numbers, strict=True):
            yield Posten(*kind, alt, neu, betrag)

    @overload
    def __getitem__(self, at: int) -> Posten: ...

    @overload
    def __getitem__(self, at: slice) -> list[Posten]: ...

    def __getitem__(self, at: int | slice) -> Posten | list[Posten]:
        return list(self)[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # equal by content, like a list

    def __repr__(self) -> str:
        return f"Postenfolge({list(self)!r})"


@dataclass(slots=True)
class Buchung:
    """Ein Monat der Herkunft (art entstehung), die Steuer auf Nachzahlungen für Vorjahre (zufluss) oder offen."""

    beschaeftigung_id: int
    monat: date
    art: str
    posten: Sequence[Posten] = ()
    ursachen: list[Ursache] = field(default_factory=list)
    grund: str | None = None
    seit: datetime | None = None
    dicht: Postenfolge = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.dicht = self.posten if isinstance(self.posten, Postenfolge) else Postenfolge(self.posten)
        self.posten = self.dicht

    def betrag(self, name: str) -> int:
        """Gebuchter Betrag eines Wertes."""
        at = self.dicht.gestalt.werte.get(name)
        return 0 if at is None else self.dicht.cents[3 * at + 2]

    def wert(self, name: str) -> tuple[int, int]:
        """Alter und neuer Wert; ohne Posten hat sich nichts geändert und beide sind 0."""
        at = self.dicht.gestalt.werte.get(name)
        return (0, 0) if at is None else (self.dicht.cents[3 * at], self.dicht.cents[3 * at + 1])

    def differenz(self, name: str) -> int:
        """Neuer Wert weniger alter."""
        alt, neu = self.wert(name)
        return neu - alt


def total(bookings: Iterable[Buchung], name: str) -> int:
    """Summe eines Wertes über alles, was gebucht wird."""
    return sum(booking.betrag(name) for booking in bookings)


def value(name: str, alt: int, neu: int, betrag: int) -> Posten:
    """Ein Posten für einen benannten Wert."""
    return Posten(*KINDS[name], alt, neu, betrag)
