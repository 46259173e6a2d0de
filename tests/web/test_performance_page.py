"""Leistungsentgelt am Schreibtisch: Volumen, Vorschau gleich und nach Punkten, erfassen, Fehler am Feld, Rechte.

Erwartung von Hand: 2,00 % von 100.000,00 Euro genanntem Entgelt und 20,00 Euro Rest (§ 18 Abs. 3 TVöD VKA).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from payroll.runs.leistung import recorded
from payroll.runs.models import Lauf
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

PATH = "/abrechnung/2026-12/leistungsentgelt"
DECEMBER = date(2026, 12, 1)
NOW = datetime(2026, 11, 2, tzinfo=UTC)


def _send(office: Any, who: str = "klara", **values: str) -> Any:
    client = office.client(who)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(office.address("kreis", PATH)).text)
    assert found is not None
    return client.post(office.address("kreis", PATH), data={"csrf_token": found[1], **values})


def _stored(office: Any) -> dict[str, int]:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return {one.personalnummer: one.betrag for one in recorded(session, DECEMBER)}


def test_1_a_preview_stores_nothing(office: Any) -> None:
    page = _send(office, uebertrag="20,00", entgelt="100.000,00", verteilung="gleich", schritt="vorschau")
    assert page.status_code == 200
    assert "2.020,00" in page.text
    assert page.text.count("505,00") == 4
    assert "Für 4 Personen erfassen" in page.text
    assert _stored(office) == {}


def test_2_points_are_stored_and_replace_an_earlier_distribution(office: Any) -> None:
    values = {"uebertrag": "20", "entgelt": "100000", "verteilung": "punkte", "schritt": "erfassen"}
    assert _send(office, **values, punkte="Personalnummer;Punkte\n10001;1\n10002;1").status_code == 302
    assert _stored(office) == {"10001": 101_000, "10002": 101_000}
    assert _send(office, **values, punkte="10001;3\r\n10003;1").status_code == 302
    assert _stored(office) == {"10001": 151_500, "10003": 50_500}
    shown = office.client("rolf").get(office.address("kreis", PATH)).text
    assert "1.515,00" in shown
    assert "Vorschau zeigen" not in shown


@pytest.mark.parametrize(("values", "status", "text"), [
    ({"uebertrag": "-5"}, 422, "darf nicht negativ sein"),
    ({"entgelt": "viel"}, 422, "Bitte eine Zahl angeben"),
    ({"verteilung": "punkte", "punkte": "10001"}, 422, "ist nicht Personalnummer;Punkte"),
    ({"verteilung": "punkte", "punkte": ""}, 422, "je Zeile Personalnummer;Punkte"),
    ({"verteilung": "punkte", "punkte": "99999;1", "entgelt": "1000"}, 422, "nicht tariflich beschäftigt: 99999"),
    ({"verteilung": "punkte", "punkte": "99999;1", "entgelt": "1000", "schritt": "erfassen"}, 409, "99999")])
def test_3_what_does_not_fit_is_said_and_nothing_stored(office: Any, values: dict[str, str], status: int,
                                                        text: str) -> None:
    before = _stored(office)
    answer = _send(office, **values)
    assert answer.status_code == status
    assert text in answer.text
    assert _stored(office) == before


def test_4_rights_and_months(office: Any) -> None:
    assert _send(office, "rolf", verteilung="gleich").status_code == 403
    client = office.client("klara")
    for month in ("2026-13", "1999-01"):
        assert client.get(office.address("kreis", f"/abrechnung/{month}/leistungsentgelt")).status_code == 404


@pytest.mark.browser
def test_5_in_the_browser(office: Any, serve: Callable, page: Page, accessible: Callable) -> None:
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    page.goto(address + office.address("kreis", "/abrechnung/2026-12"))
    page.get_by_role("link", name="Leistungsentgelt").press("Enter")
    page.get_by_role("heading", name="Leistungsentgelt 2026").wait_for()
    accessible(page)
    page.get_by_label("Entgelte aus einem Vorsystem").fill("100.000,00")
    page.get_by_label("Verteilung").select_option("punkte")
    page.get_by_label("Punkte", exact=False).last.fill("10001;2\n10004;1")
    page.get_by_role("button", name="Vorschau zeigen").press("Enter")
    page.get_by_role("heading", name="Vorschau").wait_for()
    accessible(page)
    page.get_by_role("button", name="Für 2 Personen erfassen").press("Enter")
    page.get_by_text("ist für 2 Personen erfasst").wait_for()
    assert _stored(office) == {"10001": 133_333, "10004": 66_667}


def test_6_a_checked_month_is_not_touched(office: Any) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        session.add(Lauf(monat=DECEMBER, zustand="geprueft", ergebnis_hash="a" * 64, anzahl=1, berechnet_von="a",
                         berechnet_am=NOW, geprueft_von="a", geprueft_am=NOW))
    answer = _send(office, entgelt="1000", verteilung="gleich", schritt="erfassen")
    assert answer.status_code == 409
    assert "schon geprüft" in answer.text
