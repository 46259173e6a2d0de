"""Härtung im Web: Formularschutz, Kekse, Köpfe, Adressen, Grenzen, Fehlerseiten, Logs."""

from __future__ import annotations

import base64
import logging
import uuid
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from realm import Realm, form_key
from sorties import ARGUMENT
from sqlalchemy.exc import IntegrityError
from storm import HEADERS, Ear

import app as application
from tenants.db.session import platform_session
from tenants.models import User
from tenants.users.service import issue_one_time_link
from tenants.web import exports
from tenants.web.access import access_of, public
from tenants.web.settings import Settings

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def _addresses(realm: Realm) -> list[tuple[str, str, str]]:
    """Jeder Weg mit jeder Art der Anfrage: Art, Adresse, Ansicht."""
    given = {"mandant": str(realm.own.tenant.public_id), "monat": "2026-02"}
    found = []
    for rule in realm.app.url_map.iter_rules():
        path = ARGUMENT.sub(lambda one: given.get(one[2], str(uuid.uuid4()) if one[1] == "uuid" else "1"), rule.rule)
        found += [(method, path, rule.endpoint) for method in sorted(rule.methods or ())]
    return found


def test_no_change_without_the_form_key(realm: Realm) -> None:
    who, wrong, tried = realm.attacker("clerk"), [], 0
    keys = (None, "", "x", who.csrf[:-1], form_key(realm.app.test_client(), "/anmelden"))
    for method, path, view in _addresses(realm):
        if method not in UNSAFE:
            continue
        for key in keys:
            tried += 1
            code = who.client.open(path, method=method, data={} if key is None else {"csrf_token": key}).status_code
            if view.startswith("api.") and code == 401:
                continue  # the door for programs knows no cookie: a signed-in person is nobody there
            if code not in ((400, 404) if "any(" in str(view) or code == 404 else (400,)):
                wrong.append(f"{method} {path}: {code}")
    assert tried > 100
    assert wrong == []


def test_no_change_from_another_site(realm: Realm) -> None:
    who = realm.attacker("clerk")
    changing = [(method, path) for method, path, _ in _addresses(realm) if method in UNSAFE]
    sent: dict[str, Any] = {"data": {"csrf_token": who.csrf}, "headers": {"Sec-Fetch-Site": "cross-site"}}
    answers = {path: who.client.open(path, method=method, **sent).status_code for method, path in changing}
    assert len(answers) > 15
    assert set(answers.values()) == {403}


def test_headers_on_every_answer_whatever_it_is(realm: Realm) -> None:
    who, wrong, states = realm.attacker("head"), [], set()
    odd = [("GET", "/gibt/es/nicht", ""), ("BREW", "/", "home"), ("POST", "/", "home"), ("GET", "//x", "")]
    for method, path, view in [*_addresses(realm), *odd]:
        if view == "signin.sign_out":
            continue
        answer = who.client.open(path, method=method)
        states.add(answer.status_code)
        missing = [name for name in HEADERS if name not in answer.headers]
        stated = access_of(realm.app, view) if view else None
        kept = (stated is None or stated.personal) and "no-store" not in answer.headers.get("Cache-Control", "")
        policy = answer.headers.get("Content-Security-Policy", "unsafe")
        if missing or kept or "unsafe" in policy or "*" in policy or "Server" in answer.headers:
            wrong.append(f"{method} {path}: {answer.status_code} {missing} {answer.headers.get('Cache-Control')}")
    assert {200, 302, 400, 403, 404, 405} <= states
    assert wrong == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "localhost@evil.example", "lohn.example.evil"])
def test_the_host_of_the_request_leads_nowhere(realm: Realm, host: str) -> None:
    client = realm.app.test_client()
    for path in ("/", "/anmelden", "/mandanten//x", "/static/%2F%2Fx", "/gibt-es-nicht"):
        answer = client.get(path, headers={"Host": host, "X-Forwarded-Host": host})
        assert host not in answer.headers.get("Location", ""), path
        assert f"//{host}" not in answer.text, path


def test_only_named_hosts_are_served_where_they_are_named(realm: Realm) -> None:
    app = application.create_app(Settings(b"t" * 32, https=False, hosts=("lohn.example",)))
    assert app.test_client().get("/anmelden", headers={"Host": "lohn.example"}).status_code == 200
    refused = app.test_client().get("/anmelden", headers={"Host": "evil.example"})
    assert refused.status_code == 400
    assert all(name in refused.headers for name in HEADERS)


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "/\t/evil.example", "javascript:1"],
)
def test_no_open_redirect(realm: Realm, back: str) -> None:
    client = realm.app.test_client()
    data = {"csrf_token": form_key(client, "/anmelden"), "sprache": "de", "zurueck": back}
    answer = client.post("/sprache", data=data)
    assert answer.status_code in (302, 400)
    assert answer.headers.get("Location", "/") == "/"


