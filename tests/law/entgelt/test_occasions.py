"""Annual bonus facts, exchange days, performance pay, jubilee, death, leave: by hand and as properties."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from premium_cases import cell, hour, law, r2

from payroll.law.rules.entgelt.bemessung import Bemessung, OhneEntgelt, bemessung
from payroll.law.rules.entgelt.leistung import verteile_topf

OLD = date(2020, 1, 1)


def away(first: str, last: str, why: str) -> OhneEntgelt:
    return OhneEntgelt(date.fromisoformat(first), date.fromisoformat(last), why)


def short(found: Bemessung) -> tuple[bool, list[int], int, int]:
    return found.anspruch, [m.month for m in found.monate], found.tage, found.zwoelftel


@pytest.mark.parametrize(("begin", "end", "absences", "expected"), [
    (OLD, None, (), (True, [7, 8, 9], 0, 12)),
    (OLD, date(2026, 11, 30), (), (False, [7, 8, 9], 0, 0)),
    (date(2026, 7, 16), None, (), (True, [7, 8, 9], 77, 6)),
    (date(2026, 10, 1), None, (), (True, [10], 0, 3)), (date(2026, 10, 15), None, (), (True, [11], 0, 3)),
    (date(2026, 12, 2), None, (), (False, [], 0, 0)),
    (OLD, None, (("2026-02-01", "2026-04-30", "sonderurlaub"),), (True, [7, 8, 9], 0, 9)),
    (OLD, None, (("2026-02-02", "2026-04-30", "sonderurlaub"),), (True, [7, 8, 9], 0, 10)),
    (OLD, None, (("2026-02-01", "2026-04-30", "mutterschutz"),), (True, [7, 8, 9], 0, 12)),
    (OLD, None, (("2026-06-01", "2026-12-31", "elternzeit_geburtsjahr"),), (True, [5], 0, 12)),
    (OLD, None, (("2026-06-01", "2026-12-31", "elternzeit"),), (True, [5], 0, 5)),
    (OLD, None, (("2026-08-11", "2026-12-31", "krankengeldzuschuss"),), (True, [7, 8, 9], 41, 12)),
    (OLD, None, (("2026-07-30", "2026-12-31", "sonderurlaub"),), (True, [6], 0, 7))])
def test_base_and_twelfths(begin: date, end: date | None, absences: tuple[tuple[str, str, str], ...],
                           expected: tuple[bool, list[int], int, int]) -> None:
    found = bemessung(2026, begin, end, [away(*one) for one in absences])
    assert short(found) == expected
    assert found.gruende
    assert found.stichtag == max(begin, date(2026, 9, 1))


def test_trainees_have_august_to_october() -> None:
    assert short(bemessung(2026, OLD, ausbildung=True)) == (True, [8, 9, 10], 0, 12)
    with pytest.raises(ValueError, match="erlaubt: mutterschutz"):
        away("2026-01-01", "2026-01-31", "lust")


def test_exchange_days_reduce_the_bonus_at_their_value() -> None:
    november = date(2026, 11, 1)
    facts: dict[str, Any] = {"group": "E5", "step": 4, "month": november,
                             "bemessung_summe": 3 * cell("TVoeD-VKA", "E5", 4, november)}
    bonus = r2(Fraction(cell("TVoeD-VKA", "E5", 4, november) * 85, 100))
    day = r2(Fraction(hour("TVoeD-VKA", "E5", 4, november) * 78, 10))  # 39 hours on five days
    assert law("sonderzahlung_nach_tausch", tauschtage=2, **facts) == bonus - 2 * day
    assert law("sonderzahlung_nach_tausch", tauschtage=5, **facts) == bonus - 3 * day
    assert law("sonderzahlung_nach_tausch", tauschtage=2, krankenhaus=1, group="E10", step=4, month=november,
               bemessung_summe=300_000) == 85_000


@pytest.mark.parametrize(("weekly", "days", "weeks", "hours"), [
    (3900, 5, 1, 780), (3000, 4, 1, 750), (1950, 3, 1, 650), (1950, 2, 1, 975), (3900, 6, 1, 650), (1950, 5, 2, 780),
    (2925, 7, 2, 836), (2500, 3, 1, 833),
])
def test_a_day_of_exchange_in_other_weeks(weekly: int, days: int, weeks: int, hours: int) -> None:
    """§ 20 (7), § 24 (3) sentence 3: hourly rate times the hours of an average day of the own week.

    30 hours on four days are 7.5 a day; 29.25 on seven days of two weeks 8.357, so 8.36; the hourly rate itself is that
    of full time.
    """
    november = date(2026, 11, 1)
    full = cell("TVoeD-VKA", "E7", 2, november)
    facts: dict[str, Any] = {"group": "E7", "step": 2, "month": november, "wochenstunden": weekly,
                             "bemessung_summe": 3 * r2(Fraction(full * weekly, 3900)), "arbeitstage_je_woche": days,
                             "arbeitstage_wochen": weeks}
    day = r2(Fraction(2086 * hours, 100))  # 3,537.94 / 169.57 = 20.86 (case V054)
    bonus = r2(Fraction(r2(Fraction(full * weekly, 3900)) * 85, 100))
    assert law("tauschtag_wert", **facts) == day
    assert law("sonderzahlung_nach_tausch", tauschtage=3, **facts) == bonus - 3 * day


def test_performance_pay() -> None:
    # 2 % of 12,345,678.90 = 246,913.578 and what was left
    pool = law("leistungsentgelt_volumen", leistung_bemessung=1_234_567_890, leistung_uebertrag=100_000)
    assert pool == 24_691_358 + 100_000
    assert law("leistungsentgelt_ohne_vereinbarung", leistung_september=349_006) == 20_940
    assert law("leistungsentgelt_rest", leistung_bemessung=1_000_000, leistung_ausgezahlt=15_000) == 5_000
    assert law("leistungsentgelt_rest", leistung_bemessung=1_000_000, leistung_ausgezahlt=25_000) == 0


def test_a_pot_is_shared_without_losing_a_cent() -> None:
    assert verteile_topf(100, [1, 1, 1]) == [34, 33, 33]
    assert verteile_topf(0, [0, 0]) == [0, 0]
    rng = np.random.default_rng(18)
    for _ in range(200):
        weights = [int(w) for w in rng.integers(0, 5_000, int(rng.integers(1, 60)))] + [1]
        pot = int(rng.integers(0, 10_000_000))
        shares = verteile_topf(pot, weights)
        assert sum(shares) == pot
        assert all(abs(share - Fraction(pot * w, sum(weights))) < 1 for share, w in zip(shares, weights, strict=True))
    with pytest.raises(ValueError, match="niemand hat Punkte"):
        verteile_topf(1, [0])
    with pytest.raises(ValueError, match="negativ"):
        verteile_topf(1, [-1, 2])


@pytest.mark.parametrize(("years", "amount"), [(24, 0), (25, 35_000), (26, 0), (40, 50_000)])
def test_jubilee_is_full_in_part_time(years: int, amount: int) -> None:
    assert law("jubilaeumsgeld", beschaeftigungszeit_jahre=years, wochenstunden=1000) == amount


def test_death_benefit() -> None:
    pay = cell("TVoeD-VKA", "E7", 2)
    assert law("sterbegeld", sterbetag=10) == r2(Fraction(pay * 20, 30)) + 2 * pay
    assert law("sterbegeld", sterbetag=30) == 2 * pay
    half = r2(Fraction(pay, 2))
    assert law("sterbegeld", sterbetag=30, wochenstunden=1950) == 2 * half
    assert law("sterbegeld") == 0


@pytest.mark.parametrize(("months", "days", "week", "year"), [
    (12, 30, 5, 2026), (7, 18, 5, 2026), (5, 13, 5, 2026), (12, 18, 3, 2026), (12, 31, 5, 2027), (1, 3, 5, 2027)])
def test_leave(months: int, days: int, week: int, year: int) -> None:
    assert law("urlaubsanspruch", month=date(year, 6, 1), urlaub_monate=months, arbeitstage_je_woche=week) == days


def test_leave_not_taken_and_extra_leave() -> None:
    # 3 × 3537.94 / 65 = 163.29 a day; unsteady 650.00 / 65 = 10.00
    facts: dict[str, Any] = {"urlaubsentgelt_monat": 353_794, "urlaubstage_offen": 750, "unstaendig_summe": 65_000}
    assert law("urlaubsabgeltung", **facts) == r2(Fraction((16_329 + 1_000) * 75, 10))
    assert [law("zusatzurlaub", schichtmonate=n, in_wechselschicht=1) for n in (0, 1, 2, 3, 12)] == [0, 0, 1, 1, 6]
    assert [law("zusatzurlaub", schichtmonate=n) for n in (3, 4, 7, 12)] == [0, 1, 1, 3]


def test_small_payments() -> None:
    assert law("besondere_zulage_monat", besondere_zulage=1, wochenstunden=1950) == 3_500
    assert [law("besondere_zulage_monat", besondere_zulage=n) for n in (0, 2, 3)] == [0, 6_500, 10_000]
    assert law("abschlusspraemie", pruefung_bestanden=1) == 40_000
    assert law("aufstockung_altersteilzeit", altersteilzeit_entgelt=175_001) == 35_000
    july, june = date(2025, 7, 1), date(2025, 6, 1)
    assert law("zulage_monat", month=july, zulage_art=1, pflegeheim=1) == 25_000
    assert law("zulage_stunden", month=july, zulage_art=4, pflegeheim=1, stunden=1000) == 1_470
    assert law("zulage_monat", month=june, zulage_art=1, pflegeheim=1) == 10_500


def test_bonus_of_the_birth_year_goes_by_the_hours_before_the_leave() -> None:
    november = date(2026, 11, 1)
    assert law("sonderzahlung", month=november, bemessung_summe=450_000) == 127_500
    facts: dict[str, Any] = {"month": november, "bemessung_monat": 150_000, "stunden_vor_elternzeit": 3900}
    half = {"elternzeit_teilzeit": 1, "bemessung_monat_tage": 31, "bemessung_stundentage": 31 * 1950}
    assert law("bemessung_elternzeit", **facts, **half) == 300_000
    assert law("sonderzahlung", month=november, bemessung_summe=900_000) == 255_000
    # 14 days at 39 hours and 17 at 19.5: as if all 31 had been full time
    mixed = {**half, "bemessung_stundentage": 14 * 3900 + 17 * 1950}
    assert law("bemessung_elternzeit", **facts, **mixed) == r2(Fraction(150_000 * 3900 * 31, 14 * 3900 + 17 * 1950))
    assert law("bemessung_elternzeit", **facts) == 0
