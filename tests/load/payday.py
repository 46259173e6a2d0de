"""Zahltag: wie viele Anfragen je Sekunde das Portal trägt, mit zwei Prozessen des Produktionsservers und Locust.

    python tests/load/payday.py --people 5000 --seconds 60 --rates 30,45,60 --locust PFAD

Die Anmeldung ist nicht Teil der Messung: die Sitzungen bestehen vorher.
"""

from __future__ import annotations

import secrets
import sys
import time
from datetime import date

from sqlalchemy import select

from payroll.bench.close import CLERK, HEAD, OFFICE, connect, employer_with
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import own_server
from payroll.masterdata.models import Person
from payroll.runs import service as runs
from payroll.statements.publish import close_and_publish
from tenants.db.session import platform_session, tenant_session
from tenants.users.service import create_user, give_employee_access
from tests.load.processes import servers, signed_in
from tests.load.rates import Visit, climb, wishes

PROCESSES, TODAY = 2, date(2026, 11, 26)


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
    cookies = signed_in(users, TODAY)
    _paid(tenant)
    return cookies


def _paid(tenant: int) -> None:
    with tenant_session(tenant, actor=CLERK) as session:
        shown = str(runs.calculate(session, MONTH, key="zahltag").ergebnis_hash)
    for actor, step in ((CLERK, runs.check), (HEAD, runs.release), (OFFICE, runs.release_municipality),
                        (CLERK, close_and_publish)):
        with tenant_session(tenant, actor=actor) as session:
            step(session, MONTH, ergebnis_hash=shown)


def main() -> int:
    """Misst Rate um Rate, bis eine nicht mehr gehalten wird."""
    wish = wishes(__doc__, "30,45,60,80,100", people=5000)
    with own_server() as (_server, dsns):
        connect(dsns)
        begun = time.monotonic()
        cookies = prepared(wish.people)
        print(f"{wish.people} Menschen mit Sitzung und Abrechnung in {time.monotonic() - begun:.0f} s")
        with servers(dsns, PROCESSES, TODAY) as hosts:
            return climb(wish, Visit("visitors.py", users=60, slowest=500), lambda: {
                "cookies": secrets.SystemRandom().sample(cookies, len(cookies)), "hosts": hosts})


if __name__ == "__main__":
    sys.exit(main())
