"""Aus Fällen und Preisen werden Positionen; Mengen in Hundertsteln, Beträge in Cent, kaufmännisch gerundet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from payroll.verbund.faelle import Monatsfaelle
from payroll.verbund.preise import WEITERE, Preise

STUECK, STUNDE = "Stück", "Stunde"
ONE = 100  # hundredths of a piece


@dataclass(frozen=True)
class Position:
    """Eine Zeile des Bescheids; menge in Hundertsteln (negativ: Abzug), preis je Einheit in Cent."""

    text: str
    menge: int
    einheit: str
    preis: int

    @property
    def betrag(self) -> int:
        """Menge mal Preis in Cent."""
        whole = (abs(self.menge) * self.preis * 2 + ONE) // (2 * ONE)
        return whole if self.menge >= 0 else -whole

    def plain(self) -> dict[str, Any]:
        """Als JSON, mit Betrag."""
        return asdict(self) | {"betrag": self.betrag}


def by_tier(count: int, tiers: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Erster Fall der Stufe, Preis, Zahl der Fälle in ihr; Stufen ohne Fall fehlen."""
    for at, (start, price) in enumerate(tiers):
        end = tiers[at + 1][0] if at + 1 < len(tiers) else count + 1
        if (inside := min(count + 1, end) - start) > 0:
            yield start, price, inside


def of_cases(months: Sequence[tuple[Monatsfaelle, Preise]]) -> list[Position]:
    """Positionen eines Zeitraums: gleiche Art und gleicher Preis stehen in einer Zeile."""
    counted: dict[tuple[str, int], int] = {}
    least: dict[int, int] = {}

    def add(text: str, price: int, count: int) -> None:
        counted[text, price] = counted.get((text, price), 0) + count

    for found, prices in months:
        total = 0
        for start, price, count in by_tier(found.abrechnungen, prices.staffel):
            add("Abrechnung" if start == 1 else f"Abrechnung ab dem {start}. Fall", price, count)
            total += price * count
        if total < prices.mindestens:
            missing = prices.mindestens - total
            least[missing] = least.get(missing, 0) + 1
        for kind, price in prices.weitere.items():
            if count := found.weitere.get(kind, 0):
                add(WEITERE[kind], price, count)
    rows = [Position(text, count * ONE, STUECK, price) for (text, price), count in counted.items()]
    return rows + [Position("Ergänzung auf den Mindestbetrag eines Monats", times * ONE, STUECK, missing)
                   for missing, times in sorted(least.items())]


def totals(rows: Sequence[Position], prices: Preise) -> tuple[int, int, int]:
    """Netto, Umsatzsteuer, brutto in Cent."""
    net = sum(one.betrag for one in rows)
    tax = prices.steuer.on(net)
    return net, tax, net + tax


def counted_plain(months: Sequence[Monatsfaelle]) -> dict[str, Mapping[str, int]]:
    """Fälle je Monat für die Anlage."""
    return {f"{one.monat:%Y-%m}": {"abrechnung": one.abrechnungen, **{k: n for k, n in one.weitere.items() if n}}
            for one in months}
