"""Alles geht ohne Skript: suchen, erfassen, rechnen, lesen, warum; und zwei Arbeitgeber in einem Zugang."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser

from payroll.masterdata import catalogue
from payroll.masterdata.models import Bezuegezuordnung, Steuermerkmale, Versicherung
from payroll.masterdata.service import create_person, hire, record_fact
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_employee_access
from tests.web.arriving import sign_in

pytestmark = pytest.mark.browser
OCTOBER, START = date(2026, 10, 1), date(2026, 1, 1)


@pytest.fixture(scope="module")
def published(office: Any) -> Any:
    """Oktober ist bei beiden Arbeitgebern abgeschlossen; Zoe arbeitet bei beiden und hat einen Zugang."""
    with tenant_session(office.tenants["stadt"].id, actor="klara") as session:
        person = create_person(session, valid_from=START, reason="Einstellung", nachname="Zander", vorname="Zoe",
                               geburtsdatum=date(1990, 5, 3))
        job = hire(session, person, personalnummer="20001", art="tarif", eintritt=START, reason="Einstellung")
        record_fact(session, Bezuegezuordnung, valid_from=START, reason="Einstellung", beschaeftigung_id=job.id,
                    tarifwerk="TVoeD-VKA", entgeltgruppe="E6", stufe="3", wochenstunden=Decimal("12"),
                    vollzeitstunden=Decimal("39"))
        record_fact(session, Versicherung, valid_from=START, reason="Einstellung", beschaeftigung_id=job.id,
                    kv_art="gesetzlich", krankenkasse_id=catalogue.ids(session).krankenkassen["TK"],
                    beitragsgruppe="1111", personengruppe=101)
        record_fact(session, Steuermerkmale, valid_from=START, reason="ELStAM", beschaeftigung_id=job.id,
                    steuerklasse=6, konfession="keine")
        there = person.public_id
    with platform_session(actor="test") as session:
        office.users["zoe"] = zoe = create_user(session, "zoe", "Zoe Zander", kind="employee", demonstration=True)
        give_employee_access(session, office.tenants["kreis"].id, zoe, office.people["Zander"].public_id, START)
        give_employee_access(session, office.tenants["stadt"].id, zoe, there, START)
    for tenant in ("kreis", "stadt"):  # what is issued before the access is sealed to the archive only
        office.close(OCTOBER, tenant)
    return office


def test_a_clerk_works_without_scripts(published: Any, browser: Browser, serve: Callable) -> None:
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    page = sign_in(context.new_page(), serve(published.app), published.users["klara"])
    page.get_by_role("link", name="Suche").click()
    page.locator("#wen").fill("zander")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Zander, Kim")).first.click()
    page.get_by_role("link", name=re.compile("^Bankverbindung")).first.click()
    page.get_by_label("IBAN").fill("DE00")
    page.get_by_role("button", name="Speichern").click()
    assert page.get_by_label("IBAN").input_value() == "DE00", "Getipptes bleibt stehen"
    page.get_by_label("IBAN").fill("DE02120300000000202051")
    page.get_by_label("Gilt ab").fill("01.11.2026")
    page.get_by_label("Grund").fill("Antrag")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_text("Bankverbindung gespeichert").wait_for()
    page.get_by_role("link", name="Start").click()
    page.get_by_role("row", name=re.compile("Kreis Beispiel")).get_by_role("link", name=re.compile("Probelauf")).click()
    page.get_by_role("button", name="Probelauf rechnen").click()
    page.get_by_role("button", name=re.compile("als geprüft bestätigen")).wait_for()
    context.close()


def test_an_employee_reads_two_employers_without_scripts(published: Any, browser: Browser, serve: Callable) -> None:
    context = browser.new_context(java_script_enabled=False, locale="de-DE", viewport={"width": 390, "height": 844})
    page = sign_in(context.new_page(), serve(published.app), published.users["zoe"])
    rows = page.locator(".kl-slips li").all_inner_texts()
    assert len(rows) == 2
    assert {name for name in ("Kreis Beispiel", "Stadt Musterhausen") for row in rows if name in row} == {
        "Kreis Beispiel", "Stadt Musterhausen"}
    page.locator(".kl-slips li", has_text="Stadt Musterhausen").get_by_role("link").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Entgeltabrechnung Oktober 2026"
    page.get_by_role("link", name=re.compile("^Warum. Lohnsteuer")).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Warum: Lohnsteuer"
    page.get_by_role("link", name="Mein Jahr").click()
    page.get_by_role("heading", level=2, name="Stadt Musterhausen, Personalnummer 20001").wait_for()
    assert page.locator("main h2").all_inner_texts() == ["Kreis Beispiel, Personalnummer 10003",
                                                         "Stadt Musterhausen, Personalnummer 20001"]
    page.get_by_role("link", name="Meine Daten").click()
    page.get_by_role("heading", level=2, name="Stadt Musterhausen").wait_for()
    page.get_by_role("button", name="English").click()
    page.locator("html[lang=en]").wait_for()
    context.close()
