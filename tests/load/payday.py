"""Zahltag: wie viele Anfragen je Sekunde das Portal trägt, mit zwei Prozessen des Produktionsservers und Locust.

    python tests/load/payday.py --people 5000 --seconds 60 --rates 30,45,60 --locust PFAD

Die Anmeldung ist nicht Teil der Messung: die Sitzungen bestehen vorher.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import astuple
from datetime import date
from pathlib import Path

from sqlalchemy import select

import app as application
from payroll.bench.close import CLERK, HEAD, OFFICE, connect, employer_with
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import own_server
from payroll.masterdata.models import Person
from payroll.runs import service as runs
from payroll.serve_command import LIMITS, THREADS
from payroll.statements.publish import close_and_publish
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_employee_access, issue_one_time_link
from tenants.web.settings import Settings
from tests.load.rates import Visit, climb, wishes

ROOT = Path(__file__).parents[2]
SECRET, PROCESSES = b"z" * 32, 2


def settings() -> Settings:
    """Einstellungen des Servers und der Sitzungen."""
    return Settings(SECRET, https=False, demonstration=True, today=lambda: date(2026, 11, 26))


def prepared(people: int) -> list[str]:
    """Arbeitgeber, Menschen, Zugänge, offene Sitzungen, dann der abgeschlossene Monat; die Kekse der Sitzungen."""
    tenant = employer_with(people)
    with tenant_session(tenant, actor=CLERK) as session:
        ids = session.scalars(select(Person.public_id).order_by(Person.id)).all()
    with platform_session(actor="messung") as session:
        users = []
        for number, person in enumerate(ids):
            users.append(create_user(session, f"p{number}", f"Person {number}", kind="employee", demonstration=True))
            give_employee_access(session, tenant, users[-1], person, date(2025, 1, 1))
    app, cookies = application.create_app(settings()), []
    for user in users:
        client = app.test_client()
        link = f"/anmelden/einmal/{issue_one_time_link(user)}"
        token = client.get(link).text.partition('name="csrf_token" value="')[2].partition('"')[0]
        client.post(link, data={"csrf_token": token})
        held = client.get_cookie("kreislohn")
        assert held is not None
        cookies.append(f"kreislohn={held.value}")
    _paid(tenant)
    return cookies


def _paid(tenant: int) -> None:
    with tenant_session(tenant, actor=CLERK) as session:
        shown = str(runs.calculate(session, MONTH, key="zahltag").ergebnis_hash)
    for actor, step in ((CLERK, runs.check), (HEAD, runs.release), (OFFICE, runs.release_municipality),
                        (CLERK, close_and_publish)):
        with tenant_session(tenant, actor=actor) as session:
            step(session, MONTH, ergebnis_hash=shown)


def serve(dsns: Dsns, port: int) -> None:
    """Ein Prozess des Servers, mit denselben Grenzen wie „kreislohn serve“."""
    import waitress

    connect(dsns)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # the longest wait is measured, not told line by line
    waitress.serve(application.create_app(settings()), host="127.0.0.1", port=port, threads=THREADS, ident=None,
                   **LIMITS)


def main() -> int:
    """Misst Rate um Rate, bis eine nicht mehr gehalten wird."""
    wish = wishes(__doc__, "30,45,60,80,100", people=5000)
    with own_server() as (_server, dsns):
        connect(dsns)
        begun = time.monotonic()
        cookies = prepared(wish.people)
        print(f"{wish.people} Menschen mit Sitzung und Abrechnung in {time.monotonic() - begun:.0f} s")
        ports = [_free_port() for _ in range(PROCESSES)]
        servers = [subprocess.Popen([sys.executable, __file__, "--serve", json.dumps([*astuple(dsns), port])], cwd=ROOT,
                                    env={**os.environ, "PYTHONPATH": str(ROOT)}) for port in ports]
        try:
            _wait(ports)
            return climb(wish, Visit("visitors.py", users=60, slowest=500), lambda: {
                "cookies": secrets.SystemRandom().sample(cookies, len(cookies)),
                "hosts": [f"http://127.0.0.1:{port}" for port in ports]})
        finally:
            for one in servers:
                one.terminate()
            for one in servers:
                one.wait(20)


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _wait(ports: list[int]) -> None:
    for port in ports:
        for _again in range(120):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.5)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        *texts, number = json.loads(sys.argv[2])
        serve(Dsns(*texts), number)
        sys.exit(0)
    sys.exit(main())
