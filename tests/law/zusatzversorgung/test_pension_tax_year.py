"""Both ways of using the yearly tax limit, the capital-funded section, rates of the funds: figures of zvk.md, 2026."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest

from payroll.law.calculate import rule_book
from payroll.law.engine import InputError, Overlay, evaluate
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.law.rules.zusatzversorgung.kassen import ZV_KASSEN, kassensaetze

RZVK: dict[str, int] = {"zusatzversorgung": 1, "zv_umlage_satz": 42_500, "zv_sanierungsgeld_satz": 35_000,
                        "zv_pauschal_grenze": 8_948}
PARTS = ("zv_steuerfrei", "zv_pauschal", "zv_individuell", "zv_hinzurechnung")


def r2(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def values(month: date, names: tuple[str, ...], overlays: tuple[Overlay, ...] = (), **columns: Any) -> list[int]:
    book = rule_book("zusatzversorgung")
    rules = (book.with_overlays(overlays) if overlays else book).build(month)
    result = evaluate(rules, {"zv_grundentgelt": 0, **columns}, list(names), rows=1)
    assert result.faults == [], result.faults
    return [int(result.cents(name)[0]) for name in names]


@pytest.mark.parametrize(("used_up", "expected"), [
    (1, {"Jan": (33918, 0, 0, 28470), "May": (34867, 0, 0, 29419), "Nov": (60726, 3779, 0, 59057),
         "Dec": (0, 8948, 25919, 29853)}),
    (0, {"Jan": (33800, 118, 0, 28470), "May": (33800, 1067, 0, 29419), "Nov": (33800, 8948, 21757, 59057),
         "Dec": (33800, 1067, 0, 29419)})])
def test_a_high_earner_over_the_year(used_up: int, expected: dict[str, tuple[int, ...]]) -> None:
    """zvk.md section 4: E15 step 6, 2026; the Umlage of the year is 4,442.46, the limit 4,056.00."""
    free_before, levy_of_year, months = 0, 0, {1: "Jan", 5: "May", 11: "Nov", 12: "Dec"}
    for number in range(1, 13):
        month = date(2026, number, 1)
        pay = load_pay_tables().on(month)["TVoeD-VKA", "E15", "6"].cent
        bonus = r2(Fraction(load_pay_tables().on(month)["TVoeD-VKA", "E15", "6"].cent * 85, 100)) if number == 11 else 0
        free, flat, taxed, add = values(
            month, PARTS, zv_grundentgelt=pay, einmalzahlung=bonus, zv_verfahren=used_up,
            zv_steuerfrei_bisher=free_before, **RZVK)
        if number in months:
            assert (free, flat, taxed, add) == expected[months[number]]
        free_before += free
        levy_of_year += free + flat + taxed
    assert levy_of_year == 444_246
    assert free_before == 405_600  # the same over the year, in other months


def test_capital_funded_section_until_both_yearly_limits() -> None:
    """2026: 8 % of 101,400.00 is 8,112.00 free of tax, 4 % is 4,056.00 free of insurance."""
    facts = {"zusatzversorgung": 1, "zv_grundentgelt": 500_000, "zv2_beitrag_satz": 55_000}
    names = ("zv2_beitrag", "zv2_steuerfrei", "zv2_steuerpflichtig", "zv2_sv_frei", "zv2_sv_pflichtig")
    june = date(2026, 6, 1)
    assert values(june, names, **facts) == [27_500, 27_500, 0, 27_500, 0]
    assert values(june, names, zv2_steuerfrei_bisher=811_200 - 10_000, zv2_sv_frei_bisher=400_600, **facts) == [
        27_500, 10_000, 17_500, 5_000, 22_500]
    assert values(june, names, zv2_steuerfrei_bisher=900_000, zv2_sv_frei_bisher=405_600, **facts) == [
        27_500, 0, 27_500, 0, 27_500]
    assert values(june, names, steuerklasse=6, **facts) == [27_500, 0, 27_500, 0, 27_500]


def test_rates_of_the_funds() -> None:
    june = date(2026, 6, 1)
    assert kassensaetze("rzvk_av1", june) == {
        "zv_umlage_satz": 42_500, "zv_sanierungsgeld_satz": 35_000, "zv_an_satz": 0, "zv_pauschal_grenze": 8_948,
        "zv2_beitrag_satz": 0}
    assert kassensaetze("vbl_west", june)["zv_an_satz"] == 18_100
    assert kassensaetze("vbl_west", june)["zv_pauschal_grenze"] == 9_203
    assert kassensaetze("rzvk_av2", june)["zv2_beitrag_satz"] == 55_000
    with pytest.raises(InputError, match=r"Umlagesatz.*kvw_av1.*Bescheid der Kasse"):
        kassensaetze("kvw_av1", june)
    with pytest.raises(InputError, match="erlaubt: keine, rzvk_av1"):
        kassensaetze("zvk", june)


def test_a_rate_nobody_entered_stops_its_row_only() -> None:
    rules = rule_book("zusatzversorgung").build(date(2026, 6, 1))
    codes = np.array([ZV_KASSEN.index(name) for name in ("rzvk_av1", "kvw_av1", "keine")])
    result = evaluate(rules, {"zv_kasse": codes}, ["zv_kasse_umlage_satz"])
    assert [(fault.row, "Umlagesatz" in fault.message) for fault in result.faults] == [(1, True)]
    column = result.columns["zv_kasse_umlage_satz"]
    assert Fraction(int(column.num[0]), int(column.den)) == Fraction(425, 10_000)


def test_the_members_notice_is_a_dated_value_of_the_tenant() -> None:
    notice = tuple(Overlay(name, date(2026, 1, 1), wert, "Bescheid vom 01.12.2025") for name, wert in (
        ("zv_kassen_umlage", ["0", "4.25", "0", "5.49", "4.5"]), ("zv_kassen_sanierungsgeld", [0, "3.5", 0, 0, 2]),
        ("zv_kassen_an", [0, 0, 0, "1.81", 0]), ("zv_kassen_beitrag", [0, 0, "5.5", 0, 0])))
    found = kassensaetze("kvw_av1", date(2026, 6, 1), notice)
    assert (found["zv_umlage_satz"], found["zv_sanierungsgeld_satz"]) == (45_000, 20_000)
    with pytest.raises(InputError, match="kein Satz hinterlegt"):
        kassensaetze("kvw_av1", date(2025, 12, 1), notice)
    doubts = rule_book("zusatzversorgung").build(date(2026, 6, 1)).doubtful_parameters(["zv_kasse_umlage_satz"])
    assert [doubt.status for doubt in doubts] == ["unbestaetigt"]
    sure = rule_book("zusatzversorgung").with_overlays(notice).build(date(2026, 6, 1))
    assert sure.doubtful_parameters(["zv_kasse_umlage_satz"]) == []


@pytest.mark.parametrize("month", [date(2024, 6, 1), date(2025, 6, 1), date(2026, 6, 1)])
def test_extra_levy_of_old_cases_begins_above_its_threshold(month: date) -> None:
    top = load_pay_tables().on(month)["TVoeD-VKA", "E15", "6"].cent
    limit = r2(Fraction(top) * Fraction("1.133"))
    names = ("zv_zusatzumlage_entgelt", "zv_zusatzumlage")
    if month.year > 2024:  # the ceilings of 2024 are not kept
        assert values(month, names, zv_grundentgelt=limit + 10_000, zv_altfall=1, **RZVK) == [10_000, 900]
        assert values(month, names, zv_grundentgelt=limit + 10_000, **RZVK) == [0, 0]
    threshold = rule_book("zusatzversorgung").parameters["zv_zusatzumlage_grenze"].argument(month)
    assert int(threshold.value) == limit
    share = Fraction("0.85") if month.year == 2026 else Fraction("0.5178")
    doubled = rule_book("zusatzversorgung").parameters["zv_zusatzumlage_grenze_sonderzahlung"].argument(month)
    assert int(doubled.value) == r2(limit * (1 + share))
