"""§ 3b EStG with both caps: the worked examples of the reference, and single hours recomputed by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from premium_cases import hour, law, r2

from payroll.law.engine import Overlay

PARTS = ("zuschlag_steuerfrei", "zuschlag_steuerpflichtig", "zuschlag_sv_frei", "zuschlag_sv_pflichtig")


def parts(group: str, step: int, pay: int, **facts: int) -> list[int]:
    return [law(name, group=group, step=step, grundlohn_monat=pay, stunden=100, **facts) for name in PARTS]


def test_night_hour_above_the_cap_of_social_insurance() -> None:
    """tvoed_rules.md 14: E15 step 5, June 2026, 22 to 23 h; basic wage 7811.37 / 169.65 = 46.04."""
    assert law("grundlohn_stunde", group="E15", step=5, grundlohn_monat=781137) == 4604
    assert parts("E15", 5, 781137, zeit_nacht=1, steuer_nacht=1) == [782, 0, 625, 157]


def test_holiday_hour_beyond_the_share() -> None:
    """tvoed_rules.md 14: E7 step 2, June 2026; premium 29.32, free 26.06, 3.26 taxed and liable."""
    assert parts("E7", 2, 353794, zeit_feiertag=2, steuer_tag=2) == [2606, 326, 2606, 326]


def test_basic_wage_above_fifty_euro() -> None:
    # basic wage 60.00; holiday premium 135 % of 40.00 = 54.00 … free up to 125 % of 50 = 62.50, insured above 31.25
    base = hour("TVoeD-VKA", "E15Ü", 3)
    premium = r2(Fraction(base * 135, 100))
    pay = r2(Fraction(6000) * Fraction("169.65"))
    free, taxed, sv_free, sv = parts("E15Ü", 3, pay, zeit_feiertag=2, steuer_tag=2)
    assert (free, taxed) == (min(premium, 6250), max(premium - 6250, 0))
    assert (sv_free, sv) == (3125, premium - 3125)


@pytest.mark.parametrize(("facts", "favoured"), [
    ({"zeit_samstag": 1, "steuer_nacht": 1}, False), ({"zeit_ueberstunde": 1, "steuer_tag": 1}, False),
    ({"zeit_sonntag": 1, "steuer_tag": 1}, True), ({"zeit_vorfeiertag": 1}, False),
    ({"zeit_vorfeiertag": 1, "steuer_tag": 3}, True), ({"zeit_nacht": 1, "steuer_nacht": 1}, True),
    ({"zeit_nacht": 1, "steuer_nacht": 1, "tatsaechlich_gearbeitet": 0}, False)])
def test_what_is_favoured_at_all(facts: dict[str, int], favoured: bool) -> None:
    free, taxed, sv_free, _ = parts("E7", 2, 353794, **facts)
    total = free + taxed
    assert total > 0
    assert free == (total if favoured else 0)
    assert sv_free == free


def test_night_and_sunday_shares_add() -> None:
    # Sunday 0 to 4 h, work begun on Saturday: 40 + 50 % of 20.85 = 18.77; premium (25 + 20) % of 21.72 = 5.43 + 4.34
    assert parts("E7", 2, 353794, zeit_nacht=1, zeit_sonntag=1, steuer_nacht=2, steuer_tag=1) == [977, 0, 977, 0]
    # the basic wage of a part-timer is divided by the own hours
    assert law("grundlohn_stunde", grundlohn_monat=176897, wochenstunden=1950) == 2085


def test_tax_free_and_taxed_parts_add_up_over_many_hours() -> None:
    for hours in range(25, 1000, 75):
        facts = {"zeit_nacht": 1, "zeit_feiertag": 2, "steuer_nacht": 1, "steuer_tag": 3, "stunden": hours,
                 "grundlohn_monat": 353794}
        free, taxed, sv_free, sv = (law(name, **facts) for name in PARTS)
        assert free + taxed == sv_free + sv == law("zuschlaege_summe", **facts)
        assert sv_free <= free <= r2(Fraction(2085 * 175 * hours, 10_000))


def test_premiums_that_meet_are_held_apart_or_together_as_set() -> None:
    """Holiday hour at night, E7 step 2: 29.32 and 4.34; limits 125 % and 25 % of 20.85 are 26.06 and 5.21."""
    facts = {"zeit_nacht": 1, "zeit_feiertag": 2, "steuer_nacht": 1, "steuer_tag": 2}
    assert parts("E7", 2, 353794, **facts) == [2606 + 434, 326, 2606 + 434, 326]
    joint = (Overlay("steuerfrei_verfahren", date(2024, 1, 1), 2, "Auskunft des Finanzamts"),)
    together = {"group": "E7", "step": 2, "grundlohn_monat": 353794, "stunden": 100, "overlays": joint, **facts}
    assert law("zuschlag_steuerfrei", **together) == 2606 + 521
    assert law("zuschlag_steuerpflichtig", **together) == 2932 + 434 - 2606 - 521


def test_a_night_premium_does_not_use_the_room_of_a_sunday_without_premium() -> None:
    # 0 to 4 h on Monday after a Sunday: night 4.34 up to 40 %, no Sunday premium due
    assert parts("E7", 2, 353794, zeit_nacht=1, steuer_nacht=2, steuer_tag=1) == [434, 0, 434, 0]
