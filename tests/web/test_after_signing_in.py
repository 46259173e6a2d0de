"""Die wirkliche Anmeldung als Angriff: wohin sie führt, was vor ihr galt, Codes aus Briefen, Namen des Servers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import app as application
from tenants.db.session import platform_session
from tenants.models.user import Mandate, User
from tenants.security import passwords
from tenants.users import letters, service
from tenants.users.mandates import end_mandate, give_mandate
from tenants.users.presence import office_day
from tenants.web.settings import Settings

SENTENCE, OTHER = "viele kleine Enten schwimmen quer", "große Gänse fliegen abends heim"
START = datetime(2020, 1, 1).date()


@pytest.fixture(autouse=True)
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "PARAMETERS", f"$argon2id$v=19$m=64,t={passwords.ITERATIONS},p={passwords.LANES}$")
    monkeypatch.setattr(passwords, "_decoy", [])


def made(office: Any, name: str, *, kind: str = "employee", role: str = "") -> User:
    with platform_session(actor="test") as session:
        user = service.create_user(session, name, name.title(), kind=kind, password=SENTENCE)
        if role:
            give_mandate(session, office.tenants["kreis"].id, user, role, START)
        return user


def key(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None, path
    return found[1]


def enter(client: FlaskClient, name: str, code: str = "") -> Any:
    return client.post("/anmelden", data={"csrf_token": key(client, "/anmelden"), "anmeldename": name,
                                          "kennwort": SENTENCE, "code": code})


WANTED = (
    "//evil.example", "//evil.example/x", "/%2Fevil.example", "/%2F%2Fevil.example", "/%5Cevil.example",
    "/%5C%5Cevil.example", "/%09/evil.example", "/%0D%0ALocation:%20https://evil.example", "/%E2%80%AE//evil.example",
    "/javascript:alert(1)", "/https://evil.example", "/sicherheit?x=//evil.example", "/sicherheit?x=\\\\evil.example",
    "/@evil.example", "/.evil.example", "/sicherheit?zurueck=https://evil.example&next=//evil.example",
)


@pytest.mark.parametrize("wanted", WANTED)
def test_a_sign_in_leads_only_to_pages_of_ours(office: Any, wanted: str) -> None:
    """Die Seite, die vor der Anmeldung verlangt war, in jeder Schreibweise, die ein Browser anders liest."""
    name = f"ziel{WANTED.index(wanted)}"
    made(office, name)
    client = office.app.test_client()
    client.get(wanted)
    answer = enter(client, name)
    assert answer.status_code == 302
    target = answer.headers["Location"]
    assert re.match(r"/(?![/\\])", target), target
    assert not re.search(r"[\x00-\x20\x7f\\]", target), target
    assert office.app.url_map.bind("localhost").test(target.partition("?")[0], method="GET"), target


@pytest.mark.parametrize("given", [
    *WANTED, "https://evil.example", "javascript:alert(1)", "\\\\evil.example", "/\\evil", "/ /evil.example",
    "/\u2028/evil.example", " //evil.example", "\uff0f\uff0fevil"])
def test_no_form_leads_away_while_signed_in(office: Any, given: str) -> None:
    client = office.client("klara")
    for path, field in (("/sprache", "zurueck"), ("/farben", "zurueck"), ("/dokumente/oeffnen", "weiter")):
        data = {"csrf_token": key(client, "/sicherheit/kennwort"), "sprache": "de", "farben": "hell", field: given}
        answer = client.post(path, data=data)
        target = answer.headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", target), (path, target)


def test_nothing_of_before_counts_after_signing_in(office: Any) -> None:
    """Eine untergeschobene Sitzung, ihr Formularschlüssel und alles, was in ihr lag."""
    made(office, "fixiert")
    attacker, victim = office.app.test_client(), office.app.test_client()
    planted_key = key(attacker, "/anmelden")
    planted = attacker.get_cookie("kreislohn")
    assert planted is not None
    victim.set_cookie("kreislohn", planted.value)
    with victim.session_transaction() as held:
        held["unlock"], held["sso_pending"], held["mail"] = "untergeschoben", [1, 1, "2026-01-01T00:00:00+00:00"], ["x"]
    assert enter(victim, "fixiert").status_code == 302
    assert victim.get("/sicherheit").status_code == 200
    attacker.set_cookie("kreislohn", planted.value)
    assert attacker.get("/sicherheit").status_code == 302
    with victim.session_transaction() as held:
        assert not {"unlock", "sso_pending", "mail"} & held.keys() or held.get("unlock") != "untergeschoben"
    assert victim.post("/abmelden", data={"csrf_token": planted_key}).status_code == 400


def test_a_new_factor_and_a_new_password_end_what_was_copied(office: Any) -> None:
    made(office, "kopiert")
    client, thief = office.app.test_client(), office.app.test_client()

    def copied() -> int:
        cookie = client.get_cookie("kreislohn")
        assert cookie is not None
        thief.set_cookie("kreislohn", cookie.value)
        return int(thief.get("/sicherheit").status_code)

    assert enter(client, "kopiert").status_code == 302
    assert copied() == 200
    client.get("/sicherheit/zweiter-faktor")
    with client.session_transaction() as held:
        code = pyotp.TOTP(held["pending_factor"]).now()
    data = {"csrf_token": key(client, "/sicherheit"), "code": code, "kennwort": SENTENCE}
    assert client.post("/sicherheit/zweiter-faktor", data=data).status_code == 302
    assert (client.get("/sicherheit").status_code, thief.get("/sicherheit").status_code) == (200, 302)
    assert copied() == 200
    data = {"csrf_token": key(client, "/sicherheit"), "kennwort": SENTENCE, "neu": OTHER, "wiederholung": OTHER}
    assert client.post("/sicherheit/kennwort", data=data).status_code == 302
    assert (client.get("/sicherheit").status_code, thief.get("/sicherheit").status_code) == (200, 302)


def test_a_role_that_ends_ends_in_an_open_session(office: Any) -> None:
    user = made(office, "rolle", kind="staff", role="clerk")
    with platform_session(actor="test") as session:
        totp = pyotp.TOTP(service.enrol_second_factor(session, session.get_one(User, user.id)))
    client = office.app.test_client()
    assert enter(client, "rolle", totp.now()).status_code == 302
    page = office.address("kreis", "/personen")
    assert client.get(page).status_code == 200
    with platform_session(actor="test") as session:
        row = session.scalars(select(Mandate).where(Mandate.user_id == user.id)).one()
        end_mandate(session, row, datetime(2026, 11, 24).date(), "Wechsel")
    assert client.get(page).status_code == 404


def letter(user: User, reason: str | None = "verloren", now: datetime | None = None) -> letters.Letter:
    with platform_session(actor="clerk") as session:
        return service.issue_letter(session, session.get_one(User, user.id), reason=reason, now=now)


def redeem(login: str, code: str) -> bool:
    try:
        return service.redeem_letter(login, code, OTHER, remote="192.0.2.9") is not None
    except service.SigninRefused:
        return False


def test_a_code_opens_one_account_once_and_only_the_latest(office: Any) -> None:
    one, other = made(office, "brief.eins"), made(office, "brief.zwei")
    first, foreign = letter(one), letter(other)
    assert not redeem(other.login, first.code), "der Code eines anderen"
    second = letter(one)
    assert not redeem(one.login, first.code), "neu ausgegeben"
    assert redeem(one.login, second.code)
    assert not redeem(one.login, second.code), "einmal"
    assert redeem(other.login, foreign.code), "fremde Versuche verbrauchen ihn nicht"
    late = letter(one, now=datetime.now(UTC) - letters.LIFETIME - timedelta(seconds=1))
    assert not redeem(one.login, late.code), "zu alt"


@pytest.mark.parametrize("step", ["faktor", "sperre"])
def test_a_letter_on_its_way_opens_nothing_after_the_account_was_taken_back(office: Any, step: str) -> None:
    """Ohne den zurückgenommenen Faktor genügte er allein, auch beim Personal."""
    user = made(office, f"unterwegs.{step}", kind="staff", role="clerk")
    with platform_session(actor="test") as session:
        service.enrol_second_factor(session, session.get_one(User, user.id))
    lost = letter(user)
    with platform_session(actor="verwaltung") as session:
        held = session.get_one(User, user.id)
        if step == "faktor":
            service.reset_second_factor(session, held, "Handy gestohlen, Post verschwunden", datetime.now(UTC))
        else:
            service.deactivate(session, held, "Verdacht")
            service.reactivate(session, held, "geklärt")
    assert not redeem(user.login, lost.code)
    assert redeem(user.login, letter(user).code), "ein neuer gilt"


@pytest.mark.parametrize("host", ["evil.example", "localhost:80@evil.example", "localhost, evil.example",
                                  "localhost\\evil.example", "localhost/evil.example", "[::1]evil.example", ""])
def test_the_name_of_the_request_stands_in_no_letter_and_no_address(office: Any, host: str) -> None:
    app = application.create_app(Settings(b"t" * 32, https=False, demonstration=True, hosts=("localhost",),
                                          today=lambda: datetime(2026, 11, 25).date()))
    for path in ("/anmelden", "/sicherheit", "/"):
        answer = app.test_client().get(path, headers={"Host": host, "X-Forwarded-Host": "evil.example",
                                                      "Forwarded": "host=evil.example"})
        assert answer.status_code in (200, 302, 400), path
        assert "evil" not in answer.headers.get("Location", "")
        assert "evil" not in answer.text


def test_the_day_of_the_office_turns_at_its_midnight_in_winter_and_summer() -> None:
    moments = {datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC): 30, datetime(2026, 11, 30, 23, 0, tzinfo=UTC): 1,
               datetime(2026, 7, 31, 21, 59, 59, tzinfo=UTC): 31, datetime(2026, 7, 31, 22, 0, tzinfo=UTC): 1,
               datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC): 29, datetime(2026, 10, 24, 22, 0, tzinfo=UTC): 25}
    assert {moment: office_day(moment).day for moment in moments} == moments
