"""Passkeys im echten Chromium mit virtuellem Gerät: einrichten, als zweiter Faktor, allein; Aufzeichnung wertlos."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, TimeoutError
from sqlalchemy import select, update

from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session
from tenants.models.access import OutboxMessage, Passkey, UserSession
from tenants.models.user import User
from tenants.users.service import create_user, give_mandate, issue_letter
from tests.web.arriving import sign_out

pytestmark = pytest.mark.browser
FIELDS = ("name", "kennwort", "anmeldename")
SENTENCE = "viele kleine Enten schwimmen quer"


@pytest.fixture(scope="module")
def address(office: Any, serve: Callable) -> str:
    with platform_session(actor="test") as session:
        user = create_user(session, "paula", "Paula P.", password=SENTENCE, details={"email": "paula@kreis.example"})
        give_mandate(session, office.tenants["kreis"].id, user, "clerk", date(2026, 1, 1))
    return serve(office.app).replace("127.0.0.1", "localhost")


@pytest.fixture
def device(browser: Browser) -> Iterator[tuple[Page, CDPSession, str]]:
    """Neues Gerät mit virtuellem Passkey-Speicher, der den Menschen geprüft hat."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    page = context.new_page()
    cdp, identifier = authenticator(context, page)
    yield page, cdp, identifier
    context.close()


def authenticator(context: BrowserContext, page: Page, *, verified: bool = True) -> tuple[CDPSession, str]:
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    return cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def touch(page: Page, label: str, arrives: str) -> None:
    """Drückt die Schaltfläche, bis die Seite da ist, die danach kommt.

    On a busy machine nothing was sent once in some twenty runs after the button: the virtual device of the browser had
    left its request without an answer. Whoever sits before a silent device loads the page and presses again.
    """
    typed = {name: page.input_value(f"#{name}") for name in FIELDS if page.locator(f"#{name}").count()}
    for _again in range(3):
        page.click(f"text={label}")
        try:
            page.wait_for_url(arrives, timeout=15_000)
            return
        except TimeoutError:
            page.reload()
        for name, value in typed.items():
            page.fill(f"#{name}", value)
    raise AssertionError(page.locator("main").inner_text())


def enrol(page: Page, address: str, login: str) -> None:
    """Erste Anmeldung mit Brief, dann ein Passkey."""
    with platform_session(actor="clerk") as session:
        user = session.scalars(select(User).where(User.login == login)).one()
        letter = issue_letter(session, user, reason="Prüfung")
    page.goto(address + "/anmelden/brief")
    page.fill("#anmeldename", login)
    page.fill("#code", letter.code.lower())
    page.fill("#neu", SENTENCE)
    page.fill("#wiederholung", SENTENCE)
    page.click("text=Kennwort setzen und anmelden")
    page.wait_for_url(lambda url: not url.endswith("/brief"))
    page.goto(address + "/sicherheit/passkeys/neu")
    page.fill("#name", "Dienstrechner")
    page.fill("#kennwort", SENTENCE)
    touch(page, "Gerät auswählen und einrichten", "**/sicherheit")


