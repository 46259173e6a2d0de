"""Zeichen von Programmen als Angriff: andere Türen, fremde Arbeitgeber, Gegangene, vier Augen, Logs."""

from __future__ import annotations

import io
import logging
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from realm import TODAY, Realm, form_key
from sqlalchemy import select
from storm import Ear

from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.interfaces import service
from tenants.models import Mandate, User
from tenants.permissions import permissions_of
from tenants.users import deputies, presence
from tenants.users.mandates import end_mandate, give_mandate
from tenants.users.service import create_user, deactivate, issue_one_time_link, reactivate

LAST = date(2027, 6, 30)
ALL = tuple(service.SCOPES)
BOTH = permissions_of(["clerk", "head", "organisation"])
MORROW, DAY = TODAY + timedelta(days=1), timedelta(days=1)


def issued(realm: Realm, actor: str, scopes: tuple[str, ...] = ALL, side: str = "own") -> str:
    with tenant_session(getattr(realm, side).tenant.id, actor=actor) as session:
        return service.issue(session, f"Probe {uuid.uuid4().hex[:8]}", scopes, LAST, today=TODAY, rights=BOTH)[1]


def person(realm: Realm, login: str, *roles: str) -> User:
    with platform_session(actor="test") as session:
        user = create_user(session, f"{login}.{uuid.uuid4().hex[:6]}", login.title(), demonstration=True)
        for role in roles:
            give_mandate(session, realm.own.tenant.id, user, role, date(2020, 1, 1))
        return user


def call(realm: Realm, token: str, path: str = "/stellen", **more: Any) -> Any:
    method = more.pop("method", "POST" if "json" in more else "GET")
    return realm.app.test_client().open(f"/api/v1{path}", method=method, **more,
                                        headers={"Authorization": f"Bearer {token}"})


def test_a_token_opens_no_page_and_a_page_no_token(realm: Realm) -> None:
    """Jede Seite mit dem Zeichen statt einer Anmeldung, in jedem Kopf, in dem jemand eines suchen könnte."""
    token, own = issued(realm, "eig.clerk"), realm.own.tenant.public_id
    client = realm.app.test_client()
    for name in ("Authorization", "X-API-Key", "X-Auth-Token", "Cookie"):
        value = f"kreislohn={token}" if name == "Cookie" else f"Bearer {token}" if name == "Authorization" else token
        for path in ("/", f"/mandanten/{own}/personen", f"/mandanten/{own}/schnittstelle", "/sicherheit"):
            answer = client.get(path, headers={name: value})
            assert answer.status_code in (302, 404), (name, path)
            assert answer.headers.get("Location", "/anmelden").endswith("/anmelden")
    for sent in ({"token": token}, {"access_token": token}, {"zeichen": token}):
        assert client.get("/api/v1/stellen", query_string=sent).status_code == 401
    for scheme in ("Basic", "Token", "", "bearerx"):
        assert client.get("/api/v1/stellen", headers={"Authorization": f"{scheme} {token}"}).status_code == 401
    assert call(realm, token).status_code == 200


def test_a_token_stays_with_its_employer(realm: Realm) -> None:
    mine, theirs = issued(realm, "eig.clerk"), issued(realm, "fremd.clerk", side="foreign")
    with realm.superuser() as admin:
        query = "SELECT public_id::text AS one FROM zeit_datei WHERE tenant_id = %s LIMIT 1"
        foreign = admin.execute(query, (realm.foreign.tenant.id,)).fetchone()
    for extra in ({"mandant": str(realm.foreign.tenant.public_id)}, {"tenant": str(realm.foreign.tenant.id)}):
        own, other = (call(realm, token, query_string=extra).json["stellen"] for token in (mine, theirs))
        assert own == call(realm, mine).json["stellen"]
        assert other == call(realm, theirs).json["stellen"]
    number = str(foreign["one"]) if foreign is not None else str(uuid.uuid4())
    assert call(realm, mine, f"/zeiten/{number}").status_code == 404
    swapped = f"{mine[:37]}{theirs[37:]}"
    assert call(realm, swapped).status_code == 401


@pytest.mark.parametrize("scope", ["stellen.lesen", "tatsachen.lesen", "zeiten.schreiben", "pflichten.lesen"])
def test_each_scope_opens_only_its_ways(realm: Realm, scope: str) -> None:
    token = issued(realm, "eig.clerk", (scope,))
    ways = {"stellen.lesen": "/stellen", "tatsachen.lesen": "/tatsachen", "personal.folgen": "/personalereignisse",
            "buchungen.lesen": "/buchungen?monat=2026-01", "ergebnisse.lesen": "/ergebnisse?monat=2026-01"}
    for needed, path in ways.items():
        assert (call(realm, token, path).status_code == 403) is (needed != scope), path
    assert (call(realm, token, "/tatsachen", json={}).status_code == 403), "lesen schreibt nicht"
    assert (call(realm, token, "/zeiten", json={}).status_code == 403) is (scope != "zeiten.schreiben")
    for method in ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        assert call(realm, token, "/tatsachen", method=method).status_code in (200, 403, 405)
    calendar = realm.app.test_client().get(f"/kalender/{token}/pflichten.ics").status_code
    assert calendar == (200 if scope == "pflichten.lesen" else 404)


