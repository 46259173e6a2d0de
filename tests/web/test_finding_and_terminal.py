"""Eine Suche für alles, Terminal am Arbeitsplatz, verlorene Sitzung mit ungesichertem Formular, zwei Mandanten."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tenants.db.session import platform_session
from tenants.users import sso
from tenants.users.service import issue_one_time_link
from tenants.web import errors, exports, kiosk
from tests.web.arriving import sign_in

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
LONG = "Łucja-Maria Constanze Freifrau von und zu Überlingen-Öhringen " * 3


def csrf(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def goals(page: str) -> list[str]:
    return [html.unescape(re.sub("<[^>]+>", "", one)) for one in re.findall(r"data-hit>(.*?)</a>", page)]


def test_one_search_finds_pages_wage_types_and_rules(office: Any) -> None:
    klara = office.client("klara")
    assert goals(klara.get("/suche?wen=anlegen+musterhausen").text) == ["Person anlegen – Stadt Musterhausen 0110"]
    assert any(one.startswith("1107") for one in goals(klara.get("/suche?wen=1107").text))
    assert any("Lohnsteuer" in one for one in goals(klara.get("/suche?wen=lohnsteuer").text))
    assert "Öztürk, Kim" in goals(klara.get("/suche?wen=ozturk").text)


def test_only_what_the_right_allows_is_offered_and_every_goal_opens(office: Any) -> None:
    rolf = office.client("rolf")
    offered = " ".join(goals(rolf.get("/suche?wen=kreis").text) + goals(rolf.get("/suche?wen=anlegen").text))
    assert "Protokoll lesen" in offered
    assert "anlegen" not in offered
    assert "Anderswo" not in offered
    klara = office.client("klara")
    found = re.findall(r'href="([^"]+)" data-hit', klara.get("/suche?wen=0100").text)
    assert len(found) > 5
    assert {klara.get(html.unescape(one)).status_code for one in found} <= {200, 302}


def test_search_by_keyboard(office: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    page.keyboard.press("Control+k")
    page.wait_for_url("**/suche")
    page.keyboard.type("person anlegen kreis")
    page.keyboard.press("Enter")
    page.wait_for_url("**wen=**")
    accessible(page)
    page.locator("#wen").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Person anlegen").wait_for()
    other = page.context.new_page()
    other.goto(address + office.address("stadt", "/personen"))
    page.reload()
    assert "Stadt Musterhausen" in other.title()
    assert "Kreis Beispiel" in page.title()


def test_a_terminal_ends_after_silence_and_prints_without_keeping(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = office.client("ada")
    assert client.get("/terminal/ende").location == "/anmelden"
    assert client.get("/portal").status_code == 200, "an an ordinary device the address does nothing"
    assert client.post("/terminal", data={"csrf_token": csrf(client, "/terminal"), "an": "1"}).status_code == 302
    shown = client.get("/portal")
    assert f'content="{kiosk.IDLE};url=/terminal/ende"' in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    monkeypatch.setattr(kiosk, "IDLE", -1)
    silent = client.get("/portal")
    assert (silent.status_code, silent.headers["Clear-Site-Data"]) == (302, '"cache", "storage"')
    assert client.get("/portal").location == "/anmelden"
    monkeypatch.undo()
    assert client.get("/anmelden").text.count(f"url={'/terminal/ende'}") == 1, "nothing stands there, signed in or not"


def test_a_terminal_leaves_no_file_and_only_staff_turns_it_off(office: Any) -> None:
    ada, klara = office.client("ada"), office.client("klara")
    for one in (ada, klara):
        one.post("/terminal", data={"csrf_token": csrf(one, "/terminal"), "an": "1"})
    path = office.address("kreis", "/einlesen/vorlage.csv")
    refused = klara.get(path)
    assert (refused.status_code, refused.mimetype) == (403, "text/html")
    assert "Dateien gibt es an diesem Gerät nicht" in refused.text
    assert "Content-Disposition" not in refused.headers
    assert "Gewöhnliches Gerät" not in ada.get("/terminal").text
    assert ada.post("/terminal", data={"csrf_token": csrf(ada, "/terminal"), "an": "0"}).status_code == 403
    assert klara.post("/terminal", data={"csrf_token": csrf(klara, "/terminal"), "an": "0"}).location == "/terminal"
    assert klara.get(path).headers["Content-Disposition"].startswith("attachment")


def test_a_pdf_at_a_terminal_is_shown(office: Any) -> None:
    with office.app.test_request_context(headers={"Cookie": "terminal=1"}):
        shown = office.app.process_response(exports.attachment(b"%PDF", "application/pdf", "a.pdf"))
        table = office.app.process_response(exports.respond("xlsx", "a", ["=1+1"], []))
    assert shown.headers["Content-Disposition"] == "inline; filename=a.pdf"
    assert table.status_code == 403


def test_after_printing_the_terminal_signs_out(office: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    address = serve(office.app)
    page.goto(f"{address}/terminal")
    accessible(page)
    page.get_by_role("button", name="Dieses Gerät zum Terminal machen").click()
    sign_in(page, address, office.users['ada'])
    page.wait_for_url("**/portal")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.wait_for_url("**/anmelden")
    page.goto(f"{address}/portal")
    assert page.url.endswith("/anmelden")


def test_a_lost_session_loses_nothing_typed(office: Any) -> None:
    path = office.address("kreis", "/personen/neu")
    client, given = office.client("klara"), {"nachname": f"{LONG}🌳 مرحبا", "vorname": "\"><b>", "kennwort": "geheim!"}
    data = {"csrf_token": csrf(client, path), **given}
    client.post("/abmelden", data={"csrf_token": data["csrf_token"]})
    lost = client.post(path, data=data, headers=OWN_PAGE)
    assert lost.status_code == 400
    assert "Ihre Eingaben stehen noch da" in lost.text
    assert "Überlingen" not in lost.text, "before signing in nobody reads what was typed"
    other = office.client("rolf").post(path, data=data, headers=OWN_PAGE)
    assert ("Überlingen" in other.text, "Formular ist abgelaufen" in other.text) == (False, True)
    link = f"/anmelden/einmal/{issue_one_time_link(office.users['klara'])}"
    client.post(link, data={"csrf_token": csrf(client, link)})
    again = client.post(path, data=data, headers=OWN_PAGE)
    assert f'name="nachname" value="{html.escape(given["nachname"])}"' in again.text
    assert "<b>" not in again.text
    assert "geheim!" not in again.text
    client.set_cookie("terminal", "1")
    assert "Überlingen" not in client.post(path, data=data, headers=OWN_PAGE).text, "at a terminal never"
    client.delete_cookie("terminal")
    token = re.search(r'name="csrf_token" value="([^"]+)"[^§]*?name="nachname"', again.text)
    assert token is not None
    fresh = re.findall(r'name="csrf_token" value="([^"]+)"', again.text)[-1]
    filled = client.post(path, data={**data, "csrf_token": fresh}, headers=OWN_PAGE)
    assert filled.status_code == 422
    assert "Überlingen-Öhringen" in filled.text


def test_nothing_is_offered_again_that_came_from_elsewhere_or_is_secret(office: Any) -> None:
    client, path = office.client("klara"), office.address("kreis", "/personen/neu")
    for headers in ({}, {"Sec-Fetch-Site": "none"}):
        assert "Eingaben noch einmal" not in client.post(path, data={"nachname": "X"}, headers=headers).text
    assert client.post(path, data={"nachname": "X"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    kept = client.post("/sicherheit/kennwort", data={"kennwort": "a", "hinweis": "x"}, headers=OWN_PAGE)
    assert (kept.status_code, "Eingaben noch einmal" in kept.text) == (400, False)


def test_every_secret_field_of_every_template_is_never_offered_again() -> None:
    root, found = Path(errors.__file__).parents[2], set()
    for file in [one for room in ("tenants", "payroll", "timekeeping", "staffplan", "jobportal")
                 for one in (root / room).rglob("*.html")]:
        for tag in re.findall(r"<input[^§>]*?>|\{\{[^§]*?\}\}", file.read_text(encoding="utf-8")):
            if re.search(r'"password"|one-time-code', tag) and "{{ type }}" not in tag:
                name = re.search(r'<input[^>]* name="(\w+)"|(?:field|plain)\("(\w+)"', tag)
                assert name is not None, (file.name, tag)
                found.add(name[1] or name[2])
    assert {"kennwort", "neu", "wiederholung", "code", "faktor", "schluessel", "geheimnis"} <= found
    assert [name for name in sorted(found) if not errors.secret(name)] == []
    assert errors.secret("code1")
    assert errors.secret("code2")


def test_a_terminal_keeps_nobody_signed_in_elsewhere_and_no_passkey(office: Any) -> None:
    with platform_session(actor="verwaltung") as session:
        row = sso.save_provider(session, None, name="Amtsdienst", issuer="https://amt.example", client="k", secret="",
                                factor_rule="immer", accepted_amr="", employer=None, active=True)
    ada = office.client("ada")
    assert "Amtsdienst" in office.app.test_client().get("/anmelden").text
    ada.set_cookie("terminal", "1")
    assert ada.get("/sicherheit/passkeys/neu").location == "/sicherheit"
    refused = ada.post("/sicherheit/passkeys/neu", data={"csrf_token": csrf(ada, "/sicherheit"), "passkey": "{}"})
    assert refused.location == "/sicherheit"
    assert "er bliebe auf diesem Gerät" in ada.get("/sicherheit").text
    ada.post("/sprache", data={"csrf_token": csrf(ada, "/sicherheit"), "sprache": "en"})
    away = ada.post("/abmelden", data={"csrf_token": csrf(ada, "/sicherheit")})
    assert (away.location, away.headers["Clear-Site-Data"]) == ("/anmelden", '"cache", "storage"')
    page = ada.get("/anmelden").text
    assert 'lang="de"' in page, "die Sprache gehört der Person, die eben ging"
    assert "Amtsdienst" not in page
    started = ada.get(f"/anmelden/dienst/{row.public_id}")
    assert (started.status_code, "auch für die nächste Person" in started.text) == (403, True)
