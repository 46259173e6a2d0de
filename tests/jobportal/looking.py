"""Sieht Seiten im Browser an: axe ohne Befund, nicht breiter als das Gerät, keine Meldung in der Konsole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

import app as application

AXE = Path(application.__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = """async () => (await axe.run(document, {runOnly: ['color-contrast']})).violations
    .flatMap(v => v.nodes.map(n => n.html.slice(0, 160) + n.any.map(a => a.message).join(' ')))"""
LOUD = ("error", "warning")
SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})


def check(page: Page) -> None:
    """Axe und seitliches Rollen, breit und schmal; die Farben auch dunkel."""
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "async (tags) => (await axe.run(document, {runOnly: {type: 'tag', values: tags}})).violations"
            ".map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | '))", RULES)
        assert found == [], f"{page.url} bei {size['width']} px"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} ist bei {size['width']} px zu breit"
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark = page.evaluate(CONTRAST)
    page.emulate_media(color_scheme="light")
    assert dark == [], f"{page.url} in dunklen Farben"


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Die Anwendung unter einer Adresse, solange der Block läuft."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def opened(browser: Browser, base: str, client: Any) -> Iterator[Page]:
    """Ein Fenster mit der Anmeldung dieses Testclients; was die Konsole meldet, ist ein Fehler."""
    context = browser.new_context(locale="de-DE")
    name = client.application.config["SESSION_COOKIE_NAME"]
    held = client.get_cookie(name)
    if held is not None:
        context.add_cookies([{"name": name, "value": held.value, "url": base}])
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type in LOUD else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    # Chromium also reports a refused form (422) as an error of the console.
    assert [text for text in said if "status of 422" not in text] == []
