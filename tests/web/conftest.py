"""Werkzeug der Web-Prüfungen: echter Server, echter Browser, Prüfung der Barrierefreiheit."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

import app as application
from tenants.web.settings import Settings

AXE = Path(application.__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Einstellungen einer Prüfung: ohne TLS, Vorführung erlaubt."""
    return Settings(b"t" * 32, https=False, demonstration=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium des Systems oder der von Playwright eingerichtete."""
    with sync_playwright() as play:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = play.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Flask], str]]:
    """Startet Anwendungen auf freien Anschlüssen dieses Rechners und nennt ihre Adresse."""
    running = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Leere Seite eines neuen Geräts; Fehler im Browser (auch gegen die Inhaltsregeln) lassen die Prüfung scheitern."""
    context = browser.new_context(viewport=WIDE, locale="de-DE")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [text for text in complaints if "status of 4" not in text] == []


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Prüft die gezeigte Seite mit axe und auf seitliches Rollen, breit und schmal."""

    def check(opened: Page) -> None:
        for size in (WIDE, NARROW):
            opened.set_viewport_size(size)
            opened.evaluate(AXE.read_text(encoding="utf-8"))
            found = opened.evaluate(
                "async (tags) => (await axe.run(document, {runOnly: {type: 'tag', values: tags}})).violations"
                ".map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | '))",
                RULES,
            )
            assert found == [], f"{opened.url} bei {size['width']} px"
            overflow = opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, f"{opened.url} ist bei {size['width']} px zu breit"
        opened.set_viewport_size(WIDE)

    return check
