"""Bilder der wichtigsten Seiten für das Handbuch: kleine Vorführung, feste Zeit, immer dieselben Seiten.

    python tests/pictures/take.py [ZIELORDNER]

Namen und Beträge kommen aus der Vorführung und sind bei gleichem Stand des Programms gleich; Zeitpunkte werden durch
einen festen ersetzt. Die Bilder haben höchstens 64 Farben, damit sie klein bleiben.
"""

from __future__ import annotations

import io
import shutil
import sys
import threading
from datetime import date
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

import app as application
from payroll.bench.close import connect
from payroll.bench.own_server import own_server
from payroll.demo import build as demonstration
from payroll.demo.names import ARBEITGEBER
from tenants.db.session import platform_session
from tenants.models import Tenant, User
from tenants.web.settings import Settings
from tests.web.arriving import sign_in

TODAY = date(2026, 3, 12)
EMPLOYER = next(one for one in ARBEITGEBER if one.number == "210")
BESIDE = next(one for one in ARBEITGEBER if one.number == "240")
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
COLOURS = 64
STILL = """() => { const time = /\\d{2}\\.\\d{2}\\.\\d{4}, \\d{2}:\\d{2}/g;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) walk.currentNode.data = walk.currentNode.data.replace(time, '12.03.2026, 09:00'); }"""
DESK = (("schreibtisch", "/"), ("monat", "{t}/abrechnung/2026-03"), ("verlauf", "{t}/abrechnung/verlauf"),
        ("personen", "{t}/personen"), ("briefvorlage", "{t}/stammdaten/briefvorlagen/aenderung"))


class Quiet(WSGIRequestHandler):
    """Schreibt keine Zeile je Anfrage."""

    def log(self, *_args: object) -> None:
        """Nichts."""


def take(target: Path) -> list[Path]:
    """Baut, meldet an, nimmt auf; gibt die geschriebenen Dateien."""
    target.mkdir(parents=True, exist_ok=True)
    with own_server() as (_server, dsns), sync_playwright() as play:
        connect(dsns)
        demonstration.build(print, closed_until=2, employers=(EMPLOYER, BESIDE))
        served = make_server("127.0.0.1", 0, application.create_app(
            Settings(b"b" * 32, https=False, demonstration=True, today=lambda: TODAY)),
            threaded=True, request_handler=Quiet)
        threading.Thread(target=served.serve_forever, daemon=True).start()
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--font-render-hinting=none"])
        try:
            return _all(browser.new_page, f"http://127.0.0.1:{served.server_port}", target)
        finally:
            browser.close()
            served.shutdown()


def _all(new_page: object, root: str, target: Path) -> list[Path]:
    made = []
    with platform_session(actor="bilder") as session:
        tenant = session.scalars(select(Tenant.public_id).where(Tenant.number == EMPLOYER.number)).one()
        users = {user.login: user for user in session.scalars(select(User))}
        employee = next(user for user in users.values() if user.kind == "employee")
    desk: Page = new_page(viewport=WIDE, locale="de-DE", reduced_motion="reduce")
    _sign_in(desk, root, users["karla.kern"])
    for name, path in DESK:
        desk.goto(root + path.format(t=f"/mandanten/{tenant}"))
        made.append(_shot(desk, target / f"{name}.png"))
    desk.goto(f"{root}/mandanten/{tenant}/personen")
    desk.locator(".kl-table tbody th a").nth(4).click()
    desk.get_by_role("link", name="Personalakte").click()
    desk.get_by_role("link", name="Brief schreiben").click()
    desk.get_by_role("link", name="Bescheinigung der Beschäftigung").click()
    desk.get_by_role("button", name="In die Akte legen").click()
    desk.get_by_role("link", name="Bescheinigung", exact=True).wait_for()
    made.append(_shot(desk, target / "personalakte.png"))
    desk.set_viewport_size(NARROW)
    made.append(_shot(desk, target / "personalakte-schmal.png"))
    phone: Page = new_page(viewport=NARROW, locale="de-DE", reduced_motion="reduce")
    _sign_in(phone, root, employee)
    made.append(_shot(phone, target / "portal.png"))
    phone.locator(".kl-slips a").first.click()
    made.append(_shot(phone, target / "portal-abrechnung.png"))
    return made


def _sign_in(page: Page, root: str, user: User) -> None:
    sign_in(page, root, user)


def _shot(page: Page, file: Path) -> Path:
    page.evaluate(STILL)
    page.evaluate("document.fonts.ready")
    with Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file


if __name__ == "__main__":
    for one in take(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "docs" / "bilder"):
        print(one.name, one.stat().st_size)
