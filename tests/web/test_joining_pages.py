"""Übernahme am Schreibtisch: Start festlegen, Ergebnisse einlesen, Abweichung erklären, zwei Seiten geben frei."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung
from payroll.runs import service as runs
from payroll.runs.models import Ergebnis
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in

OCTOBER = date(2026, 10, 1)


@pytest.fixture(scope="module")
def old_file(office: Any) -> bytes:
    """Oktober gerechnet; das alte Verfahren weicht bei einer Person um einen Euro ab."""
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        runs.calculate(session, OCTOBER, key="parallel")
        rows = session.execute(select(Beschaeftigung.personalnummer, Ergebnis.netto).join(
            Ergebnis, Ergebnis.beschaeftigung_id == Beschaeftigung.id).order_by(Beschaeftigung.personalnummer)).all()
    lines = [f"{row.personalnummer};{(row.netto + (100 if at == 0 else 0)) / 100:.2f}" for at, row in enumerate(rows)]
    return "\n".join(["Personalnummer;netto", *lines]).encode()


def post(client: Any, page: str, path: str, **data: Any) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert token is not None, page
    return client.post(path, data={"csrf_token": token[1], **data})


def test_from_the_old_file_to_the_released_start(office: Any, old_file: bytes) -> None:
    home, klara, hugo = office.address("kreis", "/uebernahme"), office.client("klara"), office.client("hugo")
    page = klara.get(home).text
    for words in ("Nordrhein-Westfalen; nach ihm", "Archivschlüssel", "Arbeitgeberkonto", "Mandate"):
        assert words in page
    assert f'href="{office.address("kreis", "/zahlungen")}"' in page
    assert f'href="{office.address("kreis", "/archiv")}"' not in page, "no right to it"
    assert f'href="{office.address("kreis", "/archiv")}"' in hugo.get(home).text
    assert post(klara, home, f"{home}/start", monat="bald").status_code == 422
    assert post(klara, home, f"{home}/start", monat="2026-11").status_code == 302
    assert klara.get(f"{home}/vergleich/2026-10").status_code == 422
    assert post(klara, home, f"{home}/ergebnisse", vergleichsmonat="2026-10").status_code == 422
    sent = {"vergleichsmonat": "2026-10", "datei": (io.BytesIO(old_file), "alt.csv")}
    assert post(klara, home, f"{home}/ergebnisse", **sent).status_code == 302
    early = {"vergleichsmonat": "2026-03", "datei": (io.BytesIO(old_file), "alt.csv")}
    assert post(klara, home, f"{home}/ergebnisse", **early).status_code == 302
    taken = f"{home}/ergebnisse/2026-03/zuruecknehmen"
    assert taken in klara.get(home).text
    assert 'href="#grund-2026-03"' in post(klara, home, taken, **{"grund-2026-03": ""}).text
    assert post(hugo, home, taken, **{"grund-2026-03": "falsch"}).status_code == 403
    assert post(klara, home, taken, **{"grund-2026-03": "Datei des Oktobers"}).status_code == 302
    page = klara.get(home).text
    assert taken not in page
    assert "Datei des Oktobers" in page
    assert post(hugo, home, f"{home}/freigeben/kreis").status_code == 422
    compared = f"{home}/vergleich/2026-10"
    page = klara.get(compared).text
    number = re.search(r'name="personalnummer" value="([^"]+)"', page)
    assert number is not None
    assert 'name="unterschied" value="-100"' in page
    given = {"wert": "netto", "personalnummer": number[1], "unterschied": "-100"}
    assert post(klara, compared, f"{compared}/erklaeren", **given, erklaerung="").status_code == 422
    assert post(klara, compared, f"{compared}/erklaeren", **given, erklaerung="alt gerundet").status_code == 302
    assert "alt gerundet" in klara.get(f"{compared}?format=csv").data.decode("utf-8-sig")
    assert post(klara, home, f"{home}/freigeben/kreis").status_code == 403
    assert post(hugo, home, f"{home}/freigeben/kreis").status_code == 302
    assert post(office.client("mia"), home, f"{home}/freigeben/arbeitgeber").status_code == 302
    assert "mia" in klara.get(home).text
    assert klara.get(f"{home}/vergleich/jetzt").status_code == 404
    assert klara.get(office.address("fremd", "/uebernahme")).status_code == 404


@pytest.mark.browser
def test_pages_are_accessible(
    office: Any, old_file: bytes, page: Page, serve: Callable[[Flask], str], accessible: Callable[[Page], None]
) -> None:
    base, home = serve(office.app), office.address("kreis", "/uebernahme")
    sign_in(page, base, office.users['klara'])
    sent = {"vergleichsmonat": "2026-10", "datei": (io.BytesIO(old_file.replace(b".", b"1.", 1)), "alt.csv")}
    assert post(office.client("klara"), home, f"{home}/ergebnisse", **sent).status_code == 302
    for path in (home, f"{home}/vergleich/2026-10"):
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.status == 200, path
        accessible(page)
    page.get_by_text("Erklären", exact=True).first.click()
    page.get_by_label("Warum ist der neue Wert richtig?").first.fill("Das alte Verfahren hat die Zulage nicht gekannt")
    page.get_by_role("button", name="Abweichung erklären").first.click()
    page.get_by_text("Das alte Verfahren hat die Zulage nicht gekannt").first.wait_for()
