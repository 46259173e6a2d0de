"""Section 850c once more, with fractions and plain code: the table as a second, independent program.

Limits: Pfändungsfreigrenzenbekanntmachungen 2022 to 2026 (BGBl. 2022 I S. 825, 2023 I Nr. 79, 2024 I Nr. 160 and 165a,
2025 I Nr. 110, 2026 I Nr. 80), copied again from the announcements' amounts: base, first, further, ceiling.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

LIMITS = {
    2022: {"monat": "1330.16 500.62 278.90 4077.72", "woche": "306.12 115.21 64.19 938.43",
           "tag": "61.22 23.04 12.84 187.69"},
    2023: {"monat": "1402.28 527.76 294.02 4298.81", "woche": "322.72 121.46 67.67 989.31",
           "tag": "64.54 24.29 13.54 197.87"},
    2024: {"monat": "1491.75 561.43 312.78 4573.10", "woche": "343.31 129.21 71.99 1052.43",
           "tag": "68.66 25.84 14.40 210.50"},
    2025: {"monat": "1555.00 585.23 326.04 4766.99", "woche": "357.87 134.69 75.04 1097.05",
           "tag": "71.57 26.94 15.01 219.42"},
    2026: {"monat": "1587.40 597.42 332.83 4866.30", "woche": "365.33 137.50 76.60 1119.90",
           "tag": "73.06 27.50 15.32 223.99"},
}
STEPS = {"monat": Fraction(10), "woche": Fraction(5, 2), "tag": Fraction(1, 2)}
DEBTOR, FIRST, FURTHER = Fraction(3, 10), Fraction(2, 10), Fraction(1, 10)


def garnishable(year: int, period: str, net: Fraction, dependants: int) -> Fraction:
    """Euro garnishable of a net, by the table in force from 1 July of the year."""
    base, first, further, ceiling = (Fraction(text) for text in LIMITS[year][period].split())
    above = net - ceiling if net > ceiling else Fraction(0)
    step = STEPS[period]
    rounded = floor((net - above) / step) * step
    free, kept = base, DEBTOR
    for person in range(1, min(dependants, 5) + 1):
        free += first if person == 1 else further
        kept += FIRST if person == 1 else FURTHER
    if rounded <= free:
        return above
    cents = (rounded - free) * (1 - kept) * 100
    return Fraction(floor(cents + Fraction(1, 2)), 100) + above
