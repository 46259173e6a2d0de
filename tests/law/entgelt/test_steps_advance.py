"""§§ 16, 17 TVöD: the day of the next step from facts, by hand on the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from payroll.law.rules.entgelt.laufzeit import Zeitraum, erreicht, plus_jahre, plus_monate
from payroll.law.rules.entgelt.stufenlauf import (
    Stufenwechsel,
    Unterbrechung,
    Zuordnung,
    herabgruppierung,
    hoehergruppierung,
    naechster_wechsel,
    verlauf,
)


def next_of(group: str = "E9b", step: int = 3, since: str = "2023-03-15", *gaps: tuple[str, str, str],
            scale: str = "TVoeD-VKA", faster: int = 0, floor: int = 1) -> Stufenwechsel:
    found = naechster_wechsel(
        Zuordnung(scale, group, step, date.fromisoformat(since), faster, floor),
        [Unterbrechung(date.fromisoformat(a), date.fromisoformat(b), art) for art, a, b in gaps])
    assert found is not None
    return found


@pytest.mark.parametrize(("group", "step", "since", "day", "paid"), [
    ("E9b", 1, "2025-01-01", "2026-01-01", "2026-01-01"), ("E9b", 1, "2025-06-16", "2026-06-16", "2026-06-01"),
    ("E9b", 2, "2024-02-29", "2026-03-01", "2026-03-01"), ("E9b", 3, "2023-03-15", "2026-03-15", "2026-03-01"),
    ("E9b", 4, "2022-05-31", "2026-05-31", "2026-05-01"), ("E9b", 5, "2021-12-02", "2026-12-02", "2026-12-01"),
    ("E1", 2, "2022-04-10", "2026-04-10", "2026-04-01"), ("E1", 5, "2022-04-10", "2026-04-10", "2026-04-01")])
def test_years_in_a_step(group: str, step: int, since: str, day: str, paid: str) -> None:
    change = next_of(group, step, since)
    assert (change.stufe, change.am, change.gezahlt_ab) == (
        step + 1, date.fromisoformat(day), date.fromisoformat(paid))
    assert f"in Stufe {step} seit" in change.grund


def test_the_last_step_and_unknown_groups() -> None:
    assert naechster_wechsel(Zuordnung("TVoeD-VKA", "E9b", 6, date(2020, 1, 1))) is None
    with pytest.raises(ValueError, match="keine Stufe 1; vorhanden: 2, 3"):
        next_of("E1", 1)
    with pytest.raises(ValueError, match="keine Stufenlaufzeit"):
        next_of("Auszubildende", 1, scale="TVAoeD-BBiG")


@pytest.mark.parametrize(("kind", "start", "end", "shift"), [
    ("sonderurlaub", "2024-05-01", "2024-08-31", 123), ("elternzeit", "2024-05-01", "2025-04-30", 365),
    ("mutterschutz", "2024-05-01", "2024-08-10", 0), ("bezahlter_urlaub", "2024-05-01", "2024-08-31", 0),
    ("sonstige", "2024-05-01", "2024-05-29", 0), ("sonstige", "2024-05-01", "2024-05-30", 30),
    ("sonstige", "2023-12-10", "2024-01-20", 0), ("krankheit", "2024-01-01", "2024-09-29", 0),
    ("krankheit", "2024-01-01", "2024-10-09", 10), ("hoeherwertige_taetigkeit", "2024-01-01", "2024-12-31", 0)])
def test_interruptions_push_the_day_back_or_not(kind: str, start: str, end: str, shift: int) -> None:
    change = next_of("E9b", 3, "2023-03-15", (kind, start, end))
    assert change.am == date(2026, 3, 15) + timedelta(days=shift)
    assert change.nicht_gezaehlte_tage == shift
    assert change.gezahlt_ab == change.am.replace(day=1)
    assert ("zählen nicht mit" in change.grund) is (shift > 0)


def test_short_interruptions_of_a_year_add_up() -> None:
    change = next_of("E9b", 3, "2023-03-15", ("sonstige", "2024-02-01", "2024-02-15"),
                     ("sonderurlaub", "2024-06-01", "2024-06-15"))
    assert change.nicht_gezaehlte_tage == 30


def test_an_interruption_before_the_step_or_after_the_advance_changes_nothing() -> None:
    assert next_of("E9b", 3, "2023-03-15", ("elternzeit", "2021-01-01", "2022-12-31")).am == date(2026, 3, 15)
    assert next_of("E9b", 3, "2023-03-15", ("elternzeit", "2026-03-15", "2027-12-31")).am == date(2026, 3, 15)


@pytest.mark.parametrize(("kind", "end", "step", "day"), [
    ("sonderurlaub", "2027-04-30", 4, None), ("sonderurlaub", "2027-05-01", 2, "2027-05-02"),
    ("elternzeit", "2029-04-30", 4, None), ("elternzeit", "2029-05-01", 2, "2029-05-02")])
def test_a_very_long_interruption_leads_to_the_step_before(kind: str, end: str, step: int, day: str | None) -> None:
    """Up to three years (parental leave five) from 1 May 2024 on are harmless, a day more is not."""
    change = next_of("E9b", 3, "2023-03-15", (kind, "2024-05-01", end))
    assert change.stufe == step
    if day:
        assert change.am == change.gezahlt_ab == date.fromisoformat(day)
        assert "vorangehende Stufe" in change.grund
    floor = next_of("E9b", 3, "2023-03-15", (kind, "2024-05-01", end), floor=3)
    assert floor.stufe == (3 if day else 4)


def test_performance_moves_steps_four_to_six_only() -> None:
    assert next_of("E9b", 3, "2023-03-15", faster=6).am == date(2025, 9, 15)
    assert next_of("E9b", 3, "2023-03-15", faster=-6).am == date(2026, 9, 15)
    assert "um 6 Monate verlängert" in next_of("E9b", 3, "2023-03-15", faster=-6).grund
    with pytest.raises(ValueError, match="Stufen 4 bis 6"):
        next_of("E9b", 2, "2023-03-15", faster=6)


@pytest.mark.parametrize(("group", "step", "since", "day"), [
    ("S8a", 2, "2021-08-01", "2024-08-01"), ("S8a", 2, "2022-05-15", "2024-10-01"),
    ("S8a", 2, "2023-05-15", "2025-05-15"), ("S8a", 3, "2021-01-01", "2024-10-01"),
    ("S8b", 4, "2017-02-01", "2023-02-01"), ("S8b", 4, "2020-01-01", "2024-10-01"),
    ("S8b", 5, "2021-01-01", "2026-01-01")])
def test_table_s_before_and_after_october_2024(group: str, step: int, since: str, day: str) -> None:
    """Until 30 September 2024 three years in step 2, four in step 3; S8b six and eight years."""
    assert next_of(group, step, since, scale="TVoeD-SuE").am == date.fromisoformat(day)


def test_the_way_from_step_one_to_six() -> None:
    changes = verlauf(Zuordnung("TVoeD-VKA", "E6", 1, date(2020, 7, 15)), [], date(2040, 1, 1))
    assert [(c.stufe, c.am.year) for c in changes] == [(2, 2021), (3, 2023), (4, 2026), (5, 2030), (6, 2035)]
    assert verlauf(Zuordnung("TVoeD-VKA", "E6", 1, date(2020, 7, 15)), [], date(2021, 7, 14)) == []
    after_leave = verlauf(Zuordnung("TVoeD-VKA", "E6", 3, date(2020, 7, 15)),
                          [Unterbrechung(date(2021, 1, 1), date(2024, 12, 31), "sonderurlaub")], date(2029, 1, 1))
    assert [(c.stufe, c.am) for c in after_leave] == [
        (2, date(2025, 1, 1)), (3, date(2027, 1, 1))]


def test_regrading_up_and_down() -> None:
    before = Zuordnung("TVoeD-VKA", "E8", 4, date(2024, 2, 1))
    up, paid, why = hoehergruppierung(before, "E9a", date(2026, 5, 15))
    assert (up.entgeltgruppe, up.stufe, up.stufe_seit, paid) == ("E9a", 4, date(2026, 5, 15), date(2026, 5, 1))
    assert "gleiche Stufe" in why
    again, _, why = hoehergruppierung(before, "E9a", date(2026, 5, 1), zuerst_uebertragen=date(2025, 11, 1))
    assert again.stufe_seit == date(2025, 11, 1)
    assert "vorübergehenden Übertragung" in why
    low, _, why = hoehergruppierung(Zuordnung("TVoeD-VKA", "E5", 1, date(2026, 1, 1)), "E6", date(2026, 4, 1))
    assert low.stufe == 2
    assert "mindestens Stufe 2" in why
    down, _, _ = herabgruppierung(up, "E8", date(2027, 1, 1))
    assert (down.stufe, down.stufe_seit) == (4, date(2026, 5, 15))
    with pytest.raises(ValueError, match="hat keine Stufe 1"):
        herabgruppierung(Zuordnung("TVoeD-VKA", "E2", 1, date(2026, 1, 1)), "E1", date(2026, 6, 1))
    with pytest.raises(ValueError, match="nach dem Tag"):
        hoehergruppierung(before, "E9a", date(2026, 5, 1), zuerst_uebertragen=date(2026, 6, 1))


def test_months_and_years_on_the_calendar() -> None:
    assert plus_monate(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert plus_jahre(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert plus_jahre(date(2024, 2, 29), 1) == date(2025, 3, 1)
    with pytest.raises(ValueError, match="liegt vor"):
        Zeitraum(date(2026, 1, 2), date(2026, 1, 1))
    with pytest.raises(ValueError, match="erlaubt: mutterschutz"):
        Unterbrechung(date(2026, 1, 1), date(2026, 1, 2), "ferien")


def test_counted_days_equal_the_days_of_the_plain_period() -> None:
    """Property: from start to the day reached, the counted days are exactly those of the undisturbed period."""
    rng = np.random.default_rng(17)
    for _ in range(200):
        start = date(2020, 1, 1) + timedelta(days=int(rng.integers(0, 2000)))
        months = int(rng.integers(1, 61))
        gaps = []
        for _ in range(int(rng.integers(0, 4))):
            first = start + timedelta(days=int(rng.integers(-200, 1500)))
            gaps.append(Zeitraum(first, first + timedelta(days=int(rng.integers(0, 200)))))
        day, lost = erreicht(start, months, gaps)
        plain = plus_jahre(start, months // 12) if months % 12 == 0 else plus_monate(start, months)
        counted = sum(1 for n in range((day - start).days)
                      if not any(g.von <= start + timedelta(days=n) <= g.bis for g in gaps))
        assert counted == (plain - start).days
        assert lost == (day - plain).days
