"""Familienzuschlag am Schreibtisch: erfassen, was er braucht, beenden."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Familienzuschlag
from tenants.db.session import tenant_session

GIVEN = {"stufe1": "ja", "kinder": "2", "mietenstufe": "III", "gueltig_ab": "01.06.2026", "grund": "Geburt"}


def _form(office: Any) -> str:
    person = office.people["Meyer"]
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        job = session.scalars(select(Beschaeftigung).filter_by(person_id=person.id)).one().public_id
    return str(office.address("kreis", f"/personen/{person.public_id}/familienzuschlag/erfassen?beschaeftigung={job}"))


def _send(office: Any, **change: str) -> Any:
    client, address = office.client("klara"), _form(office)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    return client.post(address, data={"csrf_token": token[1], **GIVEN, **change})


def _held(office: Any) -> list[tuple[bool, int, str | None, date]]:
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        return [(row.stufe1, row.kinder, row.mietenstufe, row.valid_from)
                for row in session.scalars(select(Familienzuschlag).where(Familienzuschlag.superseded_at.is_(None)))]


def test_it_is_entered_and_stands_in_the_file_in_both_languages(office: Any) -> None:
    assert _send(office).status_code == 302
    assert _held(office) == [(True, 2, "III", date(2026, 6, 1))]
    client = office.client("klara")
    address = office.address("kreis", f"/personen/{office.people['Meyer'].public_id}")
    page = client.get(address).text
    assert "Familienzuschlag" in page
    assert "Mietenstufe" in page
    with client.session_transaction() as session:
        session["language"] = "en"
    assert "Family supplement" in client.get(address).text


@pytest.mark.parametrize(("change", "text"), [
    ({"mietenstufe": ""}, "Mit Kindern bitte die Mietenstufe"),
    ({"stufe1": "", "kinder": "0"}, "Bitte Stufe 1 oder mindestens ein Kind angeben"),
    ({"kinder": "21"}, "Bitte eine Zahl von 0 bis 20 angeben."),
    ({"kinder": ""}, "Bitte ausfüllen."),
    ({"mietenstufe": "VIII"}, "Bitte aus der Liste wählen."),
])
def test_what_it_needs_is_said_at_the_field(office: Any, change: dict[str, str], text: str) -> None:
    before = _held(office)
    answer = _send(office, **change)
    assert answer.status_code == 422
    assert text in answer.text
    assert _held(office) == before


def test_step_one_alone_needs_no_rent_level(office: Any) -> None:
    assert _send(office, kinder="0", mietenstufe="", gueltig_ab="01.09.2026").status_code == 302
    assert (True, 0, None, date(2026, 9, 1)) in _held(office)
