"""Board, lodging, car, ways, ticket, bicycle and flat taxes, recomputed with fractions from the amounts of the law."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest

from payroll.law.calculate import gross_to_net
from payroll.law.encode import LAENDER

MAY = date(2026, 5, 1)
# SvEV § 2: per year breakfast, lunch, dinner, lodging, flat per square metre (ordinary, simple), in euro a month;
# the day values of meals as printed in the tables of the carriers
SVEV = {2024: ("65", "124", "124", "278", "4.89", "4.00"), 2025: ("69", "132", "132", "282", "4.95", "4.05"),
        2026: ("71", "137", "137", "285", "5.01", "4.10")}
MEALS_OF_A_DAY = {2024: (217, 413, 413), 2025: (230, 440, 440), 2026: (237, 457, 457)}
NAMES = ("nl_fruehstuecke", "nl_mittagessen", "nl_abendessen")


def r2(cents: Fraction) -> int:
    return floor(cents + Fraction(1, 2))


def value(name: str, month: date = MAY, **inputs: Any) -> int:
    result = gross_to_net(month, inputs, [name])
    assert result.faults == [], result.faults
    return int(result.cents(name)[0])


def fault(month: date = MAY, name: str = "nl_sachbezuege", **inputs: Any) -> str:
    result = gross_to_net(month, inputs, [name])
    assert len(result.faults) == 1
    return result.faults[0].message


@pytest.mark.parametrize("year", SVEV)
def test_single_meals_at_the_day_values_and_payments_by_the_employee(year: int) -> None:
    month = date(year, 5, 1)
    for name, cents in zip(NAMES, MEALS_OF_A_DAY[year], strict=True):
        assert value("nl_mahlzeiten", month, **{name: 7}) == 7 * cents
        assert value("nl_mahlzeiten", month, **{name: 7}, nl_mahlzeiten_zuzahlung=5 * cents) == 2 * cents
        assert value("nl_mahlzeiten", month, **{name: 7}, nl_mahlzeiten_zuzahlung=9 * cents) == 0


@pytest.mark.parametrize("year", SVEV)
def test_board_and_lodging_of_a_month_and_of_a_part(year: int) -> None:
    month = date(year, 5, 1)
    breakfast, lunch, dinner, lodging, metre, simple = (Fraction(text) * 100 for text in SVEV[year])
    board = {"nl_freies_fruehstueck": 1, "nl_freies_mittagessen": 1, "nl_freies_abendessen": 1}
    whole = breakfast + lunch + dinner
    assert value("nl_freie_verpflegung", month, **board) == whole
    assert value("nl_freie_verpflegung", month, **board, von_tag=20) == r2(whole / 30) * 12
    assert value("nl_wohnen", month, nl_unterkunft=1) == lodging
    for shared, young, people, off in ((1, 0, 1, 15), (0, 1, 1, 15), (1, 1, 2, 70), (0, 0, 3, 50), (0, 0, 4, 60),
                                       (0, 0, 9, 60)):
        columns = {"nl_unterkunft": 1, "nl_unterkunft_gemeinschaft": shared, "nl_unterkunft_jugend": young,
                   "nl_unterkunft_belegung": people}
        reduced = lodging * (100 - off) / 100
        assert value("nl_wohnen", month, **columns) == r2(reduced)
        assert value("nl_wohnen", month, **columns, bis_tag=10) == r2(reduced / 30) * 10
    assert value("nl_wohnen", month, nl_wohnung_qm=6250, nl_unterkunft_zuzahlung=10_000) == r2(
        metre * Fraction(125, 2)) - 10_000
    assert value("nl_wohnen", month, nl_wohnung_qm=3000, nl_wohnung_einfach=1) == r2(simple * 30)
    assert value("nl_wohnen", month, nl_wohnung_wert=40_000, nl_unterkunft_zuzahlung=45_000) == 0


def test_a_year_without_official_values_stops_only_those_who_need_them() -> None:
    result = gross_to_net(date(2027, 1, 1), {"nl_mittagessen": np.array([0, 3]), "nl_wohnung_wert": 10_000},
                          ["nl_sachbezuege"])
    assert [(one.row, "keine Sachbezugswerte" in one.message) for one in result.faults] == [(1, True)]
    assert result.cents("nl_sachbezuege")[0] == 10_000
    for columns in ({"nl_freies_abendessen": 1}, {"nl_unterkunft": 1}, {"nl_wohnung_qm": 100}):
        assert "keine Sachbezugswerte" in fault(date(2027, 1, 1), **columns)


@pytest.mark.parametrize(("price", "share", "bought", "km"), [
    (4_599_950, Fraction(1), 0, 23), (5_239_900, Fraction(1, 2), 20250101, 8),
    (6_999_900, Fraction(1, 4), 20240301, 31),
    (9_912_300, Fraction(1, 4), 20250701, 0)])
def test_company_car(price: int, share: Fraction, bought: int, km: int) -> None:
    base = floor(price * share / 10_000) * 10_000
    private, way = r2(Fraction(base, 100)), r2(Fraction(base * 3 * km, 10_000))
    columns = {"nl_listenpreis": price, "nl_anschaffung": bought, "nl_entfernung_km": km,
               "nl_dienstwagen_ansatz": [Fraction(1), Fraction(1, 2), Fraction(1, 4)].index(share)}
    assert value("nl_dienstwagen", **columns) == private
    with_way = value("nl_dienstwagen", **columns, nl_arbeitsweg_dienstwagen=1, nl_dienstwagen_zuzahlung=5_000)
    assert with_way == private + way - 5_000


def test_quarter_of_the_list_price_only_below_its_limit() -> None:
    electric = {"nl_dienstwagen_ansatz": 2}
    assert "nicht hinterlegt" in fault(nl_listenpreis=5_000_000, **electric)
    assert "Ansatz halb" in fault(nl_listenpreis=7_000_001, nl_anschaffung=20250630, **electric)
    assert value("nl_dienstwagen", nl_listenpreis=10_000_000, nl_anschaffung=20250701, **electric) == 25_000
    assert "Ansatz halb" in fault(nl_listenpreis=10_000_001, nl_anschaffung=20250701, **electric)


@pytest.mark.parametrize(("year", "km", "days", "limit"), [
    (2026, 12, 0, 12 * 38 * 15), (2026, 30, 20, 30 * 38 * 20), (2025, 30, 0, (20 * 30 + 10 * 38) * 15),
    (2025, 9, 18, 9 * 30 * 18)])
def test_commuting_subsidy_flat_up_to_the_distance_allowance(year: int, km: int, days: int, limit: int) -> None:
    names = ("nl_arbeitsweg_pauschal_betrag", "nl_steuerpflichtig", "nl_sv_pflichtig", "nl_geldleistungen",
             "nl_steuer_15")
    paid = np.array([limit - 1, limit, limit + 4_321])
    columns = {"nl_fahrtkostenzuschuss": paid, "nl_entfernung_km": km, "nl_arbeitstage": days}
    flat = gross_to_net(date(year, 5, 1), {**columns, "nl_arbeitsweg_pauschal": 1}, names)
    assert flat.cents(names[0]).tolist() == [limit - 1, limit, limit]
    assert flat.cents(names[1]).tolist() == flat.cents(names[2]).tolist() == [0, 0, 4_321]
    assert flat.cents(names[3]).tolist() == paid.tolist()
    assert flat.cents(names[4]).tolist() == [r2(Fraction(cents * 15, 100)) for cents in (limit - 1, limit, limit)]
    own = gross_to_net(date(year, 5, 1), columns, names)
    assert own.cents(names[0]).tolist() == [0, 0, 0]
    assert own.cents(names[1]).tolist() == paid.tolist()


def test_company_car_and_subsidy_share_one_distance_allowance() -> None:
    columns = {"nl_listenpreis": 3_000_000, "nl_entfernung_km": 10, "nl_arbeitsweg_dienstwagen": 1,
               "nl_arbeitsweg_pauschal": 1, "nl_fahrtkostenzuschuss": 4_000}
    # 0.03 % of 30,000 x 10 km = 90.00; allowance 0.38 x 10 x 15 = 57.00: nothing is left for the subsidy
    assert value("nl_arbeitsweg_pauschal_sach", **columns) == 5_700
    assert value("nl_arbeitsweg_pauschal_geld", **columns) == 0
    assert value("nl_steuerpflichtig", **columns) == 30_000 + 9_000 - 5_700 + 4_000
    assert value("nl_sachbezuege", **columns) == 39_000


@pytest.mark.parametrize(("kind", "free", "flat", "taxed"), [(0, 4_800, 0, 0), (1, 0, 4_800, 0), (2, 0, 0, 4_800)])
def test_ticket(kind: int, free: int, flat: int, taxed: int) -> None:
    columns = {"nl_jobticket": 6_300, "nl_jobticket_eigenanteil": 1_500, "nl_jobticket_art": kind}
    assert value("nl_jobticket_steuerfrei", **columns) == free == value("nl_sachlohn_steuerfrei", **columns)
    assert value("nl_steuer_jobticket", **columns) == r2(Fraction(flat, 4))
    assert value("nl_steuerpflichtig", **columns) == taxed == value("nl_sv_pflichtig", **columns)
    assert value("nl_sachbezuege", **columns) == flat + taxed


def test_bicycle_and_the_monthly_limit() -> None:
    # 3,899 / 4 = 974.75, down to 900, one percent
    assert value("nl_steuerpflichtig", nl_dienstrad_listenpreis=389_900) == 900
    assert value("nl_steuerpflichtig", nl_dienstrad_listenpreis=389_900, nl_dienstrad_zusaetzlich=1) == 0
    assert value("nl_steuerpflichtig", nl_sachbezuege_freigrenze=5_000) == 0
    assert value("nl_sachlohn_steuerfrei", nl_sachbezuege_freigrenze=5_000) == 5_000
    assert value("nl_steuerpflichtig", nl_sachbezuege_freigrenze=5_001) == 5_001


def test_flat_taxes_with_surcharge_and_church_tax_by_land() -> None:
    # Arbeitsunterlage zur Lohnsteuer, section 6: simplified rates; Baden-Württemberg has none that is proved
    rates = {"NW": 7, "BY": 7, "HE": 7, "RP": 7, "SL": 7, "HB": 7, "NI": 6, "SH": 6, "BE": 5, "BB": 5, "MV": 5, "SN": 5,
             "ST": 5, "TH": 5, "HH": 4}
    columns = {"nl_mittagessen": 15, "nl_mahlzeiten_pauschal": 1, "nl_pauschal_25_geld": 4_444,
               "nl_pauschal_37b": 3_333}
    taxes = r2(Fraction((15 * 457 + 4_444) * 25, 100)) + r2(Fraction(3_333 * 30, 100))
    for land, percent in rates.items():
        place = {"bundesland_kirche": LAENDER.index(land)}
        expected = taxes + floor(Fraction(taxes * 55, 1000)) + floor(Fraction(taxes * percent, 100))
        assert value("nl_pauschalsteuern", **columns, **place) == expected, land
    place = {"bundesland_kirche": LAENDER.index("BW")}
    assert "kein belegter Satz" in fault(name="nl_pauschalsteuern", **columns, **place)
    proof = value("nl_pauschalsteuern", **columns, **place, nl_kist_verfahren=1, konfession=1)
    assert proof == taxes + floor(Fraction(taxes * 55, 1000)) + floor(Fraction(taxes * 8, 100))
    assert value("nl_pauschalsteuern", **columns, nl_kist_verfahren=1) == taxes + floor(Fraction(taxes * 55, 1000))


def test_gifts_are_contributory_and_flat_taxed_meals_are_not() -> None:
    assert value("nl_sv_pflichtig", nl_pauschal_37b=5_000) == 5_000
    assert value("nl_steuerpflichtig", nl_pauschal_37b=5_000) == 0
    meals = {"nl_mittagessen": 10, "nl_mahlzeiten_pauschal": 1}
    assert value("nl_sv_pflichtig", **meals) == 0
    assert value("nl_sachbezuege", **meals) == 4_570
    assert value("nl_sv_pflichtig", nl_mittagessen=10) == 4_570


@pytest.mark.parametrize("columns", [{"nl_mittagessen": -1}, {"nl_entfernung_km": -3}, {"nl_listenpreis": -1},
                                     {"nl_wohnung_qm": -1}, {"nl_unterkunft": 1, "nl_unterkunft_belegung": 0},
                                     {"nl_dienstrad_listenpreis": -1}])
def test_negative_facts_are_refused(columns: dict[str, int]) -> None:
    assert "unter" in fault(**columns)
