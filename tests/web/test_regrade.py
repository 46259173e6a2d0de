"""Umgruppierung am Schreibtisch: erst die Wirkung, dann genau das Gezeigte; Seiten des Tarifs im Browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung
from payroll.masterdata.service import record_fact
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in


def _job(office: Any) -> Any:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return session.scalars(select(Beschaeftigung.public_id).filter_by(person_id=office.people["Meyer"].id)).one()


def _known_step(office: Any) -> None:
    """Meyer in E9a Stufe 3 seit 2025, damit § 17 etwas zu rechnen hat."""
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        job = session.scalars(select(Beschaeftigung.id).filter_by(person_id=office.people["Meyer"].id)).one()
        row = session.scalars(select(Bezuegezuordnung).where(
            Bezuegezuordnung.beschaeftigung_id == job, Bezuegezuordnung.superseded_at.is_(None))).first()
        assert row is not None
        record_fact(session, Bezuegezuordnung, beschaeftigung_id=job, valid_from=date(2026, 1, 1), reason="Test",
                    replace_later=True, tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="3",
                    stufe_seit=date(2025, 3, 1), wochenstunden=row.vollzeitstunden, vollzeitstunden=row.vollzeitstunden)


def _address(office: Any) -> str:
    return str(office.address("kreis", f"/personen/{office.people['Meyer'].public_id}/umgruppierung/{_job(office)}"))


def _post(office: Any, **values: str) -> Any:
    client, address = office.client("klara"), _address(office)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    return client.post(address, data={"csrf_token": token[1], **values})


GIVEN = {"gruppe": "E9b", "gueltig_ab": "17.06.2026", "grund": "Stellenbewertung"}


def test_shown_first_and_stored_as_shown(office: Any) -> None:
    _known_step(office)
    page = _post(office, **GIVEN, aktion="zeigen").text
    assert "E9a → E9b" in page
    assert "105,89" in page  # V059: 4203.56 - 4097.67
    shown = re.search(r'name="gezeigt" value="([^"]+)"', page)
    assert shown is not None
    other = {**GIVEN, "gruppe": "E10"}
    # changed after it was shown: nothing is stored, the new effect is shown
    assert "E9a → E10" in _post(office, **other, aktion="speichern", gezeigt=shown[1]).text
    assert _post(office, **GIVEN, aktion="speichern", gezeigt=shown[1]).status_code == 302
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        rows = session.scalars(select(Bezuegezuordnung).where(Bezuegezuordnung.superseded_at.is_(None))).all()
        held = [(row.entgeltgruppe, row.stufe, row.valid_from, row.stufe_seit) for row in rows]
    assert ("E9b", "3", date(2026, 6, 1), date(2026, 6, 17)) in held


def test_errors_stand_at_the_field(office: Any) -> None:
    answer = _post(office, gruppe="", gueltig_ab="", grund="")
    assert answer.status_code == 422
    assert answer.text.count("Bitte ausfüllen.") >= 3
    assert office.client("klara").get(_address(office).replace("umgruppierung", "umgruppierungen")).status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_of_the_tariff_are_accessible(office: Any, serve: Callable, page: Page, accessible: Callable,
                                            width: int) -> None:
    _known_step(office)
    address = serve(office.app)
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, address, office.users['klara'])
    person, job = f"/personen/{office.people['Meyer'].public_id}", _job(office)
    kinds = ("fehlzeiten", "stufenregelung", "hoehere_taetigkeit", "beschaeftigungszeit", "anlass")
    paths = [f"{person}/{kind}/erfassen?beschaeftigung={job}" for kind in kinds]
    paths += [person, "/personen/stufenwechsel?monat=2028-01", "/stammdaten/festlegungen",
              "/stammdaten/festlegungen/rundung_tagesdurchschnitt", f"{person}/umgruppierung/{job}"]
    for path in paths:
        answer = page.goto(address + office.address("kreis", path))
        assert answer is not None
        assert answer.status == 200, path
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    page.get_by_label("Neue Entgeltgruppe").select_option("E9b")
    page.get_by_label("Wirksam am").fill("01.12.2026")
    page.get_by_label("Grund").fill("Stellenbewertung")
    page.get_by_role("button", name="Wirkung zeigen").click()
    page.get_by_role("heading", name=re.compile("Höhergruppierung")).wait_for()
    accessible(page)
    page.get_by_role("button", name="So speichern").click()
    page.get_by_text("Die Umgruppierung ist erfasst").wait_for()
    assert "/umgruppierung/" not in page.url
