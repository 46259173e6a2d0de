"""Bonus, stand-by, higher duties, continued pay: computed by hand from the tariff rules (TVöD §§ 8, 14, 20-22)."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from payroll.law.conformance.pay import compute
from payroll.law.conformance.report import Case, CellError
from payroll.law.rules.entgelt.bereitschaft import pauschale, pauschaltage


def amount(kind: str, group: str = "E5", step: str = "4", month: str = "2025-11", scale: str = "TVoeD-VKA",
           hours: str = "39", **facts: Any) -> int | None:
    return compute(Case(2, "X", {
        "kind": kind, "scale": scale, "group": group, "step": step, "month": month, "weekly_hours": hours,
        "full_time_hours": "39", "facts": json.dumps(facts)}))


def test_annual_bonus_needs_an_employment_on_the_first_of_december() -> None:
    assert amount("annual_bonus") == 294945  # 3490.06 × 84.51 %
    assert amount("annual_bonus", beschaeftigung_bis="2025-11-30") == 0
    assert amount("annual_bonus", beschaeftigung_von="2025-12-15") == 0


def test_annual_bonus_by_daily_average_when_days_are_missing() -> None:
    # from 16 July: 16/31 of July, August, September; 77 days; 5 months and July count: 6/12
    july = 180132  # 3490.06 × 16/31 = 1801.32
    daily = 11404  # (1801.32 + 2 × 3490.06) / 77 = 114.04
    assert (july + 2 * 349006 + 38) // 77 == daily
    average = 349761  # 114.04 × 30.67 = 3497.61
    bonus = 295583  # × 84.51 %
    assert amount("annual_bonus", beschaeftigung_von="2025-07-16") == 147792  # 2955.83 × 6/12
    assert (average * 8451 + 5000) // 10000 == bonus


def test_annual_bonus_with_a_late_start_uses_the_first_full_month() -> None:
    # from 15 October: base November 3490.06, three months with pay
    assert amount("annual_bonus", beschaeftigung_von="2025-10-15") == 73736
    # from 10 September: fewer than 30 days, base October, four months
    assert amount("annual_bonus", beschaeftigung_von="2025-09-10") == 98315


def test_annual_bonus_in_a_hospital_and_for_nurses() -> None:
    assert amount("annual_bonus", month="2026-11", besonderer_teil="bt_k") == 322900  # 3587.78 × 90 %
    assert amount("annual_bonus", "P8", "3", "2025-11", "TVoeD-P") == 318418  # 3757.59 × 84.74 %


@pytest.mark.parametrize(("start", "end", "days"), [
    ("2025-09-05T15:00", "2025-09-08T07:00", 3), ("2025-09-05T06:00", "2025-09-05T20:00", 1),
    ("2025-09-05T06:00", "2025-09-06T00:00", 1), ("2025-09-05T12:00", "2025-09-06T08:00", 1)])
def test_standby_counts_the_days_on_which_it_begins(start: str, end: str, days: int) -> None:
    assert len(pauschaltage(datetime.fromisoformat(start), datetime.fromisoformat(end))) == days


def test_holidays_of_nrw_count_fourfold() -> None:
    assert pauschale(date(2025, 6, 19)) == 4  # Corpus Christi, a Thursday
    assert pauschale(date(2025, 6, 18)) == 2
    assert pauschale(date(2025, 6, 22)) == 4


def test_call_outs_are_rounded_up_to_full_hours() -> None:
    outside = {"art": "ausserhalb_mit_wegezeit", "minuten": "61"}
    phone = {"art": "telefonisch_am_aufenthaltsort", "minuten": "10"}
    # E5 step 4, November 2025: 20.58 an hour, premium 30 % of 19.79 = 5.94; two hours outside, one by telephone
    assert amount("on_call_callout", inanspruchnahmen=[outside, phone, phone]) == 3 * (2058 + 594)


def test_higher_duties_for_part_of_a_month() -> None:
    # E6 step 4 3617.92 − E5 step 4 3490.06 = 127.86; 16 of 30 days
    duty = {"entgeltgruppe": "E6", "von": "2025-11-15", "bis": "2025-12-20"}
    assert amount("temporary_duty", hoeherwertige_taetigkeit=duty) == 6819
    short = {"entgeltgruppe": "E6", "von": "2025-11-15", "bis": "2025-12-10"}
    assert amount("temporary_duty", hoeherwertige_taetigkeit=short) == 0


def test_back_pay_by_step_and_daily_average_of_a_three_day_week() -> None:
    assert amount("back_pay", "E6", "3", "2025-10", nachzahlungsmonate=["2025-09"], gezahlt={"stufe": "2"}) == (
        348294 - 334655)
    facts = {"ausfall": {"grund": "urlaub", "arbeitstage": "3"}, "arbeitstage_je_woche": "3",
             "unstaendige_bezuege": [{"monat": "2025-10", "betrag": "390.00"}, {"monat": "2025-07", "betrag": "99.00"}]}
    assert amount("daily_average", **facts) == 3000  # 390 / 39 × 3; July lies before the three months


def test_sick_pay_supplement_is_the_gap_to_net_pay() -> None:
    benefit = {"kalendertage": "10", "netto_je_kalendertag": "71.50", "krankengeld_brutto_je_kalendertag": "60.25"}
    assert amount("sick_pay_supplement", krankengeldbezug=benefit) == 11250


@pytest.mark.parametrize(("kind", "facts", "message"), [
    ("back_pay", {"nachzahlungsmonate": ["2025-09"]}, "gezahlt: fehlt"),
    ("on_call", {"rufbereitschaft": [{"von": "2025-09-05T15:00", "bis": "2025-09-05T14:00"}]}, "nicht nach von"),
    ("on_call_callout", {"inanspruchnahmen": [{"art": "brief", "minuten": "5"}]}, "gibt es nicht"),
    ("annual_bonus", {"fehlzeiten": [{"grund": "urlaub"}]}, "gibt es nicht"),
    ("sick_pay_supplement", {}, "krankengeldbezug: fehlt"),
])
def test_facts_that_cannot_be_used_are_named(kind: str, facts: dict[str, Any], message: str) -> None:
    with pytest.raises((CellError, ValueError), match=message):
        amount(kind, **facts)
