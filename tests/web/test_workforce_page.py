"""Kennzahlen zu den Beschäftigten: Tafeln, kleine Gruppen verborgen, Bericht als PDF, nur mit Recht, barrierefrei."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.budget import equality, workforce
from payroll.budget.people import Mensch
from payroll.masterdata.models import PersonAngaben
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import FactError, record_fact
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

pytestmark = pytest.mark.browser
ROOM, DAY = "/stellenplan/beschaeftigte", date(2026, 11, 25)


def _person(kreis: str = "tarif", gruppe: str = "E8", *, teilzeit: bool = False, alter: int = 40,
            ende: date | None = None, behindert: bool = False, geschlecht: str = "") -> Mensch:
    return Mensch(1, kreis, gruppe, teilzeit, alter, ende, behindert, geschlecht)


def test_small_groups_are_hidden_also_by_complement() -> None:
    people = [*[_person() for _ in range(12)], *[_person(gruppe="E9a") for _ in range(3)],
              *[_person("beamte", "A11") for _ in range(6)], *[_person("beamte", "A13") for _ in range(2)]]
    rows = {(row[0], row[1]): row[2] for row in workforce._by_grade(people, 5).zeilen}
    assert rows == {("E8", "Tarifbeschäftigte"): None, ("E9a", "Tarifbeschäftigte"): None,
                    ("A11", "Beamtinnen und Beamte"): None, ("A13", "Beamtinnen und Beamte"): None}
    groups = {row[0]: row[1:] for row in workforce._groups(people, 5).zeilen}
    assert groups == {"Beamtinnen und Beamte": (8, 0), "Tarifbeschäftigte": (15, 0), "Summe": (23, 0)}
    few = [_person(teilzeit=True), _person(teilzeit=True), *[_person() for _ in range(10)]]
    assert workforce._groups(few, 5).zeilen[0] == ("Tarifbeschäftigte", 12, None)
    assert workforce._groups(few, 5).zeilen[-1] == ("Summe", 12, None)


def test_ages_retirements_and_disabled_people_are_counted() -> None:
    people = [*[_person(alter=62, ende=date(2027, 5, 31)) for _ in range(6)], *[_person(alter=30) for _ in range(9)],
              *[_person(alter=50, behindert=True, ende=date(2041, 1, 31)) for _ in range(5)]]
    ages = dict(workforce._ages(people, 5).zeilen)
    assert ages == {"unter 25": 0, "25 bis 34": 9, "35 bis 44": 0, "45 bis 54": 5, "55 bis 59": 0, "60 und älter": 6,
                    "Summe": 20}
    ends = dict(workforce._retiring(people, DAY, 5).zeilen)
    assert ends["2027"] == 6
    assert ends["Summe"] == 6
    assert "2041" not in ends
    assert workforce._disabled(people, 5).zeilen == ((5, Decimal("25.0")),)
    assert workforce._disabled(people[:-1], 5).zeilen == ((None, None),)


def _mixed(women: int, men: int, gruppe: str = "E8", *, teilzeit: bool = False) -> list[Mensch]:
    return [*[_person(gruppe=gruppe, geschlecht="weiblich", teilzeit=teilzeit) for _ in range(women)],
            *[_person(gruppe=gruppe, geschlecht="maennlich") for _ in range(men)]]


def test_women_by_grade_with_small_groups_hidden_and_no_sum_that_tells() -> None:
    """§ 6 Abs. 2 LGG NRW; eine Gruppe mit vier Frauen von zwölf verrät Einzelne und nimmt der Summe ihre Frauen."""
    by_grade, part_time, leaving = equality.tables(
        [*_mixed(12, 8), *_mixed(6, 14, "E11"), *[_person() for _ in range(6)]], DAY, 5)
    assert by_grade.zeilen == (
        ("E11", "Tarifbeschäftigte", 20, 6, Decimal("30.0"), "ja"),
        ("E8", "Tarifbeschäftigte", 20, 12, Decimal("60.0"), "nein"),
        ("Summe", "Tarifbeschäftigte", 40, 18, Decimal("45.0"), "ja"),
        ("ohne Angabe", "alle", 6, None, None, None))
    assert part_time.zeilen == (("Tarifbeschäftigte", "Vollzeit", 40, 18, Decimal("45.0"), "ja"),)
    assert leaving.zeilen == ()
    dark = equality.tables([*_mixed(12, 8), *_mixed(4, 8, "E11"), *_mixed(20, 20, "E9a")], DAY, 5)[0].zeilen
    assert dark == (
        ("E11", "Tarifbeschäftigte", 12, None, None, None),
        ("E9a", "Tarifbeschäftigte", 40, 20, Decimal("50.0"), "nein"),
        ("E8", "Tarifbeschäftigte", 20, None, None, None), ("Summe", "Tarifbeschäftigte", 72, None, None, None))
    assert equality.tables([_person() for _ in range(9)], DAY, 5) == []


def test_part_time_never_tells_the_other_half() -> None:
    """Verbirgt die Teilzeit ihre drei Männer, bleibt auch die Vollzeit verborgen: die Summe steht davor."""
    people = [*_mixed(20, 10), *[_person(geschlecht="weiblich", teilzeit=True) for _ in range(9)],
              *[_person(geschlecht="maennlich", teilzeit=True) for _ in range(3)]]
    assert [row[2:4] for row in equality.tables(people, DAY, 5)[1].zeilen] == [(30, None), (12, None)]


def _enter_sex(tenant: int) -> None:
    with tenant_session(tenant, actor="klara") as session:
        row = session.scalars(select(PersonAngaben).where(PersonAngaben.superseded_at.is_(None))
                              .order_by(PersonAngaben.id)).first()
        assert row is not None
        held = contents(session, row)
        with pytest.raises(FactError, match="weiblich"):
            record_fact(session, PersonAngaben, valid_from=row.valid_from, reason="Test",
                        **held | {"geschlecht": "w"})
        kept = record_fact(session, PersonAngaben, valid_from=row.valid_from, reason="Test",
                           **held | {"geschlecht": "weiblich"})
        assert contents(session, kept)["geschlecht"] == "weiblich"
        assert b"weiblich" not in kept.geschlecht_siegel


def test_page_files_and_report(
    office: Any, page: Page, serve: Callable[..., str], accessible: Callable[..., None],
    conforming: Callable[[bytes], None]
) -> None:
    path = office.address("kreis", ROOM)
    _enter_sex(office.tenants["kreis"].id)
    client = office.client("klara")
    shown = client.get(path).text
    assert "Altersaufbau" in shown
    assert "verborgen" in shown
    table = client.get(f"{path}?format=csv").get_data().decode("utf-8-sig")
    assert table.splitlines()[0] == "Tabelle;Zeile;Merkmal;Wert"
    assert "Beschäftigte;Summe;Personen;" in table
    report = client.get(f"{path}/bericht.pdf?tag=25.11.2026").get_data()
    conforming(report)
    assert report == client.get(f"{path}/bericht.pdf?tag=25.11.2026").get_data()
    plan = client.get(f"{path}/gleichstellung.pdf?tag=25.11.2026").get_data()
    conforming(plan)
    assert plan != report
    assert "Frauen nach Gruppe" in shown
    assert office.client("ada").get(path).status_code == 403
    assert office.client("ada").get(f"{path}/gleichstellung.pdf").status_code == 403
    base = serve(office.app)
    sign_in(page, base, office.users['klara'])
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(base + path)
        accessible(page)
