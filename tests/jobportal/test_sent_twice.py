"""Dieselbe Bewerbung zweimal abgeschickt, nacheinander und im selben Augenblick: es bleibt eine. Anderes im selben
Formular ist eine andere."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from jobportal.models import AuswahlStatistik, Bewerbung, BewerbungUnterlage
from tenants.db.session import platform_session
from tenants.models.access import OutboxMessage
from tests.jobportal import hostile
from tests.jobportal.test_applying import PERSON, client, house, rows
from tests.web.at_once import both

__all__ = ["client", "house"]  # fixtures


PAPER = hostile.pdf()


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


def sent(client: FlaskClient, address: str, data: dict[str, Any], *more: bytes) -> Any:
    papers = [(io.BytesIO(content), f"{number}.pdf") for number, content in enumerate((PAPER, *more))]
    return client.post(address, data={**data, "unterlagen": papers}, content_type="multipart/form-data")


def token(answer: Any) -> str:
    """Das geheime Zeichen, wo eine Antwort hinführt."""
    found = re.search(r"/stellen/meine/[0-9a-f-]{36}/([\w-]{43})", answer.location)
    assert found is not None
    return found[1]


def papers(house: Any) -> list[Any]:
    """Die Dateien der jüngsten Bewerbung."""
    newest = rows(house)[-1].id
    return [one for one in rows(house, BewerbungUnterlage) if one.bewerbung_id == newest]


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


@pytest.mark.parametrize("first", ["absenden", "speichern"])
@pytest.mark.parametrize("change", [
    {"vorname": "Bea", "nachname": "Andere", "email": "bea@beispiel.example"}, {"email": "richtig@beispiel.example"},
    {"schwerbehindert": "ja"}, {"pool": "ja"},
], ids=["person", "adresse", "schwerbehindert", "pool"])  # fmt: skip
def test_other_entries_in_the_same_form_are_another_application(
    client: FlaskClient, house: Any, first: str, change: dict[str, str]
) -> None:
    address, data = filled(client, house)
    one = sent(client, address, data | {"was": first})
    before = rows(house)
    other = sent(house["app"].test_client(), address, data | change)
    assert other.status_code == 303
    assert token(other) != token(one), "niemand landet auf der Seite eines anderen"
    after = rows(house)
    assert len(after) == len(before) + 1
    assert after[-2].angaben_siegel == before[-1].angaben_siegel, "das Erste bleibt, wie es war"
    assert after[-1].zustand == "eingegangen"
    once_more = sent(house["app"].test_client(), address, data | change)
    assert token(once_more) == token(other), "auch das Zweite zweimal geschickt ist eines"
    assert len(rows(house)) == len(after)


def test_a_forgotten_file_sent_from_the_same_form_is_not_lost(client: FlaskClient, house: Any) -> None:
    address, data = filled(client, house)
    first, second = sent(client, address, data), sent(client, address, data, hostile.pdf("Zeugnis"))
    assert token(first) != token(second)
    assert len(papers(house)) == 2


def test_a_draft_changed_since_is_not_overwritten_from_its_first_form(client: FlaskClient, house: Any) -> None:
    address, data = filled(client, house)
    saved = sent(client, address, data | {"was": "speichern"})
    client.post(saved.location, data=PERSON | {"vorname": "Später", "was": "speichern"})
    again = sent(house["app"].test_client(), address, data | {"was": "speichern"})
    assert token(again) != token(saved)
    assert 'value="Später"' in client.get(saved.location).text


def test_empty_forms_say_nothing_about_who_sent_them(client: FlaskClient, house: Any) -> None:
    address, data = filled(client, house)
    empty = {"raetsel": data["raetsel"], "was": "speichern"}
    assert token(client.post(address, data=empty)) != token(client.post(address, data=empty))


@pytest.mark.parametrize("change", [{"kenntnis": ""}, {"was": "speichern"}], ids=["abgelehnt", "entwurf"])
def test_a_new_form_kept_as_a_draft_twice_has_its_files_once(
    client: FlaskClient, house: Any, change: dict[str, str]
) -> None:
    address, data = filled(client, house)
    before, files = counted(house), (hostile.pdf("Zeugnis"), hostile.pdf("Brief"))
    both(Bewerbung, *(lambda: sent(house["app"].test_client(), address, data | change, *files),) * 2)
    sent(client, address, data | change, *files)
    assert len(rows(house)) == before[0] + 1
    assert len(papers(house)) == 3


def test_a_draft_page_sent_twice_has_its_files_once(client: FlaskClient, house: Any) -> None:
    saved = client.post(f"/stellen/{house['posting']}/bewerben", data=PERSON | {"was": "speichern"}).location
    other = hostile.pdf("Zeugnis")  # made once: the moment is in it
    answers = both(BewerbungUnterlage, *(lambda: sent(
        house["app"].test_client(), saved, PERSON | {"was": "speichern"}, other),) * 2)
    assert [one.status_code for one in answers] == [303, 303]
    kept = papers(house)
    assert len(kept) == 2
    sent(client, saved, PERSON | {"was": f"entfernen:{kept[0].public_id}"})
    assert len(papers(house)) == 2, "entfernt und neu gewählt: sie ist da"


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
