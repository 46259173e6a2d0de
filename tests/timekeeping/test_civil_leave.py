"""Leave of civil servants: twelfths, retirement, week, times without pay, payment (§§ 18, 19a, 23 FrUrlV NRW)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from timekeeping.leave.account import _stand
from timekeeping.rules.leave import Anspruch
from timekeeping.rules.leave_civil import civil_entitlement
from timekeeping.rules.leave_facts import LeaveError, Schichtblock, Urlaubsjahr
from timekeeping.rules.leave_year import Urlaubskonto, leave_account

FIVE = ((date(2000, 1, 1), Fraction(5)),)
THREE = ((date(2000, 1, 1), Fraction(3)),)
LONG = date(2010, 1, 1)


def _facts(year: int, begin: date, end: date | None = None, week: Any = FIVE, **more: Any) -> Urlaubsjahr:
    return Urlaubsjahr(year, begin, end, week, beamtet=True, **more)


def _claim(*about: Any, **more: Any) -> Anspruch:
    return civil_entitlement(_facts(*about, **more))


def _konto(*about: Any, **more: Any) -> Urlaubskonto:
    return leave_account(_facts(*about, **more))


@pytest.mark.parametrize(("year", "begin", "end", "days"), [
    # the tariff has 31 days from 2027, the ordinance stays at 30
    (2026, LONG, None, 30), (2027, LONG, None, 30),
    # entry: twelfths of full months, never the 20 days of §§ 3 and 4 BUrlG
    (2026, date(2026, 6, 1), None, 18), (2026, date(2026, 7, 1), None, 15), (2026, date(2026, 6, 2), None, 15),
    (2026, date(2026, 12, 1), None, 3), (2026, date(2026, 12, 2), None, 0),
    # exit, in both halves of the year
    (2026, LONG, date(2026, 6, 30), 15), (2026, LONG, date(2026, 7, 31), 18), (2026, LONG, date(2026, 8, 15), 18),
    (2026, LONG, date(2026, 9, 30), 23), (2026, LONG, date(2026, 1, 30), 0),
    (2026, date(2026, 3, 15), date(2026, 9, 14), 15)])
def test_twelfths_without_a_floor(year: int, begin: date, end: date | None, days: int) -> None:
    assert _claim(year, begin, end).summe == days


@pytest.mark.parametrize(("end", "days"), [
    (date(2026, 1, 31), 15), (date(2026, 6, 30), 15), (date(2026, 7, 31), 30), (date(2026, 11, 30), 30)])
def test_at_the_age_limit_half_the_year_or_all_of_it(end: date, days: int) -> None:
    assert _claim(2026, LONG, end, ruhestand=True).summe == days
    assert "ruhestand_18_frurlv" not in _claim(2026, LONG, end, ruhestand=True).zweifel
    assert "ruhestand_18_frurlv" in _claim(2026, LONG, end).zweifel


def test_who_comes_and_retires_in_one_year_has_twelfths() -> None:
    assert _claim(2026, date(2026, 2, 1), date(2026, 7, 31), ruhestand=True).summe == 15


@pytest.mark.parametrize(("week", "days"), [(6, 36), (5, 30), (4, 24), (3, 18), (2, 12), (1, 6),
                                            (Fraction(9, 2), 27), (Fraction(7, 2), 21), (Fraction(5, 4), 8)])
def test_another_week_by_two_hundred_and_sixtieths(week: Any, days: int) -> None:
    """Every day of the week more or less is 52 days of the year, each 30/260; half a day and more goes up."""
    exact = 30 + (Fraction(week) - 5) * 52 * Fraction(30, 260)
    assert _claim(2026, LONG, None, ((date(2000, 1, 1), Fraction(week)),)).summe == days == int(exact + Fraction(1, 2))


def test_what_is_left_at_a_change_counts_in_the_new_week() -> None:
    """30 days, ten taken in spring, from July three days a week: 20 left become 12; with leave of autumn no others."""
    change = ((date(2020, 1, 1), Fraction(5)), (date(2026, 7, 1), Fraction(3)))
    spring, autumn = (date(2026, 4, 7), Fraction(10)), (date(2026, 10, 5), Fraction(6))
    found = _konto(2026, LONG, None, change, genommen=Fraction(16), genommen_am=(spring, autumn))
    assert (found.anspruch.summe, found.rest) == (22, 6)
    assert "wechsel_23_frurlv" in found.zweifel
    assert _claim(2026, LONG, None, change).summe == 18  # nothing taken before: six weeks of the new week
    # ten days of the time before the records of this house lie before the change
    assert _konto(2026, LONG, None, change, genommen=Fraction(10)).rest == 12
    back = ((date(2020, 1, 1), Fraction(3)), (date(2026, 7, 1), Fraction(5)))
    found = _konto(2026, LONG, None, back, genommen=Fraction(9), genommen_am=((date(2026, 2, 2), Fraction(9)),))
    assert found.rest == 15


def test_a_change_after_the_last_day_changes_nothing() -> None:
    change = ((date(2020, 1, 1), Fraction(5)), (date(2026, 9, 1), Fraction(3)))
    assert _claim(2026, LONG, date(2026, 6, 30), change).summe == 15


def test_full_months_without_pay_take_a_twelfth_without_declaration() -> None:
    assert _claim(2026, LONG, elternzeit_monate=4).summe == 20
    assert _claim(2026, LONG, elternzeit_monate=4, elternzeit_kuerzung=True).summe == 20
    assert _claim(2026, LONG, ruhen_monate=1, elternzeit_monate=2).summe == 23
    assert _claim(2026, LONG, ruhen_monate=12).summe == 0
    assert _claim(2026, LONG, date(2026, 7, 31), ruhestand=True, ruhen_monate=6).summe == 15


def test_severely_disabled_share_the_fate_of_the_leave() -> None:
    def days(*about: Any, **more: Any) -> Fraction:
        return _claim(*about, **more).schwerbehindertenurlaub

    since = {"schwerbehindert_von": LONG}
    assert days(2026, LONG, **since) == 5
    assert days(2026, LONG, None, THREE, **since) == 3
    assert days(2026, LONG, date(2026, 7, 31), **since) == 3  # 35/12
    assert days(2026, LONG, date(2026, 7, 31), ruhestand=True, **since) == 5
    assert days(2026, LONG, schwerbehindert_von=date(2026, 7, 10)) == Fraction(25, 12)
    assert days(2026, LONG, gleichgestellt=True, **since) == 0


def test_nothing_of_the_tariff_counts() -> None:
    """No shift leave of § 27 TVöD, no parts and last days of § 7 BUrlG and § 26 TVöD."""
    found = _konto(2026, LONG, schichten=(Schichtblock("wechselschicht", date(2026, 1, 1), None, True),),
                   hinweis_am=date(2026, 1, 20))
    assert (found.anspruch.summe, found.rest_gesetzlich, found.rest_tariflich) == (30, None, None)
    assert (found.verfall.gesetzlich, found.verfall.tariflich) == (None, None)
    assert set(found.zweifel) == {"schichturlaub_frurlv", "verfall_19_frurlv"}


def test_only_the_minimum_that_illness_prevented_is_paid() -> None:
    """§ 19a: 20 days of a whole year by twelfths, not rounded; without illness to the end nothing."""
    end, ill = date(2026, 7, 31), {"krank_von": date(2026, 2, 9), "krank_bis": date(2026, 7, 31)}
    assert _konto(2026, LONG, end).abgeltung == 0
    assert _konto(2026, LONG, end, krank_von=date(2026, 2, 9), krank_bis=date(2026, 7, 30)).abgeltung == 0
    assert _konto(2026, LONG, end, **ill).abgeltung == Fraction(35, 3)
    assert _konto(2026, LONG, end, genommen=Fraction(5), **ill).abgeltung == Fraction(20, 3)
    assert _konto(2026, LONG, end, genommen=Fraction(15), **ill).abgeltung == 0
    assert _konto(2026, LONG, end, ruhestand=True, **ill).abgeltung == Fraction(35, 3)
    assert _konto(2026, LONG, None, krank_von=date(2026, 2, 9)).abgeltung == 0


def test_doubt_about_rounding_is_named_only_where_it_matters() -> None:
    assert "rundung_18_frurlv" not in _claim(2026, date(2026, 6, 1)).zweifel
    assert _claim(2026, date(2026, 8, 6), None, THREE).summe == 6
    three_months = _claim(2026, date(2026, 10, 1), None, ((date(2000, 1, 1), Fraction(7, 2)),))
    assert (three_months.summe, "rundung_18_frurlv" in three_months.zweifel) == (5, True)


def test_contradictions_are_refused() -> None:
    with pytest.raises(LeaveError):
        _claim(2026, date(2027, 1, 1))


def test_leave_of_last_year_does_not_lapse_in_spring() -> None:
    held = SimpleNamespace(uebertrag=Decimal(6), vorher_genommen=Decimal(0), verhinderung="", hinweis_am=None,
                           uebertragung="", schwerbehindert_von=None, schwerbehindert_bis=None, gleichgestellt=False,
                           elternzeit_kuerzung=False)
    tariff, civil = (_stand(1, 2026, (LONG, None), None, [], held, date(2026, 10, 1), one) for one in (False, True))
    assert (tariff.uebertrag_rest, tariff.frei) == (0, 30)
    assert (civil.uebertrag_rest, civil.frei) == (6, 36)
    assert civil.konto is not None
    assert civil.konto.uebertrag_verfallen == 0
