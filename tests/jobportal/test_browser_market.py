"""Der Stellenmarkt im Browser: barrierefrei breit und schmal, mit der Tastatur, mit Skript und ohne."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parent))

import hostile
from looking import check, served

import app as application
from jobportal import board
from tenants import service
from tenants.db.session import platform_session, tenant_session
from tenants.web.settings import Settings

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def street(fresh_database: Any, hang_out: Any) -> Iterator[tuple[str, str]]:
    """Adresse des Bretts und einer Anzeige."""
    with fresh_database():
        with platform_session(actor="test") as session:
            tenant = service.create_tenant(session, "001", "Kreis Beispiel", "kreis")
        with tenant_session(tenant.id, actor="pia") as session:
            key = hang_out(session).public_id
        board.forget()
        app = application.create_app(Settings(b"t" * 32, https=False, today=lambda: TODAY))
        with served(app) as root:
            yield f"{root}/stellen", f"{root}/stellen/{key}"



def test_reading_and_applying(browser: Browser, street: tuple[str, str]) -> None:
    context = browser.new_context(locale="de-DE")
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(street[0])
    check(page)
    page.get_by_role("link", name="Sachbearbeitung Wohngeld").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(street[1])
    check(page)
    page.get_by_role("link", name="Jetzt bewerben").first.click()
    check(page)
    page.get_by_role("button", name="Bewerbung absenden").click()
    page.get_by_role("alert").wait_for()
    check(page)
    page.get_by_label("Vorname").fill("Ida")
    page.get_by_label("Nachname").fill("Neu")
    page.get_by_label("E-Mail").fill("ida@beispiel.example")
    page.get_by_label("Unterlagen").set_input_files([
        {"name": name, "mimeType": "application/pdf", "buffer": hostile.pdf(name)} for name in ("a.pdf", "b.pdf")])
    page.get_by_label("Ich habe den Hinweis").check()
    page.get_by_role("button", name="Bewerbung absenden").click()
    page.get_by_role("heading", name="Meine Bewerbung").wait_for()
    assert page.get_by_text("a.pdf, b.pdf").count() == 1
    check(page)
    assert context.cookies() == []
    assert [text for text in complaints if "status of 4" not in text] == []
    context.close()


def test_what_is_written_saves_itself(browser: Browser, street: tuple[str, str]) -> None:
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(f"{street[1]}/bewerben")
    page.get_by_text("sichert sich von selbst").wait_for()
    page.get_by_label("Vorname").fill("Ida 🌻")
    page.get_by_text("Ihr Entwurf ist gespeichert und verschlüsselt").wait_for()
    address = page.url
    assert re.search(r"/meine/[0-9a-f-]{36}/[\w-]{43}/formular$", address)
    page.get_by_label("Nachname").fill("نور")
    page.get_by_role("button", name="Bewerbung absenden").click()
    page.get_by_role("alert").wait_for()
    assert page.url == address, "ein Entwurf, nicht zwei"
    page.goto(address)
    assert page.get_by_label("Vorname").input_value() == "Ida 🌻"
    assert page.get_by_label("Nachname").input_value() == "نور"
    check(page)
    context.close()


def test_without_scripts(browser: Browser, street: tuple[str, str]) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{street[1]}/bewerben")
    page.get_by_label("First name").fill("Ida")
    page.get_by_role("button", name="Save and continue later").click()
    page.get_by_text("Your draft is saved and encrypted").wait_for()
    assert page.get_by_label("First name").input_value() == "Ida"
    context.close()
