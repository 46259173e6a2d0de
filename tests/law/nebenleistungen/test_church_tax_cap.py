"""Cap of church tax: against taxable income worked back from the tax by the upper zone of section 32a EStG."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest

from payroll.law.benefits import church_cap
from payroll.law.calculate import gross_to_net
from payroll.law.encode import LAENDER

MAY = date(2026, 5, 1)
# Arbeitsunterlage zur Lohnsteuer, section 6 (percent of taxable income already in payroll)
CAPS = {"BB": 30, "BE": 30, "HH": 30, "MV": 30, "SH": 30, "HB": 35, "NI": 35, "ST": 35}
CIVIL = {"status": 1, "kv_art": 3, "beitragsgruppe_kv": 0, "beitragsgruppe_rv": 0, "beitragsgruppe_av": 0,
         "beitragsgruppe_pv": 0, "personengruppe": 0, "steuerklasse": 1, "konfession": 1, "zusatzbeitrag": 0}


def slip(names: tuple[str, ...], **columns: Any) -> list[int]:
    result = gross_to_net(MAY, {**CIVIL, **columns}, names)
    assert result.faults == [], result.faults
    return [int(result.cents(name)[0]) for name in names]


def capped(**columns: Any) -> int:
    return int(church_cap(MAY, {**CIVIL, **columns})["kirchensteuer_kappung"][0])


@pytest.mark.parametrize("land", LAENDER)
@pytest.mark.parametrize("pay", [600_000, 900_000, 1_500_000, 2_200_000])
def test_current_pay(land: str, pay: int) -> None:
    """42 % zone of 2026: T = 0.42 x - 11,135.63; 45 % from 277,826 (T 105,551): T = 0.45 x - 19,470.38."""
    place = {"brutto": pay, "bundesland_kirche": LAENDER.index(land)}
    tax, church = slip(("lohnsteuer", "kirchensteuer"), **place)
    year = -(-tax * 12 // 100)
    slope, base = (Fraction(42, 100), Fraction(1_113_563, 100)) if year < 105_551 else (
        Fraction(45, 100), Fraction(1_947_038, 100))
    low, high = (year + base) / slope, (year + 1 + base) / slope
    percent = Fraction(CAPS.get(land, 0), 1000)
    found = capped(**place)
    if not percent:
        assert found == 0
        return
    most, least = (max(0, church - floor(income * percent * 100 / 12) + 1) for income in (low, high))
    assert max(0, least - 1) <= found <= most
    after = slip(("kirchensteuer", "netto"), **place, kirchensteuer_kappung=found)
    before = slip(("kirchensteuer", "netto"), **place)
    assert after == [before[0] - found, before[1] + found]


def test_only_high_pay_is_capped_and_members_only() -> None:
    berlin = LAENDER.index("BE")
    pays = np.arange(200_000, 2_000_000, 50_000)
    found = church_cap(MAY, {**CIVIL, "brutto": pays, "bundesland_kirche": berlin})["kirchensteuer_kappung"]
    assert found[0] == 0 < found[-1]
    assert (np.diff(found) >= 0).all()
    assert capped(brutto=2_000_000, bundesland_kirche=berlin, konfession=0) == 0


def test_child_allowances_lower_tax_and_income() -> None:
    berlin = {"brutto": 1_500_000, "bundesland_kirche": LAENDER.index("BE")}
    without, with_child = capped(**berlin), capped(**berlin, kinderfreibetraege=20)
    # two counters take 2 x 9,756.00 off: church tax falls by 42 % x 9 % of it, the cap by 3 %, so less is capped
    less = 2 * 975_600 * (Fraction(42 * 9, 10_000) - Fraction(3, 100)) / 12
    assert abs((without - with_child) - less) <= 10


def test_one_off_bears_the_difference_of_the_year() -> None:
    """Everything in the 42 % zone: 3.78 % church tax of the one-off against 3 % of it."""
    columns = {"brutto": 1_200_000, "bundesland_kirche": LAENDER.index("BE"), "einmalzahlung": 500_000,
               "jahresarbeitslohn_erwartet": 14_400_000}
    extra = capped(**columns) - capped(**columns | {"einmalzahlung": 0})
    assert abs(extra - 500_000 * (Fraction(378, 10_000) - Fraction(300, 10_000))) <= 15
    low = {**columns, "brutto": 300_000, "jahresarbeitslohn_erwartet": 3_600_000}
    assert capped(**low) == 0
