"""Jede Rolle gegen jeden Weg: die Tabelle der Rechte sagt, wer hineinkommt, und sonst niemand."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest
from flask import Flask
from harvest import Harvest
from realm import OPEN, Realm
from sorties import ARGUMENT, SAFE
from werkzeug.routing import Rule

from tenants.permissions import ROLE_PERMISSIONS, ROLES, UNIT_ROLES
from tenants.web import access
from tenants.web.access import Access, UnguardedRoute, access_of


@pytest.fixture(scope="module")
def seen(realm: Realm) -> Harvest:
    """Gültige Angaben für die Wege, so weit die Seiten sie zeigen."""
    found = Harvest()
    for role in ("clerk", "head", "employee"):
        found.crawl(realm.attacker(role))
    return found


def _guarded(app: Flask) -> list[tuple[Rule, str, Access]]:
    found = []
    for rule in app.url_map.iter_rules():
        stated = access_of(app, rule.endpoint)
        assert stated is not None
        method = next(name for name in sorted(rule.methods or ()) if name not in ("HEAD", "OPTIONS"))
        if stated.permission is not None:
            found.append((rule, method, stated))
    return found


def _address(rule: Rule, realm: Realm, seen: Harvest) -> str:
    known = (seen.arguments[rule.endpoint] or [{}])[0]
    given = {"mandant": str(realm.own.tenant.public_id), "monat": f"{OPEN:%Y-%m}", **known}
    return ARGUMENT.sub(lambda found: given.get(found[2], _made_up(found[1])), rule.rule)


def _made_up(converter: str | None) -> str:
    if converter and converter.startswith("any("):
        return converter[4:-1].split(",")[0].strip()
    return {"uuid": str(uuid.uuid4()), "int": "1"}.get(converter or "", "x")


@pytest.mark.parametrize("role", ROLES)
def test_the_table_decides_who_comes_in(realm: Realm, seen: Harvest, role: str) -> None:
    who, wrong, counts = realm.attacker(role), [], Counter[str]()
    for rule, method, stated in _guarded(realm.app):
        sent = {} if method in SAFE else {"data": {"csrf_token": who.csrf}}
        answer = who.client.open(_address(rule, realm, seen), method=method, **sent)
        may = stated.permission in ROLE_PERMISSIONS[role] and (stated.by_unit or role not in UNIT_ROLES)
        counts["allowed" if may else "refused"] += 1
        if role == "platform_admin" and "mandant" in rule.arguments:
            fits = answer.status_code == 404  # the platform has no tenant at all
        else:
            fits = (answer.status_code != 403) if may else (answer.status_code == 403)
        if not fits or answer.status_code >= 500:
            wrong.append(f"{method} {rule.rule} verlangt {stated.permission}: {answer.status_code}")
    assert wrong == []
    assert counts["refused"] > 5


def test_nobody_unsigned_comes_in(realm: Realm, seen: Harvest) -> None:
    client, wrong = realm.app.test_client(), []
    for rule, method, _ in _guarded(realm.app):
        answer = client.open(_address(rule, realm, seen), method=method)
        if answer.status_code not in ((302,) if method in SAFE else (400, 401)):
            wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert wrong == []


def test_open_ways_are_few_and_say_why(realm: Realm) -> None:
    open_ways = {
        rule.endpoint: stated.public_reason
        for rule in realm.app.url_map.iter_rules()
        if (stated := access_of(realm.app, rule.endpoint)) is not None and stated.public_reason is not None
    }
    assert all(len(str(reason)) > 5 for reason in open_ways.values())
    assert len(open_ways) < len(_guarded(realm.app)) / 2


def test_an_application_with_an_unstated_way_does_not_start(realm: Realm) -> None:
    app = Flask("offen")
    app.add_url_rule("/offen", "offen", lambda: "x")
    with pytest.raises(UnguardedRoute, match="/offen"):
        access.require_stated(app)
