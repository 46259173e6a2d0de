"""Die erste Anmeldung mit dem Brief: wie viele Tasten, Felder und Seiten sie kostet, am Rechner und am Telefon."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from tenants.db.session import platform_session
from tenants.models import User
from tenants.users.letters import Letter
from tenants.users.service import create_user, give_employee_access, issue_letter

SENTENCE = "vierzig Kraniche ruhen am Wehr"
# Seconds a sign takes someone who types rarely, by Card, Moran and Newell (keystroke-level model, 1980): 0.75 in codes,
# 0.5 in words. For each field four seconds to look from the letter to the screen, five for each page to arrive and be
# read, half a minute to open the envelope and type the address.
CODES, WORDS, PER_FIELD, PER_PAGE, ENVELOPE, LIMIT = 0.75, 0.5, 4.0, 5.0, 30.0, 120.0
FIELDS, STOPS = "main form :is(input:not([type=hidden]), select, textarea)", 20


def new(login: str, kind: str) -> Letter:
    with platform_session(actor="test") as session:
        return issue_letter(session, create_user(session, login, "Neue Person", kind=kind))


def arrivals(page: Page) -> list[str]:
    """Jede Seite, die ab jetzt in diesem Fenster ankommt; eine Umleitung ist keine."""
    seen: list[str] = []
    page.on("framenavigated", lambda frame: seen.append(frame.url) if frame == page.main_frame else None)
    return seen


def typed(page: Page, letter: Letter) -> float:
    """Füllt die Seite nur mit der Tastatur aus; gibt, wie viele Sekunden ein langsamer Mensch dafür braucht.

    Was auszufüllen ist und wo die Tabulatortaste hält, sagt der Browser: jeder Halt kostet, und ein Feld, das der Brief
    nicht nennt, lässt die Prüfung scheitern.
    """
    codes = {"anmeldename": letter.login, "code": letter.code.lower()}
    values = {**codes, "neu": SENTENCE, "wiederholung": SENTENCE}
    wanted = page.locator(FIELDS).evaluate_all("all => all.filter(one => one.checkVisibility()).map(one => one.name)")
    filled, spent = [], 0.0
    for _ in range(STOPS):
        here = page.evaluate("({name: document.activeElement.name, kind: document.activeElement.type})")
        if here["kind"] == "submit":
            break
        if here["name"] in wanted:
            value = values[here["name"]]
            page.keyboard.type(value)
            filled.append(here["name"])
            spent += PER_FIELD + len(value) * (CODES if here["name"] in codes else WORDS)
        page.keyboard.press("Tab")
        spent += WORDS
    assert filled == wanted == list(values)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/brief"))
    return spent + WORDS


@pytest.mark.browser
def test_the_letter_is_redeemed_at_the_pace_of_a_slow_typist(office: Any, page: Page, serve: Callable) -> None:
    """Die Rechnung gilt auf jeder Maschine; gezählt wird, was die Seite wirklich verlangt."""
    root, letter = serve(office.app), new("beschaeftigte-00017", "employee")
    with platform_session(actor="test") as session:
        user = session.scalars(select(User).where(User.login == letter.login)).one()
        give_employee_access(session, office.tenants["kreis"].id, user, office.people["Zander"].public_id,
                             date(2026, 1, 1))
    pages = arrivals(page)
    page.goto(f"{root}/anmelden")
    page.get_by_role("link", name=re.compile("Brief")).first.click()
    page.wait_for_url("**/anmelden/brief")
    spent = ENVELOPE + typed(page, letter)
    page.get_by_role("heading", level=1, name="Meine Abrechnungen").wait_for()
    spent += PER_PAGE * len(pages)
    assert spent < LIMIT, (spent, pages)
    assert len(pages) == 3, pages


@pytest.mark.browser
def test_on_the_phone_the_fields_know_what_they_are(office: Any, browser: Browser, serve: Callable) -> None:
    """Kein Wörterbuch und keine Berichtigung im Code, kein Heranzoomen, alles ohne seitliches Rollen."""
    root, letter = serve(office.app), new("neu.unterwegs", "staff")
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True,
                                  locale="de-DE")
    page = context.new_page()
    page.goto(f"{root}/anmelden/brief")
    code = page.locator("#code")
    assert [code.get_attribute(name) for name in ("autocapitalize", "spellcheck", "autocomplete")] == [
        "characters", "false", "off"]
    for name, value in (("anmeldename", letter.login), ("code", letter.code), ("neu", SENTENCE),
                        ("wiederholung", SENTENCE)):
        field = page.locator(f"#{name}")
        assert float(field.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")) >= 16, "sonst zoomt es"
        field.tap()
        field.fill(value)
    page.get_by_role("button", name="Kennwort setzen und anmelden").tap()
    page.wait_for_url("**/sicherheit/zweiter-faktor")
    secret = page.locator(".kl-secret").inner_text().replace(" ", "")
    link = page.get_by_role("link", name="In der App auf diesem Gerät öffnen").get_attribute("href")
    assert link is not None
    assert pyotp.parse_uri(link).secret == secret, "am Telefon lässt sich das Bild nicht aufnehmen"
    page.fill("#code", pyotp.TOTP(secret).now())
    page.fill("#kennwort", SENTENCE)
    page.get_by_role("button", name="Zweiten Faktor einschalten").tap()
    page.wait_for_url("**/sicherheit")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    context.close()
