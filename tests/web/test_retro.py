"""Rückrechnungen am Schreibtisch: Vorschau, Gebuchtes mit Ursache, Angehaltenes bestätigen, Vorträge, Rechte."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata import catalogue
from payroll.masterdata.models import (
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Steuermerkmale,
    Versicherung,
)
from payroll.masterdata.service import create_person, hire, record_fact
from payroll.runs.calculate import calculate
from payroll.runs.models import Ergebnis
from payroll.runs.retro_models import RueckrechnungBestaetigung
from tenants.db.session import TenantSession, tenant_session
from tests.web.arriving import sign_in

JULY, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (7, 10, 11))
START = date(2026, 1, 1)
RUN = "/abrechnung/2026-11"
RETRO = f"{RUN}/rueckrechnungen"
GRADE = {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E9a", "wochenstunden": Decimal(39), "vollzeitstunden": Decimal(39)}


@pytest.fixture(scope="module")
def late(office: Any) -> Any:
    """Juli und Oktober sind abgeschlossen; danach werden Stufe, Austritt und ein alter Eintritt bekannt."""
    tenant = office.tenants["kreis"].id
    for month in (JULY, OCTOBER):
        office.close(month, issued=False)
    with tenant_session(tenant, actor="klara") as session:
        jobs = dict(session.execute(select(Beschaeftigung.personalnummer, Beschaeftigung.id)).all())
        record_fact(session, Bezuegezuordnung, valid_from=OCTOBER, reason="Stufenaufstieg übersehen",
                    beschaeftigung_id=jobs["10001"], stufe="4", **GRADE)  # fmt: skip
        record_fact(session, BeschaeftigungAngaben, valid_from=START, reason="Austritt spät gemeldet",
                    beschaeftigung_id=jobs["10003"], art="tarif", eintritt=START, austritt=date(2026, 9, 30),
                    kostenstelle="4711")  # fmt: skip
        _hired_late(session)
    return office


def _hired_late(session: TenantSession) -> None:
    person = create_person(session, valid_from=JULY, reason="Einstellung", nachname="Quast", vorname="Kim",
                           geburtsdatum=date(1991, 2, 3))  # fmt: skip
    job = hire(session, person, personalnummer="10009", art="tarif", eintritt=JULY, reason="Akte nachgereicht",
               kostenstelle="4711").id  # fmt: skip
    record_fact(session, Bezuegezuordnung, valid_from=JULY, reason="Einstellung", beschaeftigung_id=job, stufe="3",
                **GRADE)  # fmt: skip
    record_fact(session, Steuermerkmale, valid_from=JULY, reason="ELStAM", beschaeftigung_id=job, steuerklasse=1,
                konfession="keine")  # fmt: skip
    record_fact(session, Versicherung, valid_from=JULY, reason="Einstellung", beschaeftigung_id=job,
                kv_art="gesetzlich", krankenkasse_id=catalogue.ids(session).krankenkassen["TK"],
                beitragsgruppe="1111", personengruppe=101)  # fmt: skip


def _page(office: Any, path: str = RETRO, name: str = "klara") -> str:
    return html.unescape(office.client(name).get(office.address("kreis", path)).text)


def _section(page: str, name: str) -> str:
    found = [part for part in page.split("<section") if name in part.split("</h3>")[0]]
    assert found, f"{name} fehlt"
    return found[0].split("</section>")[0]


def _send(office: Any, name: str = "klara", **changes: str) -> Any:
    """Schickt die Bestätigung der Seite ab; ohne Recht von Hand gebaut."""
    form = re.search(r'<form[^>]*action="([^"]*/bestaetigen)">(.*?)</form>', _page(office), re.DOTALL)
    assert form is not None
    client = office.client(name)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(office.address("kreis", RUN)).text)
    assert token is not None
    ab = re.search(r'name="ab" value="([^"]+)"', form[2])
    assert ab is not None
    return client.post(form[1], data={"csrf_token": token[1], "ab": ab[1], "grund": "Akte lag liegen", **changes})


def _calculate(office: Any) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        calculate(session, NOVEMBER, key=f"{datetime.now(UTC)}")


def test_1_preview_before_the_run_with_cause_old_and_new_value(late: Any) -> None:
    assert "Vorschau der Rückrechnungen" in _page(late, RUN)
    page = _page(late)
    assert "gebucht ist noch nichts" in page
    one = _section(page, "Öztürk, Kim")
    assert re.search(r"Eingruppierung und Arbeitszeit</strong>, wirkt ab 01.10.2026: erfasst am [\d., :]+ Uhr von "
                     "klara – Grund: Stufenaufstieg übersehen", one)  # fmt: skip
    assert '<th scope="row">Oktober 2026</th>' in one
    old, new, difference = re.findall(r'data-label="Brutto \w+" class="kl-number">([^<]+)<', one)
    assert _cents(new) - _cents(old) == _cents(difference) > 0
    assert "bisher" in one
    # § 37 TVöD: six months after the pay of October was due, on 31 October 2026
    assert re.search(r"Fristen der berichtigten Monate</summary><ul><li>[^<]*10/2026[^<]*30\.04\.2027", one)
    assert "Arndt" not in page


def _cents(text: str) -> int:
    return int(re.sub(r"[.,+]", "", text).replace("\u2212", "-"))


def test_2_run_books_and_its_page_names_the_number_of_people(late: Any) -> None:
    _calculate(late)
    assert re.search(r'rueckrechnungen">Rückrechnungen</a> \(4 Personen\)', _page(late, RUN))
    page = _page(late)
    assert "gebucht ist noch nichts" not in page
    assert "Stufenaufstieg übersehen" in _section(page, "Öztürk, Kim")
    leaving = _section(page, "Zander, Kim")
    assert "Austritt spät gemeldet" in leaving
    assert _cents(re.findall(r'data-label="Netto Unterschied" class="kl-number">([^<]+)<', leaving)[0]) < 0


def test_3_what_the_month_cannot_take_is_carried(late: Any) -> None:
    rows = _page(late).split("Vorträge</h2>")[1]
    carried = re.search(r"Zander, Kim.*?nächsten Monat\" class=\"kl-number\">([^<]+)<", rows, re.DOTALL)
    assert carried is not None
    assert _cents(carried[1]) < -100_000


def test_4_result_says_that_retro_is_part_of_the_payout(late: Any) -> None:
    with tenant_session(late.tenants["kreis"].id, actor="test") as session:
        rows = session.execute(select(Beschaeftigung.personalnummer, Ergebnis.public_id)
                               .join(Ergebnis, Ergebnis.beschaeftigung_id == Beschaeftigung.id)
                               .where(Ergebnis.monat == NOVEMBER)).all()  # fmt: skip
    results = dict(rows)
    page = _page(late, f"{RUN}/personen/{results['10001']}")
    assert "Rückrechnung früherer Monate" in page
    assert f'{RETRO}?suche=10001">Rückrechnung ansehen' in page
    assert "Rückrechnung früherer Monate" not in _page(late, f"{RUN}/personen/{results['10004']}")
    assert re.findall(r"([A-ZÖ]\w+, Kim)</a>", _page(late, f"{RETRO}?suche=10001").split("Nachberechnet</h2>")[1]
                      .split("Vorträge</h2>")[0]) == ["Öztürk, Kim"]  # fmt: skip


def test_5_held_needs_a_reason_and_the_right(late: Any) -> None:
    assert "Jahreszahl könnte vertippt sein" in _section(_page(late), "Quast, Kim")
    incomplete = _section(_page(late), "Meyer, Kim")  # insurance is missing: a reason does not help
    assert "lässt sich nicht neu rechnen" in incomplete
    assert "/bestaetigen" not in incomplete
    assert "/bestaetigen" not in _page(late, name="rolf")
    assert _send(late, "rolf").status_code == 403
    assert _send(late, "mia").status_code == 403
    refused = _send(late, grund=" ")
    assert refused.status_code == 409
    assert "Bitte begründen" in refused.text
    assert _send(late, ab="2026-10").status_code == 409
    assert _confirmations(late) == []


def _confirmations(office: Any) -> list[tuple[date, str, str]]:
    given = RueckrechnungBestaetigung
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return [tuple(row) for row in session.execute(select(given.ab_monat, given.grund, given.bestaetigt_von))]


@pytest.mark.browser
def test_6_the_page_in_the_browser(late: Any, serve: Callable, page: Page, accessible: Callable, printable: Callable
                                   ) -> None:
    address = serve(late.app)
    sign_in(page, address, late.users['klara'])
    page.goto(address + late.address("kreis", RUN))
    page.get_by_role("link", name="Rückrechnungen").click()
    accessible(page)
    page.get_by_label("Grund").fill("Akte lag liegen")
    page.get_by_role("button", name="Rückrechnung bestätigen").click()
    told = page.get_by_role("status").filter(has_text="sobald der Monat (neu) gerechnet ist")
    told.wait_for()  # beside the notice of a new device
    assert told.count() == 1
    accessible(page)
    printable(page)


def test_7_confirmed_is_booked_by_the_next_run(late: Any) -> None:
    assert _confirmations(late) == [(JULY, "Akte lag liegen", "klara")]
    assert "Gilt, sobald der Monat neu gerechnet ist" in _section(_page(late), "Quast, Kim")
    _calculate(late)
    page = _page(late)
    assert "Quast" not in page.split("Angehalten</h2>")[1].split("Nachberechnet</h2>")[0]
    assert '<th scope="row">Juli 2026</th>' in _section(page, "Quast, Kim")


def test_8_foreign_tenant_and_impossible_month_are_404(late: Any) -> None:
    client = late.client("klara")
    assert client.get(late.address("fremd", RETRO)).status_code == 404
    assert client.get(late.address("kreis", "/abrechnung/2026-13/rueckrechnungen")).status_code == 404
    assert late.client("ada").get(late.address("kreis", RETRO)).status_code in (403, 404)
    assert "Nichts: kein abgeschlossener Monat ändert sich." in html.unescape(
        client.get(late.address("stadt", RETRO)).text)  # fmt: skip


def test_9_english_page(late: Any) -> None:
    client = late.client("klara")
    with client.session_transaction() as session:
        session["language"] = "en"
    page = client.get(late.address("kreis", RETRO)).text
    assert "Retro-calculations in November 2026" in page
    assert "Month of origin" in page
    assert "recorded on" in page
