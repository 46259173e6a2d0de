"""Betrieb im Web: Leben, Bereitschaft, Nummer je Anfrage, Log ohne Menschen, Messwerte ohne Mandanten."""

from __future__ import annotations

import io
import json
import logging
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from playwright.sync_api import Page
from psycopg.errors import UndefinedColumn
from sqlalchemy.exc import OperationalError, ProgrammingError

import app as application
from migrations import runner
from tenants.db import apart, engine
from tenants.db.engine import OWNER
from tenants.db.server import Server
from tenants.db.session import platform_session
from tenants.operation import logs, readiness, tracing
from tenants.operation.listener import MetricsApplication
from tenants.operation.metrics import Metrics
from tenants.operation.models import NightlyRun
from tenants.users.service import create_user
from tenants.web import uploads
from tenants.web.operation import metrics_of
from tenants.web.settings import Settings
from tests.web.arriving import sign_in
from tests.web.conftest import csrf
from tests.web.test_intake import HEADER, _good


@pytest.fixture
def lines() -> Any:
    stream = io.StringIO()
    root, level = logging.getLogger(), logging.getLogger().level
    handler = logs.install("json", "info", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_life_and_readiness_tell_nothing_else(office: Any) -> None:
    client = office.app.test_client()
    assert client.get("/healthz").json == {"status": "lebt"}
    assert client.get("/readyz").json == {"status": "bereit", "datenbank": True, "hauptschluessel": True}


def test_without_a_database_the_process_lives_but_is_not_ready(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_last", None)
    monkeypatch.setattr(readiness, "_database", lambda: False)
    client = office.app.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "nicht bereit")
    monkeypatch.setattr(readiness, "_last", None)


def test_every_answer_has_a_number_and_the_log_no_people(
    office: Any, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    client = office.client("klara")
    given = {"X-Request-ID": "von-aussen-1"}
    answer = client.get(office.address("kreis", "/personen?suche=Meyer"), headers=given)
    assert answer.status_code == 200
    number = answer.headers["X-Request-ID"]
    assert number != "von-aussen-1", "ohne vorgeschalteten Webserver gilt keine fremde Nummer"
    line = next(one for one in lines() if one.get("request_id") == number)
    assert line["message"] == "GET /mandanten/<uuid:mandant>/personen 200"
    assert line["ms"] > 0
    text = json.dumps(lines())
    assert "Meyer" not in text
    assert str(office.tenants["kreis"].public_id) not in text


def test_behind_a_proxy_its_number_counts_if_it_is_one() -> None:
    app = application.create_app(Settings(b"t" * 32, https=False, proxies=1))
    client = app.test_client()
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345"}).headers["X-Request-ID"] == "abc-12345"
    for wrong in ("kurz", "x" * 65, "a b c d e f g", "ä" * 10):
        assert client.get("/healthz", headers={"X-Request-ID": wrong}).headers["X-Request-ID"] != wrong


def test_an_error_in_the_log_keeps_its_message_to_itself(lines: Callable[[], list[dict[str, Any]]]) -> None:
    try:
        raise ValueError("Öztürk")
    except ValueError:
        logging.getLogger("kreislohn.probe").exception("Fehler")
    assert lines()[-1]["message"] == "Fehler"
    assert "ValueError" in lines()[-1]["error"]
    assert "Öztürk" not in json.dumps(lines(), ensure_ascii=False)


def test_metrics_count_doors_and_know_no_tenant(office: Any) -> None:
    client = office.client("klara")
    client.get(office.address("kreis", "/personen"))
    client.open("/anmelden", method="QUATSCH")
    text = metrics_of(office.app).text().decode()
    assert 'kreislohn_requests_total{door="people",method="GET",status="200"}' in text
    assert 'method="andere"' in text
    assert "kreislohn_database_up 1.0" in text
    assert "kreislohn_request_seconds_bucket" in text
    for name in ("0100", "klara", "Meyer", str(office.tenants["kreis"].public_id)):
        assert name not in text


def test_the_watch_has_its_own_word() -> None:
    said: list[str] = []

    def ask(path: str, word: str = "", token: str = "t" * 32) -> bytes:
        watch = MetricsApplication(Metrics(), token)
        return b"".join(watch({"PATH_INFO": path, "HTTP_AUTHORIZATION": word}, lambda status, _: said.append(status)))

    ask("/metrics")
    ask("/metrics", "Bearer falsch")
    assert b"kreislohn_info" in ask("/metrics", f"Bearer {'t' * 32}")
    assert b"kreislohn_info" in ask("/metrics", token="")
    ask("/passwd")
    ask("/healthz")
    assert [one[:3] for one in said] == ["401", "401", "200", "200", "404", "200"]


def test_a_lost_database_is_named_and_not_an_error_of_ours(settings: Settings) -> None:
    app: Flask = application.create_app(settings)

    def away(*_: object) -> None:
        raise OperationalError("SELECT 'Öztürk'", {}, Exception("server closed the connection"))

    app.before_request_funcs.setdefault(None, []).insert(0, away)
    answer = app.test_client().get("/anmelden")
    assert answer.status_code == 503
    assert "Datenbank ist gerade nicht erreichbar" in answer.text
    assert "Öztürk" not in answer.text


def test_an_older_program_beside_a_newer_database_says_so(
    office: Any, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Was die neuere Fassung umgebaut hat, ist für die ältere eine klare Meldung, kein Fehler ohne Grund; auf
    demselben Stand ist derselbe Fehler einer von uns."""
    monkeypatch.setattr(apart, "FRISCH", -1.0)
    name, client = str(engine.current().app.url.database), office.client("klara")
    page, person = office.address("kreis", "/personen"), office.people["Meyer"].public_id
    entering = office.address("kreis", f"/wiedervorlagen/person/{person}/neu")
    given = {"csrf_token": csrf(client, f"{page}/{person}"), "text": "nachsehen", "faellig": "01.12.2026"}
    with psycopg.connect(postgres.dsn(OWNER, name), autocommit=True) as owner:
        for there, back, ask in (
            ("ALTER TABLE person RENAME TO mensch", "ALTER TABLE mensch RENAME TO person", lambda: client.get(page)),
            ("ALTER TABLE person_angaben RENAME nachname_siegel TO neu", "ALTER TABLE person_angaben RENAME neu TO "
             "nachname_siegel", lambda: client.get(page)),
            ("ALTER TABLE wiedervorlage ADD neu integer NOT NULL", "ALTER TABLE wiedervorlage DROP neu",
             lambda: client.post(entering, data=given)),
        ):
            owner.execute(there)
            try:
                ours = ask()
                owner.execute("UPDATE alembic_version SET version_num = '9999'")
                answer = ask()
            finally:
                owner.execute(back)
                owner.execute("UPDATE alembic_version SET version_num = %s", (runner.head(),))
            assert (ours.status_code, "schiefgegangen" in ours.text) == (500, True), there
            assert "Nummer für die Verwaltung" in ours.text
            assert (answer.status_code, "Gerade wird aktualisiert" in answer.text) == (503, True), there
            assert "Gespeichert wurde nichts" in answer.text
            assert "Nummer für die Verwaltung" in answer.text
    assert client.get(page).status_code == 200
    assert client.post(entering, data=given).status_code == 302


def test_the_state_of_the_database_is_asked_seldom_and_without_it_the_versions_count_as_apart(
    office: Any, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runner.head() == apart.ERWARTET
    missing = ProgrammingError("SELECT", {}, UndefinedColumn("column x does not exist"))
    monkeypatch.setattr(apart, "_gesehen", None)
    assert not apart.versions_apart(ValueError("etwas anderes"))
    assert apart._gesehen is None, "gefragt wird nur, wenn der Fehler danach aussieht"
    assert not apart.versions_apart(missing)
    with psycopg.connect(postgres.dsn(OWNER, str(engine.current().app.url.database)), autocommit=True) as owner:
        owner.execute("REVOKE SELECT ON alembic_version FROM kreislohn_platform")
        try:
            assert not apart.versions_apart(missing), "noch frisch"
            monkeypatch.setattr(apart, "FRISCH", -1.0)
            assert apart.versions_apart(missing)
        finally:
            owner.execute("GRANT SELECT ON alembic_version TO kreislohn_platform")
    assert not apart.versions_apart(missing)


def test_a_full_disk_is_said_and_leaves_nothing_half(
    office: Any, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zweimal kein Platz: in der Zwischenablage des Servers und in der Datenbank; danach geht es weiter."""
    client, page = office.client("klara"), office.address("kreis", "/einlesen")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept, content = resource.getrlimit(resource.RLIMIT_FSIZE), f"{HEADER}\n{_good('S77')}\n".encode()

    def tried() -> Any:
        return client.post(page, data={"csrf_token": csrf(client, page), "datei": (io.BytesIO(content), "a.csv")})

    resource.setrlimit(resource.RLIMIT_FSIZE, (100, kept[1]))
    try:
        full = tried()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
    assert (full.status_code, "kein Platz mehr" in full.text) == (507, True)
    assert "Gespeichert wurde nichts" in full.text
    assert list(uploads.folder().iterdir()) == []
    assert tried().status_code == 200
    person = office.people["Meyer"].public_id
    given = {"csrf_token": csrf(client, office.address("kreis", f"/personen/{person}")), "text": "platz",
             "faellig": "01.12.2026"}
    entering = office.address("kreis", f"/wiedervorlagen/person/{person}/neu")
    with psycopg.connect(postgres.dsn(OWNER, str(engine.current().app.url.database)), autocommit=True) as owner:
        owner.execute("CREATE FUNCTION voll() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                      "RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$; "
                      "CREATE TRIGGER voll BEFORE INSERT ON wiedervorlage FOR EACH ROW EXECUTE FUNCTION voll()")
        try:
            full = client.post(entering, data=given)
        finally:
            owner.execute("DROP TRIGGER voll ON wiedervorlage; DROP FUNCTION voll")
    assert (full.status_code, "kein Platz mehr" in full.text) == (507, True)
    assert client.post(entering, data=given).status_code == 302


def test_the_page_of_the_night_for_the_administration(
    office: Any, serve: Callable[[Flask], str], page: Page, accessible: Callable[[Page], None]
) -> None:
    with platform_session(actor="test") as session:
        office.users["nina"] = create_user(session, "nina", "Nina Nacht", platform_admin=True, demonstration=True)
    client = office.client("nina")
    empty = client.get("/verwaltung/nachtlauf").text
    assert "Überfällig" in empty
    assert "noch nie" in empty
    with platform_session(actor="test") as session:
        for outcome in ("misslungen", "gelungen"):
            session.add(NightlyRun(job="siegel", outcome=outcome, words="3 Ketten gesiegelt",
                                   finished_at=office_now()))
            session.flush()
    text = client.get("/verwaltung/nachtlauf").text
    assert "3 Ketten gesiegelt" in text
    assert text.index("gelungen") < text.index("misslungen")
    assert office.client("klara").get("/verwaltung/nachtlauf").status_code == 403
    address = serve(office.app)

    sign_in(page, address, office.users['nina'])
    page.goto(f"{address}/verwaltung/nachtlauf")
    assert page.get_by_role("heading", level=1).inner_text() == "Nachtlauf"
    accessible(page)


def office_now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def test_a_request_leaves_one_span_with_its_pattern_and_number(office: Any) -> None:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    client = office.client("klara")
    tracing.use(provider)
    try:
        number = client.get(office.address("kreis", "/personen?suche=Meyer")).headers["X-Request-ID"]
        client.get("/healthz")
        client.get(f"/mandanten/{office.tenants['kreis'].public_id}/gibt-es-nicht?x=Meyer")
    finally:
        tracing.use(None)
    found, missing = kept.get_finished_spans()
    assert (found.name, found.kind) == ("GET /mandanten/<uuid:mandant>/personen", SpanKind.SERVER)
    assert dict(found.attributes or {}) == {
        "http.request.method": "GET", "http.route": "/mandanten/<uuid:mandant>/personen", "kreislohn.door": "people",
        "kreislohn.request_id": number, "http.response.status_code": 200}
    assert (missing.name, (missing.attributes or {})["http.response.status_code"]) == ("GET -", 404)
    for word in ("Meyer", "klara", str(office.tenants["kreis"].public_id)):
        assert word not in found.to_json() + missing.to_json()
