"""Säulenbild der Personalkosten: Maße für die Vorlage, ohne Gestaltung im Text der Seite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, TOP, FOOT = 320, 190, 24, 24
BAR_SHARE = 0.62


@dataclass(frozen=True)
class Bar:
    """Eine Säule; x, y, Breite und Höhe in Bildpunkten des Bildes."""

    month: date
    cents: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Mitte der Säule."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class CostChart:
    """Bild mit seinen Säulen."""

    bars: list[Bar]
    width: int = WIDTH
    height: int = HEIGHT
    foot: int = FOOT
    zero: float = HEIGHT - FOOT


def chart(values: Sequence[tuple[date, int]]) -> CostChart | None:
    """Säulen zu Monat und Cent; ohne Werte kein Bild."""
    highest = max((cents for _month, cents in values), default=0)
    if highest <= 0:
        return None
    slot = WIDTH / len(values)
    space = HEIGHT - TOP - FOOT
    bars = []
    for number, (month, cents) in enumerate(values):
        height = space * max(cents, 0) / highest
        width = min(slot * BAR_SHARE, 44)
        x = number * slot + (slot - width) / 2
        bars.append(Bar(month, cents, round(x, 1), round(HEIGHT - FOOT - height, 1), round(width, 1), round(height, 1)))
    return CostChart(bars)


def signed_chart(values: Sequence[tuple[date, int]]) -> CostChart | None:
    """Säulen nach oben und unten von einer Nulllinie; ohne Unterschied kein Bild."""
    amounts = [cents for _month, cents in values]
    up, down = max((0, *amounts)), max((0, *(-cents for cents in amounts)))
    if up + down == 0:
        return None
    space, slot = HEIGHT - TOP - FOOT, WIDTH / len(values)
    zero = TOP + space * up / (up + down)
    width, bars = min(slot * BAR_SHARE, 44), []
    for number, (month, cents) in enumerate(values):
        height = space * abs(cents) / (up + down)
        x, y = number * slot + (slot - width) / 2, zero - height if cents >= 0 else zero
        bars.append(Bar(month, cents, round(x, 1), round(y, 1), round(width, 1), round(height, 1)))
    return CostChart(bars, zero=round(zero, 1))