def test_whoever_left_was_locked_or_stood_in_leaves_no_token_behind(realm: Realm) -> None:
    leaver, locked, deputy = (person(realm, name, *roles) for name, roles in (
        ("geht", ("clerk",)), ("gesperrt", ("clerk",)), ("vertritt", ())))
    with platform_session(actor="test") as session:
        boss = session.get_one(User, realm.own.users["clerk"].id)
        deputies.appoint(session, boss, session.get_one(User, deputy.id), TODAY, MORROW, "Urlaub",
                         (realm.own.tenant.id,))
    tokens = {one.login: issued(realm, one.login) for one in (leaver, locked, deputy)}
    assert {call(realm, token).status_code for token in tokens.values()} == {200}
    with platform_session(actor="test") as session:
        presence.set_days(session, session.get_one(User, leaver.id), None, TODAY, "geht")
        deactivate(session, session.get_one(User, locked.id), "Verdacht")
    assert [call(realm, tokens[one.login]).status_code for one in (leaver, locked, deputy)] == [200, 401, 200]
    now = datetime.now(UTC)
    for one, day in ((leaver, MORROW), (deputy, MORROW + DAY)):
        with pytest.raises(service.NotAdmitted):
            service.admit(tokens[one.login], now=now, today=day)
    assert service.admit(tokens[deputy.login], now=now, today=MORROW), "der letzte Tag gehört dazu"
    with platform_session(actor="test") as session:
        reactivate(session, session.get_one(User, locked.id), "Irrtum")
    assert call(realm, tokens[locked.login]).status_code == 200, "mit dem Mandat lebt er wieder auf"


def test_a_revoked_token_and_its_name_open_nothing_again(realm: Realm) -> None:
    token = issued(realm, "eig.clerk")
    with tenant_session(realm.own.tenant.id, actor="eig.head") as session:
        row = service.revoke(session, uuid.UUID(token[4:36]), reason="Verlust", now=datetime.now(UTC))
        assert row is not None
        _row, again = service.issue(session, row.name, ("stellen.lesen",), LAST, today=TODAY, rights=BOTH)
    assert (call(realm, token).status_code, call(realm, again).status_code) == (401, 200)


def test_whoever_issued_the_token_does_not_release_what_it_brought(realm: Realm) -> None:
    """Beide Rollen in einer Hand, eingereicht durch das Programm, freigegeben im Web: auch nach dem Widerruf nicht."""
    both = person(realm, "beides", "clerk", "head")
    token, month = issued(realm, both.login), "2026-02"
    with realm.superuser() as admin:
        query = "SELECT personalnummer AS one FROM beschaeftigung WHERE tenant_id = %s ORDER BY id LIMIT 1"
        number = admin.execute(query, (realm.own.tenant.id,)).fetchone()
    row = {"personalnummer": str((number or {})["one"]), "datum": f"{month}-03", "schluessel": "ueberstunden",
           "stunden": 2}
    made = call(realm, token, "/zeiten", json={"zeilen": [row]})
    assert made.status_code == 201, made.text
    with tenant_session(realm.own.tenant.id, actor="eig.head") as session:
        service.revoke(session, uuid.UUID(token[4:36]), reason="vorbei", now=datetime.now(UTC))
    client, page = realm.app.test_client(), f"/mandanten/{realm.own.tenant.public_id}/zeiten/dateien/"
    link = f"/anmelden/einmal/{issue_one_time_link(both)}"
    assert client.post(link, data={"csrf_token": form_key(client, link)}).status_code == 302
    page += made.json["kennung"]
    shown = client.get(page)
    assert shown.status_code == 200
    answer = client.post(f"{page}/freigeben", data={"csrf_token": form_key(client, page)})
    assert answer.status_code == 422, answer.text[:200]
    assert "den Zugang der Datei ausgegeben" in answer.text
    with tenant_session(realm.own.tenant.id, actor="test") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "zeitdatei.eingelesen")
                                .order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.actor.startswith("schnittstelle:Probe"), "wer es war, steht im Protokoll"


def test_no_token_in_a_log_or_an_answer(realm: Realm) -> None:
    token = issued(realm, "eig.clerk", ("pflichten.lesen",))
    ear, root = Ear(), logging.getLogger()
    ear.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        answers = [call(realm, token), call(realm, token + "x"),
                   call(realm, token, "/zeiten", json={"zeilen": [token]}),
                   realm.app.test_client().post("/api/v1/zeiten", data=io.BytesIO(token.encode())),
                   realm.app.test_client().get(f"/kalender/{token}/pflichten.ics"),
                   realm.app.test_client().get(f"/kalender/{token}x/pflichten.ics")]
    finally:
        root.removeHandler(ear)
        root.setLevel(level)
    assert len(answers) == 6
    assert token[37:] not in "\n".join(ear.heard)
    assert all(token[37:] not in answer.text for answer in answers[:4])
    with tenant_session(realm.own.tenant.id, actor="test") as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(20)).all()
    assert all(token[37:] not in f"{one.details} {one.subject} {one.actor}" for one in entries)


def test_the_mandate_that_ended_in_the_past_opens_nothing_today(realm: Realm) -> None:
    gone = person(realm, "vorbei", "clerk")
    token = issued(realm, gone.login)
    with platform_session(actor="test") as session:
        row = session.scalars(select(Mandate).where(Mandate.user_id == gone.id)).one()
        end_mandate(session, row, TODAY - DAY, "Wechsel")
    assert call(realm, token).status_code == 401
