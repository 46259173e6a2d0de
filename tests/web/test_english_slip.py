"""Portal auf Englisch: Abrechnung, „Warum?“, „Was hat sich geändert?“, Jahr und Suche; Deutsches ist gekennzeichnet."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata.catalogue import add_wage_type, ids
from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung, Steuermerkmale, WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from tenants.db.session import tenant_session
from tenants.web.language import SESSION_KEY
from tests.web.arriving import sign_in

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
OWN = "Zulage für den Spielmannszug"
# Small words that German text can hardly do without, and its notation of amounts.
GERMAN = re.compile(r"\b(der|das|den|und|oder|nicht|für|von|vom|zum|zur|mit|wird|werden|auf|aus|ist|sind|Sie|Ihr|Ihre|"
                    r"Betrag|Abzug|Bezug|Stufe|Monat|Tage|Jahr)\b|\d,\d\d\s*€|€\s*/")
VOID = ("br", "img", "input", "meta", "link", "hr")


class Spoken(HTMLParser):
    """Text einer Seite nach der Sprache, in der er gekennzeichnet ist."""

    def __init__(self) -> None:
        super().__init__()
        self.languages, self.texts, self.silent = [""], dict[str, list[str]](), 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.languages.append(dict(attrs).get("lang") or self.languages[-1])
            self.silent += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.languages.pop()
            self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.silent:
            self.texts.setdefault(self.languages[-1], []).append(" ".join(data.split()))


def spoken(page: str) -> dict[str, list[str]]:
    """Was die Seite in welcher Sprache sagt; die Wahl der Sprachen im Fuß nennt jede in ihrer eigenen."""
    parser = Spoken()
    parser.feed(page[page.index("<html"):])
    assert parser.languages == [""], "jedes Element ist geschlossen"
    return parser.texts


@pytest.fixture(scope="module")
def changed(office: Any) -> Any:
    """Zwei Monate, dazwischen eine höhere Stufe, eine andere Steuerklasse und eine selbst benannte Lohnart."""
    office.close(OCTOBER)
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        job = session.scalars(select(Beschaeftigung.id).where(Beschaeftigung.personalnummer == "10001")).one()
        record_fact(session, Bezuegezuordnung, valid_from=NOVEMBER, reason="Stufenaufstieg", beschaeftigung_id=job,
                    tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="4", wochenstunden=Decimal("19.5"),
                    vollzeitstunden=Decimal(39))  # fmt: skip
        record_fact(session, Steuermerkmale, valid_from=NOVEMBER, reason="ELStAM", beschaeftigung_id=job,
                    steuerklasse=3, konfession="ev")  # fmt: skip
        own = add_wage_type(session, 9100, valid_from=date(2026, 1, 1), reason="Satzung", text=OWN, ziel="zulagen",
                            steuer="pflichtig", sv="laufend", zv=True, teilzeit=False, tage=True)  # fmt: skip
        more = ids(session).lohnarten[1121]
        for number, amount in ((own.id, 4_000), (more, 12_346)):
            record_fact(session, WiederkehrenderBezug, valid_from=NOVEMBER, reason="Antrag", beschaeftigung_id=job,
                        lohnart_id=number, laufnummer=1, betrag_cent=amount)  # fmt: skip
    office.close(NOVEMBER)
    return office


def english(office: Any) -> Any:
    client = office.client("ada")
    with client.session_transaction() as session:
        session[SESSION_KEY] = "en"
    return client


def seen(client: Any, path: str) -> dict[str, list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    found = spoken(answer.text)
    left = [text for text in found["en"] if GERMAN.search(text)]
    assert left == [], path
    return found


def slip_of(client: Any) -> str:
    """Adresse der jüngsten Abrechnung."""
    found = re.search(r'href="(/portal/[^"]+/abrechnungen/[^"/]+)"', client.get("/portal").text)
    assert found is not None
    return found[1]


def test_slip_and_reasons_speak_english(changed: Any) -> None:
    client = english(changed)
    address = slip_of(client)
    found = seen(client, address)
    text = " ".join(found["en"])
    for words in ("Payslip November 2026", "What you get", "Statutory deductions", "Wage tax",
                  "The German payslip on paper (PDF) is the binding one", "Long-term care insurance",
                  "Table pay E9a step 4 (19.5 of 39 hours)", "Regular allowance above the collective agreement",
                  "What has changed?", "Your weekly hours fell"):
        assert words in text, words
    assert OWN in found["de"]
    assert {"(Lohnsteuer)", "(Pflegeversicherung)", "(Außertarifliche Zulage laufend)"} <= set(found["de"])
    reasons = sorted({*re.findall(r'href="([^"]+/warum[^"]*)"', client.get(address).text)})
    assert len(reasons) > 15
    for reason in reasons:
        told = seen(client, reason)
        assert "How the amount comes about" in told["en"], reason
        assert any("§" in text for text in told["de"]), reason


def test_what_has_changed_is_told_with_its_names(changed: Any) -> None:
    client = english(changed)
    found = seen(client, slip_of(client))
    text = " ".join(found["en"])
    assert re.search(r"You get €[\d,.]+ less than in October 2026, mainly because of: Step 4 instead of 3", text)
    assert "Your weekly hours fell from 39 hours to 19.5 hours." in text
    assert "Your tax class is now 3 (before: 1)." in text
    assert "New: “ ” €40.00." in text
    assert "New: Regular allowance above the collective agreement €61.73." in text


def test_year_and_search_speak_english(changed: Any) -> None:
    client = english(changed)
    assert "Sum of 2 months" in " ".join(seen(client, "/portal/jahr")["en"])
    head = client.get("/portal/jahr?format=csv").get_data().decode("utf-8-sig").splitlines()[0]
    assert head.startswith("Employer;Personnel number;Month;Gross")
    for wanted in ("wage tax", "Lohnsteuer", "november wage"):
        told = seen(client, f"/portal?suche={wanted}")
        assert "Wage tax" in " ".join(told["en"]), wanted
        assert "(Lohnsteuer)" in told["de"], wanted
    assert OWN in seen(client, "/portal?suche=spielmannszug")["de"]
    assert "€61.73" in " ".join(seen(client, "/portal?suche=61.73")["en"])


def test_the_desk_gives_its_reasons_in_english(changed: Any) -> None:
    client = changed.client("klara")
    with client.session_transaction() as session:
        session[SESSION_KEY] = "en"
    people = changed.address("kreis", "/abrechnung/2026-11/personen")
    found = re.search(rf'href="({people}/[0-9a-f-]{{36}})"', client.get(people).text)
    assert found is not None
    told = seen(client, f"{found[1]}/warum/lohnsteuer")
    assert "Wage tax of the pay period" in " ".join(told["en"]) or "Tax class" in " ".join(told["en"])


def test_german_readers_see_german(changed: Any) -> None:
    client = changed.client("ada")
    page = client.get(slip_of(client)).text
    assert set(spoken(page)) == {"de", "en"}  # the other language is offered in its own name
    assert spoken(page)["en"] == ["English"]
    assert "Lohnsteuer" in page
    assert "Wage tax" not in page


def test_english_pages_are_accessible(changed: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    address = serve(changed.app)
    sign_in(page, address, changed.users["ada"])
    page.get_by_role("button", name="English").click()
    page.get_by_role("link", name="November 2026").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Payslip November 2026"
    for fold in page.locator("details > summary").all():
        fold.click()
    accessible(page)
    page.get_by_role("link", name=re.compile("Why.* Wage tax")).first.click()
    page.wait_for_url("**/warum/**")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Why: Wage tax")
    for fold in page.locator("details > summary").all():
        fold.click()
    accessible(page)
