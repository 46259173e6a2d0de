"""Dates from facts, back pay with its exclusion period, columns of shifts: by hand on the calendar."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import numpy as np
import pytest
from premium_cases import JUNE, hour, law, r2

from payroll.law.calculate import rule_book
from payroll.law.encode import gruppe_code
from payroll.law.engine import Overlay, evaluate
from payroll.law.rules.entgelt.nachzahlung import durchsetzbar, korrekturen
from payroll.law.rules.entgelt.termine import (
    ausbildungsjahr,
    erhoehung_endet,
    jubilaeen,
    tausch_rechtzeitig,
    urlaub_verfaellt,
    vwl_ab,
)
from payroll.law.rules.entgelt.zuschlagszeiten import zeilen


@pytest.mark.parametrize(("notice", "begin", "first"), [
    ("2026-06-20", "2020-01-01", "2026-04-01"), ("2026-02-03", "2020-01-01", "2026-01-01"),
    ("2026-01-31", "2020-01-01", "2026-01-01"), ("2026-06-20", "2026-05-01", "2026-05-01"),
    ("2026-06-20", "2026-05-15", "2026-06-01")])
def test_capital_formation_begins(notice: str, begin: str, first: str) -> None:
    found = vwl_ab(date.fromisoformat(notice), date.fromisoformat(begin))
    assert found.tag == date.fromisoformat(first)
    assert "§ 23 Abs. 1" in found.grund


def test_years_of_training_change_on_the_anniversary() -> None:
    begin = date(2024, 8, 16)
    assert ausbildungsjahr(begin, date(2025, 8, 15), 3) == (1, date(2025, 8, 16))
    assert ausbildungsjahr(begin, date(2025, 8, 16), 3) == (2, date(2026, 8, 16))
    assert ausbildungsjahr(begin, date(2029, 1, 1), 3) == (3, None)
    with pytest.raises(ValueError, match="beginnt am"):
        ausbildungsjahr(begin, date(2024, 8, 1))


def test_jubilees_and_leave() -> None:
    first, second = jubilaeen(date(2001, 10, 15))
    assert (first.tag, second.tag) == (date(2026, 10, 15), date(2041, 10, 15))
    assert urlaub_verfaellt(2026).tag == date(2027, 3, 31)
    assert urlaub_verfaellt(2026, krank_oder_dienstlich=True).tag == date(2027, 5, 31)


def test_agreement_on_raised_hours_and_exchange_days() -> None:
    assert erhoehung_endet(date(2026, 1, 1)).tag == date(2027, 6, 30)
    assert erhoehung_endet(date(2026, 3, 1), date(2026, 12, 31)).tag == date(2026, 12, 31)
    with pytest.raises(ValueError, match=r"höchstens bis 31.08.2027"):
        erhoehung_endet(date(2026, 3, 1), date(2027, 9, 1))
    with pytest.raises(ValueError, match=r"erst ab 01.01.2026"):
        erhoehung_endet(date(2025, 12, 1))
    assert [tausch_rechtzeitig(date(2026, m, d), 2026) for m, d in ((9, 1), (9, 2))] == [True, False]


def test_corrections_show_amount_and_period() -> None:
    found = korrekturen([(date(2026, 2, 1), 300_000, 290_000), (date(2025, 7, 1), 350_000, 349_950),
                         (date(2025, 8, 1), 1, 1), (date(2026, 3, 1), 100, 20_100)])
    assert [(one.monat, one.differenz) for one in found] == [
        (date(2025, 7, 1), 50), (date(2026, 2, 1), 10_000), (date(2026, 3, 1), -20_000)]
    today = date(2026, 3, 15)
    assert durchsetzbar(found, today) == 10_000 - 20_000  # July 2025 ended on 2 February 2026
    assert durchsetzbar(found, date(2026, 2, 2)) == 50 + 10_000 - 20_000
    assert found[0].text(today).startswith("Nachzahlung 0,50 Euro; Anspruch 07/2025, fällig am 31.07.2025")
    assert "verfallen" in found[0].text(today)
    assert found[2].text(today).startswith("Überzahlung 200,00 Euro")


def test_hours_without_pay() -> None:
    assert law("stundenabzug", fehlstunden=250) == r2(Fraction(hour("TVoeD-VKA", "E7", 2) * 5, 2))


def test_pensionable_part_of_premiums_is_a_setting_of_the_fund() -> None:
    facts = {"zeit_feiertag": 2, "steuer_tag": 2, "stunden": 100, "grundlohn_monat": 353_794}
    assert law("zuschlag_zv_pflichtig", **facts) == 0
    fund = (Overlay("zv_zuschlaege_pflichtig", date(2026, 1, 1), 1, "Auskunft der Kasse"),)
    assert law("zuschlag_zv_pflichtig", overlays=fund, **facts) == 326


def test_notional_pay_during_the_sick_pay_supplement() -> None:
    # 10 of 30 days of 3,000.00 and 7 working days of 650.00 / 65
    assert law("zv_entgelt_fiktiv", month=JUNE, urlaubsentgelt_monat=300_000, krankengeldtage=10, ausfalltage=7,
               unstaendig_summe=65_000) == 100_000 + 7_000


def test_shifts_become_columns_with_all_their_minutes() -> None:
    at = datetime.fromisoformat
    shifts = [(at("2026-06-06T20:30"), at("2026-06-07T01:00")), (at("2026-06-07T01:30"), at("2026-06-07T06:15"))]
    columns = zeilen(shifts)
    assert sum(columns["stunden"]) == 925
    result = evaluate(rule_book("entgelt").build(JUNE), {
        **{name: np.array(values) for name, values in columns.items()}, "entgeltgruppe": gruppe_code("TVoeD-VKA", "E7"),
        "stufe": 2, "wochenstunden": 3900, "vollzeitstunden": 3900, "tage": 30, "kalendertage_im_monat": 30,
        "grundlohn_monat": 353_794}, ["zuschlaege_summe", "zuschlag_steuerfrei"])
    assert result.faults == []
    # Saturday 20:30–21 (20 % = 4.34), night (4.34) 3 h and 1 h and 2.5 h and 2 h, Sunday (5.43) 1, 2.5, 2, 0.25 h
    expected = 217 + 3 * 434 + (434 + 543) + (1085 + 1358) + (868 + 1086) + 136
    assert int(result.cents("zuschlaege_summe").sum()) == expected
    # Saturday stays taxed; the last quarter of an hour is Sunday time and free
    assert int(result.cents("zuschlag_steuerfrei").sum()) == expected - 217
    assert zeilen([]) == {}
