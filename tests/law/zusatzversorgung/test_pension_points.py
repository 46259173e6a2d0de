"""Pension points (§ 8 ATV-K) and the sections of the annual notification: examples of zvk.md, and by hand."""

from __future__ import annotations

import calendar
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from payroll.law.calculate import rule_book
from payroll.law.engine import evaluate
from payroll.law.rules.zusatzversorgung.jahresmeldung import (
    Buchung,
    Meldemonat,
    beitragsmonat,
    meldefrist,
    ohne_entgelt,
    umlagemonat,
    versicherungsabschnitte,
)

JUNE = date(2026, 6, 1)
# § 8 Abs. 3 ATV-K as printed: first age with each factor
FACTORS = {17: 31, 18: 30, 19: 29, 20: 28, 21: 27, 22: 26, 23: 25, 24: 24, 26: 23, 27: 22, 29: 21, 30: 20, 32: 19,
           34: 18, 35: 17, 37: 16, 40: 15, 42: 14, 44: 13, 47: 12, 50: 11, 53: 10, 57: 9, 62: 8}


def points(pay: int, age: int, **more: int) -> tuple[Fraction, int]:
    result = evaluate(rule_book("zusatzversorgung").build(JUNE), {"zv_entgelt_jahr": pay, "zv_alter": age, **more},
                      ["zv_versorgungspunkte", "zv_anwartschaft"], rows=1)
    assert result.faults == []
    column = result.columns["zv_versorgungspunkte"]
    return Fraction(int(column.num[0]), int(np.asarray(column.den).flat[0])), int(result.cents("zv_anwartschaft")[0])


def test_the_published_example() -> None:
    """20,000.00 a year at the age of 25: 1,666.67 / 1,000 × 2.4 = 4.00 points, 16.00 a month."""
    assert points(2_000_000, 25) == (Fraction(4), 1_600)


def test_every_age_has_its_factor() -> None:
    for age in range(17, 70):
        factor = FACTORS[max(first for first in FACTORS if first <= age)]
        assert points(1_200_000, age)[0] == Fraction(factor, 10), age


def test_points_have_two_decimals_and_parental_leave_counts() -> None:
    # 43,210.98 / 12 = 3,600.92 (3,600.915 up); × 1.3 = 4.681196
    assert points(4_321_098, 45)[0] == Fraction(468, 100)
    assert points(4_321_098, 45)[1] == 1_872
    # two children for twelve months: 2 × 12 × 500 / 12 = 1,000 a month
    assert points(0, 30, zv_elternzeit_monate=24)[0] == 2


def test_nobody_below_17() -> None:
    result = evaluate(rule_book("zusatzversorgung").build(JUNE), {"zv_alter": np.array([16, 17])},
                      ["zv_versorgungspunkte"])
    assert [fault.row for fault in result.faults] == [0]


def month(number: int, pay: int = 300_000, levy: int = 12_750) -> Meldemonat:
    return umlagemonat(date(2026, number, 1), date(2026, number, calendar.monthrange(2026, number)[1]), pay, levy)


def test_a_year_without_change_is_one_section() -> None:
    found, = versicherungsabschnitte(2026, [month(n) for n in reversed(range(1, 13))])
    assert (found.von, found.bis) == (date(2026, 1, 1), date(2026, 12, 31))
    assert found.buchungen == (Buchung("011010", 3_600_000, 153_000),)
    assert meldefrist(2026) == date(2027, 2, 28)
    assert meldefrist(2027) == date(2028, 2, 29)


def test_an_interruption_of_a_full_month_splits() -> None:
    paid = [month(n) for n in (1, 2, 6, 7)]
    away = [ohne_entgelt(date(2026, n, 1), date(2026, n, calendar.monthrange(2026, n)[1]), "28") for n in (3, 4, 5)]
    found = versicherungsabschnitte(2026, paid + away)
    assert [(s.von.month, s.bis.month, s.buchungen[0].schluessel) for s in found] == [
        (1, 2, "011010"), (3, 5, "012800"), (6, 7, "011010")]
    assert sum(b.entgelt for s in found for b in s.buchungen) == 4 * 300_000
    unsaid = versicherungsabschnitte(2026, [month(1), month(3)])
    assert [(s.von.month, s.bis.month) for s in unsaid] == [(1, 1), (3, 3)]


def test_a_shorter_gap_does_not_split() -> None:
    parts = [umlagemonat(date(2026, 3, 1), date(2026, 3, 14), 1, 1),
             umlagemonat(date(2026, 4, 13), date(2026, 4, 30), 2, 2)]
    found, = versicherungsabschnitte(2026, parts)
    assert (found.von, found.bis, found.buchungen) == (
        date(2026, 3, 1), date(2026, 4, 30), (Buchung("011010", 3, 3),))
    longer = [parts[0], umlagemonat(date(2026, 5, 1), date(2026, 5, 31), 2, 2)]
    assert len(versicherungsabschnitte(2026, longer)) == 2  # April lies between


def test_a_change_of_marker_splits_and_sanierungsgeld_is_the_funds_choice() -> None:
    first = umlagemonat(date(2026, 1, 1), date(2026, 1, 31), 300_000, 12_750, sanierungsgeld=10_500,
                        sanierungsgeld_schluessel="011910")
    found = versicherungsabschnitte(2026, [first, month(2)])
    assert [[b.schluessel for b in s.buchungen] for s in found] == [["011010", "011910"], ["011010"]]
    with pytest.raises(ValueError, match="keiner der Schlüssel"):
        umlagemonat(date(2026, 1, 1), date(2026, 1, 31), 1, 1, sanierungsgeld_schluessel="011901")


def test_contributions_free_and_taxed_in_separate_lines() -> None:
    january = (date(2026, 1, 1), date(2026, 1, 31))
    assert beitragsmonat(*january, 500_000, 27_500, 0).buchungen == (Buchung("011501", 500_000, 27_500),)
    assert beitragsmonat(*january, 500_000, 0, 27_500).buchungen == (Buchung("011503", 500_000, 27_500),)
    split = beitragsmonat(*january, 500_001, 10_000, 17_500).buchungen
    assert split == (Buchung("011501", 181_819, 10_000), Buchung("011503", 318_182, 17_500))


def test_impossible_notifications_are_named() -> None:
    with pytest.raises(ValueError, match="Einzahler 01, 03"):
        Buchung("021010", 1, 1)
    with pytest.raises(ValueError, match="gehört zu Abschnitten ohne"):
        Buchung("011000", 0, 0)
    with pytest.raises(ValueError, match="hat keine Beträge"):
        Buchung("012800", 1, 0)
    with pytest.raises(ValueError, match="Tage eines Monats"):
        Meldemonat(date(2026, 1, 1), date(2026, 2, 1), (Buchung("011010", 1, 1),))
    with pytest.raises(ValueError, match="nicht im Jahr 2025"):
        versicherungsabschnitte(2025, [month(1)])
    with pytest.raises(ValueError, match="überschneidet sich"):
        versicherungsabschnitte(2026, [month(1), umlagemonat(date(2026, 1, 20), date(2026, 1, 31), 1, 1)])
