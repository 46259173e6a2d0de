"""The mixed district of the measurements: the kinds of people of the demonstration, as many as wanted."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import count

from payroll.demo.names import ARBEITGEBER, Arbeitgeber
from payroll.demo.people import Mensch, people_of

MONTH = date(2026, 11, 1)
LAST = date(2026, 11, 30)


def district() -> Arbeitgeber:
    """One employer with the headcount of all employers of the demonstration together."""
    kinds: Counter[str] = Counter()
    for employer in ARBEITGEBER:
        kinds.update(employer.people)
    return Arbeitgeber("900", "Kreis Messung", "kreis", "Auenstedt", "49999", "34567895", dict(kinds))


def people(size: int) -> list[Mensch]:
    """``size`` people who are employed in MONTH, of all kinds in their proportions, always the same."""
    employer = district()
    for factor in count(1 + size // employer.size):
        found = [m for m in people_of(employer, factor) if m.eintritt <= LAST and (m.austritt or LAST) >= MONTH]
        if len(found) >= size:
            return [found[i * len(found) // size] for i in range(size)]
    raise AssertionError  # count() has no end
