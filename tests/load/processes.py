"""Prozesse des Produktionsservers für eine Messung: dieselben Grenzen wie „kreislohn serve“, hinter einem Vermittler.

    python tests/load/processes.py ANGABEN    (so ruft ein Messprogramm sie auf)
"""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from datetime import date
from pathlib import Path

import app as application
from payroll.bench.close import connect
from payroll.serve_command import LIMITS, THREADS
from tenants.db.engine import Dsns
from tenants.models import User
from tenants.users.service import issue_one_time_link
from tenants.web.settings import Settings

ROOT = Path(__file__).parents[2]
SECRET, PATIENCE = b"z" * 32, 300.0


def settings(today: date) -> Settings:
    """Einstellungen der Server; ein Vermittler davor sagt, von wem eine Anfrage kommt."""
    return Settings(SECRET, https=False, demonstration=True, proxies=1, today=lambda: today)


@contextmanager
def servers(dsns: Dsns, number: int, today: date) -> Iterator[list[str]]:
    """Adressen von number Prozessen, die antworten, bis der Block endet."""
    ports = [_free_port() for _ in range(number)]
    running = [subprocess.Popen([sys.executable, __file__, json.dumps([*astuple(dsns), port, today.isoformat()])],
                                cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) for port in ports]
    try:
        for port, process in zip(ports, running, strict=True):
            _wait(port, process)
        yield [f"http://127.0.0.1:{port}" for port in ports]
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(30)


def signed_in(users: Iterable[User], today: date) -> list[str]:
    """Kekse offener Sitzungen dieser Zugänge, über Einmallinks, wie ein Browser sie nach der Anmeldung hat."""
    app, cookies = application.create_app(settings(today)), []
    for user in users:
        client = app.test_client()
        link = f"/anmelden/einmal/{issue_one_time_link(user)}"
        token = client.get(link).text.partition('name="csrf_token" value="')[2].partition('"')[0]
        client.post(link, data={"csrf_token": token})
        held = client.get_cookie("kreislohn")
        assert held is not None
        cookies.append(f"kreislohn={held.value}")
    return cookies


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE and process.poll() is None:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError(f"Der Server auf Port {port} antwortet nicht.")


def _serve(owner: str, app: str, platform: str, port: int, today: str) -> None:
    from tenants.operation import answering

    connect(Dsns(owner, app, platform))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # the longest wait is measured, not told line by line
    answering.serve(application.create_app(settings(date.fromisoformat(today))), host="127.0.0.1", port=port,
                    threads=THREADS, ident=None, **LIMITS)


if __name__ == "__main__":
    _serve(*json.loads(sys.argv[1]))