TRAVERSALS = ("../app.py", "..%2fapp.py", "%2e%2e%2fapp.py", "....//app.py", "%00", "/etc/passwd", "vendor/..%5c..%5cx")


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_file_outside_is_served(realm: Realm, path: str) -> None:
    who = realm.attacker("clerk")
    tenant = realm.own.tenant.public_id
    for start in ("/static/", f"/mandanten/{tenant}/einlesen/vorlage.", f"/mandanten/{tenant}/einlesen/korrektur/x/"):
        answer = who.client.get(start + path)
        assert answer.status_code in (400, 404), start
        assert "root:" not in answer.text


@pytest.mark.parametrize(
    "value", ["a\r\nX-Injected: 1", "a\nSet-Cookie: x=1", "\x00", "\x0b", "\x7f", "\u2028", "\ufffe"])
def test_control_characters_inject_nothing_and_break_nothing(realm: Realm, value: str) -> None:
    who, tenant = realm.attacker("clerk"), realm.own.tenant.public_id
    auditor = realm.attacker("auditor")
    answers = [
        who.client.get("/suche", query_string={"suche": value}),
        who.client.get(f"/mandanten/{tenant}/personen", query_string={"suche": value, "format": "csv"}),
        who.client.get(f"/mandanten/{tenant}/abrechnung/2026-01/personen", query_string={"suche": value}),
        auditor.client.get(f"/mandanten/{tenant}/protokoll", query_string={"suche": value, "sortierung": value}),
        who.client.post("/sprache", data={"csrf_token": who.csrf, "sprache": "de", "zurueck": f"/{value}"}),
        who.client.post("/anmelden", data={"csrf_token": who.csrf, "anmeldename": value, "kennwort": value}),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert [answer for answer in answers if "X-Injected" in answer.headers] == []
    assert [answer for answer in answers if "x=1" in answer.headers.get("Set-Cookie", "")] == []


@pytest.mark.parametrize("page", ["-1", "0", "9223372036854775807", "9" * 30, "1e9", "x"])
def test_any_page_number_is_answered(realm: Realm, page: str) -> None:
    clerk, auditor, tenant = realm.attacker("clerk"), realm.attacker("auditor"), realm.own.tenant.public_id
    for who, path in (
        (auditor, f"/mandanten/{tenant}/protokoll"),
        (clerk, f"/mandanten/{tenant}/personen"),
        (clerk, f"/mandanten/{tenant}/abrechnung/2026-01/personen"),
    ):
        assert who.client.get(path, query_string={"seite": page}).status_code == 200, path


def test_foreign_and_unknown_ids_look_and_last_the_same(realm: Realm) -> None:
    import re
    import statistics
    import time

    who, own = realm.attacker("clerk"), realm.own.tenant.public_id
    with realm.superuser() as admin:
        query = "SELECT public_id::text AS one FROM person WHERE tenant_id = %s LIMIT 1"
        foreign = str((admin.execute(query, (realm.foreign.tenant.id,)).fetchone() or {})["one"])
    said, spent = {}, {}
    for _ in range(25):
        for name, path in (
            ("foreign tenant", f"/mandanten/{realm.foreign.tenant.public_id}/personen"),
            ("unknown tenant", f"/mandanten/{uuid.uuid4()}/personen"),
            ("foreign person", f"/mandanten/{own}/personen/{foreign}"),
            ("unknown person", f"/mandanten/{own}/personen/{uuid.uuid4()}"),
        ):
            begin = time.perf_counter()
            answer = who.client.get(path)
            spent.setdefault(name, []).append(time.perf_counter() - begin)
            said[name] = (answer.status_code, re.sub(r'value="[^"]*"', "", answer.text))
    assert {code for code, _ in said.values()} == {404}
    assert said["foreign tenant"] == said["unknown tenant"]
    assert said["foreign person"] == said["unknown person"]
    for kind in ("tenant", "person"):
        one, other = (min(spent[f"{word} {kind}"]) for word in ("foreign", "unknown"))
        assert max(one, other) < 5 * min(one, other), (kind, statistics.median(spent[f"foreign {kind}"]))


def test_a_session_is_renewed_signed_and_ended(realm: Realm) -> None:
    client = realm.app.test_client()
    client.get("/anmelden")
    planted = client.get_cookie("kreislohn")
    link = f"/anmelden/einmal/{issue_one_time_link(realm.own.users['auditor'])}"
    assert client.post(link, data={"csrf_token": form_key(client, link)}).status_code == 302
    mine = client.get_cookie("kreislohn")
    assert planted is not None
    assert mine is not None
    assert mine.value != planted.value
    thief = realm.app.test_client()
    for stolen in (planted.value, mine.value[:-2] + "xx", _changed(mine.value), "", "." * 50):
        thief.set_cookie("kreislohn", stolen)
        assert thief.get("/").status_code == 302, stolen
    thief.set_cookie("kreislohn", mine.value)
    assert thief.get("/").status_code == 200
    client.post("/abmelden", data={"csrf_token": form_key(client, "/sicherheit/kennwort")})
    thief.set_cookie("kreislohn", mine.value)
    assert thief.get("/").status_code == 302


def _changed(cookie: str) -> str:
    """Derselbe Keks mit einem anderen Inhalt unter der alten Unterschrift."""
    body, *signature = cookie.lstrip(".").split(".")
    return ".".join([base64.urlsafe_b64encode(b'{"_user_id":"1:1"}').decode().rstrip("="), *signature]) if body else ""


def _breaking(realm: Realm, error: Exception) -> Flask:
    app = application.create_app(Settings(b"t" * 32, https=False))

    @public("Prüfung", personal=True)
    def broken() -> str:
        raise error

    app.add_url_rule("/bricht", "bricht", broken)
    return app


def test_an_error_shows_and_logs_no_content(realm: Realm) -> None:
    ear, root = Ear(), logging.getLogger()
    ear.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root.addHandler(ear)
    try:
        with pytest.raises(IntegrityError) as caught, platform_session(actor="test") as session:
            session.add(User(login="Geheimer.Name", display_name="Geheime Anzeige"))
        answer = _breaking(realm, caught.value).test_client().get("/bricht")
        other = _breaking(realm, ValueError("DE02120300000000202051")).test_client().get("/bricht")
    finally:
        root.removeHandler(ear)
    logged = "\n".join(ear.heard)
    assert (answer.status_code, other.status_code) == (500, 500)
    for text in (answer.text, other.text, logged):
        assert not any(word in text for word in ("Geheim", "DE02120300000000202051", "INSERT INTO", "Traceback (most"))
    assert "IntegrityError" in logged
    assert "ValueError" in logged
    assert "test_hardening.py" in logged
    assert "23514" in logged


def test_parameters_never_reach_an_error_text(realm: Realm) -> None:
    with pytest.raises(IntegrityError) as caught, platform_session(actor="test") as session:
        session.add(User(login="geheim", display_name="Geheime Anzeige", kind="gibtesnicht"))
    assert "[parameters" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"]
)
def test_no_cell_of_a_list_becomes_a_formula(text: str) -> None:
    line = exports.as_csv(("a",), [(text,)]).decode("utf-8-sig").split("\r\n", 1)[1]
    assert line.lstrip('"').startswith("'")


