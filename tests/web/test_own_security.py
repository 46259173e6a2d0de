"""Eigene Sicherheit im Web: Codes einmal gezeigt und benutzt, Sitzungen beenden, neues Gerät, Brief."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient

from tenants.db.session import platform_session
from tenants.security import passwords
from tenants.users.service import create_user, enrol_second_factor, issue_letter
from tenants.users.sessions import IN_USE

SENTENCE = "viele kleine Enten schwimmen quer"


@pytest.fixture(autouse=True)
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "PARAMETERS", f"$argon2id$v=19$m=64,t={passwords.ITERATIONS},p={passwords.LANES}$")
    monkeypatch.setattr(passwords, "_decoy", [])


def send(client: FlaskClient, page: str, action: str | None = None, **data: str) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(action or page, data={"csrf_token": found[1], **data})


def employee(office: Any, name: str, *, agent: str = "Mozilla Firefox/130 Windows") -> FlaskClient:
    client = office.app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    assert send(client, "/anmelden", anmeldename=name, kennwort=SENTENCE).status_code == 302
    return client


def make(name: str, kind: str = "employee") -> pyotp.TOTP:
    with platform_session(actor="test") as session:
        user = create_user(session, name, name.title(), kind=kind, password=SENTENCE)
        return pyotp.TOTP(enrol_second_factor(session, user)) if kind == "staff" else pyotp.TOTP(pyotp.random_base32())


def test_recovery_codes_are_shown_once_and_replace_the_factor(office: Any) -> None:
    totp, client = make("stefan", "staff"), office.app.test_client()
    assert send(client, "/anmelden", anmeldename="stefan", kennwort=SENTENCE, code=totp.now()).status_code == 302
    assert "Es gelten noch 0 Codes." in client.get("/sicherheit/codes").text
    assert send(client, "/sicherheit/codes", kennwort="falsch").status_code == 422
    shown = re.findall(r'kl-secret">([A-Z0-9-]{14})<', send(client, "/sicherheit/codes", kennwort=SENTENCE).text)
    assert len(set(shown)) == 10
    again = client.get("/sicherheit/codes").text
    assert "Es gelten noch 10 Codes." in again
    assert not any(code in again for code in shown)
    other = office.app.test_client()
    given = {"anmeldename": "stefan", "kennwort": SENTENCE, "code": shown[3].lower()}
    assert send(other, "/anmelden", **given).status_code == 302
    assert "Es gelten noch 9 Codes." in other.get("/sicherheit/codes").text
    assert send(office.app.test_client(), "/anmelden", **given).status_code == 401


def test_codes_need_a_second_factor(office: Any) -> None:
    make("tina")
    answer = send(employee(office, "tina"), "/sicherheit", "/sicherheit/codes", kennwort=SENTENCE)
    assert answer.status_code == 422
    assert "hat keinen zweiten Faktor" in answer.text


def test_other_sessions_end_and_signing_out_leaves_them(office: Any) -> None:
    make("ulf")
    here, there, third = (employee(office, "ulf") for _number in range(3))
    page = here.get("/sicherheit").text
    assert page.count("Firefox, Windows") >= 3
    ending = re.findall(r'action="(/sicherheit/sitzungen/[0-9a-f-]{36}/beenden)"', page)
    assert len(ending) == 2
    assert send(here, "/sicherheit", ending[0]).status_code == 302
    assert sorted(client.get("/sicherheit").status_code for client in (there, third)) == [200, 302]
    assert send(here, "/sicherheit", "/sicherheit/sitzungen/andere-beenden").status_code == 302
    assert [client.get("/sicherheit").status_code for client in (here, there, third)] == [200, 302, 302]
    fresh = employee(office, "ulf")
    send(here, "/sicherheit", "/abmelden")
    assert fresh.get("/sicherheit").status_code == 200


def test_foreign_sessions_are_not_there(office: Any) -> None:
    make("viktor")
    make("wanda")
    viktor, wanda = employee(office, "viktor"), employee(office, "wanda")
    employee(office, "viktor")
    foreign = re.search(r'action="(/sicherheit/sitzungen/[0-9a-f-]{36}/beenden)"', viktor.get("/sicherheit").text)
    assert foreign is not None
    assert send(wanda, "/sicherheit", foreign[1]).status_code == 404


def test_a_new_device_is_shown_until_confirmed(office: Any) -> None:
    make("xaver")
    known = employee(office, "xaver")
    assert "unbekannten Gerät" not in known.get("/gibt-es-nicht").text
    employee(office, "xaver", agent="Mozilla Chrome/130 Android")
    assert "unbekannten Gerät" in known.get("/gibt-es-nicht").text
    page = known.get("/sicherheit").text
    assert "Chrome, Android" in page
    assert "Das war ich" in page
    assert f"sobald das frühere {IN_USE.days} Tage nicht benutzt ist" in page
    assert send(known, "/sicherheit", "/sicherheit/sitzungen/bestaetigen").status_code == 302
    assert "unbekannten Gerät" not in known.get("/gibt-es-nicht").text


def test_the_same_device_is_recognised(office: Any) -> None:
    make("yara")
    client = employee(office, "yara")
    send(client, "/sicherheit", "/abmelden")
    assert send(client, "/anmelden", anmeldename="yara", kennwort=SENTENCE).status_code == 302
    assert "Neue Geräte" not in client.get("/sicherheit").text


def test_letter_page_tells_typing_errors_and_spends_nothing(office: Any) -> None:
    with platform_session(actor="test") as session:
        user = create_user(session, "zoe", "Zoe Z.", kind="employee")
        code = issue_letter(session, user).code
    client, page = office.app.test_client(), "/anmelden/brief"
    swapped = code[1] + code[0] + code[2:] if code[0] != code[1] else "ACDE" + code[4:]
    given = {"anmeldename": "Zoe", "code": code, "neu": SENTENCE, "wiederholung": SENTENCE}
    assert "enthält einen Tippfehler" in send(client, page, **{**given, "code": swapped}).text
    assert "sind verschieden" in send(client, page, **{**given, "wiederholung": "x"}).text
    assert "12 bis 256 Zeichen" in send(client, page, **{**given, "neu": "kurz", "wiederholung": "kurz"}).text
    wrong = send(client, page, **{**given, "anmeldename": "zara"})
    assert (wrong.status_code, "gilt nicht" in wrong.text) == (401, True)
    assert send(client, page, **given).location == "/"
    assert client.get("/sicherheit").status_code == 200
    assert send(office.app.test_client(), page, **given).status_code == 401


def test_with_a_factor_the_letter_leads_to_the_sign_in(office: Any) -> None:
    make("arne", "staff")
    with platform_session(actor="test") as session:
        user = session.merge(create_user(session, "bele", "Bele B.", password=SENTENCE))
        enrol_second_factor(session, user)
        code = issue_letter(session, user, reason="Kennwort vergessen").code
    client = office.app.test_client()
    given = {"anmeldename": "bele", "code": code, "neu": f"{SENTENCE}!", "wiederholung": f"{SENTENCE}!"}
    answer = send(client, "/anmelden/brief", **given)
    assert answer.location == "/anmelden"
    assert client.get("/sicherheit").status_code == 302
