"""Stellenanteile: genaue Brüche, gerundet erst beim Anzeigen.

Ein Anteil ist der Bruch aus Wochenstunden und Vollzeitstunden (19,5/39 = 1/2). Summen entstehen aus ungerundeten
Anteilen; was das Runden verschiebt, wird gezeigt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

ONE, NONE = Fraction(1), Fraction(0)
NUMBER = r"\d{1,9}(?:[.,]\d{1,6})?"
RATIO = re.compile(rf"({NUMBER})\s*/\s*({NUMBER})", re.ASCII)
PLAIN = re.compile(NUMBER, re.ASCII)
PERCENT = re.compile(rf"({NUMBER})\s*%", re.ASCII)


class NotAShare(ValueError):
    """Der Text ist kein Anteil; er sagt, was erwartet wird."""


def parse(text: str) -> Fraction:
    """Anteil aus „0,5“, „1/2“, „19,5/39“ oder „50 %“, genau."""
    bare = text.strip().replace("\u00a0", " ")
    if found := RATIO.fullmatch(bare):
        above, below = _number(found[1]), _number(found[2])
        if below == 0:
            raise NotAShare("Durch 0 lässt sich nicht teilen; Vollzeitstunden angeben, zum Beispiel 19,5/39")
        return above / below
    if found := PERCENT.fullmatch(bare):
        return _number(found[1]) / 100
    if PLAIN.fullmatch(bare):
        return _number(bare)
    raise NotAShare("ist kein Anteil; erwartet wird zum Beispiel 0,5 oder 1/2 oder 19,5/39 oder 50 %")


def _number(text: str) -> Fraction:
    return Fraction(Decimal(text.replace(",", ".")))


def exact(share: Fraction) -> str:
    """Anteil ohne Verlust: ganz oder als Bruch."""
    return str(share.numerator) if share.denominator == 1 else f"{share.numerator}/{share.denominator}"


def rounded(share: Fraction, places: int) -> Decimal:
    """Kaufmännisch gerundet auf so viele Nachkommastellen; halbe werden vom Betrag her aufgerundet."""
    scaled = share * 10**places
    whole = (abs(scaled.numerator) * 2 + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-places)


def shown(share: Fraction, places: int) -> str:
    """Anteil mit Komma und fester Zahl von Nachkommastellen."""
    return f"{rounded(share, places):.{places}f}".replace(".", ",")


def short(share: Fraction, places: int = 4) -> str:
    """Anteil mit Komma ohne überflüssige Nullen."""
    text = shown(share, places)
    return text.rstrip("0").rstrip(",") if "," in text else text


def rounding_difference(parts: Iterable[Fraction], places: int) -> Decimal:
    """Um wie viel die Summe der gerundeten Teile von der gerundeten Summe abweicht."""
    held = list(parts)
    return sum((rounded(part, places) for part in held), Decimal(0)) - rounded(sum(held, NONE), places)
