"""Exact values as German text: 1.234,56 €, 7,3 %, 30 Tage, ja."""

from __future__ import annotations

from fractions import Fraction

from payroll.law import tongue
from payroll.law.tongue import say

PERIOD_TEXT = {"jahr": "/Jahr", "monat": "/Monat", "woche": "/Woche", "tag": "/Tag", "stunde": "/Stunde"}
SPACE = "\u00a0"
DECIMALS = 6


def decimal_text(value: Fraction, least: int = 0) -> str:
    """A number with at least so many decimals and at most six; "…" marks further digits, "−" a negative number."""
    return tongue.figure(_german(value, least))


def _german(value: Fraction, least: int = 0) -> str:
    sign, size = ("−" if value < 0 else ""), abs(value)
    scaled = int(size * 10**DECIMALS)
    whole, rest = divmod(scaled, 10**DECIMALS)
    digits = f"{rest:0{DECIMALS}d}".rstrip("0").ljust(least, "0")
    more = "…" if Fraction(scaled, 10**DECIMALS) != size else ""
    return f"{sign}{whole:,}".replace(",", ".") + ("," + digits if digits else "") + more


def euro_text(cents: Fraction) -> str:
    """An amount given in cents, e.g. ``1.234,56 €``."""
    return tongue.money(_german(cents / 100, 2), SPACE)


def value_text(value: Fraction, kind: str, unit: str = "", names: tuple[str, ...] = (), *, period: bool = False) -> str:
    """A value of a rule, an input or a parameter as a reader expects it; ``period`` adds "/Monat" and the like.

    Units of whole numbers that read differently: ``datum`` (YYYYMMDD, 0 is none) and ``kalenderjahr`` (no thousands
    separator).
    """
    base, _, every = unit.partition("/") if unit != "ja/nein" else (unit, "", "")
    if base == "datum" and value:
        return f"{int(value) % 100:02d}.{int(value) // 100 % 100:02d}.{int(value) // 10000}"
    if base == "kalenderjahr":
        return str(value)
    if kind == "Condition":
        return say("ja") if value else say("nein")
    if kind == "Choice" and value.denominator == 1 and 0 <= value < len(names):
        return say(names[int(value)])
    if kind in ("Money", "Exact"):
        text = euro_text(value)
    elif base in ("prozent", "anteil"):
        text = tongue.share(_german(value * 100), SPACE)
    elif kind == "Days" or base == "tage":
        unit = "Tag" if value == 1 else "Tage"
        text = f"{decimal_text(value)}{SPACE}{say(unit)}"
    else:
        text = decimal_text(value)
    return text + say(PERIOD_TEXT[every]) if period and every in PERIOD_TEXT else text
