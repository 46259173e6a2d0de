"""Verträge und Darlehen einer Person: Stand, Plan, Zahlungen, was von § 3 Nr. 63 EStG frei ist; Rechte."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Darlehen, Sparvertrag
from payroll.masterdata.service import record_fact
from payroll.runs.beside.contracts import limits
from payroll.runs.beside.history import balances, plan
from payroll.runs.beside.models import Drittzahlung, Verrechnung
from payroll.runs.models import Ergebnis, Lauf
from tenants.audit.models import AuditEntry
from tenants.db.session import TenantSession, tenant_session
from tests.web.arriving import sign_in

NOW = datetime(2026, 11, 2, tzinfo=UTC)
OCTOBER, START = date(2026, 10, 1), date(2026, 1, 1)
SIGNED = {"berechnet_von": "a", "berechnet_am": NOW, "geprueft_von": "a", "geprueft_am": NOW, "freigegeben_von": "b",
          "freigegeben_am": NOW, "gemeinde_von": "c", "gemeinde_am": NOW, "abgeschlossen_von": "a",
          "abgeschlossen_am": NOW}  # fmt: skip


def _job(session: TenantSession) -> int:
    return session.scalars(select(Beschaeftigung.id).where(Beschaeftigung.personalnummer == "10001")).one()


@pytest.fixture(scope="module")
def page_of(office: Any) -> str:
    """Ein Darlehen über 2.500 mit einer Rate im Oktober, ein Vertrag der Entgeltumwandlung über 200 im Monat."""
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        job = _job(session)
        record_fact(session, Darlehen, valid_from=START, reason="Antrag", beschaeftigung_id=job, laufnummer=1,
                    art="darlehen", betrag_cent=250_000, ausgezahlt_am=START, rate_cent=100_000, erste_rate=OCTOBER)
        contract = record_fact(
            session, Sparvertrag, valid_from=START, reason="Antrag", beschaeftigung_id=job, art="entgeltumwandlung",
            laufnummer=1, betrag_cent=20_000, empfaenger="Versorgungskasse", vertragsnummer="EU-77",
            iban="DE02120300000000202051", iban_ende="2051")
        run = Lauf(monat=OCTOBER, zustand="probe", ergebnis_hash="a" * 64, anzahl=1, **SIGNED)
        session.add(run)
        session.flush()
        result = Ergebnis(lauf_id=run.id, beschaeftigung_id=job, monat=OCTOBER, sv_tage=30,
                          umwandlung_steuerfrei=23_000, umwandlung_sv_frei=23_000)
        session.add(result)
        session.flush()
        session.add_all([Verrechnung(ergebnis_id=result.id, art="darlehen", laufnummer=1, betrag=100_000, rest=150_000),
                         Drittzahlung(ergebnis_id=result.id, sparvertrag_id=contract.id, betrag=23_000,
                                      arbeitgeber=3_000)])
        session.flush()
        run.zustand = "abgeschlossen"
    return str(office.address("kreis", f"/personen/{office.people['Öztürk'].public_id}/vertraege"))


def test_the_plan_ends_with_what_is_left(office: Any, page_of: str) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        (loan,) = balances(session, _job(session))
        free = limits(session, _job(session), 2026)
    assert [(one.monat, one.betrag, one.rest) for one in plan(loan, date(2026, 11, 25))] == [
        (date(2026, 11, 1), 100_000, 50_000), (date(2026, 12, 1), 50_000, 0)]
    # 8 and 4 percent of 101,400 euro (SVBezGrV 2026)
    assert [(one.hoechstens, one.verbraucht, one.frei) for one in free] == [
        (811_200, 23_000, 788_200), (405_600, 23_000, 382_600)]


def test_the_page_shows_balance_plan_contract_and_what_is_free(office: Any, page_of: str) -> None:
    page = office.client("klara").get(page_of).text
    for text in ("1.500,00", "Dezember 2026, 500,00", "Versorgungskasse", "EU-77", "••• 2051", "230,00", "7.882,00"):
        assert text in page.replace("\u00a0", " "), text
    assert "DE02120300000000202051" not in page
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "vertraege.gelesen")).all()


def test_who_may_see_it(office: Any, page_of: str) -> None:
    reading = office.client("rolf").get(page_of)
    assert reading.status_code == 200
    assert "Hinzufügen" not in reading.text
    assert office.client("ada").get(page_of).status_code == 403
    other = page_of.replace(str(office.people["Öztürk"].public_id), str(office.people["fremd"].public_id))
    assert office.client("klara").get(other).status_code == 404


@pytest.mark.browser
def test_the_page_in_the_browser(office: Any, page_of: str, serve: Callable, page: Page, accessible: Callable) -> None:
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    page.goto(address + page_of)
    accessible(page)
    page.get_by_text("Plan der weiteren Raten").press("Enter")
    assert page.get_by_role("rowheader", name="Dezember 2026").is_visible()
    accessible(page)
