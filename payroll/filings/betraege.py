"""Beträge in Sätzen für Menschen; in Dateien und Sätzen der Meldungen stehen sie anders."""

from __future__ import annotations


def worded(cents: int) -> str:
    """„1.234,56 EUR“ aus Cent."""
    whole = f"{abs(cents) // 100:,}".replace(",", ".")
    return f"{'-' if cents < 0 else ''}{whole},{abs(cents) % 100:02d} EUR"
