"""Arbeitstage der Woche, wie Menschen sie schreiben („Mo-Mi“, „Mo Di Fr/2“), und was aus ihnen folgt.

„/2“ heißt: jede zweite Woche. Ohne Angabe gilt die Fünftagewoche von Montag bis Freitag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from payroll.masterdata.numbers import Unlesbar

WOCHE = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
TAGE = "|".join(WOCHE)
REGEL = f"^({TAGE})(/2)?( ({TAGE})(/2)?){{0,6}}$"  # as the database checks it
FUENF = 5
_TEIL = re.compile(f"({TAGE})(?:[-–]({TAGE}))?(/2)?")


@dataclass(frozen=True)
class Arbeitstage:
    """Wochentage (Montag 0), an denen jede Woche, und solche, an denen jede zweite gearbeitet wird."""

    jede: frozenset[int] = frozenset(range(FUENF))
    zweite: frozenset[int] = frozenset()

    @property
    def je_woche(self) -> tuple[int, int]:
        """Arbeitstage und die Zahl der Wochen, auf die sie fallen: drei je Woche (3, 1), fünf in zwei Wochen (5, 2)."""
        count = Fraction(2 * len(self.jede) + len(self.zweite), 2)
        return count.numerator, count.denominator

    def eingaben(self) -> dict[str, int]:
        """Dasselbe als Eingaben des Rechts."""
        days, weeks = self.je_woche
        return {"arbeitstage_je_woche": days, "arbeitstage_wochen": weeks}

    def ausfall(self, tage: Iterable[date]) -> tuple[int, dict[str, int]]:
        """Ausgefallene Arbeitstage und die Woche, in der sie zählen.

        In welcher Woche ein „jede zweite“ lag, ist nicht bekannt: dann zählen die Tage von Montag bis Freitag in der
        Fünftagewoche; im Durchschnitt ist das dasselbe.
        """
        plan = FUENFTAGEWOCHE if self.zweite else self
        return sum(day.weekday() in plan.jede for day in tage), plan.eingaben()


FUENFTAGEWOCHE = Arbeitstage()


def lesen(value: str) -> str:
    """Die feste Schreibweise einer Angabe. Raises Unlesbar, wenn sie keine Woche beschreibt."""
    found: dict[int, bool] = {}
    for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", value.strip())):
        match = _TEIL.fullmatch(part.title())
        first, last = (WOCHE.index(match[1]), WOCHE.index(match[2] or match[1])) if match else (1, 0)
        days = range(first, last + 1)
        if match is None or not days or any(day in found for day in days):
            raise Unlesbar("nennt keine Arbeitstage", "so schreiben: Mo-Mi oder Mo Di Fr/2 (Fr jede zweite Woche)")
        found |= dict.fromkeys(days, match[3] is not None)
    return " ".join(WOCHE[day] + "/2" * found[day] for day in sorted(found))


@lru_cache(512)
def arbeitstage(value: str | None) -> Arbeitstage:
    """Die Arbeitstage einer erfassten Angabe; ohne Angabe die Fünftagewoche."""
    if not value:
        return FUENFTAGEWOCHE
    words = value.split()
    return Arbeitstage(frozenset(WOCHE.index(word) for word in words if not word.endswith("/2")),
                       frozenset(WOCHE.index(word[:2]) for word in words if word.endswith("/2")))
