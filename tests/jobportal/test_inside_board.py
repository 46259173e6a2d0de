"""Intern vor extern: bis zum öffentlichen Tag sehen eine Anzeige nur angemeldete Beschäftigte ihres Arbeitgebers."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))

import looking

import app as application
from jobportal import board, clock
from jobportal.models import Bewerbung
from jobportal.public import ticket
from payroll.masterdata.service import create_person, hire
from tenants import service
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_employee_access, give_mandate, issue_one_time_link
from tenants.web.settings import Settings

TODAY, PUBLIC = date(2026, 11, 25), date(2026, 12, 4)
FORM = {"vorname": "Ada", "nachname": "Haus", "email": "ada@beispiel.example", "kenntnis": "ja", "was": "absenden"}


class House:
    """Zwei Arbeitgeber mit je einer Anzeige nur im Haus; der Tag lässt sich stellen."""

    def __init__(self, hang_out: Any) -> None:
        self.today, self.users = TODAY, {}
        with platform_session(actor="test") as session:
            self.tenants = [service.create_tenant(session, number, name, "kreis", demonstration=True)
                            for number, name in (("001", "Kreis Beispiel"), ("002", "Stadt Nordfeld"))]
            for login, kind in (("ada", "employee"), ("karl", "staff"), ("nora", "employee"), ("verwalter", "staff"),
                                ("gast", "applicant")):
                self.users[login] = create_user(session, login, login.title(), kind=kind, demonstration=True,
                                                platform_admin=login == "verwalter")
        self.ads, people = [], []
        for tenant in self.tenants:
            with tenant_session(tenant.id, actor="pia") as session:
                self.ads.append(hang_out(session, extern_ab=PUBLIC).public_id)
                people.append(create_person(session, valid_from=TODAY, reason="Einstellung", nachname="Haus",
                                            vorname="Ada", geburtsdatum=date(1990, 1, 1)).public_id)
        with platform_session(actor="test") as session:
            for login, number in (("ada", 0), ("nora", 1)):
                give_employee_access(session, self.tenants[number].id, self.users[login], people[number], TODAY)
            give_mandate(session, self.tenants[0].id, self.users["karl"], "clerk", TODAY)
            give_mandate(session, self.tenants[0].id, self.users["gast"], "applicant", TODAY)
        self.app = application.create_app(Settings(b"t" * 32, https=False, demonstration=True,
                                                   today=lambda: self.today))

    def client(self, who: str) -> Any:
        client, link = self.app.test_client(), f"/anmelden/einmal/{issue_one_time_link(self.users[who])}"
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(link).text)
        assert found is not None
        client.post(link, data={"csrf_token": found[1]})
        return client


@pytest.fixture(scope="module")
def house(fresh_database: Any, hang_out: Any) -> Iterator[House]:
    with fresh_database():
        board.forget()
        yield House(hang_out)


def offered(page: str) -> str:
    found = re.search(r'href="(/stellen/[^"]+/bewerben\?intern=[^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_only_the_own_people_see_it_and_only_until_the_public_day(house: House) -> None:
    own, other = house.ads
    for who in ("ada", "karl"):
        client = house.client(who)
        assert client.get("/hausstellen").text.count("Sachbearbeitung Wohngeld") == 1
        assert client.get(f"/hausstellen/{own}").status_code == 200
        assert client.get(f"/hausstellen/{own}/anzeige.pdf").data.startswith(b"%PDF")
        for path in ("", "/anzeige.pdf"):
            assert client.get(f"/hausstellen/{other}{path}").status_code == 404
    assert house.client("nora").get(f"/hausstellen/{own}").status_code == 404
    for who in ("verwalter", "gast"):
        assert "Zurzeit hängt nichts nur im Haus aus" in house.client(who).get("/hausstellen").text
        assert house.client(who).get(f"/hausstellen/{own}").status_code == 404
    stranger = house.app.test_client()
    assert stranger.get(f"/hausstellen/{own}").status_code == 302
    for path in ("", "/bewerben", "/anzeige.pdf", "/frist.ics"):
        assert stranger.get(f"/stellen/{own}{path}").status_code == 404
    for path in ("", "/stellen.atom", "/stellen.json", "/sitemap.xml", "/boersen/indeed.xml"):
        assert str(own) not in stranger.get(f"/stellen{path}").text
    house.today = PUBLIC
    try:
        assert house.client("ada").get(f"/hausstellen/{own}").status_code == 404
        assert stranger.get(f"/stellen/{own}").status_code == 200
    finally:
        house.today = TODAY


def test_who_has_left_is_no_longer_of_the_house(house: House) -> None:
    """Das Portal bleibt nach dem Austritt zum Lesen offen; das Brett im Haus nicht."""
    tenant, own = house.tenants[0].id, house.ads[0]
    with tenant_session(tenant, actor="pia") as session:
        person = create_person(session, valid_from=date(2020, 1, 1), reason="Einstellung", nachname="Weg",
                               vorname="Otto", geburtsdatum=date(1980, 1, 1))
        hire(session, person, personalnummer="90001", art="tarif", eintritt=date(2020, 1, 1), reason="Einstellung",
             austritt=TODAY)
        public = person.public_id
    with platform_session(actor="test") as session:
        house.users["otto"] = create_user(session, "otto", "Otto Weg", kind="employee", demonstration=True)
        give_employee_access(session, tenant, house.users["otto"], public, date(2020, 1, 1))
    otto = house.client("otto")
    assert otto.get(f"/hausstellen/{own}").status_code == 200, "am letzten Tag noch"
    house.today = TODAY + timedelta(days=1)
    try:
        assert house.client("ada").get(f"/hausstellen/{own}").status_code == 200
        assert "Sachbearbeitung Wohngeld" not in otto.get("/hausstellen").text
        for path in ("", "/anzeige.pdf"):
            assert otto.get(f"/hausstellen/{own}{path}").status_code == 404
    finally:
        house.today = TODAY


def test_applying_from_the_house_needs_the_ticket_of_this_posting(house: House) -> None:
    own, other = house.ads
    address = offered(house.client("ada").get(f"/hausstellen/{own}").text)
    stranger = house.app.test_client()  # the form itself knows no account
    form = stranger.get(address)
    assert form.status_code == 200
    action = re.search(r'action="([^"]+)"', form.text)
    assert action is not None
    assert "intern=" in action[1]
    paper = address.partition("?")[2]
    for wrong in (f"/stellen/{other}/bewerben?{paper}", f"/stellen/{own}/bewerben?intern=x", f"{address[:-2]}zz"):
        assert stranger.get(wrong).status_code == 404
        assert stranger.post(wrong, data=FORM).status_code == 404
    sent = stranger.post(action[1].replace("&amp;", "&"), data=FORM)
    assert sent.status_code == 303
    assert "Angekommen" in stranger.get(sent.location).text
    with tenant_session(house.tenants[0].id, actor="test") as session:
        row = session.scalars(select(Bewerbung)).one()
        assert (row.intern, row.zustand) == (True, "eingegangen")
        assert '"ada"' not in clock.disclosure(session, row).decode("latin-1"), "kein Zugang wird gemerkt"


def test_a_draft_goes_on_and_the_ticket_ends_after_two_hours(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    own = house.ads[0]
    address = offered(house.client("karl").get(f"/hausstellen/{own}").text)
    stranger = house.app.test_client()
    kept = stranger.post(address, data=FORM | {"was": "speichern"})
    assert kept.status_code == 303
    monkeypatch.setattr(ticket, "LIFETIME", -1)
    assert stranger.get(address).status_code == 404
    assert stranger.post(kept.location, data=FORM).status_code == 303, "der Entwurf braucht den Schein nicht mehr"
    house.today = PUBLIC + timedelta(days=60)
    try:
        assert stranger.get(address).status_code == 410
    finally:
        house.today = TODAY


@pytest.mark.browser
def test_looks_right(house: House, browser: Browser) -> None:
    with looking.served(house.app) as root, looking.opened(browser, root, house.client("ada")) as page:
        page.goto(f"{root}/hausstellen")
        looking.check(page)
        page.get_by_role("link", name="Sachbearbeitung Wohngeld").click()
        page.get_by_role("heading", level=1, name="Sachbearbeitung Wohngeld").wait_for()
        looking.check(page)
        page.get_by_role("link", name="Jetzt bewerben").first.click()
        page.get_by_role("button", name="Bewerbung absenden").wait_for()
        looking.check(page)
