"""Änderungen zum Vormonat: am Schreibtisch mit Filtern, Summen und Rest null; im Portal in einfachen Worten."""

import html
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung, Steuermerkmale
from payroll.masterdata.service import record_fact
from payroll.runs.calculate import calculate
from tenants.db.session import tenant_session
from tests.web.arriving import sign_in, sign_out

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
PAGE = "/abrechnung/2026-11/aenderungen"


@pytest.fixture(scope="module")
def changed(office: Any) -> Any:
    """Oktober abgeschlossen; ab November eine höhere Stufe und eine andere Steuerklasse, November abgeschlossen."""
    tenant = office.tenants["kreis"].id
    office.close(OCTOBER)
    with tenant_session(tenant, actor="klara") as session:
        jobs = dict(session.execute(select(Beschaeftigung.personalnummer, Beschaeftigung.id)).all())
        record_fact(session, Bezuegezuordnung, valid_from=NOVEMBER, reason="Stufenaufstieg",
                    beschaeftigung_id=jobs["10001"], tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="4",
                    wochenstunden=Decimal(39), vollzeitstunden=Decimal(39))  # fmt: skip
        record_fact(session, Steuermerkmale, valid_from=NOVEMBER, reason="ELStAM", beschaeftigung_id=jobs["10003"],
                    steuerklasse=3, konfession="keine")  # fmt: skip
    office.close(NOVEMBER)
    return office


def _plain(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_each_cause_stands_with_its_evidence_and_the_remainder_is_zero(changed: Any) -> None:
    told = _plain(changed.client("klara"), changed.address("kreis", PAGE))
    assert re.search(r"Rest ohne Ursache 0,00 €", told)
    assert "Eingruppierung und Arbeitszeit: Stufe" in told
    assert "3 → 4" in told
    assert "klara – Stufenaufstieg" in told
    assert "klara – ELStAM" in told


def test_filters_by_kind_amount_and_person(changed: Any) -> None:
    client, path = changed.client("klara"), changed.address("kreis", PAGE)
    assert "1 Ursache," in _plain(client, f"{path}?art=steuer")
    assert "1 Ursache," in _plain(client, f"{path}?suche=10001&art=eingruppierung")
    assert "Zu dieser Auswahl gibt es keine Ursache." in _plain(client, f"{path}?mindestens=99.999,50")
    assert "Zu dieser Auswahl" not in _plain(client, f"{path}?mindestens=unsinn")


def test_the_list_goes_out_as_a_file_and_only_to_those_who_may_read_runs(changed: Any) -> None:
    sent = changed.client("klara").get(changed.address("kreis", f"{PAGE}?format=csv"))
    assert "Stufenaufstieg" in sent.get_data().decode("utf-8-sig")
    assert changed.client("ada").get(changed.address("kreis", PAGE)).status_code in (403, 404)
    assert changed.client("klara").get(changed.address("fremd", PAGE)).status_code == 404


def test_a_month_without_a_month_before_says_so(changed: Any) -> None:
    told = _plain(changed.client("klara"), changed.address("kreis", "/abrechnung/2026-10/aenderungen"))
    assert "Zum Vergleichen müssen beide Monate gerechnet sein." in told


def test_pages_are_accessible_and_the_portal_tells_it_in_plain_words(
    changed: Any, page: Page, serve: Callable, accessible: Callable, printable: Callable
) -> None:
    address = serve(changed.app)
    for name, path in (("klara", changed.address("kreis", PAGE)), ("ada", "/portal")):
        sign_in(page, address, changed.users[name])
        page.goto(address + path)
        accessible(page)
        printable(page)
        if name == "klara":
            sign_out(page)
    page.get_by_role("link", name="November 2026").click()
    table = page.get_by_role("table", name="Was ist anders als im Vormonat")
    assert "Ihre Stufe stieg von 3 auf 4." in table.inner_text()
    accessible(page)


def test_a_trial_run_can_be_compared_with_the_one_before(changed: Any) -> None:
    december, client = date(2026, 12, 1), changed.client("klara")
    tenant = changed.tenants["kreis"].id
    for key in ("erst", "noch einmal"):
        with tenant_session(tenant, actor="klara") as session:
            calculate(session, december, key=key)
    address = changed.address("kreis", "/abrechnung/2026-12/aenderungen")
    page = client.get(address).text
    assert '<option value="probe-1">' in page
    assert '<option value="2026-10">' in page
    shown = client.get(f"{address}?gegen=probe-1").text
    assert "Warum die Auszahlung anders ist: jeder Cent" in shown
    assert 'name="gegen" value="probe-1"' in shown
    assert client.get(f"{address}?gegen=2026-10").status_code == 200
    for wrong in ("probe-99", "probe-x", "1999-01", "../x"):
        assert "Oktober 2026" in client.get(f"{address}?gegen={wrong}").text


def test_the_auditor_picks_a_slip_and_follows_a_cent_to_the_law(changed: Any) -> None:
    rolf = changed.client("rolf")
    listed = rolf.get(changed.address("kreis", PAGE)).text
    slip = re.search(r'href="(/mandanten/[^"]+/abrechnung/2026-11/[^"]*[0-9a-f-]{36})"', listed)
    assert slip is not None
    shown = rolf.get(slip[1])
    assert shown.status_code == 200
    why = re.search(r'href="(/mandanten/[^"]+/(?:warum|werte)/[^"]+)"', shown.text)
    assert why is not None
    told = rolf.get(html.unescape(why[1]))
    assert told.status_code == 200
    assert "§" in told.text
