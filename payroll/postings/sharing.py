"""Verteilung eines Betrags nach Anteilen: der größte Rest bekommt den übrigen Cent, immer gleich."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def shared(amount: int, weights: Sequence[Fraction]) -> list[int]:
    """Teile in Cent, deren Summe genau der Betrag ist (auch ein negativer); bei Gleichstand gewinnt der vordere."""
    total = sum(weights)
    if not weights or total <= 0:
        raise ValueError("Anteile müssen zusammen über null liegen.")
    exact = [abs(amount) * weight / total for weight in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: abs(amount) - sum(parts)]:
        parts[at] += 1
    return parts if amount >= 0 else [-one for one in parts]
