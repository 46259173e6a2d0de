"""Der Server als Prozess: Einstellungsdatei, Geheimnisse aus Dateien, Überwachung, geordnetes Ende, Neustart der
Datenbank mitten im Betrieb."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psycopg
import pytest

from tenants.db import engine, passwords
from tenants.db.engine import Dsns
from tenants.security import masterkey

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


def ask(address: str, **headers: str) -> tuple[int, str]:
    try:
        with urlopen(Request(address, headers=headers), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()


@pytest.fixture
def running(database: Dsns, tmp_path: Path) -> Iterator[Any]:
    """Server in eigenem Prozess gegen die Datenbank des Tests."""
    port, watch = free_port(), free_port()
    secrets = {"owner": database.owner, "app": database.app, "platform": database.platform,
               "schluessel": base64.b64encode(masterkey.current().secret).decode(), "wort": "w" * 40}
    for name, content in secrets.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    (tmp_path / "kreislohn.toml").write_text(f"""
[server]
data = "{tmp_path}/daten"
port = {port}
names = ["lohn.example"]
[database]
owner_url_file = "{tmp_path}/owner"
app_url_file = "{tmp_path}/app"
platform_url_file = "{tmp_path}/platform"
[keys]
master_key_file = "{tmp_path}/schluessel"
[log]
format = "json"
level = "info"
[metrics]
address = "127.0.0.1:{watch}"
token_file = "{tmp_path}/wort"
""", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KREISLOHN_")}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, str(ROOT / "app.py"), "serve"], stderr=log, stdout=log, cwd=ROOT,
                                   env={**environment, "KREISLOHN_CONFIG": str(tmp_path / "kreislohn.toml")})
    try:
        begun = time.monotonic()
        while True:
            try:
                if ask(f"http://127.0.0.1:{watch}/readyz")[0] == 200:
                    break
            except (URLError, OSError):
                assert process.poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
                assert time.monotonic() - begun < 120
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{watch}", process, tmp_path / "log"
    finally:
        process.kill()
        process.wait(30)


def test_a_server_from_its_file_through_a_lost_connection_to_its_end(running: Any, postgres: Any) -> None:
    main, watch, process, log = running
    own = {"Host": "lohn.example", "X-Forwarded-Proto": "https", "X-Request-ID": "probe-0001"}
    assert ask(f"{main}/anmelden", **own)[0] == 200
    assert ask(f"{main}/anmelden")[0] == 400, "unter fremdem Namen antwortet er nicht"
    assert ask(f"{watch}/metrics")[0] == 401
    # The database loses every connection, as in a restart: the next requests get new ones instead of an error.
    name = str(engine.current().app.url.database)
    with psycopg.connect(postgres.dsn(passwords.SUPERUSER, "postgres"), autocommit=True) as admin:
        ended = admin.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s",
                              (name,)).fetchone()
    assert ended is not None
    form = {**own, "Content-Type": "application/x-www-form-urlencoded"}
    assert [ask(f"{main}/anmelden", **own)[0] for _ in range(3)] == [200, 200, 200]
    assert ask(f"{main}/verwaltung/nachtlauf", **form)[0] in (200, 302)
    code, text = ask(f"{watch}/metrics", Authorization=f"Bearer {'w' * 40}")
    assert code == 200
    assert "kreislohn_database_up 1.0" in text
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    assert any(one.get("request_id") == "probe-0001" and "/anmelden" in one["message"] for one in lines)
