"""From which month a child counts in care insurance: what decides is when it was born and when that was proved.

SGB XI section 55(3) (parenthood and discounts): a proof in time works from the month of birth, a late one from the
month after it. Which of two periods holds for a birth before and a proof after the change is read as: the law on the
day of the proof.
"""

from __future__ import annotations

from datetime import date

from payroll.law.rules.entgelt.laufzeit import monatserster, plus_monate
from payroll.law.rules.entgelt.werte import zahl

ABSCHLAEGE_SEIT = date(2023, 7, 1)
VERFAHREN_SEIT = date(2025, 7, 1)


def kind_wirkt_ab(geboren: date, nachgewiesen: date, elektronisch: bool = False) -> date:
    """First day of the month from which the child counts.

    nachgewiesen: day on which the proof came in. elektronisch: told by the electronic procedure (DaBPV), which works
    from the month of birth whenever it answers.
    """
    if geboren < ABSCHLAEGE_SEIT:
        return ABSCHLAEGE_SEIT
    if elektronisch or geboren < VERFAHREN_SEIT or nachgewiesen <= nachweisfrist(geboren, nachgewiesen):
        return monatserster(geboren)
    return plus_monate(monatserster(nachgewiesen), 1)


def nachweisfrist(geboren: date, nachgewiesen: date) -> date:
    """Last day of the period that begins with the birth (§ 187 Abs. 1, § 188 Abs. 2, 3 BGB)."""
    months = zahl("kindernachweis_frist_monate", max(nachgewiesen, VERFAHREN_SEIT))
    return plus_monate(geboren, months)
