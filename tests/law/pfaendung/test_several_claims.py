"""Several claims on one pay: the worked case of the reference, rank, equals, maintenance, assignment, insolvency."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from payroll.law.garnishment import number_of
from payroll.law.rules.pfaendung.forderungen import Forderung, VerteilungFehler, Zuteilung
from payroll.law.rules.pfaendung.verteilung import in_proportion, verteile

JULY = date(2026, 7, 31)
MONTHS = number_of("vorpfaendung_monate", JULY)


def claim(name: str, art: str = "gewoehnlich", day: int = 1, *, reach: int = 20_759, **more: Any) -> Forderung:
    rank = more.pop("rang", datetime(2026, 3, day, 10, 30))
    return Forderung(name, art, rank, reach, **more)


def shared(*claims: Forderung, end: date = JULY) -> list[Zuteilung]:
    return list(verteile(claims, end, vorpfaendung_monate=MONTHS))


def cents(*claims: Forderung, end: date = JULY) -> list[int]:
    return [one.cents for one in shared(*claims, end=end)]


# garnishment.md, section 5: July 2026, net 2,600.00, one dependant, the order leaves 1,400.00
def test_worked_case_ordinary_first_maintenance_second() -> None:
    found = shared(claim("Bank", day=1), claim("Kind", "unterhalt", day=2, reach=120_000))
    assert [(one.cents, one.aus_vorrecht) for one in found] == [(20_759, 0), (99_241, 99_241)]


def test_worked_case_maintenance_first_up_to_the_claim() -> None:
    found = shared(claim("Kind", "unterhalt", day=1, reach=120_000), claim("Bank", day=2))
    assert [(one.cents, one.aus_vorrecht) for one in found] == [(120_000, 99_241), (0, 0)]
    assert "Vorrang" in found[1].grund


def test_worked_case_maintenance_of_900_leaves_the_ordinary_part() -> None:
    child = claim("Kind", "unterhalt", day=1, reach=120_000, offen=90_000)
    assert cents(child, claim("Bank", day=2)) == [90_000, 20_759]
    assert cents(replace(child, offen=110_000), claim("Bank", day=2)) == [110_000, 10_000]
    # without the decision of the court the order of service alone counts
    assert cents(replace(child, verrechnung=False), claim("Bank", day=2)) == [90_000, 0]


def test_earlier_service_is_paid_until_its_claim_is_met_then_the_next() -> None:
    assert cents(claim("B", day=5, offen=50_000), claim("A", day=4, offen=15_000), claim("C", day=6)) == [
        5_759, 15_000, 0]
    same_day = (claim("A", rang=datetime(2026, 3, 4, 9, 1)), claim("B", rang=datetime(2026, 3, 4, 9, 0)))
    assert cents(*same_day) == [0, 20_759]


def test_a_claim_that_reaches_further_gets_the_rest_behind_an_earlier_one() -> None:
    assert cents(claim("A", day=1), claim("B", day=2, reach=60_000)) == [20_759, 39_241]
    assert cents(claim("B", day=1, reach=60_000, offen=30_000), claim("A", day=2)) == [30_000, 0]


def test_same_moment_is_shared_in_proportion_to_what_is_owed() -> None:
    # 207.59 by 30,000 : 10,000 : 1 = 155.6886, 51.8962, 0.0052: the two cents left go to the larger remainders
    assert cents(claim("A", offen=30_000), claim("B", offen=10_000), claim("C", offen=1)) == [15_569, 5_190, 0]
    assert cents(claim("A", offen=100), claim("B", offen=200)) == [100, 200]
    assert in_proportion(100, [1, 1, 1]) == [34, 33, 33]


def test_maintenance_by_the_rank_of_1609_and_equals_by_the_weights_of_the_court() -> None:
    spouse = claim("Frau", "unterhalt", day=1, reach=80_000, offen=70_000, unterhaltsrang=2)
    first = claim("Kind 1", "unterhalt", day=8, reach=80_000, offen=40_000, unterhaltsrang=1)
    second = claim("Kind 2", "unterhalt", day=9, reach=80_000, offen=20_000, unterhaltsrang=1)
    assert cents(spouse, first, second) == [20_000, 40_000, 20_000]
    tight = [replace(one, reichweite=30_000, anteil=1) for one in (first, second)]
    assert cents(*tight) == [15_000, 15_000]
    assert cents(tight[0], replace(tight[1], offen=10_000)) == [20_000, 10_000]


def test_assignment_ranks_by_its_date_but_only_once_disclosed() -> None:
    assigned = claim("Bank", "abtretung", rang=datetime(2024, 1, 1), angezeigt=date(2026, 7, 15))
    assert cents(claim("Amt", "behoerde", day=1), assigned, end=date(2026, 6, 30)) == [20_759, 0]
    assert cents(claim("Amt", "behoerde", day=1), assigned) == [0, 20_759]
    void = shared(replace(assigned, ausgeschlossen=True))[0]
    assert (void.cents, void.verbleib) == (0, "nicht beruecksichtigt")
    assert "§ 399 BGB" in void.grund


def test_set_off_never_goes_before_an_older_garnishment() -> None:
    assert cents(claim("Arbeitgeber", "aufrechnung", day=9), claim("Bank", day=2, offen=20_000)) == [759, 20_000]


@pytest.mark.parametrize(("service", "wanted"), [
    (datetime(2026, 5, 20), [20_759, 0]), (datetime(2026, 5, 21), [0, 20_759])])
def test_prior_notice_keeps_the_rank_when_garnishment_follows_in_a_month(service: datetime, wanted: list[int]) -> None:
    noticed = claim("A", rang=service, vorgepfaendet=datetime(2026, 4, 20))
    assert cents(noticed, claim("B", rang=datetime(2026, 5, 1))) == wanted


def test_prior_notice_alone_is_kept_back_and_lapses() -> None:
    noticed = claim("A", rang=None, vorgepfaendet=datetime(2026, 7, 10))
    kept = shared(noticed, claim("B", rang=datetime(2026, 7, 12)))
    assert [(one.cents, one.verbleib) for one in kept] == [(20_759, "einbehalten"), (0, "zahlen")]
    lapsed = shared(noticed, end=date(2026, 8, 31))[0]
    assert (lapsed.cents, lapsed.verbleib) == (0, "nicht beruecksichtigt")
    assert "§ 845" in lapsed.grund


def test_not_transferred_is_kept_back_doubt_is_deposited_future_service_waits() -> None:
    assert shared(claim("A", ueberwiesen=False))[0].verbleib == "einbehalten"
    assert shared(claim("A", streitig=True))[0].verbleib == "hinterlegen"
    later = shared(claim("A", rang=datetime(2026, 8, 1)))[0]
    assert (later.cents, later.grund) == (0, "in diesem Monat noch nicht zugestellt")
    assert cents(claim("A", offen=0), claim("B", day=2)) == [0, 20_759]
    assert shared() == []


def test_insolvency_takes_the_garnishable_part_new_maintenance_the_rest() -> None:
    opened = claim("Verwalter", "insolvenz", rang=datetime(2026, 7, 1))
    others = (claim("Bank"), claim("Sparkasse", "abtretung"),
              claim("Kind alt", "unterhalt", reach=120_000),
              claim("Kind", "unterhalt", reach=120_000, nach_eroeffnung=True))
    found = shared(*others, opened)
    assert [one.cents for one in found] == [0, 0, 0, 99_241, 20_759]
    assert all("Insolvenz" in one.grund for one in found[:3])
    # before the opening the older assignment and garnishment go on
    before = (replace(others[0], rang=datetime(2026, 2, 1)), others[1], opened)
    assert cents(*before, end=date(2026, 6, 30)) == [20_759, 0, 0]


def _cent_by_cent(claims: list[Forderung]) -> list[int]:
    """The same once more: every cent of the net is a place at a depth, a claim reaches the places above its reach."""
    free = set(range(max((one.reichweite for one in claims), default=0)))
    ordinary = max((one.reichweite for one in claims if not one.ist_unterhalt), default=0)
    got = dict.fromkeys((one.name for one in claims), 0)

    def take(one: Forderung, places: list[int]) -> None:
        for place in places:
            if place in free and place < one.reichweite and (one.offen is None or got[one.name] < one.offen):
                free.discard(place)
                got[one.name] += 1

    deep = list(range(len(free) - 1, -1, -1))
    by_service = sorted(claims, key=lambda one: one.rang or datetime.max)
    for one in by_service:
        if one.ist_unterhalt and one.verrechnung:
            take(one, [place for place in deep if place >= ordinary])
    for one in by_service:
        take(one, deep if one.ist_unterhalt and one.verrechnung else deep[::-1])
    return [got[one.name] for one in claims]


def test_two_thousand_invented_cases_equal_a_cent_by_cent_distribution() -> None:
    rng = random.Random(850)
    for number in range(2_000):
        days = rng.sample(range(1, 29), rng.randint(1, 6))
        claims = [claim(f"{number}/{i}", rng.choice(["gewoehnlich", "behoerde", "abtretung", "unterhalt"]), day,
                        reach=rng.choice([0, 7, 20, 21, rng.randint(0, 60)]),
                        offen=rng.choice([None, 0, 5, rng.randint(0, 80)]), verrechnung=rng.random() < 0.7)
                  for i, day in enumerate(days)]
        found = shared(*claims)
        assert [one.cents for one in found] == _cent_by_cent(claims), claims
        assert sum(one.cents for one in found) <= max(one.reichweite for one in claims)


def test_equals_never_get_more_than_their_claim_and_leave_nothing_that_one_wants() -> None:
    rng = random.Random(804)
    for number in range(500):
        claims = [claim(f"{number}/{i}", day=3, reach=rng.randint(0, 500), offen=rng.randint(0, 400),
                        anteil=rng.randint(1, 5) if number % 2 else 0) for i in range(rng.randint(1, 5))]
        given = cents(*claims)
        assert all(got <= min(one.reichweite, one.offen or 0) for got, one in zip(given, claims, strict=True))
        for got, one in zip(given, claims, strict=True):
            inside = sum(g for g, c in zip(given, claims, strict=True) if c.reichweite <= one.reichweite)
            assert got == one.offen or inside >= one.reichweite or sum(given) >= one.reichweite


@pytest.mark.parametrize(("claims", "part"), [
    ((claim("A"), claim("A")), "zweimal"), ((claim(" "),), "ohne Namen"), ((claim("A", "kredit"),), "'kredit'"),
    ((claim("A", reach=-1),), "Reichweite"), ((claim("A", offen=-1),), "Forderungskonto"),
    ((claim("A", anteil=-1),), "Beschluss"), ((claim("A", rang=None),), "§ 804"),
    ((claim("A", ausgeschlossen=True),), "§ 399"), ((claim("A", nach_eroeffnung=True),), "§ 89"),
    ((claim("A", "insolvenz"), claim("B", "insolvenz")), "zwei Insolvenzverfahren"),
    ((claim("A", anteil=1), claim("B")), "ohne Anteil"),
])
def test_claims_that_contradict_are_refused_by_name_with_a_remedy(claims: tuple[Forderung, ...], part: str) -> None:
    with pytest.raises(VerteilungFehler, match=part):
        shared(*claims)
