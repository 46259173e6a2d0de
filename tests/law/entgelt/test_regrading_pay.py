"""Pay after regrading, guarantee amounts in table S, higher duties, individual amounts: by hand from the tables."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from premium_cases import cell, law, r2

from payroll.law.encode import gruppe_code
from payroll.law.engine import Overlay
from payroll.law.rules.entgelt.dynamik import dynamischer_betrag, erhoehungen, individuelle_stufe


def sue(group: str) -> int:
    return gruppe_code("TVoeD-SuE", group)


@pytest.mark.parametrize(("old", "new", "step", "month", "amount"), [
    ("S2", "S3", 2, date(2024, 6, 1), 7299), ("S8a", "S8b", 3, date(2025, 6, 1), 7526),
    ("S11b", "S12", 2, date(2024, 6, 1), 11679), ("S12", "S13", 3, date(2026, 6, 1), 12379)])
def test_guarantee_amount_replaces_a_smaller_gain(old: str, new: str, step: int, month: date, amount: int) -> None:
    gain = cell("TVoeD-SuE", new, step, month) - cell("TVoeD-SuE", old, step, month)
    facts: dict[str, Any] = {"hoehergruppiert": 1, "gruppe_bisher": sue(old), "stufe_bisher": step}
    top_up = law("garantie_zulage", "TVoeD-SuE", new, step, month, **facts)
    assert top_up == max(amount - gain, 0)
    half = law("garantie_zulage", "TVoeD-SuE", new, step, month, wochenstunden=1950, **facts)
    assert half == r2(Fraction(top_up, 2))


def test_which_group_decides_is_a_setting() -> None:
    facts: dict[str, Any] = {"hoehergruppiert": 1, "gruppe_bisher": sue("S8b"), "stufe_bisher": 2}
    month = date(2024, 6, 1)
    new = (Overlay("garantiebetrag_gruppe", date(2024, 1, 1), 2, "Festlegung"),)
    assert law("garantiebetrag", "TVoeD-SuE", "S9", 2, month, **facts) == 7299
    assert law("garantiebetrag", "TVoeD-SuE", "S9", 2, month, overlays=new, **facts) == 11679


def test_no_guarantee_outside_table_s() -> None:
    facts: dict[str, Any] = {"hoehergruppiert": 1, "gruppe_bisher": gruppe_code("TVoeD-VKA", "E5"), "stufe_bisher": 2}
    assert law("garantie_zulage", group="E6", **facts) == 0
    assert law("garantie_zulage", group="E6") == 0


def test_higher_duties_for_some_days_and_part_time() -> None:
    november = date(2025, 11, 1)
    duty: dict[str, Any] = {"hoeherwertig": 1, "hoehere_gruppe": gruppe_code("TVoeD-VKA", "E6")}
    # E6 step 4 3617.92 − E5 step 4 3490.06 = 127.86; 16 of 30 days
    assert law("zulage_hoeherwertig", group="E5", step=4, month=november, hoehere_tage=16, **duty) == 6819
    half = r2(Fraction(361792, 2)) - r2(Fraction(349006, 2))
    assert law("zulage_hoeherwertig", group="E5", step=4, month=november, hoehere_tage=30, wochenstunden=1950,
               **duty) == half
    first = cell("TVoeD-VKA", "E6", 2, november) - cell("TVoeD-VKA", "E5", 1, november)
    assert law("zulage_hoeherwertig", group="E5", step=1, month=november, hoehere_tage=30, **duty) == first
    assert law("zulage_hoeherwertig", group="E5", step=4, month=november, hoehere_tage=30) == 0


def test_higher_duties_in_table_s_have_the_guarantee_amount() -> None:
    month = date(2024, 6, 1)
    gain = cell("TVoeD-SuE", "S3", 2, month) - cell("TVoeD-SuE", "S2", 2, month)
    found = law("zulage_hoeherwertig", "TVoeD-SuE", "S2", 2, month, hoeherwertig=1, hoehere_gruppe=sue("S3"),
                hoehere_tage=30)
    assert found == max(gain, 7299)


def test_structural_equalisation_is_reduced_and_offset() -> None:
    assert law("strukturausgleich", strukturausgleich_betrag=8000, wochenstunden=1950) == 4000
    assert law("strukturausgleich", strukturausgleich_betrag=8000, strukturausgleich_anrechnung=3050) == 4950
    assert law("strukturausgleich", strukturausgleich_betrag=8000, strukturausgleich_anrechnung=9000) == 0
    assert law("strukturausgleich", strukturausgleich_betrag=8000, tage=10) == 2667


def test_individual_amounts_follow_the_rises() -> None:
    # 4000.00 × 1.0311 = 4124.40; × 1.028 = 4239.88
    assert dynamischer_betrag(400_000, date(2025, 3, 31), date(2025, 4, 1)) == 412_440
    assert dynamischer_betrag(400_000, date(2025, 3, 31), date(2026, 5, 1)) == 423_988
    assert dynamischer_betrag(400_000, date(2025, 4, 1), date(2026, 4, 30)) == 400_000
    assert [rise.ab for rise in erhoehungen(400_000, date(2024, 3, 1), date(2027, 1, 1))] == [
        date(2025, 4, 1), date(2026, 5, 1)]
    assert individuelle_stufe(400_000, date(2025, 3, 31), 430_000, date(2026, 6, 1))[0] == 430_000
    own, why = individuelle_stufe(400_000, date(2025, 3, 31), 0, date(2026, 6, 1))
    assert (own, "individueller Betrag" in why) == (423_988, True)
