"""Auskunft über eine Person und ihr Leseprotokoll: vollständig, geöffnet, begründet, nur mit dem Recht."""

from __future__ import annotations

import ast
import json
import re
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from payroll.statements.akte.models import AkteDokument
from payroll.statements.privacy import page, reading, walking
from payroll.statements.privacy.report import PersonMissing, report
from tenants import audit
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


READS = ("gelesen", "liste", "pdf", "ausgegeben", "zweitschrift", "neuausgabe", "ausgestellt")
OF_A_PERSON = ("f'person:", "f'akte_dokument:", "f'ergebnis:", "str(person", "str(public_id)")


def test_every_reading_of_a_person_has_words_in_her_log() -> None:
    root = Path(__file__).parents[2]
    found = {action for room in ("payroll", "timekeeping") for file in sorted((root / room).rglob("*.py"))
             for action in _readings(ast.parse(file.read_text(encoding="utf-8")))}
    assert {"akte.gelesen", "person.gelesen", "lohnkonto.ausgegeben", "eau.ausgegeben"} <= found
    assert found - set(reading.WORDS) == set()


def _readings(tree: ast.AST) -> Iterator[str]:
    """Vorgänge, die jemand mit einer Person als Gegenstand ins Protokoll schreibt und die ein Lesen sind."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ("record", "Entry"):
            words = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            about = any(ast.unparse(one).startswith(OF_A_PERSON) for one in call.args)
            yield from (word for word in words if about and word.partition(".")[2].endswith(READS))


def test_the_person_sees_who_opened_a_document_of_the_file(office: Any, officer: Any) -> None:
    person, tenant = office.people["Öztürk"].public_id, office.tenants["kreis"].id
    with tenant_session(tenant, actor="klara") as session:
        made = AkteDokument(
            person_id=office.people["Öztürk"].id, klasse="nachweis", quelle="schreibtisch", format="pdf",
            titel="Zeugnis", dateiname="z.pdf", inhalt_siegel=b"x", sha256=bytes(32), groesse=1, vom=date(2026, 10, 1),
            vorgang=uuid.uuid4(), erfasst_von="klara")
        session.add(made)
        session.flush()
        audit.record(session, "akte.gelesen", f"akte_dokument:{made.public_id}", {"klasse": "nachweis"})
    assert office.client("klara").get(office.address("kreis", f"/personen/{person}/akte")).status_code == 200
    shown = office.client("ada").get("/portal/leseprotokoll").text
    for words in ("Dokument der Personalakte geöffnet", "Verzeichnis der Personalakte gelesen"):
        assert re.search(rf"{words}</td><td[^>]*>klara<", shown), words
