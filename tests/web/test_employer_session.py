"""Anmeldung über den Dienst eines Arbeitgebers: sie gilt nur dort und verschafft sich nicht den ganzen Zugang."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tenants.db.session import platform_session
from tenants.models.access import Passkey, SsoIdentity, SsoProvider
from tenants.models.user import User
from tenants.users import recovery, sso
from tenants.users.service import create_user, enrol_second_factor, give_mandate
from tenants.web.security.views import PENDING
from tenants.web.signin import openid
from tenants.web.signin import sso as signin_sso

SENTENCE = "viele kleine Enten schwimmen quer"
WORDS = "gilt nur dort und ändert nicht, wie Sie sich anmelden"


@pytest.fixture(scope="module")
def providers(office: Any) -> dict[str, SsoProvider]:
    """Ein Dienst nur für die Stadt, einer für alle; Lena kommt nur über sie herein und hat kein Kennwort."""
    with platform_session(actor="verwaltung") as session:
        user = create_user(session, "lena", "Lena L.")
        for tenant in office.tenants.values():
            give_mandate(session, tenant.id, user, "clerk", date(2026, 1, 1))
        rows = {}
        for name, employer in (("stadt", office.tenants["stadt"].id), ("alle", None)):
            rows[name] = sso.save_provider(
                session, None, name=name, issuer=f"https://{name}.example", client="kreislohn", secret="",
                factor_rule="anbieter", accepted_amr="", employer=employer, active=True)
            sso.link(session, rows[name], "lena", user, rows[name].created_at)
    return rows


@pytest.fixture(scope="module")
def ottilie(office: Any, providers: dict[str, SsoProvider]) -> User:
    """Ottilie hat Kennwort, App und Passkey und kommt auch über den Dienst der Stadt herein."""
    with platform_session(actor="verwaltung") as session:
        user = create_user(session, "ottilie", "Ottilie O.", password=SENTENCE)
        enrol_second_factor(session, user)
        give_mandate(session, office.tenants["stadt"].id, user, "clerk", date(2026, 1, 1))
        session.add(Passkey(user_id=user.id, credential=b"ottilies", public_key=b"k", sign_count=0, label="Ottilies",
                            backed_up=False))
        sso.link(session, providers["stadt"], "ottilie", user, providers["stadt"].created_at)
    return user


@pytest.fixture
def arrived(
    office: Any, providers: dict[str, SsoProvider], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], FlaskClient]:
    """Meldet Lena über einen der Dienste an; was er bezeugt, prüft test_sso.py."""
    monkeypatch.setattr(openid, "finish", lambda _provider: openid.Asserted("lena", ()))

    def sign_in(name: str) -> FlaskClient:
        client: FlaskClient = office.app.test_client()
        assert client.get(f"/anmelden/dienst/{providers[name].public_id}/zurueck").location == "/"
        return client

    return sign_in


def send(client: FlaskClient, page: str, **data: Any) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(page, data={"csrf_token": found[1], **data})


def stored() -> User:
    with platform_session(actor="test") as session:
        return session.scalars(select(User).where(User.login == "lena")).one()


def test_no_new_way_in_through_the_directory_of_one_employer(arrived: Any) -> None:
    client = arrived("stadt")
    answer = send(client, "/sicherheit/passkeys/neu", name="Schlüssel", passkey="{}")
    assert (answer.status_code, WORDS in answer.text) == (422, True)
    client.get("/sicherheit/zweiter-faktor")
    with client.session_transaction() as held:
        secret = held[PENDING]
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sicherheit").text)
    assert token is not None
    given = {"csrf_token": token[1], "code": pyotp.TOTP(secret).now(), "kennwort": ""}
    answer = client.post("/sicherheit/zweiter-faktor", data=given)
    assert (answer.status_code, WORDS in answer.text) == (422, True)
    answer = send(client, "/sicherheit/kennwort", neu=SENTENCE, wiederholung=SENTENCE, kennwort="")
    assert (answer.status_code, WORDS in answer.text) == (422, True)
    user = stored()
    assert (user.totp_secret, user.password_hash) == (None, None)
    with platform_session(actor="test") as session:
        assert session.scalars(select(Passkey).where(Passkey.user_id == user.id)).all() == []


def test_not_even_with_the_password_the_employer_knows(
    office: Any, providers: dict[str, SsoProvider], ottilie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid, "finish", lambda _provider: openid.Asserted("ottilie", ()))
    client: FlaskClient = office.app.test_client()
    assert client.get(f"/anmelden/dienst/{providers['stadt'].public_id}/zurueck").location == "/"
    for page in ("/sicherheit/passkeys/neu", "/sicherheit/zweiter-faktor"):  # they give what the answer refers to
        client.get(page)
    with client.session_transaction() as held:
        code = pyotp.TOTP(held[PENDING]).now()
    service = f"/sicherheit/dienste/{providers['alle'].public_id}"
    with platform_session(actor="test") as session:
        key = session.scalars(select(Passkey.public_id).where(Passkey.user_id == ottilie.id)).one()
        before = session.get_one(User, ottilie.id)
    given: dict[str, dict[str, str]] = {
        "/sicherheit/passkeys/neu": {"name": "Neu", "passkey": "{}"},
        "/sicherheit/zweiter-faktor": {"code": code},
        "/sicherheit/codes": {},
        "/sicherheit/kennwort": {"neu": "lauter graue Gänse laufen", "wiederholung": "lauter graue Gänse laufen"},
        service: {},
    }
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sicherheit").text)
    assert token is not None
    for page, data in given.items():
        answer = client.post(page, data={"csrf_token": token[1], "kennwort": SENTENCE, **data})
        assert (page, answer.status_code, WORDS in answer.text) == (page, 422, True)
    city = f"/sicherheit/dienste/{providers['stadt'].public_id}"
    for action in (f"/sicherheit/passkeys/{key}/entfernen", f"{city}/trennen"):
        assert client.post(action, data={"csrf_token": token[1]}).location == "/sicherheit"
        assert WORDS in client.get("/sicherheit").text
    with platform_session(actor="test") as session:
        after = session.get_one(User, ottilie.id)
        assert (after.totp_secret, after.password_hash) == (before.totp_secret, before.password_hash)
        assert session.scalars(select(Passkey.revoked_at).where(Passkey.user_id == ottilie.id)).all() == [None]
        assert session.scalars(select(SsoIdentity.ended_at).where(SsoIdentity.user_id == ottilie.id)).all() == [None]
        assert recovery.remaining(session, after) == 0


def test_what_counts_for_all_employers_is_not_decided_by_one(arrived: Any) -> None:
    def upload(name: str) -> Any:
        return send(arrived(name), "/tarif", datei=(io.BytesIO(b"a;b"), "t.csv"), art="entgelttabelle",
                    gilt_ab="01.03.2027")

    refused, looked_at = upload("stadt"), upload("alle")
    assert (refused.status_code, "es fehlt bei 2 Arbeitgebern" in refused.text) == (422, True)
    assert "es fehlt bei" not in looked_at.text


def test_through_a_directory_for_all_the_account_is_set_up_shortly_after_signing_in(arrived: Any) -> None:
    answer = send(arrived("alle"), "/sicherheit/kennwort", neu=SENTENCE, wiederholung=SENTENCE, kennwort="")
    assert answer.location == "/sicherheit"
    assert stored().password_hash is not None


def test_five_minutes_for_the_factor_are_not_lengthened_by_wrong_codes(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with platform_session(actor="verwaltung") as session:
        user = create_user(session, "otto", "Otto O.")
        totp = pyotp.TOTP(enrol_second_factor(session, user))
        row = sso.save_provider(session, None, name="immer", issuer="https://immer.example", client="k", secret="",
                                factor_rule="immer", accepted_amr="", employer=None, active=True)
        sso.link(session, row, "otto", user, row.created_at)
    monkeypatch.setattr(openid, "finish", lambda _provider: openid.Asserted("otto", ()))
    client, page = office.app.test_client(), "/anmelden/dienst/faktor"
    assert client.get(f"/anmelden/dienst/{row.public_id}/zurueck").location == page
    for minutes, status in ((4, 401), (6, 302)):
        with client.session_transaction() as held:
            held[signin_sso.PENDING] = [user.id, row.id, (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()]
            before = list(held[signin_sso.PENDING])
        code = "000000" if totp.now() != "000000" else "111111"
        assert send(client, page, code=code).status_code == status
        with client.session_transaction() as held:
            assert held.get(signin_sso.PENDING) == (before if status == 401 else None)
    assert client.get("/sicherheit").status_code == 302
