"""Auskunft über eine Person und ihr Leseprotokoll: vollständig, geöffnet, begründet, nur mit dem Recht."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.statements.privacy import page, walking
from payroll.statements.privacy.report import PersonMissing, report
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_mandate

IBAN = "DE02120300000000202051"


@pytest.fixture(scope="module")
def officer(office: Any) -> Any:
    with platform_session(actor="test") as session:
        office.users["dora"] = create_user(session, "dora", "Dora", kind="staff", demonstration=True)
        give_mandate(session, office.tenants["kreis"].id, office.users["dora"], "data_protection", date(2020, 1, 1))
    return office.client("dora")


def _post(client: Any, address: str, **values: str) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    return client.post(address, data={"csrf_token": token[1], **values})


def test_the_report_holds_everything_and_says_so_in_the_log(office: Any, officer: Any) -> None:
    address = office.address("kreis", "/datenschutz")
    answer = _post(officer, address, personalnummer="10001", grund="Antrag vom 20.11.2026", form="json")
    found = json.loads(answer.data)
    assert found["daten"]["bankverbindung"][0]["iban"] == IBAN
    assert found["daten"]["person_angaben"][0]["nachname"] == "Öztürk"
    assert {"person", "beschaeftigung", "steuermerkmale", "versicherung", "employee_access"} <= set(found["daten"])
    assert "Zander" not in answer.text
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "auskunft.erteilt")).one()
    assert (entry.actor, entry.reason) == ("dora", "Antrag vom 20.11.2026")
    shown = _post(officer, address, personalnummer="10001", grund="Antrag", form="html")
    assert IBAN in shown.text
    assert "<script" not in shown.text


def test_without_reason_number_or_right_there_is_none(office: Any, officer: Any) -> None:
    address = office.address("kreis", "/datenschutz")
    assert _post(officer, address, personalnummer="10001", grund=" ").status_code == 422
    assert "gibt es bei diesem Arbeitgeber nicht" in _post(officer, address, personalnummer="9", grund="x").text
    assert office.client("mia").get(address).status_code == 403
    assert officer.get(office.address("stadt", "/datenschutz")).status_code == 404


def test_every_table_below_the_person_is_walked(office: Any) -> None:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        names = [model.__tablename__ for model, _ in walking.rows_of(session, office.people["Öztürk"].public_id)]
        with pytest.raises(PersonMissing):
            report(session, office.people["fremd"].public_id, reason="Antrag")
    assert names[0] == "person"
    assert len(names) == len(set(names))


def test_what_was_typed_cannot_become_markup() -> None:
    made = dict.fromkeys(page.HEAD, "x") | {"daten": {"person": [{"name": "<b>"}]}, "protokoll": []}
    assert "&lt;b&gt;" in page.html(made)
    assert "<b>" not in page.html(made)


def test_the_person_sees_who_read_the_file(office: Any, officer: Any) -> None:
    person = office.people["Öztürk"].public_id
    assert office.client("klara").get(office.address("kreis", f"/personen/{person}")).status_code == 200
    shown = office.client("ada").get("/portal/leseprotokoll").text
    assert re.search(r"Personalakte gelesen</td><td[^>]*>klara<", shown)
    other = office.people["Meyer"].public_id
    assert str(other) not in shown
