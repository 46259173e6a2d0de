"""Part 3 of SGB IX for an employer and a year: posts that must be filled with severely disabled people, and the levy.

Figures per month, the amounts by the average of the year (§ 160 (1), (2) SGB IX). Amounts are dated: from 2021 and from
2025 as announced in the Federal Gazette (§ 160 (3); 2026 unchanged, the reference amount rose by less than 10 %), from
2024 the fourth tier (BGBl. 2023 I 146). Read at the Federal Working Group of the integration offices and REHADAT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

MONTHS = 12
SMALLEST, SMALL, MEDIUM = 20, 40, 60  # posts on the average of the year (§ 154 (1), § 160 (2) sentence 2)
SHARE = Fraction(5, 100)  # § 154 (1) sentence 1
HOURS = 18  # a post counts from this many weekly hours on (§ 156 (3))
SHORT_DAYS = 56  # agreed for eight weeks at most: no post (§ 156 (3))
TRAINEE = 2  # a trainee counts as two (§ 159 (2) sentence 1)


@dataclass(frozen=True)
class Staffel:
    """Monthly cents for each post not filled: quota of 3 to below 5 %, 2 to below 3, above 0 to below 2, none.

    klein: fewer than 40 posts (below one person, none); mittel: fewer than 60 (below two, below one, none).
    """

    seit: int
    stufen: tuple[int, int, int, int]
    klein: tuple[int, int]
    mittel: tuple[int, int, int]


STAFFELN = (Staffel(2021, (14_000, 24_500, 36_000, 36_000), (14_000, 14_000), (14_000, 24_500, 24_500)),
            Staffel(2024, (14_000, 24_500, 36_000, 72_000), (14_000, 21_000), (14_000, 24_500, 41_000)),
            Staffel(2025, (15_500, 27_500, 40_500, 81_500), (15_500, 23_500), (15_500, 27_500, 46_500)))


@dataclass(frozen=True)
class Monat:
    """Posts that count and places filled with severely disabled people (trainees twice) of a month."""

    plaetze: int
    besetzt: int


@dataclass(frozen=True)
class Jahresbild:
    """Posts owed per month, sums of the year, cents per post and month, levy of the year (cents)."""

    pflicht: tuple[int, ...]
    plaetze: int
    besetzt: int
    unbesetzt: int
    satz: int
    abgabe: int

    @property
    def quote(self) -> Fraction:
        """Share of the places filled in all places of the year."""
        return Fraction(self.besetzt, self.plaetze) if self.plaetze else Fraction(0)


def jahresbild(jahr: int, monate: Sequence[Monat]) -> Jahresbild:
    """What the notice of a year says (§ 163 (2) SGB IX); months without anybody count as zero."""
    if len(monate) != MONTHS:
        raise ValueError(f"Ein Jahr hat {MONTHS} Monate, nicht {len(monate)}")
    plaetze, besetzt = sum(one.plaetze for one in monate), sum(one.besetzt for one in monate)
    average = Fraction(plaetze, MONTHS)
    pflicht = tuple(pflichtplaetze(one.plaetze, average) for one in monate)
    missing = max(sum(pflicht) - besetzt, 0)
    rate = abgabesatz(jahr, average, Fraction(besetzt, MONTHS), Fraction(besetzt, plaetze) if plaetze else Fraction(0))
    return Jahresbild(pflicht, plaetze, besetzt, missing, rate if missing else 0, missing * rate)


def pflichtplaetze(plaetze: int, average: Fraction) -> int:
    """Places owed in a month: none below 20 posts on average, one below 40, two below 60, else 5 % rounded.

    §§ 154 (1), 157 (2) SGB IX: halves are rounded up from 60 posts on.
    """
    if average < SMALLEST or not plaetze:
        return 0
    if average < SMALL:
        return 1
    return 2 if average < MEDIUM else int(SHARE * plaetze + Fraction(1, 2))


def abgabesatz(jahr: int, average: Fraction, people: Fraction, quota: Fraction) -> int:
    """Cents per month and post not filled (§ 160 (2) SGB IX)."""
    if average < SMALLEST or (average >= MEDIUM and quota >= SHARE):
        return 0
    known = [one for one in STAFFELN if one.seit <= jahr]
    if not known:
        raise ValueError(f"Staffelbeträge der Ausgleichsabgabe: erst ab {STAFFELN[0].seit} hinterlegt, nicht {jahr}")
    rates = known[-1]
    if average < SMALL:
        return rates.klein[0 if people else 1] if people < 1 else 0
    if average < MEDIUM:
        return 0 if people >= 2 else rates.mittel[0] if people >= 1 else rates.mittel[1 if people else 2]
    third = Fraction(3, 100), Fraction(2, 100)
    return rates.stufen[0 if quota >= third[0] else 1 if quota >= third[1] else 2 if quota else 3]
