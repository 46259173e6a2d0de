"""Werkzeug der Web-Prüfungen: echter Server, echter Browser, Prüfung der Barrierefreiheit."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

import app as application
from payroll.masterdata import catalogue
from payroll.masterdata.models import Bankverbindung, Bezuegezuordnung, Person, Steuermerkmale, Versicherung
from payroll.masterdata.service import create_person, hire, record_fact
from payroll.runs.calculate import calculate
from payroll.statements.publish import publish
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.models import Tenant, User
from tenants.service import create_tenant
from tenants.users.service import create_user, give_employee_access, give_mandate, issue_one_time_link
from tenants.web.settings import Settings

AXE = Path(application.__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = """async () => (await axe.run(document, {runOnly: ['color-contrast']})).violations
    .flatMap(v => v.nodes.map(n => n.html.slice(0, 160) + n.any.map(a => a.message).join(' ')))"""
ACROSS = ".kl-across, .kl-scroll:has(thead th:nth-child(9))"  # what the design puts on a sheet across
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Einstellungen einer Prüfung: ohne TLS, Vorführung erlaubt."""
    return Settings(b"t" * 32, https=False, demonstration=True, today=lambda: date(2026, 11, 25))


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
    """Prüft die gezeigte Seite mit axe und auf seitliches Rollen, breit und schmal, in hellen und dunklen Farben."""

    def check(opened: Page) -> None:
        opened.wait_for_load_state("load")
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
        opened.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found = opened.evaluate(CONTRAST)
        opened.emulate_media(color_scheme="light")
        assert found == [], f"{opened.url} in dunklen Farben"
        opened.set_viewport_size(WIDE)

    return check


@pytest.fixture
def printable() -> Callable[[Page], None]:
    """Prüft die gezeigte Seite, wie sie auf Papier (A4, 18 cm nutzbar) aussieht: nur Inhalt, nichts abgeschnitten.

    Was die Gestaltung auf ein Blatt quer setzt (27 cm nutzbar), wird dort gemessen.
    """

    def check(opened: Page) -> None:
        opened.wait_for_load_state("load")
        opened.emulate_media(media="print", color_scheme="dark")
        opened.set_viewport_size({"width": 680, "height": 960})
        try:
            chrome = ".kl-strip, .kl-head, .kl-tabs, .kl-crumbs, .kl-foot, .kl-no-print, main .kern-btn"
            assert opened.locator(chrome).filter(visible=True).count() == 0, opened.url
            assert opened.locator("h1").is_visible()
            for width in (680, 1020):
                opened.set_viewport_size({"width": width, "height": 960})
                opened.evaluate("([across, wide]) => document.querySelectorAll(across).forEach("
                                "one => one.hidden = !wide)", [ACROSS, width > 680])
                over = opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert over <= 0, f"{opened.url} ist auf Papier {over} Bildpunkte zu breit"
                cut = opened.evaluate("[...document.querySelectorAll('.kl-scroll')].filter(one => one.scrollWidth > "
                                      "one.clientWidth + 1).map(one => one.scrollWidth - one.clientWidth)")
                assert cut == [], f"{opened.url}: Tabelle auf Papier abgeschnitten"
            paper = opened.evaluate("getComputedStyle(document.body).backgroundColor")
            assert paper == "oklch(1 0 0)", "weißes Papier"
        finally:
            opened.emulate_media(media="screen", color_scheme="light")
            opened.set_viewport_size(WIDE)

    return check


@dataclass
class Office:
    """Kleines Amt: zwei Mandanten des Auftrags, ein fremder, Menschen mit Rollen, einige Beschäftigte."""

    app: Flask
    tenants: dict[str, Tenant]
    users: dict[str, User]
    people: dict[str, Person] = field(default_factory=dict)

    def client(self, name: str) -> FlaskClient:
        """Angemeldeter Zugang; für die Formulare steht der Schlüssel in client.csrf."""
        client = self.app.test_client()
        link = f"/anmelden/einmal/{issue_one_time_link(self.users[name])}"
        response = client.post(link, data={"csrf_token": csrf(client, link)})
        assert response.status_code == 302, response.text
        return client

    def close(self, month: date, tenant: str = "kreis", *, issued: bool = True) -> None:
        """Rechnet einen Monat und schließt ihn ab, ohne die Schritte dazwischen; issued stellt Abrechnungen aus."""
        with tenant_session(self.tenants[tenant].id, actor="klara") as session:
            lauf, now = calculate(session, month, key=f"{month}"), datetime.now(UTC)
            lauf.geprueft_von = lauf.abgeschlossen_von = "klara"
            lauf.freigegeben_von, lauf.gemeinde_von = "hugo", "mia"
            lauf.geprueft_am = lauf.freigegeben_am = lauf.gemeinde_am = lauf.abgeschlossen_am = now
            lauf.zustand = "abgeschlossen"
            session.flush()
            if issued:
                publish(session, lauf)

    def address(self, tenant: str, path: str = "") -> str:
        """Adresse einer Seite eines Mandanten."""
        return f"/mandanten/{self.tenants[tenant].public_id}{path}"


