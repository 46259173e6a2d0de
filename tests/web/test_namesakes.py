"""Zwei Zugänge, ein Mensch: was jemand im Portal beantragt, entscheidet er am Schreibtisch nicht selbst."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.anliegen import ask_correction
from payroll.masterdata.models import Beschaeftigung
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_mandate
from tenants.web.namesakes import alike
from timekeeping.leave.models import Abwesenheit

LEAVE = "/zeiten/abwesenheit"


@pytest.mark.parametrize(("one", "other", "same"), [
    ("Kim Öztürk", "Öztürk, Kim", True), ("Dr. Kim Öztürk", "Kim Öztürk", True), ("Kim Oeztürk", "Kim Öztürk", False),
    ("Anna Meyer", "Meyer-Schmidt, Anna", True), ("KIM ÖZTÜRK", "kim ozturk", True), ("Kim Meyer", "Kim Öztürk", False),
    ("Kim", "Kim Öztürk", False), ("", "", False)])
def test_full_names_are_compared_word_by_word(one: str, other: str, same: bool) -> None:
    assert (alike(one, other), alike(other, one)) == (same, same)


@pytest.fixture(scope="module")
def double(office: Any) -> Any:
    """Kim Öztürk arbeitet hier, hat als ada das Portal und zugleich Zugänge des Personals ohne jede Verbindung."""
    with platform_session(actor="verwaltung") as session:
        for login, role in (("kim.leitet", "head"), ("kim.bearbeitet", "clerk")):
            office.users[login] = create_user(session, login, "Dr. Kim Öztürk", demonstration=True)
            give_mandate(session, office.tenants["kreis"].id, office.users[login], role, date(2026, 1, 1))
    return office


def post(client: Any, path: str, where: str | None = None, **data: Any) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(where or path).text)
    assert found is not None, where or path
    return client.post(path, data={"csrf_token": found[1], **data})


def test_who_asked_in_the_portal_does_not_approve_at_the_desk(double: Any) -> None:
    own = f"/portal/abwesenheit/{double.tenants['kreis'].public_id}"
    given = {"art": "urlaub", "von": "07.12.2026", "bis": "08.12.2026"}
    assert post(double.client("ada"), f"{own}/antrag", own, **given).status_code == 302
    with tenant_session(double.tenants["kreis"].id, actor="test") as session:
        key = str(session.scalars(select(Abwesenheit.public_id)).one())
    where = double.address("kreis", LEAVE)
    data = {"kennung": key, "was": "genehmigen"}
    refused = post(double.client("kim.leitet"), f"{where}/entscheiden", where, **data)
    assert (refused.status_code, "entscheidet niemand selbst" in refused.text) == (422, True)
    assert post(double.client("hugo"), f"{where}/entscheiden", where, **data).status_code == 302


def test_who_asked_in_the_portal_does_not_answer_it_at_the_desk(double: Any) -> None:
    with tenant_session(double.tenants["kreis"].id, actor="ada") as session:
        row = ask_correction(session, double.people["Öztürk"], "Anderes", "Meine Steuerklasse", date(2026, 11, 2))
        address = double.address("kreis", f"/anliegen/{row.public_id}")
    client, where = double.client("kim.bearbeitet"), double.address("kreis", "/anliegen")
    listed = client.get(where).text
    assert ("jemand anderes entscheidet darüber" in listed, address in listed) == (True, False)
    data = {"schritt": "annehmen", "antwort": "Ist geändert."}
    refused = post(client, address, where, **data)
    assert (refused.status_code, "auch nicht, wer ebenso heißt" in refused.text) == (422, True)
    assert post(double.client("klara"), address, where, **data).status_code == 302


def test_nobody_states_the_own_year_of_leave(double: Any) -> None:
    with tenant_session(double.tenants["kreis"].id, actor="test") as session:
        number = session.scalars(select(Beschaeftigung.personalnummer).filter_by(
            person_id=double.people["Öztürk"].id)).one()
    where = double.address("kreis", f"{LEAVE}/konten")
    data = {"personalnummer": number, "jahr": "2026", "uebertrag": "9", "uebertragung": "", "verhinderung": "",
            "grund": "Vorjahr"}
    refused = post(double.client("kim.bearbeitet"), f"{where}/angaben", where, **data)
    assert (refused.status_code, "entscheidet niemand selbst" in refused.text) == (422, True)


def test_nobody_hands_themselves_a_letter_or_writes_into_the_own_file(double: Any) -> None:
    person = f"/personen/{double.people['Öztürk'].public_id}"
    client = double.client("kim.bearbeitet")
    refused = post(client, double.address("kreis", f"{person}/portal"), double.address("kreis", "/personen"))
    assert (refused.status_code, "gibt niemand selbst aus" in refused.text) == (422, True)
    where = double.address("kreis", f"{person}/akte")
    note = {"notizklasse": "schriftwechsel", "betreff": "Lob", "notiz": "sehr gut", "vorgang": str(uuid.uuid4())}
    refused = post(client, f"{where}/notiz", where, **note)
    assert (refused.status_code, "In der eigenen Akte" in refused.text) == (422, True)
    other = double.address("kreis", f"/personen/{double.people['Meyer'].public_id}/akte")
    assert "In der eigenen Akte" not in post(client, f"{other}/notiz", other, **note).text
