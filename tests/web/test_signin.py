"""Anmeldung mit Kennwort und Code, Bremse, Kennwort ändern, zweiten Faktor einrichten."""

import re
from datetime import date
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient

from tenants.db.session import platform_session
from tenants.users.service import create_user, enrol_second_factor, give_mandate

SENTENCE = "Drei Kraniche über dem Moor"
SECOND_SENTENCE = "Vier Reiher stehen am Wehr"


@pytest.fixture(scope="module")
def factor(office: Any) -> pyotp.TOTP:
    """Ein Zugang mit Kennwort und zweitem Faktor, dazu zwei nur mit Kennwort."""
    with platform_session(actor="test") as session:
        user = create_user(session, "paula", "Paula P.", password=SENTENCE)
        give_mandate(session, office.tenants["kreis"].id, user, "clerk", date(2026, 1, 1))
        create_user(session, "emil", "Emil E.", kind="employee", password=SENTENCE)
        create_user(session, "ohne", "Ohne Faktor", password=SENTENCE)
        return pyotp.TOTP(enrol_second_factor(session, user))


def _send(client: FlaskClient, path: str, data: dict[str, str], remote: str = "127.0.0.1") -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return client.post(path, data={"csrf_token": found[1], **data}, environ_base={"REMOTE_ADDR": remote})


def _sign_in(
    client: FlaskClient, name: str, password: str = SENTENCE, code: str = "", remote: str = "127.0.0.1"
) -> Any:
    return _send(client, "/anmelden", {"anmeldename": name, "kennwort": password, "code": code}, remote)


def test_staff_signs_in_with_code_and_the_code_counts_once(office: Any, factor: pyotp.TOTP) -> None:
    client, code = office.app.test_client(), factor.now()
    assert _sign_in(client, "Paula", code=code).location == "/"
    assert "Kreis Beispiel" in client.get("/").text
    assert _sign_in(office.app.test_client(), "paula", code=code).status_code == 401


@pytest.mark.usefixtures("factor")
def test_answers_do_not_tell_what_was_wrong(office: Any) -> None:
    attempts = [("paula", SENTENCE, ""), ("paula", "falsch", "123456"), ("niemand", "x", ""), ("ohne", SENTENCE, "")]
    texts = set()
    for name, password, code in attempts:
        answer = _sign_in(office.app.test_client(), name, password, code, remote="192.0.2.1")
        assert answer.status_code == 401
        texts.add(re.search(r'role="alert".*?</span></div>', answer.text, re.DOTALL)[0])  # type: ignore[index]  # always shown
    assert len(texts) == 1


def test_too_many_attempts_are_slowed_down(office: Any) -> None:
    client = office.app.test_client()
    codes = [_sign_in(client, "nobody", "x", remote="192.0.2.9").status_code for _attempt in range(6)]
    assert codes == [401] * 5 + [429]


@pytest.mark.usefixtures("factor")
def test_new_password_ends_other_sessions(office: Any) -> None:
    here, there = office.app.test_client(), office.app.test_client()
    for client in (here, there):
        assert _sign_in(client, "emil").status_code == 302
    wrong = {"kennwort": "falsch", "neu": SECOND_SENTENCE, "wiederholung": SECOND_SENTENCE}
    assert _send(here, "/sicherheit/kennwort", wrong).status_code == 422
    short = {"kennwort": SENTENCE, "neu": "kurz", "wiederholung": "kurz"}
    assert "12 bis 256 Zeichen" in _send(here, "/sicherheit/kennwort", short).text
    good = {"kennwort": SENTENCE, "neu": SECOND_SENTENCE, "wiederholung": SECOND_SENTENCE}
    assert _send(here, "/sicherheit/kennwort", good).status_code == 302
    assert here.get("/sicherheit").status_code == 200
    assert there.get("/sicherheit").location == "/anmelden"


@pytest.mark.usefixtures("factor")
def test_second_factor_needs_password_and_code(office: Any) -> None:
    with platform_session(actor="test") as session:
        create_user(session, "lea", "Lea L.", kind="employee", password=SENTENCE)
    client = office.app.test_client()
    _sign_in(client, "lea")
    page = client.get("/sicherheit/zweiter-faktor").text
    assert "data:image/svg+xml" in page
    secret = re.search(r'kl-secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")  # type: ignore[index]  # always shown
    key = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]  # always shown
    sent = {"csrf_token": key, "kennwort": SENTENCE, "code": "000000"}
    assert client.post("/sicherheit/zweiter-faktor", data=sent).status_code == 422
    sent["code"], copied = pyotp.TOTP(secret).now(), client.get_cookie("kreislohn")
    assert copied is not None
    assert client.post("/sicherheit/zweiter-faktor", data=sent).status_code == 302
    assert "Eingerichtet" in client.get("/sicherheit").text
    assert _sign_in(office.app.test_client(), "lea").status_code == 401
    again = _send(office.app.test_client(), "/anmelden",
                  {"anmeldename": "lea", "kennwort": SENTENCE, "code": sent["code"]})
    assert again.status_code == 401, "der Code der Einrichtung ist verbraucht"
    thief = office.app.test_client()
    thief.set_cookie("kreislohn", copied.value)
    assert thief.get("/sicherheit").location == "/anmelden", "das Zeichen von vor dem zweiten Faktor öffnet nichts"


@pytest.mark.usefixtures("factor")
def test_signing_out_ends_a_copied_session_too(office: Any) -> None:
    client, thief = office.client("mia"), office.app.test_client()
    cookie = client.get_cookie("kreislohn")
    assert cookie is not None
    thief.set_cookie("kreislohn", cookie.value)
    assert thief.get("/sicherheit").status_code == 200
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sicherheit").text)
    assert token is not None
    assert client.post("/abmelden", data={"csrf_token": token[1]}).location == "/anmelden"
    assert thief.get("/sicherheit").location == "/anmelden"
    assert client.get("/sicherheit").location == "/anmelden"
    assert office.client("mia").get("/sicherheit").status_code == 200
