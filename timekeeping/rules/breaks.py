"""A break of which only the length is known is put somewhere; where, is a matter of the works agreement."""

from __future__ import annotations

from fractions import Fraction

from timekeeping.rules.clock import Span

MIDDLE = Fraction(1, 2)


def placed_break(presence: Span, length: int, before: Fraction = MIDDLE) -> Span:
    """The break inside its presence; ``before``: share of the work that is done before it (the middle by default)."""
    begin = presence.von + int((presence.minuten - length) * before)
    return Span(begin, begin + length)
