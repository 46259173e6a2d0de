"""Portal: das eigene Jahr und die Suche in den eigenen Abrechnungen."""

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.web.arriving import sign_in


@pytest.fixture(scope="module")
def published(office: Any) -> Any:
    """Zwei Monate sind abgeschlossen."""
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        office.close(month)
    return office


def plain(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def cents(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def test_the_year_ties_with_the_slips(published: Any) -> None:
    client = published.client("ada")
    listed = re.findall(r'kl-number">([\d.,]+)\xa0€</span>', html.unescape(client.get("/portal").text))
    assert len(listed) == 2
    year = html.unescape(client.get("/portal/jahr").text)
    rows = re.findall(r"<tr[^>]*><th scope=\"row\">(.*?)</tr>", year, re.S)
    amounts = [[cents(one) for one in re.findall(r">([\d.,]+)\xa0€<", row)] for row in rows]
    assert [row[0] for row in (re.split("<", row) for row in rows)] == ["Oktober 2026", "November 2026",
                                                                       "Summe aus 2 Monaten"]
    assert amounts[0][5] + amounts[1][5] == amounts[2][5] == sum(cents(one) for one in listed)
    assert all(gross - tax - insurance - pension == net for gross, tax, insurance, pension, net, _paid in amounts)
    sheet = client.get("/portal/jahr?format=csv").get_data().decode("utf-8-sig").splitlines()
    assert len(sheet) == 4
    assert "Kreis Beispiel;10001;10/2026" in sheet[1]


def test_a_year_without_slips_and_nonsense_are_not_there(published: Any) -> None:
    client = published.client("ada")
    assert {client.get(f"/portal/jahr?jahr={one}").status_code for one in ("2019", "x", "2026.0", "٢٠٢٦")} == {404}
    assert client.get("/portal/jahr?format=exe").status_code == 404
    assert published.client("klara").get("/portal/jahr").status_code == 403


def test_search_finds_lines_months_and_amounts(published: Any) -> None:
    client = published.client("ada")
    paid = re.findall(r'kl-number">([\d.,]+)\xa0€</span>', html.unescape(client.get("/portal").text))[0]
    assert "2 Abrechnungen zu" in plain(client, "/portal?suche=lohnsteuer")
    assert "1 Abrechnung zu" in plain(client, "/portal?suche=oktober+lohnsteuer")
    assert "Auszahlung" in plain(client, f"/portal?suche={paid.replace('.', '')}")
    assert "Nichts gefunden" in plain(client, "/portal?suche=gibtesnicht")
    assert "Nichts gefunden" in plain(client, "/portal?suche=%3Cscript%3E%22%27")


def test_pages_are_accessible(published: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    address = serve(published.app)
    sign_in(page, address, published.users['ada'])
    page.get_by_label("In meinen Abrechnungen suchen").fill("lohnsteuer")
    page.keyboard.press("Enter")
    page.wait_for_url("**suche=lohnsteuer")
    assert page.get_by_role("heading", level=2).first.inner_text().startswith("2 Abrechnungen")
    accessible(page)
    page.get_by_role("link", name="Mein Jahr").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Mein Jahr 2026"
    accessible(page)
