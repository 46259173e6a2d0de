"""Die Seite der Arbeitsbescheinigung: ein Fehler steht beim Feld, nichts Getipptes geht verloren."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.web.arriving import sign_in

GIVEN = {"personalnummer": "NIEMAND", "verlangt": "01.12.2026", "ende": "aufhebung", "erklaert": "31.03.2026",
         "grund": "Umzug", "frist": "sechs Wochen", "vertragswidrig": "nein", "abfindung": "5.000,00"}


@pytest.mark.parametrize(("field", "value", "words"), [
    ("personalnummer", "NIEMAND", "gibt es bei diesem Arbeitgeber nicht"), ("verlangt", "gestern", "Tag.Monat.Jahr"),
    ("erklaert", "32.01.2026", "gibt es nicht"), ("abfindung", "viel", "eine Zahl angeben"),
    ("ende", "", "Bitte wählen"), ("vertragswidrig", "", "Bitte wählen")])
def test_what_is_wrong_is_told_and_kept(office: Any, field: str, value: str, words: str) -> None:
    client, address = office.client("klara"), office.address("kreis", "/meldungen/arbeitsbescheinigung")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    answer = client.post(address, data={"csrf_token": token[1], **GIVEN, field: value})
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error".*?{re.escape(words)}', answer.text)
    assert 'value="5.000,00"' in answer.text or field == "abfindung"
    assert '<option value="aufhebung" selected>' in answer.text or field == "ende"


@pytest.mark.browser
def test_the_form_is_accessible_empty_and_with_an_error(
        office: Any, page: Page, serve: Callable[[Flask], str], accessible: Callable[[Page], None]) -> None:
    base = serve(office.app)
    sign_in(page, base, office.users["klara"])
    page.goto(base + office.address("kreis", "/meldungen/arbeitsbescheinigung"))
    accessible(page)
    page.get_by_label("Personalnummer").fill("NIEMAND")
    for name in ("ende", "vertragswidrig"):
        assert page.locator(f"#{name}").input_value() == "", "nobody is dismissed, or without fault, by default"
    page.locator("main form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    page.locator("#ende-error").wait_for()
    assert page.locator("#verlangt-error").count() == 0, "today stands there"
    accessible(page)
