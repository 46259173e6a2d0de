"""Spuren: Anfragen, Schritte, Arbeiten; nichts über Menschen; ohne Pakete und ohne Angabe geschieht nichts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from payroll.bench import close
from payroll.cli import kreislohn
from payroll.runs import service as runs
from payroll.runs.errors import RunRefused
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session
from tenants.db.setup import Connected
from tenants.operation import nightly, queue, tracing
from tenants.operation.nightly import Job, Night

ROOT = Path(__file__).parents[2]
Told = Callable[[], list[ReadableSpan]]


@pytest.fixture
def told() -> Iterator[Told]:
    """Was der Sammler bekäme."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracing.use(provider)
    yield lambda: list(kept.get_finished_spans())
    tracing.use(None)
    provider.shutdown()


def marks(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def test_a_run_leaves_its_steps_with_counts_and_no_person(database: Dsns, told: Told) -> None:
    tenant, month = close.employer_with(3), date(2026, 1, 1)
    with tenant_session(tenant, actor=close.CLERK) as session:
        lauf = runs.calculate(session, month, key="spur")
        shown, people = str(lauf.ergebnis_hash), lauf.anzahl
    assert people > 0
    with pytest.raises(RunRefused), tenant_session(tenant, actor=close.HEAD) as session:
        runs.release(session, month, ergebnis_hash=shown)
    first, second = told()
    assert (first.name, marks(first)) == ("lauf rechnen", {"kreislohn.month": "2026-01", "kreislohn.people": people})
    assert (second.name, marks(second)) == ("lauf freigeben", {"error.type": "RunRefused"})
    assert (second.status.is_ok, second.status.description, second.events) == (False, None, ())


def test_a_job_of_the_queue_holds_what_it_did(database: Dsns, told: Told) -> None:
    def action(arguments: Mapping[str, str], last: bool) -> None:
        with tracing.span("lauf rechnen"):
            assert arguments == {"mandant": "4711"}

    queue.defer("probe", {"mandant": "4711"}, once="spur")
    worker = threading.Thread(target=queue.work, args=({"probe": action},), kwargs={"wait": False, "signals": False})
    worker.start()
    worker.join()
    inner, outer = told()
    assert (outer.name, marks(outer)) == ("arbeit probe", {"kreislohn.job": "probe", "kreislohn.attempt": 0})
    assert outer.context is not None
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id
    assert "4711" not in outer.to_json()


def test_a_job_of_the_night_tells_its_outcome(database: Dsns, told: Told, tmp_path: Path) -> None:
    def broken(_: Night) -> str:
        raise ValueError("Öztürk, DE02120300000000202051")

    night = Night(date(2026, 11, 25), Connected(database), tmp_path)
    list(nightly.run((Job("siegel", broken), Job("stufen", lambda _: "Öztürk")), night))
    assert [(one.name, marks(one)["kreislohn.outcome"]) for one in told()] == [
        ("nachtlauf siegel", "misslungen"), ("nachtlauf stufen", "gelungen")]
    assert not any("zt" in one.to_json() or "DE02" in one.to_json() for one in told())


def test_only_known_marks_leave_the_house(told: Told) -> None:
    with pytest.raises(ValueError, match="name gibt es nicht"), tracing.span("probe", {"name": "Öztürk"}):
        raise AssertionError
    assert told() == []


def test_without_the_setting_nothing_is_loaded_and_without_the_packages_it_says_so() -> None:
    quiet = "import sys, app; from tenants.operation import tracing\nwith tracing.span('x', {'name': 'y'}): pass\n"
    seen = subprocess.run([sys.executable, "-c", f"{quiet}print([m for m in sys.modules if 'opentelemetry' in m])"],
                          cwd=ROOT, capture_output=True, text=True, check=True)
    assert seen.stdout == "[]\n"
    hidden = "import sys; sys.modules['opentelemetry'] = None\nimport app; sys.argv[1:] = ['nightly']; app.main()"
    refused = subprocess.run([sys.executable, "-c", hidden], cwd=ROOT, capture_output=True, text=True, check=False,
                             env={**os.environ, tracing.VARIABLE: "http://127.0.0.1:4318/v1/traces"})
    assert refused.returncode == 1
    assert "kreislohn[otel] einrichten" in refused.stderr


@pytest.mark.parametrize("address", ["127.0.0.1:4318", "http://sammler.example/v1/traces", "https://n:k@x.example/",
                                     "ftp://127.0.0.1/", "http://[::1", "http://127.0.0.1:99999/",
                                     "http://127.0.0.1:0/", "http://127.0.0.1:x/"])
def test_a_collector_elsewhere_needs_a_safe_way(address: str) -> None:
    done = CliRunner().invoke(kreislohn, ["config", "check"], env={tracing.VARIABLE: address})
    assert done.exit_code == 1
    assert "außerhalb dieser Maschine mit https" in done.output


class Collector(BaseHTTPRequestHandler):
    """Nimmt Spuren an und merkt sich die Bytes."""

    got: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        """Eine Sendung."""
        self.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Schweigt."""


class Full(Collector):
    """Nimmt nichts an."""

    got: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        """Eine Sendung, die noch einmal kommen darf."""
        self.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(503)
        self.end_headers()


def test_a_lost_collector_holds_nobody_up_for_long() -> None:
    server = HTTPServer(("127.0.0.1", 0), Full)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    end = tracing.export(f"http://127.0.0.1:{server.server_port}/v1/traces")
    with tracing.span("probe"):
        pass
    end()
    server.shutdown()
    server.server_close()
    assert 1 <= len(Full.got) <= 2, "in zwei Sekunden ein zweiter Versuch, nie die vier der Vorgabe"


def test_a_command_sends_its_spans_to_a_real_collector(database: Dsns, tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/v1/traces"
    environment = {**os.environ, "KREISLOHN_DATABASE_URL_OWNER": database.owner, "KREISLOHN_DATABASE_URL_APP":
                   database.app, "KREISLOHN_DATABASE_URL_PLATFORM": database.platform, tracing.VARIABLE: address}
    done = subprocess.run([sys.executable, "app.py", "nightly", "--job", "technisches", "--data", str(tmp_path)],
                          cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    server.shutdown()
    server.server_close()
    assert done.returncode == 0, done.stderr
    assert {path for path, _ in Collector.got} == {"/v1/traces"}
    sent = b"".join(body for _, body in Collector.got)
    assert b"nachtlauf technisches" in sent
    assert json.dumps("gelungen").strip('"').encode() in sent
