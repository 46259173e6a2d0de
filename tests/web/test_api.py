"""Schnittstelle für Programme: Zeichen, Bereiche, Grenze der Mandanten, dieselben Prüfungen, Protokoll, Zähler."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Page
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import func, select

from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben
from payroll.masterdata.service import record_fact
from payroll.web.api import description
from payroll.web.desk.interface_pages import SCOPES as WORDS
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session, tenant_session
from tenants.interfaces import service
from tenants.interfaces.models import ApiAccess
from tenants.models import Mandate, User
from tenants.permissions import permissions_of
from tenants.users import presence
from tenants.users.mandates import end_mandate, give_mandate
from tenants.users.service import create_user
from tests.web.arriving import sign_in

EXAMPLES = int(os.environ.get("SCHNITTSTELLE_BEISPIELE", "6"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
TODAY, LAST = date(2026, 11, 25), date(2027, 11, 24)
CLERK, PLANNER = permissions_of(["clerk"]), permissions_of(["organisation"])
ALL = tuple(scope for scope, right in service.SCOPES.items() if right in CLERK)
PERSON = {"personalnummer": "20001", "nachname": "Neumann", "vorname": "Kim", "geburtsdatum": "1988-02-03",
          "art": "tarif", "eintritt": "2026-10-01", "gueltig_ab": "2026-10-01", "kostenstelle": "4711"}


@pytest.fixture
def ask(office: Any) -> Callable[..., Any]:
    """Ruft die Schnittstelle mit einem frischen Zeichen des Mandanten auf."""

    def call(path: str, scopes: tuple[str, ...] = ALL, tenant: str = "kreis", **given: Any) -> Any:
        token = given.pop("token", None) or issued(office, tenant, scopes)
        method = "POST" if "json" in given or "data" in given else "GET"
        return office.app.test_client().open(f"/api/v1{path}", method=method,
                                             headers={"Authorization": f"Bearer {token}"}, **given)

    return call


def issued(office: Any, tenant: str = "kreis", scopes: tuple[str, ...] = ALL, last: date = LAST,
           actor: str = "klara", rights: frozenset[str] = CLERK) -> str:
    with tenant_session(office.tenants[tenant].id, actor=actor) as session:
        return service.issue(session, f"Probe {uuid.uuid4().hex[:8]}", scopes, last, today=TODAY, rights=rights)[1]


def token_of(client: Any, address: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(one["feld"], one["regel"]) for one in answer.json["fehler"]]


def test_the_description_names_every_way_and_no_other(office: Any) -> None:
    ways = {(re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule), method.lower())
            for rule in office.app.url_map.iter_rules() if rule.endpoint.startswith("api.")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    told = office.app.test_client().get("/api/v1/openapi.json").json
    assert told == json.loads(json.dumps(description.document()))
    assert {(f"/api/v1{path}", method) for path, methods in told["paths"].items() for method in methods} == ways
    assert set(WORDS) == set(service.SCOPES)


def test_without_a_valid_token_nothing_opens(office: Any, ask: Callable[..., Any]) -> None:
    good = issued(office)
    other = issued(office, "stadt")
    mixed = f"{good[:37]}{other[37:]}"
    for token in ("", "x", mixed, good[:-1] + ("A" if good[-1] != "A" else "B"), f"krl_{'0' * 32}_{'a' * 43}"):
        answer = office.app.test_client().get("/api/v1/stellen", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert faults(answer) == [("Authorization", "Das Zeichen fehlt oder gilt nicht")]
    signed_in = office.client("klara")
    assert signed_in.get("/api/v1/stellen").status_code == 401, "eine Anmeldung am Schreibtisch zählt hier nicht"
    assert ask("/stellen", token=good).status_code == 200


def test_a_token_ends_with_its_day_its_revocation_and_its_employer(office: Any) -> None:
    now = datetime.now(UTC)
    token = issued(office, last=TODAY)
    assert service.admit(token, now=now, today=TODAY).name.startswith("Probe")
    with pytest.raises(service.NotAdmitted):
        service.admit(token, now=now, today=TODAY + timedelta(days=1))
    with pytest.raises(service.NotAdmitted):
        service.admit(token, now=now, today=TODAY - timedelta(days=1))
    public_id = uuid.UUID(token[4:36])
    with tenant_session(office.tenants["stadt"].id, actor="hugo") as session:
        assert service.revoke(session, public_id, reason="fremd", now=now) is None
    with tenant_session(office.tenants["kreis"].id, actor="hugo") as session:
        with pytest.raises(service.AccessRefused, match="Grund"):
            service.revoke(session, public_id, reason=" ", now=now)
        service.revoke(session, public_id, reason="Programm abgelöst", now=now)
    with pytest.raises(service.NotAdmitted):
        service.admit(token, now=now, today=TODAY)


def test_a_token_ends_with_the_mandate_of_its_issuer_and_narrows_with_it(office: Any) -> None:
    kreis, now = office.tenants["kreis"].id, datetime.now(UTC)
    with platform_session(actor="test") as session:
        berta = office.users["berta"] = create_user(session, "berta", "Berta", demonstration=True)
        clerk = give_mandate(session, kreis, berta, "clerk", date(2020, 1, 1))
        key = (clerk.tenant_id, clerk.id)
    with tenant_session(kreis, actor="berta") as session:
        row, token = service.issue(session, "Uhr der Berta", ["zeiten.schreiben", "stellen.lesen"], LAST, today=TODAY,
                                   rights=CLERK)
    assert service.admit(token, now=now, today=TODAY).scopes == {"zeiten.schreiben", "stellen.lesen"}
    with platform_session(actor="test") as session:
        end_mandate(session, session.get_one(Mandate, key), TODAY, "Wechsel")
        give_mandate(session, kreis, session.get_one(User, berta.id), "head", TODAY + timedelta(days=1))
    assert "zeiten.schreiben" in service.admit(token, now=now, today=TODAY).scopes
    morrow = TODAY + timedelta(days=1)
    assert service.admit(token, now=now, today=morrow).scopes == {"stellen.lesen"}
    with platform_session(actor="test") as session:
        presence.set_days(session, session.get_one(User, berta.id), None, morrow, "geht")
    assert service.admit(token, now=now, today=morrow).scopes == {"stellen.lesen"}
    with pytest.raises(service.NotAdmitted):
        service.admit(token, now=now, today=morrow + timedelta(days=1))
    with platform_session(actor="test") as session:
        presence.set_days(session, session.get_one(User, berta.id), None, TODAY - timedelta(days=1), "ging früher")
    page = office.client("klara").get(office.address("kreis", "/schnittstelle")).text
    assert "berta hat hier kein Mandat mehr, das Zugänge ausgibt" in page
    answer = office.app.test_client().get("/api/v1/stellen", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    with tenant_session(kreis, actor="test") as session:
        assert service.denied_lately(session, row.public_id, 401)


def test_only_the_hash_is_stored(office: Any) -> None:
    token = issued(office)
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        row = session.scalars(select(ApiAccess).where(ApiAccess.public_id == uuid.UUID(token[4:36]))).one()
        assert len(row.secret_hash) == 32
        assert token[37:] not in str(vars(row))
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("schnittstelle."))).all()
        assert not any(token[37:] in json.dumps(one.details) for one in entries)


def test_each_way_demands_its_scope(ask: Callable[..., Any]) -> None:
    answer = ask("/stellen", scopes=("buchungen.lesen",))
    assert answer.status_code == 403
    assert "stellen.lesen" in answer.json["fehler"][0]["regel"]


def test_nobody_issues_more_than_they_may_do(office: Any) -> None:
    address = office.address("kreis", "/schnittstelle")
    hugo = office.client("hugo")
    assert {scope for scope in service.SCOPES if f'value="{scope}"' in hugo.get(address).text} == {
        "tatsachen.lesen", "zeiten.lesen", "ergebnisse.lesen", "stellen.lesen", "buchungen.lesen", "personal.folgen",
        "pflichten.lesen"}
    for scope, status in (("zeiten.schreiben", 422), ("tatsachen.schreiben", 422), ("stellen.lesen", 200)):
        answer = hugo.post(address, data={"name": f"Leitung {scope}", "bereich": ["personal.folgen", scope],
                                          "csrf_token": token_of(hugo, address), "bis": "31.12.2026"})
        assert (answer.status_code, "Sachbearbeitung um diesen Zugang bitten" in answer.text) == (status, status == 422)
        assert ('id="zeichen"' in answer.text) == (status == 200)
    klara = office.client("klara")
    every = {"name": "Uhr", "bereich": list(ALL), "bis": "31.12.2026", "csrf_token": token_of(klara, address)}
    assert klara.post(address, data=every).status_code == 200
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        held = session.scalars(select(ApiAccess.scopes).where(ApiAccess.created_by == "hugo")).all()
    assert held == ["personal.folgen stellen.lesen"]


def test_what_is_turned_away_stands_in_the_log_once_a_minute(
    ask: Callable[..., Any], office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = issued(office, scopes=("stellen.lesen",))
    public_id, wrong = uuid.UUID(token[4:36]), token[:37] + "a" * 43
    statuses = [ask(path, token=sent).status_code for path, sent in
                (("/buchungen?monat=2026-11", token), ("/stellen", wrong), ("/buchungen?monat=2026-11", wrong))]
    monkeypatch.setattr(service.admit, "__kwdefaults__", {"most": 1})
    statuses += [ask("/stellen", token=token).status_code for _turn in range(3)]
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"zugang:{public_id}",
                                                        AuditEntry.action == "schnittstelle.abgelehnt")
                               .order_by(AuditEntry.id)).all()
        monkeypatch.setattr(service, "WINDOW", timedelta(0))
        assert not service.denied_lately(session, public_id, 429), "eine Minute später zählt die nächste"
    assert statuses == [403, 401, 401, 429, 429, 429]
    assert [(one.details["status"], one.details["bereich"], one.actor == "schnittstelle") for one in rows] == [
        (403, "buchungen.lesen", False), (401, "stellen.lesen", True), (429, "stellen.lesen", False)]


def test_the_minute_is_counted_over_all_servers(office: Any) -> None:
    token, now = issued(office), datetime.now(UTC)
    for _turn in range(3):
        service.admit(token, now=now, today=TODAY, most=3)
    with pytest.raises(service.TooMany) as many:
        service.admit(token, now=now + timedelta(seconds=20), today=TODAY, most=3)
    assert 30 <= many.value.seconds <= 45
    assert service.admit(token, now=now + timedelta(seconds=61), today=TODAY, most=3)


def test_too_many_calls_say_how_long(ask: Callable[..., Any], office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service.admit, "__kwdefaults__", {"most": 1})
    token = issued(office)
    assert ask("/stellen", token=token).status_code == 200
    answer = ask("/stellen", token=token)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 61


def test_facts_go_through_the_checks_of_a_file(ask: Callable[..., Any], office: Any) -> None:
    wrong = {"grund": "Personalverfahren", "blaetter": {"Personen": [{**PERSON, "geburtsdatum": "31.02.1988"}]}}
    answer = ask("/tatsachen", json=wrong)
    assert answer.status_code == 422
    assert any(field == "blaetter.Personen[0].geburtsdatum" for field, _ in faults(answer)), answer.json
    good = {"grund": "Personalverfahren", "blaetter": {"Personen": [PERSON]}}
    trial = ask("/tatsachen", json={**good, "probe": True})
    assert (trial.status_code, trial.json["neu"], trial.json["uebernommen"]) == (200, ["20001"], False), trial.json
    assert numbers(office, "kreis").count("20001") == 0
    assert ask("/tatsachen", json=good).json["neu"] == ["20001"]
    again = ask("/tatsachen", json=good).json
    assert (again["neu"], again["unveraendert"]) == ([], ["20001"])
    assert "20001" not in numbers(office, "stadt")
    read = ask("/tatsachen?tag=2026-11-25").json["blaetter"]["Personen"]
    mine = next(row for row in read if row["personalnummer"] == "20001")
    assert (mine["nachname"], mine["eintritt"]) == ("Neumann", "2026-10-01")
    assert "iban" not in mine
    assert "steuer_id" not in mine


def numbers(office: Any, tenant: str) -> list[str]:
    with tenant_session(office.tenants[tenant].id, actor="test") as session:
        return list(session.scalars(select(Beschaeftigung.personalnummer)))


@pytest.mark.parametrize(("content", "field"), [
    ({}, "grund"),
    ({"grund": "Abgleich"}, "blaetter"),
    ({"grund": "Abgleich", "blaetter": {"Unsinn": []}}, "blaetter"),
    ({"grund": "Abgleich", "blaetter": {"Personen": []}}, "blaetter"),
    ({"grund": "Abgleich", "blaetter": {"Personen": [{"gehalt": 1}]}}, "blaetter.Personen"),
    ({"grund": "Abgleich", "blaetter": {"Personen": [{"plz": [1]}]}}, "blaetter.Personen[0].plz"),
    ({"grund": "Abgleich", "blaetter": {"Personen": [{"plz": "\u0000"}]}}, "blaetter.Personen[0].plz"),
    ({"grund": "Abgleich", "probe": "ja", "blaetter": {"Personen": [PERSON]}}, "probe"),
    ({"grund": "Abgleich", "extra": 1, "blaetter": {"Personen": [PERSON]}}, "extra"),
])
def test_what_is_wrong_is_named(ask: Callable[..., Any], content: dict[str, Any], field: str) -> None:
    answer = ask("/tatsachen", json=content)
    assert answer.status_code == 422
    assert faults(answer)[0][0] == field


def test_what_is_no_json_is_refused(ask: Callable[..., Any]) -> None:
    assert ask("/tatsachen", data=b"{", content_type="application/json").status_code == 400
    assert ask("/tatsachen", data=b'{"grund": NaN}', content_type="application/json").status_code == 400
    assert ask("/tatsachen", data=b"[" * 100_000, content_type="application/json").status_code == 400
    for path in ("/tatsachen", "/zeiten"):
        huge = ask(path, data=b'{"a": 1e99999999999999999999}', content_type="application/json")
        assert huge.status_code == 400, "mehr, als Decimal fasst"
        strange = ask(path, data=b'{"\\ud800": 1}', content_type="application/json")
        assert (strange.status_code, faults(strange)[0]) == (422, ("?", "diese Angabe gibt es nicht"))
    assert ask("/tatsachen", data=b"[]", content_type="application/json").status_code == 422
    assert ask("/tatsachen", data=b"a=b", content_type="text/plain").status_code == 415
    assert ask("/nirgends").json["fehler"][0]["regel"] == "Das gibt es hier nicht"
    assert ask("/ergebnisse", json={}).status_code == 405


def test_times_wait_for_a_second_person(ask: Callable[..., Any]) -> None:
    row = {"personalnummer": "10001", "datum": "2026-11-03", "schluessel": "1620", "stunden": 1.5}
    answer = ask("/zeiten", json={"zeilen": [row, {**row, "personalnummer": "99999"}]})
    assert answer.status_code == 201, answer.json
    assert answer.json["zustand"] != "freigegeben"
    assert sum(answer.json["anzahl"].values()) == 2
    assert any(one["zeile"] == 1 for one in answer.json["beanstandungen"]), answer.json
    same = ask("/zeiten", json={"zeilen": [row, {**row, "personalnummer": "99999"}]})
    assert same.json["kennung"] == answer.json["kennung"]
    assert ask(f"/zeiten/{answer.json['kennung']}").json == answer.json
    assert ask(f"/zeiten/{answer.json['kennung']}", tenant="stadt").status_code == 404
    assert ask(f"/zeiten/{uuid.uuid4()}").status_code == 404
    big = json.dumps({"zeilen": [{**row, "stunden": 0}]}).replace('"stunden": 0', '"stunden": 1e9999999')
    assert ask("/zeiten", data=big.encode(), content_type="application/json").status_code == 422
    for wrong in ({**row, "stunden": True}, {**row, "stunden": 1e9}, {**row, "zuviel": 1}, {"datum": "x"}, 3):
        assert ask("/zeiten", json={"zeilen": [wrong]}).status_code == 422


def test_months_days_and_numbers_of_addresses(ask: Callable[..., Any]) -> None:
    assert ask("/ergebnisse?monat=2026-11").status_code == 404
    assert ask("/buchungen?monat=2026-11").status_code == 404
    for path in ("/ergebnisse", "/ergebnisse?monat=2026-13", "/ergebnisse?monat=²026-11", "/stellen?tag=2026-02-30",
                 "/stellen?tag=0001-01-01", "/personalereignisse?nach=-1", "/personalereignisse?anzahl=9999"):
        assert ask(path).status_code == 422, path


def test_the_feed_loses_nothing_and_knows_only_its_employer(ask: Callable[..., Any], office: Any) -> None:
    start = ask("/personalereignisse?anzahl=1000").json["naechste"]
    person = {**PERSON, "personalnummer": "20002", "nachname": "Folger", "geburtsdatum": "1990-01-01"}
    ask("/tatsachen", json={"grund": "Einstellung", "blaetter": {"Personen": [person]}})
    with tenant_session(office.tenants["kreis"].id, actor="klara") as session:
        job = session.scalars(select(Beschaeftigung).where(Beschaeftigung.personalnummer == "20002")).one()
        common = {"beschaeftigung_id": job.id, "art": "tarif", "eintritt": date(2026, 10, 1)}
        record_fact(session, BeschaeftigungAngaben, valid_from=date(2026, 11, 1), reason="Umsetzung",
                    kostenstelle="4712", **common)
        record_fact(session, BeschaeftigungAngaben, valid_from=date(2026, 12, 1), reason="Kündigung",
                    kostenstelle="4712", austritt=date(2026, 12, 31), **common)
    found = ask(f"/personalereignisse?nach={start}").json
    mine = [one for one in found["ereignisse"] if one["personalnummer"] == "20002"]
    assert [one["art"] for one in mine] == ["eintritt", "wechsel", "austritt"]
    assert mine[-1]["austritt"] == "2026-12-31"
    assert ask(f"/personalereignisse?nach={found['naechste']}").json["ereignisse"] == []
    step, seen = start, []
    while (one := ask(f"/personalereignisse?nach={step}&anzahl=1").json)["weitere"]:
        step, seen = one["naechste"], [*seen, *one["ereignisse"]]
    assert seen == found["ereignisse"]
    with platform_session(actor="test") as session:  # an access counts with the mandate of its issuer only
        give_mandate(session, office.tenants["fremd"].id, create_user(session, "fred", "Fred", demonstration=True),
                     "clerk", date(2020, 1, 1))
    foreign = issued(office, "fremd", ("personal.folgen",), actor="fred")
    assert ask("/personalereignisse", token=foreign).json["ereignisse"] != []
    assert not any(one["personalnummer"] == "20002" for one in
                   ask("/personalereignisse?anzahl=1000", tenant="stadt").json["ereignisse"])


def test_every_use_stands_in_the_log(ask: Callable[..., Any], office: Any) -> None:
    token = issued(office)
    ask("/stellen", token=token)
    ask("/ergebnisse?monat=1", token=token)
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"zugang:{uuid.UUID(token[4:36])}")
                               .order_by(AuditEntry.id)).all()
    assert [one.action for one in rows] == ["schnittstelle.ausgegeben", "schnittstelle.benutzt",
                                            "schnittstelle.abgelehnt"]
    assert rows[1].details["weg"] == "GET /api/v1/stellen"
    assert rows[2].details["status"] == 422
    assert rows[1].actor.startswith("schnittstelle:Probe")


def test_an_error_of_ours_is_json_without_content(ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Öztürk")

    monkeypatch.setattr("payroll.web.api.posts.stand", broken)
    answer = ask("/stellen")
    assert answer.status_code == 500
    assert answer.json["fehler"][0]["regel"].startswith("Da ist bei uns")
    assert "Öztürk" not in answer.text


def test_the_page_shows_the_token_once(
    office: Any, serve: Callable[[Flask], str], page: Page, accessible: Callable[[Page], None]
) -> None:
    for name in ("mia", "rolf"):
        assert office.client(name).get(office.address("kreis", "/schnittstelle")).status_code == 403
    address = serve(office.app)
    sign_in(page, address, office.users['klara'])
    page.goto(f"{address}{office.address('kreis', '/schnittstelle')}")
    page.get_by_label("Name").fill("Zeiterfassung Bauhof")
    page.get_by_label("Letzter Tag").fill("31.12.2029")
    page.get_by_role("button", name="Zugang ausgeben").click()
    assert "Bereiche" in page.get_by_role("alert").inner_text()
    page.get_by_label("Zeiten einreichen").check()
    page.get_by_label("Letzter Tag").fill("31.12.2026")
    page.get_by_role("button", name="Zugang ausgeben").click()
    token = page.locator("#zeichen").inner_text()
    assert service.TOKEN.fullmatch(token)
    accessible(page)
    page.goto(f"{address}{office.address('kreis', '/schnittstelle')}")
    assert token not in page.content()
    panel = page.locator(".kl-panel", has_text="Zeiterfassung Bauhof")
    panel.get_by_label("Grund").fill("abgelöst")
    panel.get_by_role("button", name="Widerrufen").click()
    assert "widerrufen" in page.locator(".kl-panel", has_text="Zeiterfassung Bauhof").inner_text()
    with tenant_session(office.tenants["kreis"].id, actor="test") as session:
        row = session.scalars(select(ApiAccess).where(ApiAccess.name == "Zeiterfassung Bauhof")).one()
        assert (row.scopes, row.revoked_by) == ("zeiten.schreiben", "klara")
        assert session.scalar(select(func.count()).where(AuditEntry.action == "schnittstelle.widerrufen")) >= 1


def test_no_request_breaks_the_interface(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jeder Weg nach seiner eigenen Beschreibung angegriffen: kein Fehler 500, jede Antwort wie beschrieben."""
    monkeypatch.setattr(service.admit, "__kwdefaults__", {"most": 10**9})
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", office.app)
    with platform_session(actor="test") as session:
        everything = create_user(session, "elsa", "Elsa", demonstration=True)
        for role in ("clerk", "organisation"):
            give_mandate(session, office.tenants["kreis"].id, everything, role, date(2020, 1, 1))
    token = issued(office, scopes=tuple(service.SCOPES), actor="elsa", rights=CLERK | PLANNER)
    headers, seen = {"Authorization": f"Bearer {token}"}, set()
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
                  suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def attack(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        attack()
        seen.add(operation.label)
    assert len(seen) == 10, seen
