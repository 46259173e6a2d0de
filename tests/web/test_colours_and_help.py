"""Helle und dunkle Farben ohne Skript, Druck auf Papier, Einrichten als App, Hilfe vor und nach der Anmeldung."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from payroll.web import handbook
from tenants.web import static_files

DARK, WHITE = "oklch(0 0 0)", "oklch(1 0 0)"  # black and white of the design system
COLOURS = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]"


@pytest.mark.browser
def test_colours_follow_the_device_until_someone_chooses(office: Any, browser: Browser, serve: Callable) -> None:
    root = serve(office.app)
    context = browser.new_context(java_script_enabled=False, color_scheme="dark", locale="de-DE")
    page = context.new_page()

    def background() -> str:
        return str(page.evaluate(COLOURS)[0])

    page.goto(f"{root}/anmelden")
    assert background() == DARK
    page.get_by_role("button", name="hell", exact=True).click()
    page.get_by_role("button", name="hell", exact=True, pressed=True).wait_for()
    assert page.url.endswith("/anmelden"), "zurück auf dieselbe Seite"
    assert background() != DARK
    assert page.get_by_role("button", name="hell", exact=True).get_attribute("aria-pressed") == "true"
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="dunkel", exact=True).click()
    page.get_by_role("button", name="dunkel", exact=True, pressed=True).wait_for()
    assert background() == DARK
    page.emulate_media(media="print")
    paper, ink = page.evaluate(COLOURS)
    assert (paper, ink) != (DARK, paper), "auf Papier steht dunkle Schrift"
    assert paper == WHITE
    assert page.locator(".kl-head, .kl-foot, .kl-strip").filter(visible=True).count() == 0
    page.emulate_media(media="screen")
    page.get_by_role("button", name="wie das Gerät").click()
    assert [one["name"] for one in context.cookies() if one["name"] == "farben"] == []
    context.close()


def test_the_choice_is_kept_a_year_and_at_a_terminal_only_for_the_session(office: Any) -> None:
    client = office.client("ada")
    with client.session_transaction() as session:
        assert session
    page = client.get("/portal").text
    key = page.split('name="csrf_token" value="')[1].split('"')[0]

    def chosen(value: str) -> str:
        made = client.post("/farben", data={"csrf_token": key, "farben": value, "zurueck": "/portal"})
        assert (made.status_code, made.location) == (302, "/portal")
        return str(made.headers["Set-Cookie"])

    assert "Max-Age=31536000" in chosen("dunkel")
    assert 'data-kern-theme="dark"' in client.get("/portal").text
    assert "Max-Age=0" in chosen("gruen")
    client.set_cookie("terminal", "1")
    assert "Max-Age" not in chosen("dunkel")
    ended = client.get("/terminal/ende").headers.getlist("Set-Cookie")
    assert any(one.startswith("farben=;") for one in ended), "am Terminal bleibt auch die Farbe nicht zurück"


@pytest.mark.browser
def test_it_can_be_installed_and_keeps_nothing(office: Any, page: Page, serve: Callable) -> None:
    root = serve(office.app)
    page.goto(f"{root}/anmelden")
    told = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert told["errors"] == []
    manifest = json.loads(told["data"])
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/")
    sizes = {one["sizes"] for one in manifest["icons"]}
    assert sizes == {"192x192", "512x512"}
    for one in manifest["icons"]:
        answer = page.request.get(f"{root}/static/{one['src']}")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0
    assert not [name for name in static_files.known() if "worker" in name]
    assert office.client("ada").get("/portal").headers["Cache-Control"] == "no-store"


def test_help_is_open_before_signing_in_and_the_handbook_is_for_staff(office: Any) -> None:
    before = office.app.test_client().get("/hilfe")
    assert "Hilfe zum Portal" in before.text
    assert "Help for the portal" in office.app.test_client().get(
        "/hilfe", headers={"Accept-Language": "en"}).text
    ada, klara = office.client("ada"), office.client("klara")
    assert "Hilfe zum Portal" in ada.get("/hilfe").text
    assert ada.get("/hilfe/02-monat").status_code == 404
    assert klara.get("/hilfe/gibt-es-nicht").status_code == 404
    assert klara.get("/hilfe/../README").status_code == 404
    index = klara.get("/hilfe").text
    for name in handbook.names():
        shown = klara.get(f"/hilfe/{name}")
        assert shown.status_code == 200, name
        assert ".md" not in shown.text.split('class="kl-read"')[1].replace(".md</code>", ""), name
        assert shown.text.count("<h1") == 1
    assert 'href="/hilfe/02-monat"' in index
    picture = klara.get("/hilfe/bilder/monat.png")
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert ada.get("/hilfe/bilder/monat.png").status_code == 404


def test_the_search_finds_sections_of_the_handbook(office: Any) -> None:
    found = office.client("klara").get("/suche?wen=parallellauf").text
    assert 'href="/hilfe/uebernahme' in found
    assert "mindestens" not in found
    assert "Dazu gibt es nichts" in office.client("klara").get("/suche?wen=xyzzyx").text


@pytest.mark.parametrize(("text", "made"), [
    ("**fett** und `<b>`", "<p><strong>fett</strong> und <code>&lt;b&gt;</code></p>"),
    ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ("- eins\n- zwei\n  weiter", "<ul><li>eins</li><li>zwei weiter</li></ul>"),
    ("1. eins\n2. zwei", "<ol><li>eins</li><li>zwei</li></ol>"),
    ("[Betrieb](../betrieb.md) und [x](javascript:alert(1))", "<p>Betrieb und x)</p>"),
], ids=["inline", "no-html", "list", "numbers", "links"])  # fmt: skip
def test_only_known_marks_become_elements(
    office: Any, monkeypatch: pytest.MonkeyPatch, text: str, made: str
) -> None:
    names = handbook.names()
    monkeypatch.setattr(handbook, "_source", lambda _name: f"# Titel\n\n{text}\n")
    monkeypatch.setattr(handbook, "names", lambda: names)
    with office.app.test_request_context("/hilfe"):
        assert str(handbook.body("x")) == made
