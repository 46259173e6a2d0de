"""Jahressonderzahlung am Schreibtisch: Hinweis im November, erfassen, Beträge, Offene mit Grund, Rechte."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, WiederkehrenderBezug
from payroll.runs.models import Ergebnis, Lauf
from tenants.db.session import TenantSession, tenant_session
from tests.web.arriving import sign_in

NOVEMBER = "/abrechnung/2026-11"
BONUS = f"{NOVEMBER}/jahressonderzahlung"
NOW = datetime(2026, 11, 2, tzinfo=UTC)
MISSING = "keine Jahressonderzahlung erfasst"
SIGNED = {"berechnet_von": "a", "berechnet_am": NOW, "geprueft_von": "a", "geprueft_am": NOW, "freigegeben_von": "b",
          "freigegeben_am": NOW, "gemeinde_von": "c", "gemeinde_am": NOW, "abgeschlossen_von": "a",
          "abgeschlossen_am": NOW}  # fmt: skip


def _record(office: Any, name: str = "klara") -> Any:
    client = office.client(name)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(office.address("kreis", NOVEMBER)).text)
    assert found is not None
    return client.post(office.address("kreis", BONUS), data={"csrf_token": found[1]})


def _closed(session: TenantSession, month: date, numbers: tuple[str, ...]) -> None:
    lauf = Lauf(monat=month, zustand="probe", ergebnis_hash="a" * 64, anzahl=len(numbers), **SIGNED)
    session.add(lauf)
    session.flush()
    for job in session.scalars(select(Beschaeftigung).where(Beschaeftigung.personalnummer.in_(numbers))):
        session.add(Ergebnis(lauf_id=lauf.id, beschaeftigung_id=job.id, monat=month, sv_tage=30,
                             tabellenentgelt=400_000))  # fmt: skip
    session.flush()
    lauf.zustand = "abgeschlossen"


@pytest.fixture(scope="module")
def recorded(office: Any) -> Any:
    """Antwort des ersten Erfassens, nachdem die Bemessungsmonate dreier Menschen abgeschlossen sind."""
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        for month in (7, 8, 9, 10):
            _closed(session, date(2026, month, 1), ("10001", "10002", "10003"))
    return _record(office)


def _bonuses(office: Any) -> list[int]:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return list(session.scalars(select(WiederkehrenderBezug.betrag_cent)))


def test_1_november_says_that_nothing_is_recorded(office: Any) -> None:
    client = office.client("klara")
    page = client.get(office.address("kreis", NOVEMBER)).text
    assert MISSING in page
    assert f'action="{office.address("kreis", BONUS)}"' in page
    assert MISSING not in client.get(office.address("kreis", "/abrechnung/2026-10")).text
    assert MISSING not in client.get(office.address("stadt", NOVEMBER)).text


def test_1_open_base_months_are_a_reason_not_a_failure(office: Any) -> None:
    answer = _record(office)
    assert answer.status_code == 409
    assert "September 2026 ist nicht abgeschlossen" in answer.text
    assert answer.text.count("kein Bemessungsmonat ist abgeschlossen") == 4
    assert _bonuses(office) == []


def test_2_amounts_and_open_people_with_reason(office: Any, recorded: Any) -> None:
    assert (recorded.status_code, recorded.location) == (302, office.address("kreis", BONUS))
    page = office.client("klara").get(recorded.location).text
    assert page.count("3.400,00") == 3  # 4,000.00 x 85 %, hired on the first of January
    assert "10.200,00" in page
    waiting = page.split("Erfasst</h2>")[0]
    assert re.findall(r'personen/[0-9a-f-]{36}">([^<]+)</a>', waiting) == ["Arndt, Kim"]
    assert "kein Bemessungsmonat ist abgeschlossen" in waiting
    month = office.client("klara").get(office.address("kreis", NOVEMBER)).text
    assert MISSING not in month
    assert "Jahressonderzahlung ansehen" in month


def test_3_again_records_nothing_twice(office: Any, recorded: Any) -> None:
    assert recorded.status_code == 302
    before = _bonuses(office)
    assert _record(office).status_code == 302
    assert _bonuses(office) == before
    assert len(before) == 3


@pytest.mark.browser
def test_4_the_page_in_the_browser(office: Any, recorded: Any, serve: Callable, page: Page, accessible: Callable
                                   ) -> None:
    assert recorded.status_code == 302
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    page.goto(address + office.address("kreis", NOVEMBER))
    accessible(page)
    page.get_by_role("link", name="Jahressonderzahlung ansehen").click()
    accessible(page)
    page.get_by_role("button", name="Noch einmal erfassen").click()
    page.get_by_role("status").filter(has_text="ist erfasst").first.wait_for()


def test_5_rights_and_other_months(office: Any) -> None:
    assert _record(office, "rolf").status_code == 403
    client = office.client("klara")
    for path in ("/abrechnung/2026-10/jahressonderzahlung", "/abrechnung/2026-13/jahressonderzahlung"):
        assert client.get(office.address("kreis", path)).status_code == 404


def test_6_a_checked_november_is_not_touched(office: Any) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        session.add(Lauf(monat=date(2026, 11, 1), zustand="geprueft", ergebnis_hash="a" * 64, anzahl=1,
                         berechnet_von="a", berechnet_am=NOW, geprueft_von="a", geprueft_am=NOW))  # fmt: skip
    answer = _record(office)
    assert answer.status_code == 409
    assert "Erst die Prüfung zurücknehmen" in answer.text
