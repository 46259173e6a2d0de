"""Einmalige Anmeldung gegen einen zertifizierten OpenID-Dienst: verknüpfen, anmelden, Faktor, Fälschungen."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pyotp
import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import select

from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session
from tenants.models.access import SsoProvider
from tenants.models.user import User
from tenants.security import passwords
from tenants.users import sso
from tenants.users.errors import UserError
from tenants.users.service import create_user, enrol_second_factor, give_mandate
from tenants.web.signin import openid

SERVER = Path(__file__).with_name("oidc_provider.mjs")
BIN = Path(__file__).parents[2] / ".venv" / "bin"
SENTENCE = "viele kleine Enten schwimmen quer"
SECRET = "ein-geheimnis-nur-fuer-die-pruefung"


@pytest.fixture(autouse=True)
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "PARAMETERS", f"$argon2id$v=19$m=64,t={passwords.ITERATIONS},p={passwords.LANES}$")
    monkeypatch.setattr(passwords, "_decoy", [])


class Directory:
    """Der Dienst und die drei Arten, wie das Amt ihn eingetragen hat."""

    def __init__(self, issuer: str, rows: dict[str, SsoProvider]) -> None:
        self.issuer, self.rows = issuer, rows

    def who(self, sub: str, amr: str = "") -> None:
        requests.post(f"{self.issuer}/next?{urlencode({'sub': sub, 'amr': amr})}", timeout=10).raise_for_status()

    def path(self, name: str) -> str:
        return f"/anmelden/dienst/{self.rows[name].public_id}"

    def travel(self, client: FlaskClient, name: str) -> tuple[str, str]:
        """Geht zum Dienst und zurück; gibt die Adresse hin und die Adresse der Rückkehr, noch nicht aufgerufen."""
        there = client.get(self.path(name)).location
        assert there.startswith(self.issuer)
        address = there
        with requests.Session() as browser:
            for _hop in range(6):
                answer = browser.get(address, allow_redirects=False, timeout=10)
                address = requests.compat.urljoin(address, answer.headers["Location"])
                if not address.startswith(self.issuer):
                    return there, address.removeprefix("http://localhost")
        raise AssertionError(address)

    def sign_in(self, client: FlaskClient, name: str) -> Any:
        return client.get(self.travel(client, name)[1])


@pytest.fixture(scope="module")
def directory(office: Any) -> Iterator[Directory]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    issuer = f"http://localhost:{port}"
    rows = {}
    with platform_session(actor="verwaltung") as session:
        for name, client, secret, rule, amr, employer in (
            ("immer", "kreislohn", SECRET, "immer", "", None),
            ("amr", "offen", "", "amr", "mfa hwk", None),
            ("stadt", "kreislohn", SECRET, "anbieter", "", office.tenants["stadt"].id),
        ):
            rows[name] = sso.save_provider(
                session,
                None,
                name=name,
                issuer=issuer,
                client=client,
                secret=secret,
                factor_rule=rule,
                accepted_amr=amr,
                employer=employer,
                active=True,
            )
    back = [f"http://localhost/anmelden/dienst/{row.public_id}/zurueck" for row in rows.values()]
    node = shutil.which("node") or str(BIN / "node")
    process = subprocess.Popen([node, str(SERVER), str(port), *back], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    assert b"ready" in process.stdout.readline()
    yield Directory(issuer, rows)
    process.terminate()
    process.wait(10)
    process.stdout.close()


def person(office: Any, name: str, *links: tuple[Directory, str], kind: str = "staff") -> pyotp.TOTP:
    """Mensch mit Mandaten bei Kreis und Stadt und Verknüpfungen (subject ist sein Name mit Vorsatz)."""
    with platform_session(actor="verwaltung") as session:
        user = create_user(session, name, name.title(), kind=kind, password=SENTENCE)
        totp = pyotp.TOTP(enrol_second_factor(session, user)) if kind == "staff" else pyotp.TOTP("A" * 32)
        for tenant in ("kreis", "stadt"):
            if kind == "staff":
                give_mandate(session, office.tenants[tenant].id, user, "clerk", date(2026, 1, 1))
        for directory, provider in links:
            row = session.get_one(SsoProvider, directory.rows[provider].id)
            sso.link(session, row, f"sub-{name}", user, row.created_at)
        return totp


def send(client: FlaskClient, page: str, **data: str) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(page, data={"csrf_token": found[1], **data})


def test_the_way_there_carries_state_nonce_and_pkce(office: Any, directory: Directory) -> None:
    asked = parse_qs(urlsplit(office.app.test_client().get(directory.path("amr")).location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert all(len(asked[name][0]) >= 20 for name in ("state", "nonce"))
    assert asked["scope"] == ["openid"]


def test_the_local_factor_follows_where_the_rule_says_so(office: Any, directory: Directory) -> None:
    totp, client = person(office, "anton", (directory, "immer")), office.app.test_client()
    directory.who("sub-anton", "mfa")
    answer = directory.sign_in(client, "immer")
    assert answer.location == "/anmelden/dienst/faktor"
    assert client.get("/sicherheit").status_code == 302, "noch nicht angemeldet"
    assert send(client, "/anmelden/dienst/faktor", code="000000").status_code == 401
    assert send(client, "/anmelden/dienst/faktor", code=totp.now()).status_code == 302
    assert "Kreis Beispiel" in client.get("/").text


def test_the_provider_vouches_for_the_factor_by_amr(office: Any, directory: Directory) -> None:
    person(office, "berta", (directory, "amr"))
    directory.who("sub-berta", "pwd mfa")
    assert directory.sign_in(office.app.test_client(), "amr").location == "/"
    directory.who("sub-berta", "pwd")
    assert directory.sign_in(office.app.test_client(), "amr").location == "/anmelden/dienst/faktor"


def test_an_employers_directory_opens_only_that_employer(office: Any, directory: Directory) -> None:
    person(office, "cilli", (directory, "stadt"))
    client = office.app.test_client()
    directory.who("sub-cilli")
    assert directory.sign_in(client, "stadt").location == "/"
    page = client.get("/").text
    assert "Stadt Musterhausen" in page
    assert "Kreis Beispiel" not in page
    assert client.get(office.address("kreis", "/personen")).status_code == 404


def test_unknown_locked_and_left_people_are_refused_alike(office: Any, directory: Directory) -> None:
    person(office, "dora", (directory, "amr"))
    with platform_session(actor="test") as session:
        session.scalars(select(User).where(User.login == "dora")).one().last_day = date(2026, 1, 31)
    before = _accounts()
    texts = set()
    for sub in ("sub-dora", "sub-niemand", "dora"):
        directory.who(sub, "mfa")
        answer = directory.sign_in(office.app.test_client(), "amr")
        assert answer.status_code == 401
        texts.add(re.search(r'role="alert".*?</span></div>', answer.text, re.DOTALL)[0])  # type: ignore[index]  # always shown
    assert len(texts) == 1
    assert _accounts() == before, "eine unbekannte Kennung legt nichts an"


def test_who_is_signed_in_on_both_sides_is_linked(office: Any, directory: Directory) -> None:
    person(office, "emma", kind="employee")
    client = office.app.test_client()
    send(client, "/anmelden", anmeldename="emma", kennwort=SENTENCE)
    page = f"/sicherheit/dienste/{directory.rows['amr'].public_id}"
    assert send(client, page, kennwort="falsch").status_code == 422
    assert "Weiter zu amr" in send(client, page, kennwort=SENTENCE).text
    directory.who("emma-im-verzeichnis")
    assert directory.sign_in(client, "amr").location == "/sicherheit"
    assert "Trennen" in client.get("/sicherheit").text
    fresh = office.app.test_client()
    assert directory.sign_in(fresh, "amr").location == "/"
    assert fresh.get("/sicherheit").status_code == 200
    assert send_to(client, "/sicherheit", f"{page}/trennen").status_code == 302
    assert fresh.get("/sicherheit").status_code == 302, "Sitzungen über den Dienst enden mit der Verknüpfung"
    assert directory.sign_in(office.app.test_client(), "amr").status_code == 401


def send_to(client: FlaskClient, page: str, action: str) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(action, data={"csrf_token": found[1]})


def test_a_foreign_answer_is_worthless(office: Any, directory: Directory) -> None:
    person(office, "franz", (directory, "amr"))
    directory.who("sub-franz", "mfa")
    own, thief = office.app.test_client(), office.app.test_client()
    _there, back = directory.travel(own, "amr")
    assert thief.get(back).status_code == 401, "state gehört zur Sitzung, in der die Anmeldung begann"
    assert own.get(back).location == "/"
    assert own.get(back).status_code == 401, "zweimal gilt sie nicht"


def test_another_nonce_or_verifier_is_refused(office: Any, directory: Directory) -> None:
    person(office, "greta", (directory, "amr"))
    directory.who("sub-greta", "mfa")
    for name in ("nonce", "code_verifier"):
        client = office.app.test_client()
        _there, back = directory.travel(client, "amr")
        with client.session_transaction() as held:
            (key,) = [key for key in held if key.startswith(openid.STATE)]
            held[key]["data"][name] = "x" * 43
            held.modified = True
        assert client.get(back).status_code == 401, name


def test_a_provider_that_says_it_is_another_is_refused(
    office: Any, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = office.app.test_client()
    monkeypatch.setattr(sso, "providers", lambda *_given, **_named: [_other(directory.rows["amr"], directory.issuer)])
    answer = client.get(directory.path("amr"))
    assert answer.status_code == 502
    assert "nicht richtig geantwortet" in answer.text


def _other(row: SsoProvider, issuer: str) -> SsoProvider:
    return SsoProvider(
        id=row.id,
        public_id=row.public_id,
        name=row.name,
        issuer=f"{issuer.replace('localhost', '127.0.0.1')}",
        client=row.client,
        factor_rule="immer",
        accepted_amr="",
        active=True,
    )


def test_settings_are_checked_and_the_secret_is_sealed(directory: Directory) -> None:
    good: dict[str, Any] = {
        "name": "neu",
        "issuer": "https://anmeldung.example",
        "client": "x",
        "secret": "",
        "factor_rule": "immer",
        "accepted_amr": "",
        "employer": None,
        "active": True,
    }
    with platform_session(actor="verwaltung") as session:
        for wrong, words in (
            ({"issuer": "http://anmeldung.example"}, "Adresse mit https"),
            ({"factor_rule": "nie"}, "eine von"),
            ({"factor_rule": "amr"}, "gehören genau zur Regel"),
            ({"name": "amr"}, "gibt es schon"),
            ({"employer": 4711}, "Arbeitgeber gibt es nicht"),
        ):
            with pytest.raises(UserError, match=words):
                sso.save_provider(session, None, **{**good, **wrong})
        row = session.get_one(SsoProvider, directory.rows["immer"].id)
        assert SECRET.encode() not in bytes(row.client_secret or b"")
        assert sso.secret_of(row) == SECRET
        kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "sso.provider")).all()
        assert SECRET not in str([entry.details for entry in kept])


def _accounts() -> int:
    with platform_session(actor="test") as session:
        return len(session.scalars(select(User.id)).all())
