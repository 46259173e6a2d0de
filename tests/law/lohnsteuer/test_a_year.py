"""Months and the year: worked examples of the employer's annual equalisation 2026, and the share of the period.

Source of the figures: worked examples for § 42b EStG in the tax reference of the project (state November 2026).
"""

from datetime import date

import numpy as np
import pytest

from payroll.law.calculate import rule_book
from payroll.law.engine import evaluate

RULES = rule_book("lohnsteuer").build(date(2026, 5, 1))
MARKERS = {"stkl": 1, "kvz": 290, "r": 1}


def computed(names: list[str], **inputs: object) -> dict[str, list[int]]:
    result = evaluate(RULES, {**MARKERS, **inputs}, names)
    assert not result.faults
    return {name: [int(value) for value in result.cents(name)] for name in names}


def church(bases: list[int]) -> int:
    return sum(base * 9 // 100 for base in bases)


def test_part_time_then_full_time() -> None:
    months = computed(["lstlzz", "bk"], lzz=2, re4=[191727] * 4 + [197095] * 2 + [384336] * 6)
    bonus = computed(["sts", "bks", "solzs"], lzz=2, re4=384336, sonstb=326686, jre4=3467114)
    assert bonus == {"sts": [72300], "bks": [72300], "solzs": [0]}
    assert sum(months["lstlzz"]) + 72300 == 415560
    assert church(months["bk"]) + church(bonus["bks"]) == 37391
    year = computed(["lstlzz", "bk"], lzz=1, re4=3793800)
    assert (year["lstlzz"], church(year["bk"])) == ([400800], 36072)


@pytest.mark.parametrize(("pay", "bonus", "expected", "withheld", "annual", "markers"), [
    ([373868] * 4 + [384336] * 8, (326686, 4570160), 80300, 662292, 662300, {}),
    ([357219] * 6 + [388829] * 6, None, 0, 733500, 732800,
     {"r": 0, "krv": 1, "alv": 1, "pkv": 1, "pkpv": 26000, "kvz": 0}),
    ([300000] * 12, None, 0, 12 * 29800, 357600, {"r": 0}),
])
def test_withheld_and_annual(pay: list[int], bonus: tuple[int, int] | None, expected: int, withheld: int, annual: int,
                             markers: dict[str, int]) -> None:
    tax = sum(computed(["lstlzz"], lzz=2, re4=pay, **markers)["lstlzz"])
    extra = 0
    if bonus:
        assert computed(["sts"], lzz=2, re4=0, sonstb=bonus[0], jre4=bonus[1], **markers)["sts"] == [expected]
        extra = bonus[0]
    assert tax + expected == withheld
    assert computed(["lstlzz"], lzz=1, re4=sum(pay) + extra, **markers)["lstlzz"] == [annual]


@pytest.mark.parametrize("stkl", range(1, 7))
def test_twelve_equal_months_are_at_most_eleven_cents_below_the_year(stkl: int) -> None:
    pay = np.arange(60_000, 1_500_000, 777)
    month = evaluate(RULES, {**MARKERS, "lzz": 2, "stkl": stkl, "re4": pay}, ["lstlzz", "solzlzz", "bk"])
    year = evaluate(RULES, {**MARKERS, "lzz": 1, "stkl": stkl, "re4": pay * 12}, ["lstlzz", "solzlzz", "bk"])
    for name in ("lstlzz", "solzlzz", "bk"):
        gap = year.cents(name) - month.cents(name) * 12
        assert gap.min() >= 0
        assert gap.max() <= 11
    assert month.cents("solzlzz").max() > 0


def test_the_factor_reduces_tax_and_bases_unless_it_is_switched_off() -> None:
    names = ["lstlzz", "bk", "solzlzz"]
    plain = computed(names, lzz=2, stkl=4, re4=500000)
    factored = computed(names, lzz=2, stkl=4, re4=500000, af=1, f=912)
    switched_off = computed(names, lzz=2, stkl=4, re4=500000, af=0, f=912)
    assert switched_off == plain
    annual = plain["bk"][0] * 12 // 100
    assert abs(factored["bk"][0] * 12 // 100 - annual * 912 // 1000) <= 1
