"""Jede Seite von Schreibtisch und Portal im echten Browser: Barrierefreiheit, Breite, Tastatur."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.arriving import sign_in, sign_out

pytestmark = pytest.mark.browser
MONTH = "/abrechnung/2026-11"
PHONE_PAGE = 6000  # pixels: an explanation is short until someone unfolds it


@pytest.fixture(scope="module")
def address(office: Any, serve: Callable) -> str:
    return serve(office.app)


@pytest.fixture
def enter(office: Any, page: Page, address: str) -> Callable[[str], Page]:
    """Meldet jemanden mit Einmallink an."""

    def signed_in(name: str) -> Page:
        sign_in(page, address, office.users[name])
        return page

    return signed_in


def _look(page: Page, address: str, path: str, accessible: Callable[[Page], None]) -> None:
    answer = page.goto(address + path)
    assert answer is not None
    assert answer.status < 400, path
    assert page.locator("h1").count() == 1, path
    accessible(page)


def test_1_month_from_start_to_close_by_hand(office: Any, enter: Callable, address: str, accessible: Callable) -> None:
    page = enter("klara")
    accessible(page)
    page.get_by_role("row", name=re.compile("Kreis Beispiel")).get_by_role("link", name=re.compile("Probelauf")).click()
    accessible(page)
    page.get_by_role("button", name="Probelauf rechnen").click()
    accessible(page)
    page.get_by_role("button", name=re.compile("als geprüft bestätigen")).click()
    assert page.get_by_role("alert").inner_text().startswith("Das ging nicht")
    findings = page.locator("li details")
    for left in reversed(range(findings.count())):
        findings.first.locator("summary").click()
        findings.first.get_by_role("textbox").fill("Angaben folgen")
        findings.first.get_by_role("button").click()
        expect(findings).to_have_count(left)
    page.get_by_role("button", name=re.compile("als geprüft bestätigen")).click()
    page.get_by_text("Die Prüfung ist bestätigt.").wait_for()
    sign_out(page)
    for name in ("hugo", "mia"):
        enter(name).goto(address + office.address("kreis", MONTH))
        page.get_by_role("button", name=re.compile("freigeben")).click()
        page.get_by_text("Freigabe erteilt.").wait_for()
        sign_out(page)
    enter("klara").goto(address + office.address("kreis", MONTH))
    page.get_by_role("button", name="Monat abschließen").click()
    page.get_by_role("status").filter(has_text="Der Monat ist abgeschlossen").wait_for()
    accessible(page)
    _look(page, address, office.address("kreis", f"{MONTH}/freigabevermerk"), accessible)


def test_2_pages_of_the_desk(office: Any, enter: Callable, address: str, accessible: Callable,
                             printable: Callable) -> None:
    page = enter("klara")
    _look(page, address, "/suche?wen=kim", accessible)
    person = f"/personen/{office.people['Öztürk'].public_id}"
    for path in ("/personen", person, f"{person}?uhren=1&klartext=1", f"{person}/bank/erfassen",
                 f"{person}/abrechnungen", "/einlesen", f"{MONTH}/personen"):  # fmt: skip
        _look(page, address, office.address("kreis", path), accessible)
        printable(page)
    bank = page.goto(address + office.address("kreis", person))
    assert bank is not None
    page.get_by_role("link", name=re.compile("beenden Bankverbindung")).click()
    accessible(page)
    page.goto(address + office.address("kreis", f"{MONTH}/personen"))
    page.get_by_role("link", name="Arndt, Kim").click()
    accessible(page)
    page.get_by_role("link", name="Warum? Lohnsteuer").click()
    accessible(page)
    assert page.get_by_role("heading", name="So entsteht der Betrag").is_visible()
    page.get_by_role("heading", name=re.compile("Der ganze Rechenweg")).click()
    accessible(page)
    page.go_back()
    page.get_by_role("link", name=re.compile("^Warum. Tabellenentgelt")).click()
    accessible(page)


def test_2_garnishments_of_a_person(office: Any, enter: Callable, address: str, accessible: Callable) -> None:
    page = enter("klara")
    path = f"/personen/{office.people['Öztürk'].public_id}/pfaendungen"
    _look(page, address, office.address("kreis", path), accessible)
    page.get_by_role("link", name="Beschluss erfassen").click()
    accessible(page)
    page.get_by_label("Gläubiger", exact=True).fill("Sparbank Auenstedt")
    page.get_by_role("button", name="Speichern").click()
    accessible(page)
    page.get_by_label("Was ist angekommen?").select_option("gewoehnlich")
    for label, text in (("Zugestellt am", "03.11.2026"), ("Hauptforderung", "1.000,00"), ("Gilt ab", "03.11.2026"),
                        ("Grund", "Beschluss")):
        page.get_by_label(re.compile(f"^{label}")).first.fill(text)
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("status").filter(has_text="Forderung gespeichert").first.wait_for()
    accessible(page)
    page.get_by_role("link", name=re.compile("^Beenden")).click()
    accessible(page)


def test_2_pages_of_tenant_data_and_law(office: Any, enter: Callable, address: str, accessible: Callable,
                                         printable: Callable) -> None:
    page = enter("klara")
    for path in ("/stammdaten", "/stammdaten/krankenkassen", "/stammdaten/lohnarten?suche=tabellenentgelt"):
        _look(page, address, office.address("kreis", path), accessible)
        printable(page)
    for path in ("/rechenregeln", "/rechenregeln/netto", "/rechenregeln/soli_freigrenze_einzeln"):
        _look(page, address, path, accessible)
    page.goto(address + office.address("kreis", "/stammdaten/zusatzversorgung"))
    page.get_by_role("link", name=re.compile("^VBL")).click()
    page.get_by_role("button", name="Satz speichern").click()
    accessible(page)
    page.get_by_role("alert").get_by_role("link", name="Quelle").click()
    page.locator("#quelle:focus").wait_for()


def test_3_errors_beside_the_field(office: Any, enter: Callable, address: str, accessible: Callable) -> None:
    page = enter("klara")
    page.goto(address + office.address("kreis", f"/personen/{office.people['Arndt'].public_id}/bank/erfassen"))
    page.get_by_role("button", name="Speichern").click()
    accessible(page)
    assert page.locator("#iban").get_attribute("aria-invalid") == "true"
    page.get_by_role("alert").get_by_role("link", name="IBAN").click()
    page.locator("#iban:focus").wait_for()


def test_4_auditor(office: Any, enter: Callable, address: str, accessible: Callable) -> None:
    page = enter("rolf")
    _look(page, address, office.address("kreis", "/protokoll"), accessible)
    page.get_by_role("button", name="Kette prüfen").click()
    accessible(page)
    assert "unversehrt" in " ".join(page.get_by_role("status").all_inner_texts())


def test_5_portal_on_the_phone_by_keyboard(enter: Callable, accessible: Callable, printable: Callable) -> None:
    page = enter("ada")
    page.set_viewport_size({"width": 390, "height": 844})
    accessible(page)
    page.get_by_role("link", name="November 2026").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/abrechnungen/*")
    accessible(page)
    printable(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Warum? Lohnsteuer").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/warum/lohnsteuer")
    assert page.get_by_role("heading", level=1).inner_text() == "Warum: Lohnsteuer"
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollHeight") < PHONE_PAGE


def test_6_security_pages(enter: Callable, address: str, accessible: Callable) -> None:
    page = enter("ada")
    for path in ("/sicherheit", "/sicherheit/kennwort", "/sicherheit/zweiter-faktor"):
        _look(page, address, path, accessible)
        assert page.url == address + path


def test_7_skip_link_leads_to_the_content(enter: Callable) -> None:
    page = enter("klara")
    page.goto(page.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Zum Inhalt springen"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#inhalt"


def test_8_english_switch(enter: Callable) -> None:
    page = enter("klara")
    page.get_by_role("button", name="English").click()
    page.locator("html[lang=en]").wait_for()
    assert page.get_by_role("button", name="Sign out").is_visible()
