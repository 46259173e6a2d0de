"""Erklärungen zum Lesen: zuerst die nächsten Schritte, der ganze Rechenweg nur auf Wunsch."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from payroll.law.engine import Explanation

NEAR = 2
LONGEST = 12
PLUS, ZERO = " + ", re.compile(r"0,00\s€|€0\.00")
TERMS = re.compile(r"( [+−-] )")


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
    return replace(near, steps=tuple(replace(step, **without_zeros(step.formula, step.figures)) for step in telling))


def without_zeros(formula: str, figures: str) -> dict[str, str]:
    """Eine Summe ohne die Glieder, die 0,00 € sind, samt ihren Worten; anderes bleibt, wie es ist.

    Nur wenn Worte und Zahlen dieselben Glieder mit denselben Vorzeichen haben: lieber eine Null zu viel als ein Wort
    bei der falschen Zahl.
    """
    words, numbers = TERMS.split(formula), TERMS.split(figures)
    same = len(words) == len(numbers) and words[1::2] == numbers[1::2]
    kept = [at for at in range(0, len(numbers), 2) if not ZERO.fullmatch(numbers[at])]
    if not same or len(kept) * 2 - 1 == len(numbers) or not kept or (kept[0] and numbers[kept[0] - 1] != PLUS):
        return {"formula": formula, "figures": figures}
    return {name: "".join(part for at in kept for part in (parts[at - 1] if at != kept[0] else "", parts[at]))
            for name, parts in (("formula", words), ("figures", numbers))}