@pytest.mark.parametrize("text", ["a\x0bb", "a\x01b", "a\ufffeb", "a\ud800b"])
def test_no_character_stops_a_whole_list(text: str) -> None:
    """Was eine Datei oder ein altes Verfahren hereintrug, hält die Ausfuhr aller anderen nicht auf."""
    assert exports.as_csv(("a",), [(text,)]).decode("utf-8-sig") == "a\r\na\ufffdb\r\n"
    book = load_workbook(BytesIO(exports.as_xlsx(("a",), [(text,), ("=1+1" + "x" * 40_000,)])))
    assert book.active["A2"].value == "a\ufffdb"
    assert (len(book.active["A3"].value), book.active["A3"].data_type) == (exports.LONGEST, "s")


def test_too_much_is_refused(realm: Realm) -> None:
    who, tenant = realm.attacker("clerk"), realm.own.tenant.public_id
    big = {"csrf_token": who.csrf, "grund": "x" * 600_000}
    assert who.client.post(f"/mandanten/{tenant}/personen/neu", data=big).status_code in (400, 413)
    many = {"csrf_token": who.csrf, **{f"f{number}": "" for number in range(1500)}}
    answer = who.client.post(f"/mandanten/{tenant}/einlesen", data=many, content_type="multipart/form-data")
    assert answer.status_code in (400, 413)
    path, long = f"/mandanten/{tenant}/personen", {"suche": "x" * 100_000}
    assert who.client.get(path, query_string=long).status_code in (200, 414)
