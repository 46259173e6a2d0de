"""Part-time, days, hourly rates, family supplement, allowances: recomputed with exact fractions from the CSV tables."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest

from payroll.law.calculate import price_slices, rule_book
from payroll.law.encode import gruppe_code, tarifwerk_code
from payroll.law.engine import evaluate
from payroll.law.parameters.pay_tables import FOLDER, MIETENSTUFEN, load_pay_tables


def r2(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def test_part_time_and_days_for_random_assignments() -> None:
    day = date(2026, 5, 1)
    cells = load_pay_tables().on(day)
    keys = sorted(cells)
    rng = np.random.default_rng(39)
    picked = rng.integers(0, len(keys), 2000)
    weekly, days = rng.integers(1, 4200, 2000), rng.integers(1, 32, 2000)
    result = price_slices(day, {
        "entgeltgruppe": np.array([gruppe_code(*keys[i][:2]) for i in picked]),
        "stufe": np.array([int(keys[i][2]) for i in picked]), "wochenstunden": weekly, "vollzeitstunden": 3900,
        "tage": days})
    assert result.faults == []
    for row, index in enumerate(picked):
        part = r2(Fraction(cells[keys[index]].cent) * int(weekly[row]) / 3900)
        assert int(result.cents("tabellenentgelt")[row]) == r2(Fraction(part * int(days[row]), 31))


def family_table() -> dict[tuple[str, str, str, str], int]:
    with (FOLDER / "familienzuschlag_nrw.csv").open(encoding="utf-8", newline="") as stream:
        return {(r["klasse"], r["stufe"], r["mietenstufe"], r["gueltig_ab"]): int(Fraction(r["betrag"]) * 100)
                for r in csv.DictReader(stream)}


@pytest.mark.parametrize("draft", [False, True])
def test_family_supplement_of_every_class_and_rent_level(draft: bool) -> None:
    table, day = family_table(), "2026-04-01" if draft else "2025-02-01"
    cases: list[tuple[str, str, int, int, str]] = [
        (group, klasse, married, children, level)
        for group, klasse in (("A6", "A5-A6"), ("A7", "A7-A8"), ("A13", "uebrige"))
        for married in (0, 1) for children in range(8) for level in MIETENSTUFEN[1:]]
    result = price_slices(date(2026, 6, 1), {
        "entgeltgruppe": np.array([gruppe_code("NRW-A", c[0]) for c in cases]), "stufe": 7, "wochenstunden": 2050,
        "vollzeitstunden": 4100, "tage": 30, "abschlag_auf_entwurf": int(draft),
        "familienzuschlag_stufe_1": np.array([c[2] for c in cases]),
        "familienzuschlag_kinder": np.array([c[3] for c in cases]),
        "mietenstufe": np.array([MIETENSTUFEN.index(c[4]) for c in cases])})
    assert result.faults == []
    for row, (_, klasse, married, children, level) in enumerate(cases):
        step_1 = table[klasse, "1", "alle", day]
        if children:
            full = table[klasse, str(min(children, 4) + 1), level, day] - (0 if married else step_1)
            full += max(children - 4, 0) * table[klasse, "weiteres_kind", level, day]
        else:
            full = step_1 * married
        assert int(result.cents("familienzuschlag")[row]) == r2(Fraction(full, 2)), cases[row]


def test_family_supplement_without_rent_level_is_a_fault() -> None:
    inputs = {"entgeltgruppe": gruppe_code("NRW-A", "A9"), "stufe": 7, "wochenstunden": 4100, "vollzeitstunden": 4100,
              "tage": 30, "familienzuschlag_kinder": np.array([0, 1])}
    result = price_slices(date(2026, 6, 1), inputs)
    assert [fault.row for fault in result.faults] == [1]
    assert "Familienzuschlag" in result.faults[0].message


def value(name: str, scale: str, group: str, step: int, month: date, **more: Any) -> int:
    result = evaluate(rule_book("entgelt", "besoldung").build(month), {
        "tarifwerk": tarifwerk_code(scale), "entgeltgruppe": gruppe_code(scale, group), "stufe": step,
        "wochenstunden": 3900, "vollzeitstunden": 3900, "tage": 30, "kalendertage_im_monat": 30, **more}, [name])
    assert result.faults == []
    return int(result.cents(name)[0])


def test_hourly_rates_and_premiums_of_all_groups() -> None:
    """§ 24(3): monthly amount / (4.348 × 39 = 169.57); § 8(1): premium by step 3, every part rounded on its own."""
    month = date(2026, 6, 1)
    cells = load_pay_tables().on(month)
    for scale, group, step in sorted(k for k in cells if k[0] == "TVoeD-VKA"):
        hour = r2(Fraction(cells[scale, group, step].cent) / Fraction("169.57"))
        assert value("stundenentgelt", scale, group, int(step), month) == hour
        step_3 = r2(Fraction(cells[scale, group, "3"].cent) / Fraction("169.57"))
        night = r2(Fraction(r2(Fraction(step_3, 5)) * 750, 100))
        assert value("zeitzuschlag_betrag", scale, group, int(step), month, zuschlag_art=0, stunden=750) == night
        share = 30 if group in ("E1", "E2", "E2Ü", "E3", "E4", "E5", "E6", "E7", "E8", "E9a", "E9b") else 15
        assert value("zuschlag_je_stunde", scale, group, int(step), month, zuschlag_art=6) == r2(
            Fraction(step_3 * share, 100))


@pytest.mark.parametrize(("scale", "group", "art", "month", "hospital", "expected"), [
    ("TVoeD-VKA", "E6", 1, date(2025, 6, 1), 0, 10500), ("TVoeD-VKA", "E6", 1, date(2025, 7, 1), 0, 20000),
    ("TVoeD-P", "P8", 1, date(2025, 7, 1), 1, 25000), ("TVoeD-P", "P8", 2, date(2025, 7, 1), 1, 10000),
    ("TVAoeD-Pflege", "b_Pflegeausbildung", 1, date(2025, 7, 1), 1, 18750),
    ("TVAoeD-BBiG", "Auszubildende", 2, date(2025, 7, 1), 0, 7500), ("TVoeD-SuE", "S8a", 3, date(2025, 7, 1), 0, 13000),
    ("TVoeD-SuE", "S12", 3, date(2025, 7, 1), 0, 18000), ("TVoeD-VKA", "E5", 6, date(2025, 7, 1), 0, 665),
])
def test_monthly_allowances(scale: str, group: str, art: int, month: date, hospital: int, expected: int) -> None:
    assert value("zulage_monat", scale, group, 3, month, zulage_art=art, krankenhaus=hospital) == expected


def test_limited_fitness_never_exceeds_full_pay() -> None:
    """§ 71 LBesG NRW: 10 % of full pay, at least 300.00, if hours fall by at least 20 %; not above full pay."""
    for share, supplement in ((6000, 39024), (8000, 39024), (8001, 0), (0, 0)):
        assert value("zuschlag_begrenzte_dienstfaehigkeit", "NRW-A", "A9", 8, date(2025, 6, 1), dienstfaehigkeit=share,
                     wochenstunden=share * 41 // 100 or 4100, vollzeitstunden=4100) == supplement
    low = value("zuschlag_begrenzte_dienstfaehigkeit", "NRW-A", "A5", 3, date(2025, 6, 1), dienstfaehigkeit=8000,
                wochenstunden=3280, vollzeitstunden=4100)
    assert low == 30000
