"""Der Sammellauf an der Seite: ankreuzen, beauftragen, sehen, wie es ausging."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.runs.models import Lauf
from payroll.runs.stuecke import teilen
from payroll.sammellauf import service, stuecke
from payroll.sammellauf.models import RECHNEN
from tenants.db.session import tenant_session
from tenants.operation import queue
from tests.web.arriving import sign_in

PAGE = "/sammellauf?monat=2026-11"


def _state(office: Any, tenant: str) -> str | None:
    with tenant_session(office.tenants[tenant].id, actor="prüfung") as session:
        return session.scalars(select(Lauf.zustand).where(Lauf.monat == date(2026, 11, 1))).one_or_none()


def test_1_who_may_see_and_order(office: Any) -> None:
    klara = office.client("klara")
    text = klara.get(PAGE).text
    assert "Kreis Beispiel" in text
    assert "Anderswo" not in text, "the employer of others"
    rolf = office.client("rolf")
    assert 'type="checkbox"' not in rolf.get(PAGE).text
    key = re.search(r'name="csrf_token" value="([^"]+)"', rolf.get("/").text)
    assert key is not None
    for step in ("rechnen", "abschliessen"):
        assert rolf.post(f"/sammellauf/{step}", data={"csrf_token": key[1]}).status_code == 403


@pytest.mark.browser
def test_2_ordered_carried_out_and_shown(office: Any, page: Page, serve: Callable,
                                         accessible: Callable[[Page], None]) -> None:
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    page.goto(address + "/?monat=2026-11")
    page.get_by_role("link", name=re.compile("^Sammellauf")).click()
    page.get_by_role("button", name=re.compile("^Probelauf für")).wait_for()
    accessible(page)
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name=re.compile("^Probelauf für")).click()
    page.get_by_text("mindestens einen Arbeitgeber ankreuzen").wait_for()
    page.get_by_label("Kreis Beispiel").check()
    page.get_by_role("button", name=re.compile("^Probelauf für")).click()
    page.get_by_text("1 Auftrag erteilt").wait_for()
    page.get_by_text("Zurzeit arbeitet kein Arbeiter").wait_for()
    accessible(page)
    assert _state(office, "kreis") is None
    # In a thread of its own: the browser's loop holds this one.
    beside = threading.Thread(target=queue.work, args=(service.ACTIONS,), kwargs={"wait": False, "signals": False})
    beside.start()
    beside.join(60)
    assert _state(office, "kreis") == "probe"
    page.get_by_role("link", name="Stand aktualisieren").click()
    page.get_by_text(re.compile("Abrechnungen gerechnet")).wait_for()
    accessible(page)


def test_3_only_with_the_right_and_only_own_employers(office: Any) -> None:
    klara = office.client("klara")
    foreign = str(office.tenants["fremd"].public_id)
    key = re.search(r'name="csrf_token" value="([^"]+)"', klara.get(PAGE).text)
    assert key is not None
    answer = klara.post("/sammellauf/rechnen", data={"csrf_token": key[1], "monat": "2026-11", "arbeitgeber": foreign})
    assert answer.status_code == 409
    assert "Nichts beauftragt" in answer.text
    assert _state(office, "fremd") is None


def test_4_how_many_parts_of_a_large_run_are_done_and_no_run_by_hand_meanwhile(office: Any) -> None:
    klara, month, kreis = office.client("klara"), date(2026, 11, 1), office.tenants["kreis"]
    assert service.order(office.users["klara"].login, [kreis.id], month, RECHNEN) == (1, [])
    with tenant_session(kreis.id, actor="prüfung") as session:
        number = str(service.latest(session, month)[0].public_id)
        teilen.divide(session, month, stuecke.KEY.format(number))
        stand = stuecke.progress(session, month)
    assert stand is not None
    assert f"0 von {stand.alle} Teilen gerechnet" in klara.get(PAGE).text
    address = f"/mandanten/{kreis.public_id}/abrechnung/2026-11"
    key = re.search(r'name="csrf_token" value="([^"]+)"', klara.get(address).text)
    assert key is not None
    answer = klara.post(f"{address}/rechnen", data={"csrf_token": key[1], "schluessel": "von Hand"})
    assert answer.status_code == 409
    assert f"gerade in Stücken gerechnet (0 von {stand.alle} fertig)" in answer.text
    with tenant_session(kreis.id, actor=office.users["klara"].login) as session:
        assert service.abandon(session, month, reason="nur zur Prüfung")
    assert "Teilen gerechnet" not in klara.get(PAGE).text
