"""Tarif am Schreibtisch: nur wer überall darf, eine zweite Person entscheidet, die Seiten sind zugänglich."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.models import Tariftabelle
from payroll.masterdata.vorschlaege import service
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import give_mandate
from tests.web.arriving import sign_in, sign_out

pytestmark = pytest.mark.browser


def _table() -> bytes:
    rows = ["tarifwerk;entgeltgruppe;stufe;betrag"]
    for (scale, group, step), cell in load_pay_tables().on(date(2026, 11, 1)).items():
        if scale == "TVoeD-VKA":
            rows.append(f"{scale};{group};{step};{(cell.cent + 10_000) // 100},{cell.cent % 100:02d}")
    return "\n".join(rows).encode()


def _token(client: Any, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def _enter(page: Page, address: str, office: Any, name: str) -> None:
    sign_in(page, address, office.users[name])


def _upload(client: Any, data: bytes) -> Any:
    return client.post("/tarif", content_type="multipart/form-data", data={
        "csrf_token": _token(client, "/tarif"), "art": "entgelttabelle", "titel": "Tarifrunde", "quelle": "TV 1",
        "gilt_ab": "2026-11-01", "datei": (io.BytesIO(data), "tabelle.csv")})  # fmt: skip


def test_1_who_may_not_everywhere_is_refused(office: Any) -> None:
    answer = _upload(office.client("klara"), _table())
    assert answer.status_code == 422
    assert "es fehlt bei 1 Arbeitgebern" in answer.text
    assert "Gemeinde Anderswo" not in answer.text, "who has no mandate there does not learn its name"
    assert office.client("mia").get("/tarif").status_code == 403


def test_2_two_persons_put_a_table_in_force(
    office: Any, page: Page, serve: Callable, accessible: Callable
) -> None:
    with platform_session(actor="test") as session:
        for name, role in (("klara", "clerk"), ("hugo", "head")):
            give_mandate(session, office.tenants["fremd"].id, office.users[name], role, date(2020, 1, 1))
    klara, hugo = office.client("klara"), office.client("hugo")
    wrong = _upload(klara, b"tarifwerk;entgeltgruppe;stufe;betrag\nTVoeD-VKA;E99;1;1,00")
    assert wrong.status_code == 422
    assert "gibt es in TVoeD-VKA nicht" in wrong.text
    address = serve(office.app)
    _enter(page, address, office, "klara")
    page.get_by_role("link", name="Tarif", exact=True).click()
    page.locator("#art").select_option("entgelttabelle")
    for field, value in (("titel", "Tarifrunde"), ("quelle", "TV 1"), ("gilt_ab", "2026-11-01")):
        page.locator(f"#{field}").fill(value)
    page.locator("#datei").set_input_files(
        {"name": "tabelle.csv", "mimeType": "text/csv", "buffer": _table()})
    page.get_by_role("button", name="Prüfen und vorschlagen").click()
    page.wait_for_url("**/tarif/*")
    place = page.url.removeprefix(address)
    shown = klara.get(f"{place}?kosten=1").text
    assert "+300,00" in re.sub(r"[\u202f\u00a0\u2009]", "", shown)  # three people of the district can be paid
    assert "Bestätigen" not in shown

    def decide(client: Any, step: str) -> Any:
        seen = re.search(r'name="gesehen" value="([0-9a-f]+)"', client.get(place).text)
        given = {"csrf_token": _token(client, "/tarif"), "schritt": step, "gesehen": seen[1] if seen else ""}
        return client.post(f"{place}/entscheidung", data=given)

    assert decide(klara, "bestaetigen").status_code == 403
    sign_out(page)
    _enter(page, address, office, "hugo")
    for path in ("/tarif", f"{place}?kosten=1"):
        page.goto(address + path)
        accessible(page)
    page.get_by_role("button", name="Bestätigen und in Kraft setzen").click()
    page.get_by_text("Bestätigt und in Kraft gesetzt").wait_for()
    assert "Bestätigt" in hugo.get(place).text
    for tenant in office.tenants.values():
        with tenant_session(tenant.id, actor="test") as session:
            (held,) = session.scalars(select(Tariftabelle)).all()
            assert (held.tarifwerk, held.valid_from, held.recorded_by) == ("TVoeD-VKA", date(2026, 11, 1), "hugo")


def test_3_every_kind_has_its_template_and_goes_the_same_way(office: Any) -> None:
    klara = office.client("klara")
    page = klara.get("/tarif").text
    for kind, title in service.TITLES.items():
        assert f'value="{kind}"' in page
        assert title in page
    answer = klara.get("/tarif/vorlage?vorlage=rechtswerte&form=csv&ab=2027-01-01")
    assert answer.mimetype == "text/csv"
    assert "rechtswerte-2027-01.csv" in answer.headers["Content-Disposition"]
    rows = answer.data.decode("utf-8-sig").splitlines()
    assert "sv_bbg_rv_jahr;;101400" in rows  # SVBezGrV 2026
    assert klara.get("/tarif/vorlage?vorlage=umlagen&form=xlsx").data.startswith(b"PK")
    for wrong in ("vorlage=steuerjahr", "vorlage=umlagen&form=pdf", "vorlage=../etc"):
        assert klara.get(f"/tarif/vorlage?{wrong}").status_code == 404
    assert klara.get("/tarif/vorlage?vorlage=umlagen&ab=gestern").status_code == 422
    assert office.client("mia").get("/tarif/vorlage?vorlage=umlagen").status_code == 403

    sent = klara.post("/tarif", content_type="multipart/form-data", data={
        "csrf_token": _token(klara, "/tarif"), "art": "rechtswerte", "titel": "Rechengrößen", "quelle": "BGBl.",
        "gilt_ab": "2026-11-01", "datei": (io.BytesIO(b"name;wert\nsv_bbg_rv_jahr;102.000"), "werte.csv")})  # fmt: skip
    assert sent.status_code == 302, sent.text
    shown = klara.get(f"{sent.headers['Location']}?kosten=1").text
    assert "Beitragsbemessungsgrenze Renten- und Arbeitslosenversicherung" in shown
    assert "102000 euro/jahr (+0,59 %)" in shown.replace("+0.59", "+0,59")
    assert "Netto" in shown