def csrf(client: FlaskClient, path: str) -> str:
    """Formularschlüssel, wie er auf dieser Seite steht."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None, path
    return found[1]


@pytest.fixture(scope="module")
def office(fresh_database: Callable[[], AbstractContextManager[Dsns]], settings: Settings) -> Iterator[Office]:
    """Das kleine Amt in einer frischen Datenbank."""
    with fresh_database():
        with platform_session(actor="test") as session:
            tenants = {
                name: create_tenant(session, number, title, kind, demonstration=True)
                for name, number, title, kind in TENANTS
            }
            users = {}
            for name, (kind, roles) in USERS.items():
                users[name] = create_user(session, name, name.title(), kind=kind, demonstration=True)
                for tenant, role in roles:
                    give_mandate(session, tenants[tenant].id, users[name], role, date(2020, 1, 1))
        built = Office(application.create_app(settings), tenants, users)
        for tenant in tenants.values():
            with tenant_session(tenant.id, actor="test") as session:
                catalogue.seed(session, assumed_u2=Decimal("0.39"))
        with tenant_session(tenants["kreis"].id, actor="test") as session:
            built.people = {name: _person(session, name, number) for number, name in enumerate(PEOPLE, 1)}
        with tenant_session(tenants["fremd"].id, actor="test") as session:
            built.people["fremd"] = _person(session, "Fremd", 1)
        with platform_session(actor="test") as session:
            give_employee_access(
                session, tenants["kreis"].id, users["ada"], built.people["Öztürk"].public_id, date(2026, 1, 1)
            )
        yield built


TENANTS = (
    ("kreis", "0100", "Kreis Beispiel", "kreis"),
    ("stadt", "0110", "Stadt Musterhausen", "stadt"),
    ("fremd", "0900", "Gemeinde Anderswo", "gemeinde"),
)
BOTH = ("kreis", "stadt")
USERS = {
    "klara": ("staff", [(tenant, "clerk") for tenant in BOTH]),
    "hugo": ("staff", [(tenant, "head") for tenant in BOTH]),
    "mia": ("staff", [(tenant, "municipality") for tenant in BOTH]),
    "rolf": ("staff", [(tenant, "auditor") for tenant in BOTH]),
    "ada": ("employee", []),
}
PEOPLE = ("Öztürk", "Meyer", "Zander", "Arndt")
START = date(2026, 1, 1)
INCOMPLETE = 2  # this person lacks the insurance, so a run has something to say


def _person(session: TenantSession, name: str, number: int) -> Person:
    person = create_person(
        session,
        valid_from=START,
        reason="Einstellung",
        nachname=name,
        vorname="Kim",
        geburtsdatum=date(1990, 5, 1 + (number - 1) % 28),
    )
    job = hire(
        session, person, personalnummer=f"10{number:03}", art="tarif", eintritt=START, reason="Einstellung",
        kostenstelle="4711",
    )  # fmt: skip
    record_fact(
        session, Bezuegezuordnung, valid_from=START, reason="Einstellung", beschaeftigung_id=job.id,
        tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="3", wochenstunden=Decimal("39"),
        vollzeitstunden=Decimal("39"),
    )  # fmt: skip
    record_fact(
        session, Steuermerkmale, valid_from=START, reason="ELStAM", beschaeftigung_id=job.id, steuerklasse=1,
        konfession="keine",
    )  # fmt: skip
    if number != INCOMPLETE:
        record_fact(
            session, Versicherung, valid_from=START, reason="Einstellung", beschaeftigung_id=job.id,
            kv_art="gesetzlich", krankenkasse_id=catalogue.ids(session).krankenkassen["TK"], beitragsgruppe="1111",
            personengruppe=101,
        )  # fmt: skip
    if number == 1:
        record_fact(
            session, Bankverbindung, valid_from=START, reason="Antrag", person_id=person.id,
            iban="DE02120300000000202051", iban_ende="2051",
        )  # fmt: skip
    return person
