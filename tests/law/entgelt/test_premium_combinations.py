"""§ 8 Abs. 1 TVöD: which premiums go together; the cutting of working time; overtime, extra work, 42 hours."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
from premium_cases import JUNE, cell, hour, law, r2

from payroll.law.engine import Overlay
from payroll.law.rules.entgelt.feiertage import ist_feiertag, werktag_vor
from payroll.law.rules.entgelt.zuschlagszeiten import Abschnitt, abschnitte

E7 = 2172  # E7 step 3, June 2026: 3683.67 / 169.57 = 21.72 (tvoed_rules.md section 14 uses the same rate)
OURS = date(2024, 1, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_base_is_step_three() -> None:
    assert hour("TVoeD-VKA", "E7", 3) == E7
    assert law("zuschlag_grundlage") == E7


@pytest.mark.parametrize(("facts", "percent"), [
    ({"zeit_sonntag": 1}, 25), ({"zeit_feiertag": 2}, 135), ({"zeit_feiertag": 1}, 35), ({"zeit_vorfeiertag": 1}, 35),
    ({"zeit_samstag": 1}, 20), ({"zeit_samstag": 1, "in_schichtarbeit": 1}, 0),
    ({"zeit_samstag": 1, "in_schichtarbeit": 1, "krankenhaus": 1}, 20),
    ({"zeit_samstag": 1, "in_schichtarbeit": 1, "pflegeheim": 1}, 20),
    ({"zeit_sonntag": 1, "zeit_feiertag": 2}, 135), ({"zeit_sonntag": 1, "zeit_vorfeiertag": 1}, 35),
    ({"zeit_sonntag": 1, "zeit_feiertag": 1}, 35), ({"zeit_samstag": 1, "zeit_vorfeiertag": 1}, 35),
    ({"zeit_feiertag": 1, "zeit_vorfeiertag": 1}, 35), ({}, 0),
])
@pytest.mark.parametrize(("night", "overtime"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_highest_of_the_day_kinds_and_night_and_overtime_beside_it(
        facts: dict[str, int], percent: int, night: int, overtime: int) -> None:
    hours = 325
    def part(share: int) -> int:
        return r2(Fraction(r2(Fraction(E7 * share, 100)) * hours, 100))
    expected = part(percent) + night * part(20) + overtime * part(30)
    found = law("zuschlaege_summe", zeit_nacht=night, zeit_ueberstunde=overtime, stunden=hours, **facts)
    assert found == expected


def test_the_other_rounding_is_a_setting_with_its_own_amount() -> None:
    # 25.11 × 20 % × 8 h: 40.16 rounded per hour, 40.18 at once (tvoed_rules.md 1.7)
    once = (Overlay("rundung_zeitzuschlag", OURS, 2, "Festlegung des Mandanten"),)
    base = hour("TVoeD-VKA", "E9b", 3)
    assert law("nachtzuschlag", group="E9b", zeit_nacht=1, stunden=800) == r2(Fraction(base, 5)) * 8
    assert law("nachtzuschlag", group="E9b", zeit_nacht=1, stunden=800, overlays=once) == r2(Fraction(base * 8, 5))
    assert law("zeitzuschlag_betrag", group="E9b", zuschlag_art=0, stunden=800, overlays=once) == r2(
        Fraction(base * 8, 5))
    days = {"unstaendig_summe": 10_000, "ausfalltage": 7}
    assert law("fortzahlung_unstaendig", **days) == 154 * 7  # 100.00 / 65 = 1.538…
    exact = (Overlay("rundung_tagesdurchschnitt", OURS, 2, "Festlegung des Mandanten"),)
    assert law("fortzahlung_unstaendig", overlays=exact, **days) == 1077  # 700 / 65 = 10.769…


def test_trainees_have_their_own_hour_and_a_least_night_premium() -> None:
    own = r2(Fraction(cell("TVAoeD-BBiG", "Auszubildende", 1)) / Fraction("169.57"))
    trainee: dict[str, Any] = {"scale": "TVAoeD-BBiG", "group": "Auszubildende", "step": 1, "stunden": 300}
    assert law("zuschlag_grundlage", **trainee) == own
    assert law("tagzuschlag", zeit_sonntag=1, **trainee) == r2(Fraction(own, 4)) * 3
    assert law("nachtzuschlag", zeit_nacht=1, **trainee) == max(r2(Fraction(own, 5)), 128) * 3


def kinds(piece: Abschnitt) -> tuple[Any, ...]:
    return (piece.minuten, piece.zeit_nacht, piece.zeit_sonntag, piece.zeit_feiertag, piece.zeit_vorfeiertag,
            piece.zeit_samstag, piece.steuer_nacht, piece.steuer_tag)


def test_a_night_from_saturday_to_sunday_is_cut_where_the_law_changes() -> None:
    pieces = abschnitte(at("2026-06-06T19:30"), at("2026-06-07T06:30"))
    assert [kinds(p) for p in pieces] == [
        (30, False, False, "kein", False, True, "keine", "keine"),
        (60, False, False, "kein", False, True, "nacht", "keine"),
        (180, True, False, "kein", False, False, "nacht", "keine"),
        (240, True, True, "kein", False, False, "nacht_0_bis_4_uhr", "sonntag"),
        (120, True, True, "kein", False, False, "nacht", "sonntag"),
        (30, False, True, "kein", False, False, "keine", "sonntag")]
    assert sum(p.minuten for p in pieces) == 11 * 60


def test_relief_of_a_sunday_reaches_to_four_on_monday_only_if_work_began_before_midnight() -> None:
    late = abschnitte(at("2026-06-07T23:00"), at("2026-06-08T06:00"))
    assert [(p.minuten, p.zeit_sonntag, p.steuer_nacht, p.steuer_tag) for p in late] == [
        (60, True, "nacht", "sonntag"), (240, False, "nacht_0_bis_4_uhr", "sonntag"), (120, False, "nacht", "keine")]
    early = abschnitte(at("2026-06-08T00:00"), at("2026-06-08T06:00"))
    assert [(p.minuten, p.steuer_nacht, p.steuer_tag) for p in early] == [(360, "nacht", "keine")]


@pytest.mark.parametrize(("start", "eve", "holiday", "tax"), [
    ("2026-12-24T05:00", False, "kein", "keine"), ("2026-12-24T06:00", True, "kein", "keine"),
    ("2026-12-24T14:00", True, "kein", "hoher_feiertag"), ("2026-12-25T10:00", False, "ohne_freizeitausgleich",
                                                           "hoher_feiertag"),
    ("2026-12-31T13:00", True, "kein", "keine"), ("2026-12-31T15:00", True, "kein", "feiertag"),
    ("2027-01-01T10:00", False, "ohne_freizeitausgleich", "feiertag"),
    ("2026-05-01T10:00", False, "ohne_freizeitausgleich", "hoher_feiertag"),
    ("2026-06-04T10:00", False, "ohne_freizeitausgleich", "feiertag"),
    ("2026-04-05T10:00", False, "kein", "feiertag"), ("2026-05-24T10:00", False, "kein", "feiertag"),
    ("2026-05-31T10:00", False, "kein", "sonntag"), ("2028-04-30T10:00", False, "kein", "sonntag"),
])
def test_special_days(start: str, eve: bool, holiday: str, tax: str) -> None:
    """Easter and Whit Sunday are holidays for the tax only; 1 May 2028 is a Monday."""
    begin = at(start)
    piece, = abschnitte(begin, begin.replace(hour=begin.hour, minute=50))
    assert (piece.zeit_vorfeiertag, piece.zeit_feiertag, piece.steuer_tag) == (eve, holiday, tax)


def test_columns_of_a_stretch_are_inputs_of_the_rules() -> None:
    piece, = abschnitte(at("2026-06-04T22:00"), at("2026-06-04T23:00"), freizeitausgleich=True)
    # Corpus Christi with time off: 35 % and 20 % of 21.72
    assert law("zuschlaege_summe", stunden=100, **piece.spalten()) == 760 + 434
    with pytest.raises(ValueError, match="liegt nicht nach dem Beginn"):
        abschnitte(at("2026-06-04T22:00"), at("2026-06-04T22:00"))


def test_holidays_and_working_days() -> None:
    assert ist_feiertag(date(2026, 11, 1))
    assert not ist_feiertag(date(2026, 4, 5))
    assert werktag_vor(date(2026, 1, 1)) == date(2025, 12, 30)
    assert werktag_vor(date(2026, 4, 7)) == date(2026, 4, 2)


def test_extra_work_of_part_timers_and_overtime() -> None:
    half: dict[str, Any] = {"wochenstunden": 3000, "mehrstunden": 1200, "group": "E9b", "step": 6}
    own, fourth, third = (hour("TVoeD-VKA", "E9b", step) for step in (6, 4, 3))
    assert law("mehrarbeit_entgelt", **half) == own * 9
    assert law("ueberstunden_entgelt_woche", **half) == fourth * 3
    assert law("ueberstunden_zuschlag_woche", **half) == r2(Fraction(third * 30, 100)) * 3
    court = (Overlay("teilzeit_ueberstundenzuschlag", OURS, 1, "Festlegung nach Rechtsprechung"),)
    assert law("ueberstunden_zuschlag_woche", overlays=court, **half) == r2(Fraction(third * 30, 100)) * 12
    assert law("ueberstunden_entgelt_woche", ueberstunden_abgegolten=1, **half) == 0


@pytest.mark.parametrize(("group", "percent"), [("E6", 25), ("E9b", 25), ("E9c", 10), ("E13", 10)])
def test_premium_for_hours_raised_to_42(group: str, percent: int) -> None:
    third = hour("TVoeD-VKA", group, 3)
    raised: dict[str, Any] = {"group": group, "wochenstunden": 4200, "arbeitszeit_erhoeht": 1}
    # 3 hours × 4.348 = 13.04 hours a month
    assert law("erhoehungszuschlag", **raised) == r2(Fraction(r2(Fraction(third * percent, 100)) * 1304, 100))
    worked = (Overlay("erhoehung_verfahren", date(2026, 1, 1), 2, "Dienstvereinbarung"),)
    assert law("erhoehungszuschlag", overlays=worked, erhoehung_geleistet=1200, **raised) == r2(
        Fraction(third * percent, 100)) * 12
    assert law("erhoehungszuschlag", group=group, month=JUNE) == 0


def test_the_single_premium_of_a_trainee_follows_the_own_year() -> None:
    """First year since April 2025: 1,293.26 / 169.57 = 7.63; 20 % are 1.53 an hour; never less than 1.28 at night."""
    given: dict[str, Any] = {"scale": "TVAoeD-BBiG", "group": "Auszubildende", "step": 1, "month": date(2025, 9, 1)}
    assert law("zeitzuschlag_betrag", zuschlag_art=0, stunden=800, **given) == 1_224
