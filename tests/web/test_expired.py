"""Abgelaufenes: Einmallink, Code eines Briefs, Lesezeichen ohne Sitzung, ein Vorgang von gestern."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from tenants.db.session import platform_session
from tenants.users.letters import LIFETIME
from tenants.users.service import create_user, issue_letter, issue_one_time_link

SENTENCE = "viele kleine Enten schwimmen quer"
LONG_AGO = datetime.now(UTC) - timedelta(days=400)


def send(client: Any, page: str, **data: str) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(page, data={"csrf_token": found[1], **data})


def test_an_expired_or_used_link_says_so_and_offers_the_sign_in(office: Any) -> None:
    old = f"/anmelden/einmal/{issue_one_time_link(office.users['klara'], now=LONG_AGO)}"
    used = f"/anmelden/einmal/{issue_one_time_link(office.users['klara'])}"
    assert send(office.app.test_client(), used).status_code == 302
    for path in (old, used, "/anmelden/einmal/gibtesnicht"):
        answer = send(office.app.test_client(), path)
        assert (answer.status_code, "Dieser Link gilt nicht (mehr)" in answer.text) == (401, True), path
        assert 'name="anmeldename"' in answer.text


def test_an_expired_letter_says_what_helps_and_keeps_what_was_typed(office: Any) -> None:
    with platform_session(actor="test") as session:
        late = create_user(session, "spaet", "Spät", kind="employee")
        code = issue_letter(session, late, now=datetime.now(UTC) - LIFETIME - timedelta(minutes=1)).code
    answer = send(office.app.test_client(), "/anmelden/brief", anmeldename="spaet", code=code, neu=SENTENCE,
                  wiederholung=SENTENCE)
    assert answer.status_code == 401
    assert "einen neuen Brief bestellen" in answer.text
    assert 'value="spaet"' in answer.text
    assert SENTENCE not in answer.text


@pytest.mark.browser
def test_a_bookmark_leads_through_the_sign_in_to_its_page(
    office: Any, page: Page, serve: Callable, accessible: Callable
) -> None:
    root = serve(office.app)
    wanted = office.address("kreis", "/personen?suche=Zander")
    page.goto(root + wanted)
    page.wait_for_url("**/anmelden")
    assert not page.get_by_text("keinen passenden Passkey").is_visible(), "nichts ist misslungen, ehe jemand drückt"
    accessible(page)
    page.goto(f"{root}/anmelden/einmal/{issue_one_time_link(office.users['klara'])}")
    page.get_by_role("button", name="Jetzt anmelden").click()
    page.wait_for_url(f"**{wanted}")
    page.goto(f"{root}/anmelden/einmal/{issue_one_time_link(office.users['klara'], now=LONG_AGO)}")
    page.get_by_role("button", name="Jetzt anmelden").click()
    page.get_by_text("Dieser Link gilt nicht (mehr)").wait_for()
    accessible(page)
