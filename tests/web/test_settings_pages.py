"""Einstellungen der Abrechnung am Schreibtisch: Vorgaben, entscheiden ab einem Monat, Geschichte, Rechte, Protokoll."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata.settings import NAMES, settings_on
from payroll.web.desk.setting_words import WORDS
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

PATH = "/stammdaten/einstellungen"


def _send(office: Any, who: str, name: str, **values: str) -> Any:
    client = office.client(who)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(office.address("kreis", PATH)).text)
    assert found is not None
    return client.post(office.address("kreis", f"{PATH}/{name}"), data={"csrf_token": found[1], **values})


def test_1_every_setting_has_words_for_each_of_its_values(office: Any) -> None:
    assert tuple(WORDS) == NAMES
    page = office.client("rolf").get(office.address("kreis", PATH)).text
    assert page.count("Vorgabe</td>") == len(NAMES)
    for words in WORDS.values():
        assert len(words.values) >= 2
        assert str(words.title) in page
        assert words.law in page


def test_2_decided_from_a_month_with_history_and_log(office: Any) -> None:
    answer = _send(office, "klara", "umwandlung_verfahren", wert="verteilt", gueltig_ab="01.03.2026",
                   grund="Verfügung vom 12.02.2026")
    assert answer.status_code == 302, answer.text
    page = office.client("klara").get(answer.location).text
    assert "01.03.2026" in page
    assert "Verfügung vom 12.02.2026" in page
    assert "rechnet der nächste Lauf sie zurück" in page
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        assert settings_on(session, date(2026, 2, 28)).umwandlung_verfahren == "aufbrauchend"
        assert settings_on(session, date(2026, 3, 1)).umwandlung_verfahren == "verteilt"
        logged = session.scalars(select(AuditEntry).where(AuditEntry.action == "einstellung.gesetzt")).all()
    assert [one.actor for one in logged] == ["klara"]
    assert "eigene Entscheidung" in office.client("rolf").get(office.address("kreis", PATH)).text
    assert "eigene Entscheidung" not in office.client("rolf").get(office.address("stadt", PATH)).text


@pytest.mark.parametrize(("values", "text"), [
    ({"wert": "erfunden", "gueltig_ab": "01.05.2026", "grund": "x"}, "Bitte aus der Liste wählen."),
    ({"wert": "ja", "gueltig_ab": "02.05.2026", "grund": "x"}, "den Ersten eines Monats"),
    ({"wert": "ja", "gueltig_ab": "01.05.2026", "grund": ""}, "Bitte ausfüllen."),
    ({"wert": "nein", "gueltig_ab": "01.05.2026", "grund": "x"}, "Das gilt am 01.05.2026 schon"),
    ({"wert": "ja", "gueltig_ab": "gestern", "grund": "x"}, "Bitte als Tag.Monat.Jahr angeben")])
def test_3_what_does_not_fit_is_said_at_the_field(office: Any, values: dict[str, str], text: str) -> None:
    answer = _send(office, "klara", "pauschal_abwaelzung", **values)
    assert answer.status_code == 422
    assert text in answer.text


def test_4_rights_and_unknown_names(office: Any) -> None:
    good = {"wert": "ja", "gueltig_ab": "01.05.2026", "grund": "x"}
    assert _send(office, "rolf", "pauschal_abwaelzung", **good).status_code == 403
    assert _send(office, "klara", "erfunden", **good).status_code == 404
    assert office.client("klara").get(office.address("kreis", f"{PATH}/erfunden")).status_code == 404
    assert "Neu entscheiden" not in office.client("rolf").get(
        office.address("kreis", f"{PATH}/pauschal_abwaelzung")).text


@pytest.mark.browser
def test_5_by_keyboard_in_the_browser(office: Any, serve: Callable, page: Page, accessible: Callable) -> None:
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    page.goto(address + office.address("kreis", PATH))
    accessible(page)
    page.get_by_role("link", name="Beschäftigte tragen pauschale Steuern").press("Enter")
    accessible(page)
    page.get_by_label("Neuer Wert").focus()
    page.keyboard.press("j")
    page.keyboard.press("Tab")
    page.keyboard.type("01.06.2026")
    page.keyboard.press("Tab")
    page.keyboard.type("Beschluss")
    page.keyboard.press("Enter")
    page.get_by_text("Die Einstellung ist gespeichert").wait_for()
    accessible(page)
    assert page.get_by_text("01.06.2026").first.is_visible()
    assert page.get_by_text("Beschluss").first.is_visible()
