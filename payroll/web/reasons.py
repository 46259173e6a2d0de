"""Erklärungen zum Lesen: zuerst die nächsten Schritte, der ganze Rechenweg nur auf Wunsch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from payroll.law.engine import Explanation

NEAR = 2
LONGEST = 12


@dataclass(frozen=True)
class Told:
    """Eine Erklärung: short zeigt die Schritte nahe am Betrag, whole alle."""

    short: Explanation
    whole: Explanation

    @property
    def folded(self) -> bool:
        """Ob der ganze Rechenweg mehr sagt als der kurze."""
        return len(self.whole.steps) > len(self.short.steps)


def told(explanations: Iterable[Explanation]) -> list[Told]:
    """Erklärungen (bei einer Zeile je Zeitabschnitt eine) in kurzer und ganzer Form."""
    return [Told(_short(one), one) for one in explanations]


def _short(whole: Explanation) -> Explanation:
    """Die Schritte bis zur zweiten Stufe, der Betrag zuerst; sind das zu viele, nur bis zur ersten.

    Was dort nichts beiträgt (0,00 € oder nein), steht nur im ganzen Rechenweg.
    """
    for level in range(NEAR, 0, -1):
        near = whole.down_to(level)
        telling = sorted((s for s in near.steps if s.value or s.level == 0), key=lambda step: step.level)
        if len(telling) <= LONGEST or level == 1:
            break
    return replace(near, steps=tuple(telling))
