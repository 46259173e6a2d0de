"""Pension add-on, days, ages and the equations of the payslip, recomputed independently with exact fractions."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor

import numpy as np
import pytest

from payroll.law.calculate import gross_to_net, price_slices
from payroll.law.encode import LAENDER, gruppe_code
from payroll.law.payslip_columns import OUTPUTS

MONTH = date(2026, 5, 1)
BASE = {"status": 0, "brutto": 400000, "steuerklasse": 1, "geburtsdatum": 19850615, "kv_art": 0, "zusatzbeitrag": 29000,
        "beitragsgruppe_kv": 1, "beitragsgruppe_rv": 1, "beitragsgruppe_av": 1, "beitragsgruppe_pv": 1,
        "personengruppe": 101, "u2_satz": 3900, "zusatzversorgung": 1, "zv_umlage_satz": 42500,
        "zv_sanierungsgeld_satz": 35000, "zv_pauschal_grenze": 8948}


def r2(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def columns(**changes: object) -> dict[str, object]:
    return {**BASE, **changes}


def addition(pay: int, rate: Fraction, limit: int, flat_limit: int, klasse_6: bool) -> dict[str, int]:
    """§ 3 Nr. 56, § 40b EStG a. F., § 1 Abs. 1 SvEV by their wording; all amounts in cents."""
    umlage = r2(pay * rate)
    free = 0 if klasse_6 else min(umlage, limit)
    flat = 0 if klasse_6 else min(umlage - free, flat_limit)
    rest, favoured = umlage - free - flat, free + flat
    base = pay if favoured == umlage and favoured <= 10000 else r2(Fraction(min(favoured, 10000)) / rate)
    lump = max(0, r2(base * Fraction(25, 1000)) - 1330) if favoured else 0
    return {"zv_umlage": umlage, "zv_steuerfrei": free, "zv_pauschal": flat, "zv_individuell": rest,
            "zv_hinzurechnung": lump + max(0, favoured - 10000) + rest}


@pytest.mark.parametrize(("rate", "flat"), [(42500, 8948), (54900, 9203)])
@pytest.mark.parametrize("klasse", [1, 6])
def test_umlage_and_addition_over_a_range_of_pay(rate: int, flat: int, klasse: int) -> None:
    pay = np.arange(50_00, 14_000_00, 137_31)
    result = gross_to_net(MONTH, columns(brutto=pay, zv_umlage_satz=rate, zv_pauschal_grenze=flat, steuerklasse=klasse),
                          OUTPUTS)
    assert result.faults == []
    for row, amount in enumerate(pay):
        expected = addition(int(amount), Fraction(rate, 1_000_000), 33800, flat, klasse == 6)
        assert {name: int(result.cents(name)[row]) for name in expected} == expected, amount


def test_use_up_and_ceiling_of_pensionable_pay() -> None:
    """zvk.md: E15 step 6 in November and December 2026; ceiling 21,125.00, doubled with a one-off payment."""
    result = gross_to_net(date(2026, 11, 1), columns(
        brutto=np.array([820411, 820411, 2500000, 2500000]), einmalzahlung=np.array([697349, 0, 0, 1000000]),
        zv_verfahren=1, zv_steuerfrei_bisher=np.array([344874, 405600, 405600, 405600]), sv_tage_bisher=300), OUTPUTS)
    assert list(result.cents("zv_steuerfrei")[:2]) == [60726, 0]
    assert list(result.cents("zv_pauschal")[:2]) == [3779, 8948]
    assert list(result.cents("zv_hinzurechnung")[:2]) == [59057, 29853]
    assert [int(u) for u in result.cents("zv_umlage")[2:]] == [r2(Fraction(2112500 * 425, 10000)),
                                                            r2(Fraction(3500000 * 425, 10000))]


def test_the_equations_of_the_payslip_hold_for_every_row() -> None:
    rng = np.random.default_rng(20261122)
    rows = 400
    result = gross_to_net(MONTH, columns(
        brutto=rng.integers(60_000, 1_200_000, rows), zulagen=rng.integers(0, 50_000, rows),
        vwl_ag=rng.integers(0, 2, rows) * 665, steuerfreie_bezuege=rng.integers(0, 9_000, rows),
        einmalzahlung=rng.integers(0, 2, rows) * 250_000, sv_tage_bisher=120, jahresarbeitslohn_erwartet=4_800_000,
        steuerklasse=rng.integers(1, 7, rows), konfession=rng.integers(0, 3, rows),
        bundesland_kirche=rng.integers(0, len(LAENDER), rows), vwl_sparbetrag=4000, sonstige_abzuege=150,
        von_tag=rng.integers(0, 12, rows), kinder_unter_25=rng.integers(0, 6, rows)), OUTPUTS)
    assert result.faults == []
    c = {name: result.cents(name) for name in OUTPUTS}
    taxes = c["lohnsteuer"] + c["soli"] + c["kirchensteuer"]
    own = c["kv_an"] + c["zb_an"] + c["pv_an"] + c["rv_an"] + c["av_an"]
    assert (c["netto"] == c["gesamtbrutto"] - taxes - own - c["zv_an"]).all()
    assert (c["auszahlung"] == c["netto"] + c["zuschuss_kv"] + c["zuschuss_pv"] - 4150).all()
    employer = c["kv_ag"] + c["zb_ag"] + c["pv_ag"] + c["rv_ag"] + c["av_ag"] + c["u2"]
    pension = (c["zv_umlage"] + c["zv_sanierungsgeld"] + c["zv_pauschalsteuer"] + c["zv_pauschal_soli"]
               + c["zv_pauschal_kist"])
    assert (c["ag_kosten"] == c["gesamtbrutto"] + employer + pension).all()
    assert (c["zv_umlage"] == c["zv_steuerfrei"] + c["zv_pauschal"] + c["zv_individuell"]).all()


@pytest.mark.parametrize(("born", "month", "surcharge"), [
    (20030420, date(2026, 4, 1), False), (20030420, date(2026, 5, 1), True),
    (20030501, date(2026, 4, 1), False), (20030501, date(2026, 5, 1), True),
    (20030502, date(2026, 5, 1), False), (19391231, date(2026, 5, 1), False),
])
def test_childless_surcharge_starts_after_the_23rd_year(born: int, month: date, surcharge: bool) -> None:
    result = gross_to_net(month, columns(kinderlos=1, geburtsdatum=born), ["kinderlos_zuschlag"])
    assert bool(result.columns["kinderlos_zuschlag"].num[0]) is surcharge


@pytest.mark.parametrize(("born", "alter1", "ajahr"), [
    (19620101, 1, 2026), (19620102, 0, 0), (19611231, 1, 2026), (19610101, 1, 2025), (19610102, 1, 2026)])
def test_age_relief_from_the_64th_year(born: int, alter1: int, ajahr: int) -> None:
    result = gross_to_net(MONTH, columns(geburtsdatum=born), ["alter1", "ajahr"])
    assert (int(result.cents("alter1")[0]), int(result.cents("ajahr")[0])) == (alter1, ajahr)


def test_church_tax_by_land_and_half_month() -> None:
    laender = [LAENDER.index(code) for code in ("NW", "BY", "BW", "SN")]
    result = gross_to_net(MONTH, columns(konfession=1, bundesland_kirche=np.array(laender)), ["kirchensteuer", "bk"])
    base = int(result.cents("bk")[0])
    assert [int(v) for v in result.cents("kirchensteuer")] == [floor(Fraction(base * p, 100)) for p in (9, 8, 8, 9)]


def test_partial_month_is_taxed_by_the_day() -> None:
    result = gross_to_net(MONTH, columns(brutto=200001, von_tag=17, regelmaessiges_entgelt=400000),
                          ["tage", "sv_tage", "lzz", "re4", "lstlzz", "lohnsteuer"])
    assert [int(result.cents(n)[0]) for n in ("tage", "sv_tage", "lzz", "re4")] == [15, 15, 4, 13333]
    assert result.cents("lohnsteuer")[0] == 15 * result.cents("lstlzz")[0]


def test_slices_are_priced_with_part_time_and_days() -> None:
    result = price_slices(date(2026, 6, 1), {
        "entgeltgruppe": np.array([gruppe_code("TVoeD-VKA", "E5"), gruppe_code("TVoeD-VKA", "E5"), 0]),
        "stufe": np.array([4, 3, 1]), "wochenstunden": np.array([1950, 3900, 3900]), "vollzeitstunden": 3900,
        "tage": np.array([15, 15, 30])})
    assert int(result.cents("tabellenentgelt")[0]) == 89695
    assert [fault.row for fault in result.faults] == [2]


def test_advance_on_a_draft_act_is_kept_apart() -> None:
    inputs = {"entgeltgruppe": gruppe_code("NRW-A", "A13"), "stufe": 7, "wochenstunden": 4100, "vollzeitstunden": 4100,
              "tage": 31, "abschlag_auf_entwurf": np.array([0, 1])}
    result = price_slices(MONTH, inputs)
    assert [int(v) for v in result.cents("tabellenentgelt")] == [547256, 565644]
    assert [int(v) for v in result.cents("abschlag_entwurf")] == [0, 565644 - 547256]
