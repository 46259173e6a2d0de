"""Dieselbe Bewerbung zweimal abgeschickt, nacheinander und im selben Augenblick: es bleibt eine."""

from __future__ import annotations

import io
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from jobportal.models import AuswahlStatistik, Bewerbung, BewerbungUnterlage
from tenants.db.session import platform_session
from tenants.models.access import OutboxMessage
from tests.jobportal import hostile
from tests.jobportal.test_applying import PERSON, client, house, rows
from tests.web.at_once import both

__all__ = ["client", "house"]  # fixtures


def counted(house: Any) -> tuple[int, int, int]:
    """Bewerbungen, gezählte Eingänge und Nachrichten."""
    with platform_session(actor="test") as session:
        sent = session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
    return len(rows(house)), sum(one.anzahl for one in rows(house, AuswahlStatistik)), sent


def filled(client: FlaskClient, house: Any) -> tuple[str, dict[str, Any]]:
    """Ein frisches Formular, wie der Browser es abschickt."""
    address = f"/stellen/{house['posting']}/bewerben"
    puzzle = re.search(r'name="raetsel" value="([^"]+)"', client.get(address).text)
    assert puzzle is not None
    return address, PERSON | {"raetsel": puzzle[1], "was": "absenden"}


def sent(client: FlaskClient, address: str, data: dict[str, Any]) -> Any:
    paper = (io.BytesIO(hostile.pdf()), "a.pdf")
    return client.post(address, data={**data, "unterlagen": paper}, content_type="multipart/form-data")


def test_a_new_form_sent_twice_at_once_is_one_application(client: FlaskClient, house: Any) -> None:
    address, data = filled(client, house)
    before = counted(house)
    answers = both(Bewerbung, *(lambda: sent(house["app"].test_client(), address, data),) * 2)
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert counted(house) == tuple(number + 1 for number in before)
    assert len(rows(house, BewerbungUnterlage)) == 1


def test_a_new_form_sent_again_shows_where_its_application_stands(client: FlaskClient, house: Any) -> None:
    address, data = filled(client, house)
    first, after_first = sent(client, address, data), counted(house)
    again = sent(house["app"].test_client(), address, data)
    assert (again.status_code, again.location) == (303, first.location)
    assert counted(house) == after_first
    fresh = sent(client, *filled(client, house))
    assert fresh.location != first.location, "ein anderes Formular ist eine andere Bewerbung"


def test_a_draft_sent_twice_at_once_arrives_once(client: FlaskClient, house: Any) -> None:
    saved = client.post(f"/stellen/{house['posting']}/bewerben", data=PERSON | {"was": "speichern"})
    before = counted(house)
    answers = both(Bewerbung, *(lambda: house["app"].test_client().post(
        saved.location, data=PERSON | {"was": "absenden"}),) * 2)
    assert [one.status_code for one in answers] == [303, 303]
    assert counted(house) == (before[0], before[1] + 1, before[2] + 1)


def test_withdrawing_twice_at_once_erases_once(client: FlaskClient, house: Any) -> None:
    held = sent(client, *filled(client, house)).location
    answers = both(Bewerbung, *(lambda: house["app"].test_client().post(
        f"{held}/zurueckziehen", data={"sicher": "ja"}),) * 2)
    assert sorted(one.status_code for one in answers) == [200, 404]
