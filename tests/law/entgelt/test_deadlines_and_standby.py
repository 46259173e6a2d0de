"""Pay days, exclusion periods, stand-by and call-outs: on the calendar by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from premium_cases import hour, law

from payroll.law.rules.entgelt.bereitschaft import einsatzstunden, pauschale, pauschaltage, rufbereitschaft
from payroll.law.rules.entgelt.fristen import ausschlussfrist, faelligkeit, fristen_der_korrektur


@pytest.mark.parametrize(("month", "day"), [
    ("2026-01-01", "2026-01-30"), ("2026-02-01", "2026-02-27"), ("2026-03-01", "2026-03-31"),
    ("2026-05-01", "2026-05-29"), ("2026-12-01", "2026-12-30"), ("2028-12-01", "2028-12-29"),
    ("2027-12-01", "2027-12-30"), ("2025-08-01", "2025-08-29")])
def test_pay_day_of_a_month(month: str, day: str) -> None:
    """31 January, 28 February (Saturdays) and 31 May 2026 (Sunday) go back to Friday; 31 December is no pay day."""
    assert faelligkeit(date.fromisoformat(month)) == date.fromisoformat(day)


def test_unsteady_parts_fall_due_two_months_later() -> None:
    assert faelligkeit(date(2026, 3, 1), unstaendig=True) == date(2026, 5, 29)
    assert faelligkeit(date(2026, 10, 15), unstaendig=True) == date(2026, 12, 30)


def test_exclusion_period_of_six_months() -> None:
    open_claim = ausschlussfrist(date(2026, 1, 1))
    assert (open_claim.faellig, open_claim.bis) == (date(2026, 1, 30), date(2026, 7, 30))
    assert not open_claim.verfallen(date(2026, 7, 30))
    assert open_claim.verfallen(date(2026, 7, 31))
    assert "bis 30.07.2026" in open_claim.text(date(2026, 6, 1))
    assert "seit 31.07.2026 verfallen" in open_claim.text(date(2026, 8, 1))
    kept = ausschlussfrist(date(2026, 1, 1), geltend_gemacht=date(2026, 7, 30))
    assert kept.gewahrt
    assert not kept.verfallen(date(2027, 1, 1))
    assert "Frist gewahrt" in kept.text(date(2027, 1, 1))
    late = ausschlussfrist(date(2026, 1, 1), geltend_gemacht=date(2026, 7, 31))
    assert late.verfallen(date(2026, 8, 1))


def test_an_end_on_a_weekend_moves_to_the_next_working_day() -> None:
    # February 2026: due Friday 27 February, six months later Thursday 27 August; April: due 30 April, 30 October
    assert ausschlussfrist(date(2026, 2, 1)).bis == date(2026, 8, 27)
    # May 2026: due Friday 29 May, 29 November is a Sunday
    assert ausschlussfrist(date(2026, 5, 1)).bis == date(2026, 11, 30)
    # unsteady parts of April: due 30 June 2026, 30 December
    assert ausschlussfrist(date(2026, 4, 1), unstaendig=True).bis == date(2026, 12, 30)


def test_one_assertion_covers_later_months_of_a_correction() -> None:
    found = fristen_der_korrektur([date(2026, 3, 9), date(2025, 7, 1)], geltend_gemacht=date(2026, 2, 3))
    assert [one.monat for one in found] == [date(2025, 7, 1), date(2026, 3, 1)]
    assert [one.gewahrt for one in found] == [False, True]


def test_july_2025_ends_on_the_last_day_of_january_moved_on() -> None:
    # due Thursday 31 July 2025; 31 January 2026 is a Saturday, so Monday 2 February
    assert ausschlussfrist(date(2025, 7, 1)).bis == date(2026, 2, 2)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_agreed_example_of_a_weekend() -> None:
    """§ 8 Abs. 3: Friday 15:00 to Monday 7:00 is 2 + 4 + 4 hourly rates."""
    found = rufbereitschaft(at("2025-09-05T15:00"), at("2025-09-08T07:00"))
    assert [count for _, count in found.pauschalen] == [2, 4, 4]
    assert found.stundenentgelte == 1000
    assert law("stundenentgelt_betrag", "TVoeD-VKA", "E5", 4, date(2025, 9, 1), stunden=found.stundenentgelte) == (
        10 * hour("TVoeD-VKA", "E5", 4, date(2025, 9, 1)))


def test_less_than_twelve_hours_by_the_hour() -> None:
    short = rufbereitschaft(at("2025-09-05T15:00"), at("2025-09-06T02:20"))
    assert (short.pauschalen, short.kurze_stunden) == ((), 1133)
    assert rufbereitschaft(at("2025-09-05T15:00"), at("2025-09-06T03:00")).kurze_stunden == 0
    with pytest.raises(ValueError, match="liegt nicht nach dem Beginn"):
        rufbereitschaft(at("2025-09-05T15:00"), at("2025-09-05T15:00"))


def test_days_of_a_flat_amount() -> None:
    assert pauschaltage(at("2026-05-13T12:00"), at("2026-05-15T12:00")) == [date(2026, 5, 13), date(2026, 5, 14)]
    assert pauschale(date(2026, 5, 14)) == 4  # Ascension Day
    assert pauschale(date(2026, 5, 13)) == 2


def test_call_outs_in_full_hours() -> None:
    assert einsatzstunden([61, 5], [10, 10, 50]) == 2 + 1 + 2
    assert einsatzstunden([], []) == 0
