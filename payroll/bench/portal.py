"""The portal on pay day: pages per second of one process; everybody reads the list, the newest slip and its PDF.

Measured is the application itself, without a network. People, sessions, the closed month and its sealed slips are
made by one process, the pages are answered by another one; signing in is not measured.
"""

from __future__ import annotations

import re
import time
from datetime import date
from itertools import cycle
from typing import Any

from flask import Flask
from sqlalchemy import select

from payroll.bench import close
from payroll.bench.measure import Measurement, in_fresh_process, timed
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import own_server
from payroll.masterdata.models import Person
from payroll.runs import service as runs
from payroll.statements.publish import publish
from payroll.web import doors
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_employee_access, issue_one_time_link
from tenants.web import identity, pages, shell
from tenants.web.settings import Settings

PEOPLE = 300
KINDS = 3  # list, page, PDF
SETTINGS = Settings(bytes(range(32)), https=False, demonstration=True, today=lambda: date(2026, 11, 26))
NEWEST = re.compile(r'href="(/portal/[^"]+/abrechnungen/[0-9a-f-]{36})"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def measure(size: int = 3_000) -> Measurement:
    """Answers about ``size`` pages of up to 300 people."""
    with own_server() as (_server, dsns):
        people = min(PEOPLE, -(-size // KINDS))
        sessions = in_fresh_process("payroll.bench.portal:opened", dsns, people)
        found: Measurement = in_fresh_process("payroll.bench.portal:read", dsns, sessions, size)
        return found


def application() -> Flask:
    """The pages of desk and portal, as the server shows them."""
    app = Flask("bench", static_folder=None, template_folder=None)
    shell.install(app, SETTINGS, loader=lambda key: identity.load(key, SETTINGS), catalogues=doors.ALL_CATALOGUES,
                  navigation=(*doors.NAVIGATION, *pages.NAVIGATION))
    pages.register(app)
    doors.register(app)
    return app


def opened(dsns: Dsns, people: int) -> list[str]:
    """An employer with a closed month and its slips; returns the cookie of each person's session."""
    close.connect(dsns)
    tenant = close.employer_with(people)
    with tenant_session(tenant, actor=close.CLERK) as session:
        persons = session.scalars(select(Person.public_id).order_by(Person.id)).all()
    with platform_session(actor="messung") as session:
        users = []
        for number, person in enumerate(persons):
            users.append(create_user(session, f"p{number}", f"Person {number}", kind="employee", demonstration=True))
            give_employee_access(session, tenant, users[-1], person, date(2025, 1, 1))
    close.pay_month(tenant, MONTH)
    with tenant_session(tenant, actor=close.CLERK) as session:
        publish(session, runs.find_run(session, MONTH))
    app = application()
    return [_signed_in(app, issue_one_time_link(user)) for user in users]


def _signed_in(app: Flask, code: str) -> str:
    client, link = app.test_client(), f"/anmelden/einmal/{code}"
    token = TOKEN.search(client.get(link).text)
    client.post(link, data={"csrf_token": token[1] if token else ""})
    held = client.get_cookie("kreislohn")
    if held is None:
        raise RuntimeError("Eine Person ist nicht angemeldet: die Messung wäre falsch.")
    return held.value


def read(dsns: Dsns, sessions: list[str], size: int) -> Measurement:
    """Measures; a first visit loads templates and fonts, as in a server that has answered before."""
    close.connect(dsns)
    app, spent = application(), dict[str, list[float]]()
    _visit(app, sessions[0], {})
    around = cycle(sessions)

    def work() -> None:
        for _ in range(-(-size // KINDS)):
            _visit(app, next(around), spent)

    result = timed("portal", size, "Seiten", work)
    result.size = sum(map(len, spent.values()))
    result.rate = round(result.size / result.seconds, 1)
    result.remark = ", ".join(f"{name} im Mittel {sum(own) / len(own) * 1000:.1f} ms" for name, own in spent.items())
    return result.noted("eine Seite", [one for own in spent.values() for one in own])


def _visit(app: Flask, cookie: str, spent: dict[str, list[float]]) -> None:
    """One person: list, newest slip, its PDF."""
    client = app.test_client()
    client.set_cookie("kreislohn", cookie)
    newest = NEWEST.search(_answer(client, "/portal", "Liste", "Meine Abrechnungen", spent))
    if newest is None:
        raise RuntimeError("Eine Person hat keine Abrechnung: die Messung wäre falsch.")
    _answer(client, newest[1], "Abrechnung", "Auszahlung", spent)
    _answer(client, f"{newest[1]}/pdf", "PDF", "%PDF-", spent)


def _answer(client: Any, path: str, name: str, wanted: str, spent: dict[str, list[float]]) -> str:
    begun = time.perf_counter()
    answer = client.get(path)
    spent.setdefault(name, []).append(time.perf_counter() - begun)
    text: str = answer.get_data().decode("utf-8", errors="replace")
    if answer.status_code != 200 or wanted not in text:
        raise RuntimeError(f"{name}: Antwort {answer.status_code} ohne „{wanted}“, die Messung wäre falsch.")
    return text
