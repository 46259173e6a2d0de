"""Amounts fixed per person that follow the general rises: individual steps and dynamic allowances (§ 6 TVÜ-VKA)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from payroll.law.engine.parameters import exact
from payroll.law.rules.entgelt.werte import fassungen


@dataclass(frozen=True)
class Erhoehung:
    """A rise: its day, its percentage and the amount in cents after it."""

    ab: date
    prozent: Fraction
    cent: int


def erhoehungen(cent: int, stand: date, tag: date) -> list[Erhoehung]:
    """The rises of an amount fixed on ``stand`` up to ``tag``; each rise is rounded to cents (§ 24 Abs. 4 TVöD)."""
    found: list[Erhoehung] = []
    for value in fassungen("dynamik_zulagen"):
        percent = exact(value.wert)
        if stand < value.ab <= tag and percent:
            cent = floor(cent * (1 + percent / 100) + Fraction(1, 2))
            found.append(Erhoehung(value.ab, percent, cent))
    return found


def dynamischer_betrag(cent: int, stand: date, tag: date) -> int:
    """The amount in cents on ``tag``."""
    rises = erhoehungen(cent, stand, tag)
    return rises[-1].cent if rises else cent


def individuelle_stufe(cent: int, stand: date, naechste_stufe_cent: int, tag: date) -> tuple[int, str]:
    """Full-time pay of an individual intermediate or final step: never less than the regular step that it leads to.

    naechste_stufe_cent: table amount of that step on ``tag`` (0 for an individual final step).
    """
    own = dynamischer_betrag(cent, stand, tag)
    if naechste_stufe_cent > own:
        return naechste_stufe_cent, "die reguläre Stufe ist höher (§ 6 Abs. 4 TVÜ-VKA)"
    return own, "individueller Betrag mit allen Erhöhungen (§ 6 Abs. 4 TVÜ-VKA)"
