"""Lohnsteuerbescheinigung: im Portal nur die eigene und erst nach der Freigabe, am Schreibtisch je Person."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from payroll.filings.jahresende import ausdruck
from payroll.filings.meldungen import alle, speichern
from tenants.db.session import platform_session, tenant_session
from tenants.users.mandates import give_employee_access
from tenants.users.service import create_user
from tests.web.arriving import sign_in

DECEMBER = date(2026, 12, 1)
LINK = re.compile(r'href="([^"]*lohnsteuer[^"]*/pdf)"')


@pytest.fixture(scope="module")
def reported(office: Any) -> dict[str, uuid.UUID]:
    """Kennung der freigegebenen Bescheinigung je Name; vor der Freigabe sieht niemand etwas."""
    office.close(DECEMBER)
    kreis = office.tenants["kreis"].id
    with platform_session(actor="test") as session:
        office.users["zoe"] = create_user(session, "zoe", "Zoe Zander", kind="employee", demonstration=True)
        give_employee_access(session, kreis, office.users["zoe"], office.people["Zander"].public_id, date(2026, 1, 1))
    with tenant_session(kreis, actor="klara") as session:
        (made,) = alle.create(session, DECEMBER, kind="lstb")
    assert "Lohnsteuerbescheinigung" not in office.client("ada").get("/portal").text
    assert "Noch ist keine gemeldet" in office.client("klara").get(desk(office)).text
    with tenant_session(kreis, actor="hugo") as session:
        speichern.release(session, made.meldung.public_id, sha256=made.meldung.sha256.hex())
    with tenant_session(kreis, actor="test") as session:
        return {name: ausdruck.of_person(session, office.people[name].public_id)[0].kennung
                for name in ("Öztürk", "Zander")}


def desk(office: Any, name: str = "Öztürk") -> str:
    return office.address("kreis", f"/personen/{office.people[name].public_id}/bescheinigungen")


def test_one_sees_the_own_certificate_and_no_other(office: Any, reported: dict[str, uuid.UUID]) -> None:
    ada = office.client("ada")
    page = ada.get("/portal").text
    assert "Lohnsteuerbescheinigung 2026" in page
    (address,) = LINK.findall(page)
    assert str(reported["Öztürk"]) in address
    answer = ada.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "Kim Öztürk" in PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    foreign = address.replace(str(reported["Öztürk"]), str(reported["Zander"]))
    assert ada.get(foreign).status_code == 404
    assert office.client("zoe").get(foreign).status_code == 200
    assert ada.get(address.replace(str(reported["Öztürk"]), str(uuid.uuid4()))).status_code == 404
    elsewhere = address.replace(str(office.tenants["kreis"].public_id), str(office.tenants["stadt"].public_id))
    assert ada.get(elsewhere).status_code == 404
    assert office.client("klara").get(address).status_code == 403


def test_the_desk_gives_it_to_who_has_no_portal(office: Any, reported: dict[str, uuid.UUID]) -> None:
    klara = office.client("klara")
    (address,) = LINK.findall(klara.get(desk(office)).text)
    assert klara.get(address).mimetype == "application/pdf"
    assert klara.get(address.replace(str(reported["Öztürk"]), str(reported["Zander"]))).status_code == 404
    assert office.client("rolf").get(address).status_code == 403
    assert "Lohnsteuerbescheinigung als PDF geöffnet" in office.client("ada").get("/portal/leseprotokoll").text


@pytest.mark.browser
def test_pages_are_accessible(office: Any, reported: dict[str, uuid.UUID], page: Page, serve: Callable,
                              accessible: Callable[[Page], None]) -> None:
    assert reported
    root = serve(office.app)
    for name, path in (("ada", "/portal"), ("klara", desk(office))):
        page.context.clear_cookies()
        sign_in(page, root, office.users[name])
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(root + path)
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
