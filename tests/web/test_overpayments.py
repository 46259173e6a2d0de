"""Überzahlungen am Schreibtisch: Fall, Schritte, zweite Person, Schreiben, Zugänglichkeit."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung, Darlehen
from payroll.masterdata.service import record_fact
from payroll.runs.calculate import calculate
from payroll.runs.models import Lauf
from payroll.runs.ueberzahlung import schritte
from payroll.runs.ueberzahlung.faelle import open_cases
from payroll.runs.ueberzahlung.models import Ueberzahlung
from payroll.runs.ueberzahlung.schritte import euro
from payroll.statements.akte.models import AkteDokument
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.models import User
from tenants.users.mandates import give_employee_access
from tests.web.arriving import sign_in


@pytest.fixture(scope="module")
def case(office: Any) -> str:
    """Arndt arbeitet seit Oktober 24 Stunden, bekannt erst nach dem Oktober; der November holt es zurück."""
    with _session(office) as session:
        _close(session, date(2026, 10, 1))
    with _session(office) as session:
        job = session.scalars(select(Beschaeftigung).filter_by(person_id=office.people["Arndt"].id)).one()
        record_fact(session, Bezuegezuordnung, beschaeftigung_id=job.id, valid_from=date(2026, 10, 1),
                    reason="Antrag auf Teilzeit, spät eingegangen", tarifwerk="TVoeD-VKA", entgeltgruppe="E9a",
                    stufe="3", wochenstunden=Decimal(24), vollzeitstunden=Decimal(39))
    with _session(office) as session:
        open_cases(session, _close(session, date(2026, 11, 1)))
        found = session.scalars(select(Ueberzahlung)).one()
        return str(office.address("kreis", f"/ueberzahlungen/{found.public_id}"))


def _close(session: TenantSession, month: date) -> Lauf:
    run = calculate(session, month, key=f"k-{month}")
    session.flush()
    now = run.berechnet_am
    run.geprueft_von, run.freigegeben_von, run.gemeinde_von = "klara", "hugo", "mia"
    run.geprueft_am = run.freigegeben_am = run.gemeinde_am = run.abgeschlossen_am = now
    run.abgeschlossen_von, run.zustand = "klara", "abgeschlossen"
    session.flush()
    return run


def _session(office: Any) -> Any:
    return tenant_session(office.tenants["kreis"].id, actor="klara")


def _amounts(office: Any) -> tuple[int, int]:
    """Netto des Falls und was offen ist."""
    with _session(office) as session:
        (found,) = schritte.cases(session)
        return found.fall.netto, found.offen


def _post(client: Any, address: str, page: str, **values: str) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert token is not None
    return client.post(address, data={"csrf_token": token[1], "am": "25.11.2026", "text": "Vermerk", **values})


def test_1_list_and_case_name_amounts_causes_and_deadlines(office: Any, case: str) -> None:
    client = office.client("klara")
    listed = client.get(office.address("kreis", "/ueberzahlungen")).text
    assert "Arndt" in listed
    assert "30.04.2027" in listed  # six months after 30 October (§ 37 TVöD)
    page = client.get(case).text
    net, left = _amounts(office)
    assert 0 < left < net  # a part was set off against November
    amounts = [euro(cents).removesuffix(" €") for cents in (net, left)]
    for text in (*amounts, "Oktober 2026", "30.04.2027", "Antrag auf Teilzeit, spät eingegangen", "§ 37 Abs. 1 TVöD"):
        assert text in page, text
    assert client.get(case.replace("/ueberzahlungen/", "/ueberzahlungen/0")).status_code == 404


def test_2_steps_with_their_rules(office: Any, case: str) -> None:
    client = office.client("klara")
    assert _post(client, f"{case}/geltendmachung", case).status_code == 302
    net, left = _amounts(office)
    refused = _post(client, f"{case}/zahlung", case, betrag=euro(left + 1).removesuffix(" €"))
    assert (refused.status_code, f"Offen sind {euro(left)}" in refused.text) == (422, True)
    assert _post(client, f"{case}/zahlung", case, betrag="viel").status_code == 422
    assert _post(client, f"{case}/erlass_vorschlag", case, betrag="50,00", text="Härte").status_code == 302
    assert _post(client, f"{case}/erlassen", case, betrag="50,00").status_code == 403  # a clerk decides nothing alone
    head = office.client("hugo")
    assert _post(head, f"{case}/erlassen", case, betrag="50,00", text="anerkannt").status_code == 302
    assert _post(head, f"{case}/einwand", case).status_code == 403
    assert _amounts(office) == (net, left - 5_000)


def test_3_instalments_become_a_loan_of_their_kind(office: Any, case: str) -> None:
    client = office.client("klara")
    left = _amounts(office)[1]
    answer = _post(client, f"{case}/ratenplan", case, betrag=euro(left).removesuffix(" €"), rate="50,00",
                   erste_rate="01.12.2026")
    assert answer.status_code == 302, answer.text
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        loan = session.scalars(select(Darlehen)).one()
    assert (loan.art, loan.betrag_cent, loan.rate_cent) == ("ueberzahlung", left, 5_000)
    assert _post(client, f"{case}/abschluss", case).status_code == 302
    assert "abgeschlossen" in client.get(office.address("kreis", "/ueberzahlungen")).text


@pytest.mark.parametrize(("art", "words"), [
    ("geltendmachung", ("Rückforderung zu viel gezahlter Bezüge", "machen diesen Anspruch hiermit in Textform")),
    ("anhoerung", ("Anhörung zu einer Überzahlung", "geben wir Ihnen Gelegenheit")),
])  # fmt: skip
def test_4_the_letter_says_it_all(
    office: Any, case: str, art: str, words: tuple[str, str], conforming: Callable[[bytes], None]
) -> None:
    answer = office.client("klara").get(f"{case}/{art}.pdf")
    assert answer.mimetype == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.data))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    net = euro(_amounts(office)[0]).removesuffix(" €")
    for part in (*words, "Kim Arndt", "Kreis Beispiel", "Oktober 2026", net, "30.04.2027", "§ 37 Abs. 1", "§ 394 BGB"):
        assert part in text, part
    conforming(answer.data)
    assert office.client("rolf").get(f"{case}/{art}.pdf").status_code == 200
    assert office.client("mia").get(f"{case}/{art}.pdf").status_code == 403


def test_5_who_may_not_read_claims_reads_none_of_its_letters_in_the_file(office: Any, case: str) -> None:
    klara, mia = office.client("klara"), office.client("mia")
    person = office.people["Arndt"].public_id
    filed = {"vorgang": "6f0d7a53-0d6c-4a6e-9a9e-0f7c1a1f0101", "im_portal": "1"}
    assert _post(klara, f"{case}/geltendmachung/ablegen", case, **filed).status_code == 302
    with _session(office) as session:
        kept = session.scalars(select(AkteDokument).where(AkteDokument.brief.startswith("geltendmachung"))).one()
        assert (kept.text_siegel, kept.im_portal) == (None, True)
    page = office.address("kreis", f"/personen/{person}/akte")
    assert klara.get(f"{page}/{kept.public_id}/pdf").data.startswith(b"%PDF")
    assert "Rückforderung" in klara.get(page).text
    assert "Rückforderung" not in mia.get(page).text
    assert mia.get(f"{page}/{kept.public_id}/pdf").status_code == 404
    with platform_session(actor="test") as session:
        give_employee_access(session, office.tenants["kreis"].id, session.get_one(User, office.users["ada"].id),
                             person, date(2026, 1, 1))
    own = f"/portal/{office.tenants['kreis'].public_id}/dokumente/{person}/{kept.public_id}/pdf"
    assert office.client("ada").get(own).data.startswith(b"%PDF")


@pytest.mark.browser
def test_6_pages_are_accessible(office: Any, case: str, serve: Callable, page: Page, accessible: Callable) -> None:
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    for path in (office.address("kreis", "/ueberzahlungen"), case):
        page.goto(address + path)
        assert page.locator("h1").count() == 1
        accessible(page)
