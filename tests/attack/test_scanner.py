"""Prüfprogramm von außen gegen den laufenden Server: findet gepflanzte Lücken und an der Anwendung keine."""

from __future__ import annotations

from pathlib import Path

import pytest
import scanner
from flask import Flask, Response, redirect, request
from realm import Realm

from tenants.security import passwords

PROBING = ("xss", "permanentxss", "sql", "crlf", "redirect")
READING = ("csp", "cookieflags", "http_headers", "csrf")
MODULES = (*PROBING, *READING)
OPEN = ("POST /anmelden", "POST /anmelden/brief", "POST /sprache", "POST /farben")
SEEN = ("GET /anmelden", "GET /anmelden/brief", "GET /stellen")
ENOUGH = 20  # different attacks on one address; how many there are depends on its fields, never on the time


@pytest.fixture(autouse=True)
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kennwörter rechnet hier niemand nach: jede Anfrage der Anmeldung kostete sonst 64 MiB."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "PARAMETERS", f"$argon2id$v=19$m=64,t={passwords.ITERATIONS},p={passwords.LANES}$")
    monkeypatch.setattr(passwords, "_decoy", [])


def leaky() -> Flask:
    """Anwendung mit je einer Lücke der Arten, nach denen gesucht wird."""
    app = Flask("undicht")

    @app.get("/")
    def home() -> Response:
        answer = Response(
            '<html><body><a href="/suche?wort=a">a</a> <a href="/weiter?ziel=a">b</a> <a href="/zeile?nr=1">c</a>'
            '<form method="post" action="/merken"><input name="satz"><input type="submit"></form></body></html>')
        answer.set_cookie("undicht", "1")
        return answer

    @app.get("/suche")
    def search() -> str:
        return f"<html><body><p>Gesucht: {request.args.get('wort', '')}</p></body></html>"

    @app.get("/weiter")
    def onward() -> Response:
        return redirect(request.args.get("ziel", "/"))  # type: ignore[return-value]  # Werkzeug's answer

    @app.get("/zeile")
    def row() -> str:
        broken = "'" in request.args.get("nr", "")
        return "ERROR: syntax error at or near \"'\" (PostgreSQL query failed: ERROR)" if broken else "eine Zeile"

    @app.post("/merken")
    def keep() -> str:
        return "<html><body>gemerkt</body></html>"

    return app


def test_planted_holes_are_found(tmp_path: Path) -> None:
    """Sonst bewiese ein leerer Bericht nichts."""
    with scanner.served(leaky()) as (root, log):
        found = scanner.scan(tmp_path, f"{root}/", MODULES)
    kinds = {name for name, entries in found.items() if entries}
    assert {"Reflected Cross Site Scripting", "Open Redirect", "SQL Injection", "Cross Site Request Forgery",
            "Content Security Policy Configuration", "HttpOnly Flag cookie"} <= kinds, sorted(kinds)
    assert log.variants("GET", "/suche") > 2
    assert scanner.unexpected(found) != []


def test_no_hole_where_everyone_may_look(realm: Realm, tmp_path: Path) -> None:
    with scanner.served(realm.app) as (root, log):
        found = scanner.scan(tmp_path, f"{root}/", MODULES, start=("/anmelden", "/anmelden/brief", "/stellen"))
    assert scanner.unexpected(found) == []
    assert {door: len(log.sent[door]) for door in OPEN if len(log.sent[door]) < ENOUGH} == {}
    assert {door: log.states[door] for door in SEEN if log.states[door] != {200}} == {}
    assert {401, 400} <= log.states["POST /anmelden"], "die Anmeldung hat die Angriffe wirklich geprüft"


def test_no_hole_behind_the_sign_in(realm: Realm, tmp_path: Path) -> None:
    """Liste der Personen mit Suche, Ordnung, Seiten und Ausfuhren, dazu Seiten von Personen."""
    who = realm.attacker("clerk")
    cookie, people = who.client.get_cookie("kreislohn"), f"/mandanten/{who.tenant}/personen"
    assert cookie is not None
    with scanner.served(realm.app) as (root, log):
        found = scanner.scan(tmp_path, f"{root}{people}", MODULES, files_per_folder=2,
                             cookie=f"kreislohn={cookie.value}")
    assert scanner.unexpected(found) == []
    assert log.variants("GET", people) > 5 * ENOUGH
    assert 200 in log.states[f"GET {people}"], "die Sitzung galt nicht: es wäre nur die Anmeldung geprüft"
    assert any(door.startswith(f"GET {people}/") and 200 in seen for door, seen in log.states.items())
