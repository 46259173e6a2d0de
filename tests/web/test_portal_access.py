"""Zugang zum Portal vom Schreibtisch und mit dem Befehl: anlegen, Brief einlösen, die eigene Seite sehen."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page
from pypdf import PdfReader
from sqlalchemy import select

from payroll.cli import kreislohn
from payroll.masterdata.service import create_person, hire
from payroll.statements.briefe import portalzugang
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.models import User
from tenants.users.mandates import give_employee_access
from tests.web.arriving import sign_in

PASSWORD = "vierzehn Kraniche ruhen am Wehr"


def token(client: Any, address: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return {"csrf_token": found[1]}


def place(office: Any, name: str = "Zander") -> str:
    return office.address("kreis", f"/personen/{office.people[name].public_id}/portal")


def words_of(pdf: bytes) -> tuple[str, str]:
    """Anmeldename und Code aus dem Brief."""
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    login, code = re.search(r"\b\w+-\d{5}\b", text), re.search(r"\b\w{4}-\w{4}-\w{4}\b", text)
    assert login is not None, text
    assert code is not None, text
    return login[0], code[0]


def test_1_the_letter_leads_to_the_own_pages(office: Any) -> None:
    klara, page = office.client("klara"), place(office)
    assert "noch keinen Zugang" in klara.get(page).text
    first = klara.post(page, data=token(klara, page))
    assert (first.status_code, first.mimetype, first.headers["Cache-Control"]) == (200, "application/pdf", "no-store")
    old = words_of(first.data)
    assert "noch nicht eingelöst" in klara.get(page).text
    login, code = words_of(klara.post(page, data=token(klara, page)).data)
    assert (login, code != old[1]) == (old[0], True)
    assert "zander" not in login.lower(), "Anmeldenamen bleiben lesbar und nennen niemanden"
    person = office.app.test_client()
    given = {**token(person, "/anmelden/brief"), "anmeldename": login, "neu": PASSWORD, "wiederholung": PASSWORD}
    assert person.post("/anmelden/brief", data={**given, "code": old[1]}).status_code != 302
    assert person.post("/anmelden/brief", data={**given, "code": code}).status_code == 302
    assert "Zander" in person.get("/portal/daten").text
    assert "eingerichtet" in klara.get(page).text
    again = klara.post(page, data=token(klara, page[:page.rindex("/")]))
    assert (again.status_code, "schon ein Kennwort" in again.text) == (422, True)
    with platform_session(actor="test") as session:
        assert len(session.scalars(select(User).where(User.login == login)).all()) == 1
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        log = session.scalars(select(AuditEntry).where(AuditEntry.action == "portal.brief")).all()
        assert {(one.actor, one.subject) for one in log} == {("klara", f"person:{office.people['Zander'].public_id}")}


def test_2_foreign_people_rights_and_oneself(office: Any) -> None:
    klara, page = office.client("klara"), place(office, "Meyer")
    foreign = office.address("kreis", f"/personen/{office.people['fremd'].public_id}/portal")
    assert klara.get(foreign).status_code == 404
    assert klara.post(foreign, data=token(klara, place(office, "Öztürk"))).status_code == 404
    for name in ("hugo", "rolf", "ada"):
        assert office.client(name).get(page).status_code == 403
    with platform_session(actor="test") as session:
        give_employee_access(session, office.tenants["kreis"].id, session.get_one(User, office.users["klara"].id),
                             office.people["Meyer"].public_id, date(2026, 1, 1))
    own = klara.post(page, data=token(klara, place(office, "Öztürk").removesuffix("/portal")))
    assert (own.status_code, "eine zweite Person bitten" in own.text) == (422, True)


def test_3_the_command_writes_a_letter_for_everybody_without_access(
        office: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payroll.acting.database", lambda data: nullcontext())
    tenant, out = office.tenants["stadt"], tmp_path / "briefe.zip"
    begun, before = date(2020, 1, 1), date(2019, 11, 1)
    with tenant_session(tenant.id, actor="klara") as session:
        person = create_person(session, valid_from=begun, reason="Einstellung", nachname="Weber", vorname="Kim",
                               geburtsdatum=date(1990, 1, 1))
        hire(session, person, personalnummer="20001", art="tarif", eintritt=begun, reason="Einstellung")
        assert portalzugang.without_access(session, date.today()) == [person.public_id]
        early = portalzugang.without_access(session, before)
        assert early == [], "wer erst in zwei Monaten anfängt, bekommt noch keinen"
        with pytest.raises(portalzugang.ZugangError, match="Keine Beschäftigung"):
            portalzugang.invite(session, person.public_id, before, "https://lohn.example")
    words = ["portal", "invite", "--tenant", tenant.number, "--actor", "klara", "--address", "https://lohn.example"]
    made = CliRunner().invoke(kreislohn, [*words, "--out", str(out)])
    assert (made.exit_code, "1 Brief in" in made.output) == (0, True), made.output
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as pack:
        (name,) = pack.namelist()
        assert words_of(pack.read(name))[0] == name.removesuffix(".pdf") == "0110-20001"
    repeated = CliRunner().invoke(kreislohn, [*words, "--out", str(tmp_path / "zwei.zip")])
    assert "Kein Brief ausgegeben" in repeated.output
    refused = CliRunner().invoke(kreislohn, [*words[:4], "--actor", "hugo", *words[6:], "--out", str(tmp_path / "x")])
    assert (refused.exit_code, "kein Mandat mit dem Recht" in refused.output) == (1, True)


@pytest.mark.browser
def test_the_page_is_accessible(office: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    root = serve(office.app)
    sign_in(page, root, office.users['klara'])
    page.goto(root + place(office))
    assert page.locator("h1").count() == 1
    accessible(page)
