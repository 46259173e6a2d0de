"""The account of a claim: costs, interest, principal; what a payment is set against (§ 367 BGB)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import floor

GESETZLICH = ("kosten", "zinsen", "hauptforderung")
TAGE_IM_JAHR = 365


@dataclass(frozen=True)
class Konto:
    """What is owed, in cents; ``reihenfolge``: in which order payments count, if the order says otherwise."""

    hauptforderung: int
    zinsen: int = 0
    kosten: int = 0
    reihenfolge: tuple[str, ...] = GESETZLICH

    def __post_init__(self) -> None:
        if sorted(self.reihenfolge) != sorted(GESETZLICH):
            raise ValueError(f"Reihenfolge {self.reihenfolge}: jede von {', '.join(GESETZLICH)} genau einmal nennen")
        if min(self.hauptforderung, self.zinsen, self.kosten) < 0:
            raise ValueError("Forderungskonto unter null; Überzahlung an den Gläubiger zurückfordern")

    @property
    def offen(self) -> int:
        """Everything still owed, in cents."""
        return self.hauptforderung + self.zinsen + self.kosten

    def mit_zinsen(self, satz: Fraction, von: date, bis: date) -> Konto:
        """Interest of the principal from ``von`` to ``bis`` (both included), by days, 365 to the year, half up."""
        days = max((bis - von).days + 1, 0)
        cents = self.hauptforderung * satz * days / TAGE_IM_JAHR
        return replace(self, zinsen=self.zinsen + floor(cents + Fraction(1, 2)))

    def mit_zahlung(self, cents: int) -> tuple[Konto, dict[str, int]]:
        """The account after a payment, and what the payment was set against; more than is owed is an error."""
        if not 0 <= cents <= self.offen:
            raise ValueError(f"Zahlung von {cents} Cent passt nicht zum offenen Betrag von {self.offen} Cent; die "
                             f"Verteilung des Monats prüfen")
        account, parts, rest = self, {}, cents
        for name in self.reihenfolge:
            parts[name] = min(rest, int(getattr(account, name)))
            rest -= parts[name]
        left = {name: int(getattr(account, name)) - part for name, part in parts.items()}
        return Konto(reihenfolge=self.reihenfolge, **left), parts
