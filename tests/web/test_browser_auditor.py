"""Die Prüferin im echten Browser: einen abgeschlossenen Monat öffnen, eine Abrechnung wählen, einem Cent bis zu Angabe,
Gesetz und Quelle folgen, die Tatsache im Protokoll finden, die Kette prüfen; jede Seite barrierefrei."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.web.arriving import sign_in

pytestmark = pytest.mark.browser
NOVEMBER = date(2026, 11, 1)


@pytest.fixture(scope="module")
def closed(office: Any) -> Any:
    """November des Kreises, abgeschlossen."""
    office.close(NOVEMBER, issued=False)
    return office


def test_a_cent_is_followed_down_to_fact_law_and_source(
    closed: Any, page: Page, serve: Callable, accessible: Callable
) -> None:
    address = serve(closed.app)
    sign_in(page, address, closed.users['rolf'])
    page.goto(address + closed.address("kreis", "/abrechnung/2026-11"))
    accessible(page)
    page.goto(address + closed.address("kreis", "/abrechnung/2026-11/personen"))
    page.locator("main tbody tr th a").first.click()
    accessible(page)
    paid = page.locator("main").inner_text()

    row = page.locator("main tr", has=page.get_by_role("rowheader", name=re.compile(r"Nettoentgelt|Netto")))
    row.get_by_role("link", name=re.compile("Warum")).first.click()
    accessible(page)
    shown = page.locator(".kl-pay").inner_text()
    assert re.search(r"\d", shown)
    assert re.sub(r"[^\d,.]", "", shown) in re.sub(r"[^\d,.\n]", "", paid), "the amount explained is the amount paid"
    assert "das Ergebnis stimmt mit der Abrechnung überein" in page.locator("main").inner_text()
    page.locator("details summary").first.click()
    accessible(page)
    whole = page.locator("main").inner_text()
    assert "Angaben, mit denen gerechnet wurde" in whole  # the facts
    assert "Steuerklasse" in whole
    assert re.search(r"§ \d+\w* .*(EStG|SGB)", whole)  # the law
    assert "Werte des Rechts" in whole
    assert re.search(r"BGBl|SVBezGrV|§ 241 SGB V", whole)  # the source of a number

    page.go_back()
    line = page.get_by_role("link", name=re.compile("Warum"))
    page.goto(line.first.get_attribute("href") and address + str(line.first.get_attribute("href")))
    assert re.search(r"Entgelttabelle|Stufe|Wochenstunden", page.locator("main").inner_text())
    accessible(page)

    page.goto(address + closed.address("kreis", "/protokoll"))
    assert "lauf" in page.locator("main").inner_text().lower()
    page.get_by_role("button", name="Kette prüfen").click()
    page.get_by_role("status").filter(has_text="unversehrt").first.wait_for()
