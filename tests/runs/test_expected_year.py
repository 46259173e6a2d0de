"""Voraussichtlicher Jahresarbeitslohn bei einer Einmalzahlung (§ 39b Abs. 3 EStG, R 39b.6 LStR)."""

from __future__ import annotations

from datetime import date

import numpy as np

from payroll.law.encode import ZUSATZVERSORGUNGEN, ZV_VERFAHREN
from payroll.runs.collect import expected_year

# E15 step 6 in November 2026: pay 8,204.11, bonus 6,973.49. Umlage 645.05 = 338.00 free + 89.48 flat + 217.57
# individual; in an ordinary month 348.67 = 338.00 + 10.67, nothing individual.
PAY, BONUS, INDIVIDUAL = 820_411, 697_349, 21_757


def _inputs(bonus: int) -> dict[str, np.ndarray]:
    columns = {"brutto": PAY, "einmalzahlung": bonus, "steuerklasse": 1, "zusatzbeitrag": 29_000,
               "beitragsgruppe_kv": 9, "beitragsgruppe_rv": 1, "beitragsgruppe_av": 1, "beitragsgruppe_pv": 1,
               "personengruppe": 101, "zusatzversorgung": ZUSATZVERSORGUNGEN.index("rzvk"), "zv_umlage_satz": 42_500,
               "zv_an_satz": 0, "zv_sanierungsgeld_satz": 35_000, "zv_pauschal_grenze": 8_948,
               "zv_verfahren": ZV_VERFAHREN.index("verteilt"), "sv_tage_bisher": 300}
    return {name: np.array([value], dtype=np.int64) for name, value in columns.items()}


def test_the_individual_part_of_a_bonus_month_counts_once() -> None:
    so_far = np.array([8_000_000])
    assert expected_year(date(2026, 11, 1), _inputs(BONUS), so_far).tolist() == [8_000_000 + 2 * PAY + INDIVIDUAL]
    assert expected_year(date(2026, 12, 1), _inputs(BONUS), so_far).tolist() == [8_000_000 + PAY + INDIVIDUAL]


def test_nothing_is_expected_without_a_one_off() -> None:
    assert expected_year(date(2026, 11, 1), _inputs(0), np.array([8_000_000])).tolist() == [0]


def test_who_leaves_in_the_month_earns_nothing_more_and_who_enters_earns_whole_months() -> None:
    """Half of November: 4,102.06 paid; a leaver expects no more, an entrant the whole pay in December."""
    half = _inputs(BONUS) | {"brutto": np.array([410_206]), "zulagen": np.array([0]), "zv_frei": np.array([0]),
                             "vwl_ag": np.array([0])}
    full = {"brutto": np.array([PAY]), "zv_frei": np.array([0]), "vwl_ag": np.array([0])}
    leaver = half | {"von_tag": np.array([1]), "bis_tag": np.array([15])}
    entrant = half | {"von_tag": np.array([16]), "bis_tag": np.array([30])}
    so_far, month = np.array([1_000_000]), date(2026, 11, 1)
    gone = int(expected_year(month, leaver, so_far, full)[0])
    stays = int(expected_year(month, entrant, so_far, full)[0])
    # In the month itself the bonus lifts the Umlage above the free amounts; that part is the same for both.
    assert 1_410_206 <= gone < 1_410_206 + 50_000
    assert stays - gone == PAY