def test_staff_must_enrol_and_then_signs_in_with_both_and_alone(
    device: tuple[Page, CDPSession, str], address: str, accessible: Callable[[Page], None]
) -> None:
    page, _cdp, _identifier = device
    with platform_session(actor="clerk") as session:
        letter = issue_letter(
            session, session.scalars(select(User).where(User.login == "paula")).one(), reason="Eintritt"
        )
    page.goto(address + "/anmelden/brief")
    accessible(page)
    page.fill("#anmeldename", "paula")
    page.fill("#code", letter.code.lower())
    page.fill("#neu", SENTENCE)
    page.fill("#wiederholung", SENTENCE)
    page.click("text=Kennwort setzen und anmelden")
    page.wait_for_url(lambda url: not url.endswith("/brief"))
    assert page.url.endswith("/sicherheit/zweiter-faktor"), "ohne Faktor gibt es nur dessen Einrichtung"
    page.goto(address + "/")
    assert page.url.endswith("/sicherheit/zweiter-faktor")
    page.click("main >> text=Passkey einrichten")
    accessible(page)
    page.fill("#name", "Dienstrechner")
    page.fill("#kennwort", SENTENCE)
    touch(page, "Gerät auswählen und einrichten", "**/sicherheit")
    assert page.locator("text=Dienstrechner").first.is_visible()
    accessible(page)
    sign_out(page)

    page.fill("#anmeldename", "paula")
    page.fill("#kennwort", SENTENCE)
    touch(page, "Mit Passkey anmelden", address + "/")
    sign_out(page)

    touch(page, "Mit Passkey anmelden", address + "/")
    with platform_session(actor="test") as session:
        signed = session.scalars(
            select(AuditEntry.action).where(AuditEntry.actor == "paula", AuditEntry.action.like("signin.%"))
        ).all()
        row = session.scalars(select(Passkey)).one()
        mails = session.scalars(select(OutboxMessage.occasion)).all()
        methods = session.scalars(select(UserSession.method).order_by(UserSession.id)).all()
    assert signed == ["signin.letter", "signin.password", "signin.passkey"]
    assert methods == ["letter", "password", "passkey"]
    assert row.sign_count > 0
    assert mails == ["changed_passkey"]


def test_alone_needs_the_device_to_check_the_person(browser: Browser, address: str) -> None:
    with platform_session(actor="test") as session:
        create_user(session, "uwe", "Uwe U.", kind="employee")
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    cdp, identifier = authenticator(context, page)
    enrol(page, address, "uwe")
    sign_out(page)
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": identifier, "isUserVerified": False})
    page.click("text=Mit Passkey anmelden")
    page.wait_for_selector("[role=alert]:visible")
    assert page.url.endswith("/anmelden")
    context.close()


def test_a_recorded_answer_opens_nothing(device: tuple[Page, CDPSession, str], address: str) -> None:
    page, _cdp, _identifier = device
    with platform_session(actor="test") as session:
        create_user(session, "vera", "Vera V.", kind="employee")
    enrol(page, address, "vera")
    sign_out(page)
    cookies, sent = page.context.cookies(), []
    page.on("request", lambda one: sent.append(one.post_data) if one.method == "POST" else None)
    touch(page, "Mit Passkey anmelden", "**/portal")
    thief = page.context.browser.new_context()  # type: ignore[union-attr]  # launched, not connected
    thief.add_cookies(cookies)  # type: ignore[arg-type]  # what one context gives another one takes
    answer = thief.request.post(
        address + "/anmelden",
        data=sent[0],
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        max_redirects=0,
    )
    assert answer.status == 401
    thief.close()


def test_a_copied_device_is_noticed(device: tuple[Page, CDPSession, str], address: str) -> None:
    page, _cdp, _identifier = device
    with platform_session(actor="test") as session:
        user = create_user(session, "walter", "Walter W.", kind="employee")
    enrol(page, address, "walter")
    sign_out(page)
    with platform_session(actor="test") as session:
        session.execute(update(Passkey).where(Passkey.user_id == user.id).values(sign_count=1000))
    with page.expect_response(lambda one: one.request.method == "POST"):  # an alert may stand there already
        page.click("text=Mit Passkey anmelden")
    page.wait_for_load_state()
    page.wait_for_selector("[role=alert]:visible")
    with platform_session(actor="test") as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == str(user.public_id))).all()
    assert "signin.passkey_copied" in actions


def test_a_removed_passkey_opens_nothing(device: tuple[Page, CDPSession, str], address: str) -> None:
    page, _cdp, _identifier = device
    with platform_session(actor="test") as session:
        create_user(session, "xenia", "Xenia X.", kind="employee")
    enrol(page, address, "xenia")
    page.click("text=Entfernen")
    page.wait_for_selector("text=Der Passkey ist entfernt.")
    sign_out(page)
    page.click("text=Mit Passkey anmelden")
    page.wait_for_selector("[role=alert]:visible")
    assert page.url.endswith("/anmelden")
