"""Regeln des Stellenplans: jede Ablehnung nennt Stelle, Feld und Grund."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffplan.rules import Refused, appointment, posts, tree
from staffplan.rules.appointment import Umfeld
from staffplan.state import Besetzung, Stelle, Vermerk

JANUARY, JULY = date(2026, 1, 1), date(2026, 7, 1)
HALF = Fraction(1, 2)
Build = Callable[..., Any]


def around(
    post: Stelle, *others: Besetzung, notes: tuple[Vermerk, ...] = (), own: tuple[Besetzung, ...] = ()
) -> Umfeld:
    return Umfeld([post], list(notes), list(others), list(own))


def test_organisation_never_turns_in_a_circle() -> None:
    with pytest.raises(Refused, match="im Kreis"):
        tree.check_day({"1": "2", "2": "3", "3": "1"}, JANUARY)
    with pytest.raises(Refused, match="im Kreis"):
        tree.check_day({"1": "1"}, JANUARY)
    with pytest.raises(Refused, match=r"gibt es am 01\.01\.2026 nicht"):
        tree.check_day({"1": "9"}, JANUARY)


def test_a_circle_that_begins_later_is_found_on_its_day() -> None:
    versions = [
        tree.Version("1", None, JANUARY, date(2026, 6, 30)),
        tree.Version("1", "2", JULY, None),
        tree.Version("2", "1", JANUARY, None),
    ]
    with pytest.raises(Refused, match=r"01\.07\.2026"):
        tree.check(versions)
    tree.check([versions[0], tree.Version("1", None, JULY, None), versions[2]])


def test_a_unit_does_not_outlive_the_one_above_it() -> None:
    with pytest.raises(Refused, match=r"1 gibt es am 01\.07\.2026 nicht"):
        tree.check([tree.Version("1", None, JANUARY, date(2026, 6, 30)), tree.Version("2", "1", JANUARY, None)])


@given(st.integers(2, 60), st.data())
def test_every_forest_is_accepted_and_listed_once(size: int, data: st.DataObject) -> None:
    parents = {str(n): None if n == 0 else data.draw(st.sampled_from([None, *map(str, range(n))])) for n in range(size)}
    tree.check_day(parents, JANUARY)
    found = tree.ordered(parents)
    assert sorted(nummer for nummer, _ in found) == sorted(parents)
    depth = dict(found)
    assert all(depth[n] == (0 if parent is None else depth[parent] + 1) for n, parent in parents.items())


@pytest.mark.parametrize("share", [Fraction(0), Fraction(11, 10), Fraction(-1, 2), Fraction(2)])
def test_a_share_lies_between_nothing_and_one(new_post: Build, share: Fraction) -> None:
    with pytest.raises(Refused, match="Anteil"):
        posts.check(new_post("1", "E6", anteil=share))


def test_a_grid_of_halves_allows_whole_and_half_posts(new_post: Build) -> None:
    posts.check(new_post("1", "E6", anteil=HALF), grid=2)
    with pytest.raises(Refused, match="Raster"):
        posts.check(new_post("1", "E6", anteil=Fraction(3, 4)), grid=2)


@pytest.mark.parametrize(
    ("grade", "career", "kind"),
    [("E9b", "2.1", "planstelle"), ("A11", None, "stelle"), ("A11", "2.2", "planstelle"), ("A99", "2.1", "planstelle")],
)
def test_kind_grade_and_career_fit(grade: str, career: str | None, kind: str) -> None:
    with pytest.raises(Refused, match="Stelle 1, "):
        posts.check(Stelle("1", "Leitung", kind, grade, Fraction(1), "10", career, ab=JANUARY))


def test_the_parts_of_a_post_make_one() -> None:
    posts.check_distribution("1", {"01": Fraction(1, 3), "05": Fraction(2, 3)})
    with pytest.raises(Refused, match="weniger als 1"):
        posts.check_distribution("1", {"01": Fraction(33, 100), "05": Fraction(66, 100)})
    with pytest.raises(Refused, match="mehr als 1"):
        posts.check_distribution("1", {"01": Fraction(1), "05": Fraction(1, 100)})


def test_refinancing_never_exceeds_the_post() -> None:
    parts = [("Bund", Fraction(3, 4), JANUARY, None), ("Land", HALF, JULY, None)]
    with pytest.raises(Refused, match=r"01\.07\.2026"):
        posts.check_refinancing("1", parts)
    posts.check_refinancing("1", [("Bund", Fraction(3, 4), JANUARY, date(2026, 6, 30)), parts[1]])


def test_a_dropped_post_does_not_come_back_after_a_gap() -> None:
    with pytest.raises(Refused, match="Lücke"):
        posts.check_no_gap("1", [(JANUARY, date(2026, 3, 31))], JULY)
    posts.check_no_gap("1", [(JANUARY, date(2026, 6, 30))], JULY)


def test_two_people_full_time_on_one_post_are_refused(new_post: Build, holder: Build) -> None:
    first = holder(person="1")
    with pytest.raises(Refused, match="schon besetzt mit 1"):
        appointment.check(holder(person="2"), around(new_post("1002", "E9b"), first))


def test_overlap_on_a_single_day_is_enough(new_post: Build, holder: Build) -> None:
    post, first = new_post("1002", "E9b"), holder(person="1", bis=JULY)
    appointment.check(holder(person="2", ab=date(2026, 7, 2)), around(post, first))
    with pytest.raises(Refused, match=r"am 01\.07\.2026"):
        appointment.check(holder(person="2", ab=JULY), around(post, first))


def test_job_sharing_up_to_the_post(new_post: Build, holder: Build) -> None:
    post = new_post("1002", "E9b")
    appointment.check(
        holder(person="2", anteil=Fraction(1, 3)), around(post, holder(person="1", anteil=Fraction(2, 3)))
    )
    with pytest.raises(Refused, match="Anteil"):
        appointment.check(
            holder(person="2", anteil=Fraction(334, 1000)), around(post, holder(person="1", anteil=Fraction(2, 3)))
        )


def test_a_post_lowered_later_is_too_small_then(new_post: Build, holder: Build) -> None:
    whole = new_post("1002", "E9b", bis=date(2026, 6, 30))
    half = new_post("1002", "E9b", anteil=HALF, ab=JULY)
    with pytest.raises(Refused, match=r"am 01\.07\.2026"):
        appointment.check(holder(), Umfeld([whole, half], [], [], []))


def test_a_person_holds_at_most_one_whole_post(new_post: Build, holder: Build) -> None:
    elsewhere = holder(stelle="7", anteil=HALF)
    appointment.check(holder(anteil=HALF), around(new_post("1002", "E9b"), own=(elsewhere,)))
    with pytest.raises(Refused, match="mehr als eine volle Stelle"):
        appointment.check(holder(anteil=Fraction(51, 100)), around(new_post("1002", "E9b"), own=(elsewhere,)))


def test_nobody_sits_on_a_post_that_is_not_there(new_post: Build, holder: Build) -> None:
    ended = new_post("1002", "E9b", bis=date(2026, 6, 30))
    with pytest.raises(Refused, match=r"am 01\.07\.2026 gibt es sie nicht"):
        appointment.check(holder(), around(ended))
    appointment.check(holder(bis=date(2026, 6, 30)), around(ended))


def test_gap_between_versions_of_a_post_is_found(new_post: Build, holder: Build) -> None:
    parts = [new_post("1002", "E9b", bis=date(2026, 3, 31)), new_post("1002", "E9b", ab=JULY)]
    with pytest.raises(Refused, match=r"am 01\.04\.2026 gibt es sie nicht"):
        appointment.check(holder(), Umfeld(parts, [], [], []))


def test_a_blocked_post_is_not_filled_but_stays_held(new_post: Build, holder: Build) -> None:
    block = Vermerk("sperre", JANUARY, JULY)
    post = new_post("1002", "E9b")
    with pytest.raises(Refused, match=r"bis 01\.07\.2026 gesperrt"):
        appointment.check(holder(ab=JULY), around(post, notes=(block,)))
    appointment.check(holder(ab=date(2026, 7, 2)), around(post, notes=(block,)))
    appointment.check(
        holder(ab=date(2025, 12, 31)), around(new_post("1002", "E9b", ab=date(2025, 1, 1)), notes=(block,))
    )


def test_a_kw_post_is_not_filled_again(new_post: Build, holder: Build) -> None:
    post, kw = new_post("1002", "E9b"), Vermerk("kw", JANUARY)
    with pytest.raises(Refused, match="fällt weg, sobald sie frei ist"):
        appointment.check(holder(ab=JULY), around(post, notes=(kw,)))
    before = holder(bis=date(2026, 6, 30))
    appointment.check(holder(ab=JULY, anteil=HALF), around(post, before, notes=(kw,)))


def test_a_kw_post_with_date_may_be_filled_until_then(new_post: Build, holder: Build) -> None:
    post, kw = new_post("1002", "E9b"), Vermerk("kw", JANUARY, termin=JULY)
    appointment.check(holder(bis=date(2026, 6, 30)), around(post, notes=(kw,)))
    for bis in (None, JULY):
        with pytest.raises(Refused, match=r"fällt am 01\.07\.2026 weg"):
            appointment.check(holder(bis=bis), around(post, notes=(kw,)))


def test_kw_for_a_part_leaves_the_rest_open(new_post: Build, holder: Build) -> None:
    post, kw = new_post("1002", "E9b"), Vermerk("kw", JANUARY, teil=HALF)
    appointment.check(holder(anteil=HALF), around(post, notes=(kw,)))
    with pytest.raises(Refused, match="kw-Vermerk"):
        appointment.check(holder(anteil=Fraction(6, 10)), around(post, notes=(kw,)))


def test_a_ku_post_is_converted_first(new_post: Build, holder: Build) -> None:
    ku = Vermerk("ku", JANUARY, ziel_gruppe="E8")
    with pytest.raises(Refused, match="in E8 umzuwandeln"):
        appointment.check(holder(), around(new_post("1002", "E9b"), notes=(ku,)))


def test_occupation_above_the_valuation_needs_a_reason(new_post: Build, holder: Build) -> None:
    post = new_post("1002", "E9b")
    with pytest.raises(Refused, match=r"E10 liegt über der Bewertung der Stelle \(E9b\)"):
        appointment.check(holder(gruppe="E10"), around(post))
    appointment.check(holder(gruppe="E10", begruendung="Besitzstand nach Umorganisation"), around(post))
    appointment.check(holder(gruppe="E8"), around(post))


def test_civil_servants_need_a_planstelle_and_tariff_staff_on_one_a_note(new_post: Build, holder: Build) -> None:
    with pytest.raises(Refused, match="brauchen eine Planstelle"):
        appointment.check(holder(gruppe="A11", laufbahn="2.1", begruendung="Ausnahme"), around(new_post("1002", "E9b")))
    planned = new_post("1002", "A11", "2.1")
    with pytest.raises(Refused, match="braucht eine Begründung"):
        appointment.check(holder(gruppe="E10"), around(planned))
    appointment.check(holder(gruppe="E10", begruendung="bis zur Verbeamtung"), around(planned))


def test_leave_frees_the_post_for_a_substitute(new_post: Build, holder: Build) -> None:
    post, away = new_post("1002", "E9b"), holder(person="1", zustand="elternzeit")
    appointment.check(holder(person="2", vertritt="1", bis=JULY), around(post, away, notes=(Vermerk("kw", JANUARY),)))
    with pytest.raises(Refused, match="nicht beurlaubt"):
        appointment.check(holder(person="2", vertritt="9"), around(post, away))


def test_the_passive_phase_still_occupies(new_post: Build, holder: Build) -> None:
    post, passive = new_post("1002", "E9b"), holder(person="1", zustand="atz_frei")
    with pytest.raises(Refused, match="schon besetzt mit 1"):
        appointment.check(holder(person="2"), around(post, passive))


def test_a_limited_post_is_not_held_longer(new_post: Build, holder: Build) -> None:
    post = new_post("1002", "E9b", befristet_bis=JULY)
    with pytest.raises(Refused, match=r"bis 01\.07\.2026 befristet"):
        appointment.check(holder(), around(post))
    appointment.check(holder(bis=JULY), around(post))


def test_ku_goes_down(new_post: Build) -> None:
    posts.check_note(new_post("1", "A12", "2.1"), Vermerk("ku", JANUARY, ziel_laufbahn="2.1", ziel_gruppe="A11"))
    posts.check_note(new_post("1", "A12", "2.1"), Vermerk("ku", JANUARY, ziel_gruppe="E11"))
    with pytest.raises(Refused, match="liegt nicht unter"):
        posts.check_note(new_post("1", "E9b"), Vermerk("ku", JANUARY, ziel_gruppe="E9c"))


@given(st.lists(st.fractions(Fraction(1, 20), Fraction(1), max_denominator=20), min_size=1, max_size=8))
def test_a_post_never_holds_more_than_itself(parts: list[Fraction]) -> None:
    post = Stelle("1", "Sachbearbeitung", "stelle", "E6", Fraction(1), "10", ab=JANUARY)
    held: list[Besetzung] = []
    for number, part in enumerate(parts):
        new = Besetzung("1", str(number), part, "E6", JANUARY)
        if sum((one.anteil for one in held), part) > 1:
            with pytest.raises(Refused):
                appointment.check(new, around(post, *held))
        else:
            appointment.check(new, around(post, *held))
            held.append(new)
    assert sum(one.anteil for one in held) <= 1
