"""Ansichten merken, jede Tabelle als Datei, Verlauf als Bild mit Tabelle, Kopie mit Kennwort."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError
from sqlalchemy import select

from payroll.masterdata.service import create_person, hire
from payroll.web.desk import history_pages
from payroll.web.desk.costs import signed_chart
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.models import SavedView
from tests.web.arriving import sign_in

EVIL = '=HYPERLINK("http://boese.example";"klick")'


@pytest.fixture(scope="module")
def published(office: Any) -> Any:
    """Zwei abgeschlossene Monate und jemand mit einem Namen wie eine Formel."""
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        office.close(month)
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        person = create_person(session, valid_from=date(2026, 1, 1), reason="Probe", nachname=EVIL, vorname="@SUM",
                               geburtsdatum=date(1990, 1, 1))
        hire(session, person, personalnummer="-2+3", art="tarif", eintritt=date(2026, 1, 1), reason="Probe")
    return office


def token(client: Any, address: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def test_a_view_is_kept_for_its_owner_only(published: Any) -> None:
    klara, page = published.client("klara"), published.address("kreis", "/personen")
    shown = klara.get(f"{page}?suche=Arndt&sortierung=gruppe&seite=1").text
    assert "Ansicht merken" in shown
    assert "Ansicht merken" not in klara.get(page).text
    address = html.unescape(re.findall(r'name="adresse" value="([^"]+)"', shown)[0])
    assert address == "sortierung=gruppe&suche=Arndt"
    given = {"csrf_token": token(klara, page), "liste": "people.index", "adresse": address, "name": "Meine 🎯 Gruppe",
             "zurueck": page}
    keep = published.address("kreis", "/ansichten")
    for _again in range(2):
        assert klara.post(keep, data=given).status_code == 302
    assert klara.get(page).text.count(f'href="?{html.escape(address)}"') == 1
    assert "Meine 🎯 Gruppe" not in published.client("hugo").get(page).text
    assert "Meine 🎯 Gruppe" not in klara.get(published.address("stadt", "/personen")).text
    for wrong in ({"name": ""}, {"name": "x" * 61}, {"liste": "gibt.esnicht"}, {"adresse": ""}, {"adresse": "a\nb"}):
        assert klara.post(keep, data={**given, **wrong}).status_code == 302
    with tenant_session(published.tenants["kreis"].id, actor="test") as session:
        row = session.scalars(select(SavedView)).one()
        assert (row.name, b"Arndt" in row.adresse_siegel) == ("Meine 🎯 Gruppe", False)
    gone = f"{keep}/{row.public_id}/loeschen"
    hugo = published.client("hugo")
    assert hugo.post(gone, data={"csrf_token": token(hugo, page)}).status_code == 404
    assert klara.post(gone, data={"csrf_token": given["csrf_token"]}).status_code == 302
    assert "Meine 🎯 Gruppe" not in klara.get(page).text
    foreign = published.address("fremd", "/ansichten")
    assert klara.post(foreign, data=given).status_code == 404


def test_every_table_of_a_page_is_a_file_and_text_stays_text(published: Any) -> None:
    klara = published.client("klara")
    listing = published.address("kreis", "/personen")
    for kind in ("csv", "xlsx"):
        whole = klara.get(f"{listing}?format={kind}")
        assert whole.status_code == 200
    text = klara.get(f"{listing}?format=csv").get_data().decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "'-2+3" in text
    book = load_workbook(io.BytesIO(klara.get(f"{listing}?format=xlsx").data))
    cells = [cell for row in book.active.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert EVIL in {cell.value for cell in cells}
    found = published.address("kreis", "/ueberzahlungen")
    assert "Als Datei speichern" not in klara.get(found).text
    page = published.address("kreis", f"/personen/{published.people['Öztürk'].public_id}/abrechnungen")
    shown = klara.get(page).text
    files = [html.unescape(one) for one in re.findall(r'href="(\?als=csv[^"]+)"', shown)]
    assert files
    for one in files:
        assert klara.get(page + one).mimetype == "text/csv"


def test_the_file_holds_what_the_page_shows(published: Any) -> None:
    klara = published.client("klara")
    person = published.people["Öztürk"].public_id
    page = published.address("kreis", f"/personen/{person}/bescheinigungen")
    assert klara.get(f"{page}?als=csv").mimetype == "text/html", "keine Tabelle, keine Datei"
    account = published.address("kreis", f"/personen/{person}/abrechnungen")
    made = klara.get(f"{account}?als=xlsx&tabelle=1")
    assert made.mimetype.endswith("sheet"), made.text[:300]
    rows = list(load_workbook(io.BytesIO(made.data)).active.iter_rows(values_only=True))
    assert len(rows) == 3
    amounts = [cell for row in rows[1:] for cell in row if isinstance(cell, float | int | Decimal)]
    listed = klara.get(account).text
    assert amounts
    assert all(f"{amount:,.2f}".translate(str.maketrans(",.", ".,")) in listed for amount in amounts)
    assert klara.get(f"{account}?als=exe").mimetype == "text/html"
    assert klara.get(f"{account}?als=csv&tabelle=99").mimetype == "text/html"
    with tenant_session(published.tenants["kreis"].id, actor="test") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "liste.gespeichert")).all()[-1]
    assert (entry.actor, entry.subject, entry.details["zeilen"]) == ("klara", "slips.index", 2)
    people = klara.get("/suche?wen=ztürk&als=csv")
    assert (people.mimetype, "Öztürk" in people.text) == ("text/csv", True)
    with platform_session(actor="test") as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.tenant_id == 0,
                                                          AuditEntry.action == "liste.gespeichert")).all()
    assert [(one.actor, one.subject, one.details) for one in found] == [
        ("klara", "search.results", {"format": "csv", "zeilen": 1})]
    assert published.client("ada").get("/portal/jahr?als=csv").mimetype == "text/html"


def test_the_history_ties_with_the_runs(published: Any) -> None:
    klara, page = published.client("klara"), published.address("kreis", "/abrechnung/verlauf")
    shown = klara.get(page).text
    assert shown.count("<svg") == 2, "Kosten und Fälle; kein Unterschied, kein Bild"
    lines = klara.get(f"{page}?format=csv").get_data().decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines] == ["Monat", "10/2026", "11/2026"]
    assert lines[2].split(";")[2] == "0,00"
    rows = history_pages.read([(date(2026, 1, 1), 100, 1, 90, "probe"), (date(2026, 3, 1), 300, 2, 90, "probe"),
                               (date(2026, 4, 1), 250, 2, 90, "probe")])
    assert [one.difference for one in rows] == [None, None, -50]
    picture = signed_chart([(date(2026, 3, 1), 100), (date(2026, 4, 1), -100)])
    assert picture is not None
    assert picture.bars[0].y + picture.bars[0].height == picture.zero == picture.bars[1].y
    assert signed_chart([(date(2026, 3, 1), 0)]) is None


def test_a_copy_opens_with_its_password_only(published: Any) -> None:
    ada = published.client("ada")
    link = re.search(r'href="(/portal/[^"]+/abrechnungen/[0-9a-f-]+)"', ada.get("/portal").text)
    assert link is not None
    page = f"{link[1]}/kopie"
    given = {"csrf_token": token(ada, page), "kennwort": "Grüne Wiese 27", "wiederholung": "Gru\u0308ne Wiese 27"}
    made = ada.post(page, data=given)
    assert (made.status_code, made.headers["Cache-Control"]) == (200, "no-store")
    reader = PdfReader(io.BytesIO(made.data))
    assert reader.is_encrypted
    assert reader.trailer["/Encrypt"]["/R"] == 6
    with pytest.raises(FileNotDecryptedError):
        reader.pages[0].extract_text()
    assert not reader.decrypt("falsch")
    assert reader.decrypt("Grüne Wiese 27")
    plain = PdfReader(io.BytesIO(ada.get(f"{link[1]}/pdf").data))
    assert reader.pages[0].extract_text() == plain.pages[0].extract_text()
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    for wrong, said in (("kurz", "mindestens 10"), ("aaaaaaaaaaaa", "zu einfach"), ("x" * 101, "höchstens 100")):
        answer = ada.post(page, data={**given, "kennwort": wrong, "wiederholung": wrong})
        assert (answer.status_code, said in answer.text) == (422, True)
    assert ada.post(page, data={**given, "wiederholung": "anders"}).status_code == 422
    ada.set_cookie("terminal", "1")
    assert ada.post(page, data=given).status_code == 403


@pytest.mark.browser
def test_pages_are_accessible(published: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    root = serve(published.app)
    for name, paths in (("klara", (published.address("kreis", "/abrechnung/verlauf"),
                                   published.address("kreis", "/personen?suche=a"))), ("ada", ("/portal",))):
        page.context.clear_cookies()
        sign_in(page, root, published.users[name])
        for path in paths:
            page.goto(root + path)
            accessible(page)
    page.locator(".kl-slips a").first.click()
    page.get_by_role("link", name="Kopie mit Kennwort").click()
    page.wait_for_url("**/kopie")
    accessible(page)
