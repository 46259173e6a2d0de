"""§§ 21, 22 TVöD: six weeks, week 13 and 39, the same illness again; supplement of whole and partial months."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from premium_cases import law

from payroll.law.rules.entgelt.krankheit import berechnungsmonate, krankenbezuege
from payroll.law.rules.entgelt.laufzeit import Zeitraum

START = date(2026, 1, 5)


def parts(end: date, since: date, earlier: tuple[Zeitraum, ...] = (),
          until: date | None = None) -> list[tuple[str, int]]:
    found = krankenbezuege(Zeitraum(START, end), since, fruehere=earlier, beschaeftigt_bis=until)
    assert found[0].von == START
    assert all(b.von == a.bis + timedelta(days=1) for a, b in pairwise(found))
    return [(one.art, one.tage) for one in found]


YEAR_END = date(2026, 12, 31)


@pytest.mark.parametrize(("since", "days"), [
    (date(2025, 6, 1), (42, 49)), (date(2020, 1, 1), (42, 231)), (date(2026, 1, 2), (42, 0)),
    (date(2023, 6, 1), (42, 231))])
def test_length_by_service(since: date, days: tuple[int, int]) -> None:
    """13 weeks = 91 days, 39 weeks = 273 days; service completed during the illness counts."""
    found = dict(parts(YEAR_END, since))
    assert found["entgeltfortzahlung"] == days[0]
    assert found.get("krankengeldzuschuss", 0) == days[1]
    assert sum(found.values()) == (YEAR_END - START).days + 1


def test_service_that_ends_short_of_a_year_during_a_short_illness() -> None:
    assert parts(date(2026, 3, 31), date(2025, 4, 2)) == [("entgeltfortzahlung", 42), ("kein_anspruch", 44)]
    assert parts(date(2026, 4, 2), date(2025, 4, 2)) == [("entgeltfortzahlung", 42), ("krankengeldzuschuss", 46)]


def test_short_illness_and_end_of_employment() -> None:
    assert parts(START, date(2020, 1, 1)) == [("entgeltfortzahlung", 1)]
    assert parts(YEAR_END, date(2020, 1, 1), until=date(2026, 2, 28)) == [
        ("entgeltfortzahlung", 42), ("krankengeldzuschuss", 13)]


def test_the_same_illness_again() -> None:
    month_before = Zeitraum(date(2025, 10, 1), date(2025, 10, 30))
    assert parts(date(2026, 2, 28), date(2020, 1, 1), (month_before,))[0] == ("entgeltfortzahlung", 12)
    long_ago = Zeitraum(date(2025, 6, 1), date(2025, 7, 4))  # more than six months between
    assert parts(date(2026, 2, 28), date(2020, 1, 1), (long_ago,))[0] == ("entgeltfortzahlung", 42)
    a_year = (Zeitraum(date(2025, 1, 4), date(2025, 1, 20)), Zeitraum(date(2025, 7, 10), date(2025, 7, 20)))
    assert parts(date(2026, 2, 28), date(2020, 1, 1), a_year)[0] == ("entgeltfortzahlung", 42)
    used_up = Zeitraum(date(2025, 9, 1), date(2025, 10, 31))
    assert parts(date(2026, 1, 31), date(2020, 1, 1), (used_up,)) == [("krankengeldzuschuss", 27)]


def test_reasons_name_the_law() -> None:
    found = krankenbezuege(Zeitraum(START, YEAR_END), date(2020, 1, 1))
    assert [("§ 22" in one.grund) for one in found] == [True, True, True]
    assert "39. Woche" in found[1].grund


def test_months_of_the_daily_average() -> None:
    assert berechnungsmonate(date(2026, 2, 10), date(2020, 1, 1)) == [
        date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert berechnungsmonate(date(2026, 2, 10), date(2025, 11, 2)) == [date(2025, 12, 1), date(2026, 1, 1)]
    assert berechnungsmonate(date(2026, 2, 10), date(2020, 1, 1), stundenwechsel=date(2026, 1, 1)) == [
        date(2026, 1, 1)]


def test_average_as_if_the_rise_had_always_been() -> None:
    june = date(2026, 6, 1)
    # 200.00 × 1.028 = 205.60, and 100.00 since May
    assert law("unstaendig_angehoben", month=june, unstaendig_vor_erhoehung=20_000,
               unstaendig_seit_erhoehung=10_000) == 30_560
    assert law("unstaendig_angehoben", month=date(2025, 6, 1), unstaendig_vor_erhoehung=20_000) == 20_600


def test_supplement_of_whole_and_partial_months() -> None:
    month: dict[str, int] = {"netto_monat": 248_000, "krankengeld_je_tag": 7_200}
    march = date(2026, 3, 1)
    assert law("krankengeldzuschuss_monat", month=march, krankengeldtage=31, **month) == 248_000 - 30 * 7_200
    assert law("krankengeldzuschuss_monat", month=march, krankengeldtage=10, **month) == 80_000 - 72_000
    february = date(2026, 2, 1)
    assert law("krankengeldzuschuss_monat", month=february, krankengeldtage=28, **month) == 248_000 - 216_000


def test_supplement_is_free_up_to_fifty_euro_above_net_pay() -> None:
    facts: dict[str, int] = {"netto_monat": 248_000, "krankengeld_je_tag": 7_200, "krankengeldtage": 31}
    march = date(2026, 3, 1)  # supplement 320.00
    for benefit, liable in ((216_000, 0), (221_000, 0), (221_001, 5_001), (230_000, 14_000)):
        assert law("zuschuss_sv_pflichtig", month=march, krankengeld_netto_monat=benefit, **facts) == liable
