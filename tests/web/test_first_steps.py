"""Wie ein neuer Mensch: Brief, erste Anmeldung, Grund eines anderen Betrags; Tastatur; zwei Fenster, Zurück, Namen."""

from __future__ import annotations

import io
import re
import time
import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page
from pypdf import PdfReader
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung
from payroll.masterdata.service import create_person, hire, record_fact
from payroll.runs.calculate import calculate
from payroll.statements.akte.models import AkteDokument
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_employee_access
from tests.web.arriving import sign_in

PASSWORD = "Der Apfelbaum blüht im Mai"
HUGE = "Mustafa-" * 24
DONE_ONCE = re.compile("Das Dokument ist abgelegt|Das kam zweimal zugleich an und wurde einmal bearbeitet")
RIGHT_TO_LEFT = "محمد بن عبد الله 👩🏽‍💻"
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
  if (!one.dataset.walk) one.dataset.walk = String(document.querySelectorAll('[data-walk]').length + 1);
  return [one.dataset.walk, one.outerHTML.slice(0, 120), seen, box.width > 0 && box.height > 0];
}"""
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(one => one.type !== 'hidden' && !one.disabled && one.checkVisibility({visibilityProperty: true}))
  .filter(one => !one.dataset.walk && !(one.type === 'radio')).map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def letter(office: Any) -> str:
    """Text des Briefes als PDF, ausgegeben von der Verwaltung, bevor die Monate abgeschlossen sind."""
    with platform_session(actor="test") as session:
        office.users["vera"] = create_user(session, "vera", "Vera Verwaltung", platform_admin=True, demonstration=True)
        office.users["eva"] = eva = create_user(session, "eva", "Eva Zander", kind="employee")
        give_employee_access(session, office.tenants["kreis"].id, eva, office.people["Zander"].public_id,
                             date(2026, 1, 1))
    vera, page = office.client("vera"), f"/verwaltung/zugaenge/{office.users['eva'].public_id}"
    found = re.search(r'name="csrf_token" value="([^"]+)"', vera.get(page).text)
    assert found is not None
    made = vera.post(f"{page}/brief", data={"csrf_token": found[1], "als": "pdf"})
    assert (made.status_code, made.mimetype, made.headers["Cache-Control"]) == (200, "application/pdf", "no-store")
    _publish(office)
    return " ".join(PdfReader(io.BytesIO(made.data)).pages[0].extract_text().split())


def test_0_the_letter_comes_from_the_employer_of_today(office: Any, letter: str) -> None:
    """Ein beendeter Zugang bei einem anderen Arbeitgeber bestimmt den Wortlaut nicht, auch wenn er jünger ist."""
    assert letter
    with platform_session(actor="test") as session:
        user = create_user(session, "otto", "Otto Oft", kind="employee")
        for tenant, days in (("kreis", (date(2026, 1, 1), None)), ("stadt", (date(2026, 3, 1), date(2026, 6, 30))),
                             ("stadt", (date(2098, 1, 1), None))):
            give_employee_access(session, office.tenants[tenant].id, user, uuid.uuid4(), *days)
        page = f"/verwaltung/zugaenge/{user.public_id}"
    vera = office.client("vera")
    found = re.search(r'name="csrf_token" value="([^"]+)"', vera.get(page).text)
    assert found is not None
    made = vera.post(f"{page}/brief", data={"csrf_token": found[1], "als": "pdf"})
    text = PdfReader(io.BytesIO(made.data)).pages[0].extract_text()
    assert (office.tenants["kreis"].name in text, office.tenants["stadt"].name in text) == (True, False)


def _publish(office: Any) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        job = session.scalars(select(Beschaeftigung).where(
            Beschaeftigung.person_id == office.people["Zander"].id)).one()
        record_fact(session, Bezuegezuordnung, valid_from=date(2026, 11, 1), reason="Stufenaufstieg",
                    beschaeftigung_id=job.id, tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="4",
                    wochenstunden=Decimal("39"), vollzeitstunden=Decimal("39"))
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        office.close(month)


@pytest.mark.browser
def test_1_from_the_letter_to_the_reason_of_a_changed_amount(office: Any, letter: str, page: Page, serve: Callable
                                                             ) -> None:
    code, login = re.search(r"Einmalcode: (\S+)", letter), re.search(r"Anmeldename: (\S+)", letter)
    assert code is not None
    assert login is not None
    begun = time.monotonic()
    page.goto(f"{serve(office.app)}/anmelden/brief")
    for label, value in (("Anmeldename", login[1]), ("Einmalcode", code[1]), ("Neues Kennwort", PASSWORD),
                         ("Neues Kennwort wiederholen", PASSWORD)):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Kennwort setzen und anmelden").click()
    page.get_by_role("heading", level=1, name="Meine Abrechnungen").wait_for()
    assert time.monotonic() - begun < 120, "erste Anmeldung, eine Schaltfläche"
    page.get_by_role("link", name="November 2026").click()
    page.get_by_text("Was ist anders als im Vormonat").wait_for()  # the reason, one click away
    reason = page.get_by_text("Stufe", exact=False).first
    assert reason.count() == 1
    page.get_by_role("link", name=re.compile("Warum.*Tabellenentgelt")).first.click()
    page.get_by_role("heading", level=1, name=re.compile("^Warum")).wait_for()
    assert "TVöD" in page.locator("main").inner_text()


@pytest.mark.browser
def test_2_the_keyboard_reaches_everything_and_shows_where_it_is(office: Any, letter: str, page: Page,
                                                                 serve: Callable) -> None:
    assert letter
    root = serve(office.app)
    person = office.people["Zander"].public_id
    for name, paths in (("klara", (office.address("kreis", "/personen?suche=z"),
                                   office.address("kreis", f"/personen/{person}/akte"),
                                   office.address("kreis", "/abrechnung/2026-11"))),
                        ("ada", ("/portal", "/portal/daten"))):
        page.context.clear_cookies()
        sign_in(page, root, office.users[name])
        for path in paths:
            page.goto(root + path)
            walked, hidden = [], []
            for _step in range(250):
                page.keyboard.press("Tab")
                focus = page.evaluate(FOCUS)
                if focus is None or (walked and focus[0] == walked[0]):
                    break
                walked.append(focus[0])
                hidden += [] if focus[2] and focus[3] else [focus[1]]
            assert hidden == [], path
            assert page.evaluate(REACHABLE) == [], path
            assert "kl-skip" in page.locator("[data-walk='1']").get_attribute("class")


@pytest.mark.browser
def test_3_two_windows_back_and_a_second_click(office: Any, letter: str, page: Page, serve: Callable) -> None:
    assert letter
    root, person = serve(office.app), office.people["Arndt"].public_id
    sign_in(page, root, office.users['klara'])
    page.goto(root + office.address("kreis", f"/personen/{person}/akte"))
    other = page.context.new_page()
    other.goto(root + office.address("stadt", "/personen"))
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), (0, 90, 0)).save(picture, "PNG")

    steps: list[str | None] = []

    def send() -> None:
        steps.append(page.locator("input[name=vorgang]").first.get_attribute("value"))
        page.get_by_label("Datei", exact=True).set_input_files(
            {"name": "a.png", "mimeType": "image/png", "buffer": picture.getvalue()})
        page.get_by_label("Titel", exact=True).fill("\u202eUrkunde 🎓")
        page.get_by_role("button", name="Ablegen", exact=True).dblclick()
        page.get_by_text(DONE_ONCE).first.wait_for()

    send()
    shown = page.locator(".kl-tenant").inner_text()
    assert office.tenants["kreis"].name in shown, "das Fenster bleibt bei seinem Mandanten"
    page.go_back()
    send()
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        rows = session.scalars(select(AkteDokument).where(AkteDokument.person_id == office.people["Arndt"].id)).all()
    assert len(rows) == len(set(steps)), "dieselbe Seite legt einmal ab, eine neu geladene noch einmal"
    assert len({row.vorgang for row in rows}) == len(rows)
    with tenant_session(office.tenants["stadt"].id, actor="test") as session:
        assert session.scalars(select(AkteDokument)).all() == []


@pytest.mark.browser
def test_4_huge_and_foreign_names_break_no_page(office: Any, page: Page, serve: Callable, accessible: Callable) -> None:
    with tenant_session(office.tenants["stadt"].id, actor="klara") as session:
        for number, (last, first) in enumerate(((HUGE, "A" * 120), (RIGHT_TO_LEFT, "\u202eevE"), ("🎉" * 40, "-")), 1):
            person = create_person(session, valid_from=date(2026, 1, 1), reason="Probe", nachname=last, vorname=first,
                                   geburtsdatum=date(1990, 1, 1))
            hire(session, person, personalnummer=f"9{number}", art="tarif", eintritt=date(2026, 1, 1), reason="Probe")
            last_id = person.public_id
    root = serve(office.app)
    sign_in(page, root, office.users['klara'])
    with tenant_session(office.tenants["stadt"].id, actor="klara") as session:
        calculate(session, date(2026, 11, 1), key="namen")
    month = "/abrechnung/2026-11"
    for path in ("/personen", f"/personen/{last_id}", f"/personen/{last_id}/akte", month, f"{month}/personen",
                 f"{month}/aenderungen", f"{month}/rueckrechnungen", "/wiedervorlagen?stand=alle",
                 "/personen/stufenwechsel", "/zeiten/abwesenheit/konten", "/zusatzversorgung"):
        answer = page.goto(root + office.address("stadt", path))
        assert answer is not None
        assert answer.status == 200, path
        _fits(page)
    for path in ("/suche?wen=Mustafa", f"/suche?wen={RIGHT_TO_LEFT.split()[0]}"):
        page.goto(root + path)
        assert page.locator("[data-hit]").count() >= 1, path
        _fits(page)
    accessible(page)


def _fits(page: Page) -> None:
    """Breit und schmal nichts breiter als das Gerät."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{page.url} ist bei {width} px um {over} zu breit"
