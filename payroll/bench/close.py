"""Month close of one employer: load, calculate, check, both releases, close; without documents.

The database is the embedded PostgreSQL with its ordinary settings in a temporary directory. People are written by one
process, the month is paid by another one, whose time, memory and statements count.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import count

from payroll.bench.measure import Measurement, in_fresh_process, repeated, timed
from payroll.bench.mixture import MONTH, people
from payroll.bench.own_server import own_server
from payroll.demo.write import write_people
from payroll.law.calculate import law_of
from payroll.runs import service as runs
from payroll.runs.models import Lauf
from tenants import service
from tenants.db import engine
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.security import masterkey
from tenants.security.masterkey import MasterKey
from tenants.users import service as users

CLERK, HEAD, OFFICE = "messung.kern", "messung.holz", "messung.grund"
ROLES = {CLERK: "clerk", HEAD: "head", OFFICE: "municipality"}
FOLLOWING, TRIALS = date(2026, 12, 1), 5
MASTER = MasterKey(bytes(range(32)))


def measure(size: int = 5_000) -> Measurement:
    """Slips per second of a month with ``size`` people."""
    with own_server() as (_server, dsns):
        tenant = in_fresh_process("payroll.bench.close:written", dsns, size)
        found: Measurement = in_fresh_process("payroll.bench.close:paid", dsns, tenant, size)
        return found


def written(dsns: Dsns, size: int, number: str = "900") -> int:
    """Writes the people of a new employer; returns its number."""
    connect(dsns)
    return employer_with(size, number)


def paid(dsns: Dsns, tenant: int, size: int) -> Measurement:
    """Pays the month and measures; the law is built before, as in a server that has paid another month already."""
    connect(dsns)
    law_of(MONTH)
    result = timed("close", size, "Abrechnungen", lambda: pay_month(tenant, MONTH))
    with tenant_session(tenant, actor=CLERK) as session:
        slips = runs.find_run(session, MONTH).anzahl
    if slips != size:
        raise RuntimeError(f"{slips} Abrechnungen statt {size}: die Messung wäre falsch.")
    return result.noted("Probelauf des folgenden Monats", _trials(tenant))


def _trials(tenant: int) -> list[float]:
    """Seconds of each trial run of the next month, replacing the one before: what a clerk waits for."""
    law_of(FOLLOWING)
    number = count(1)

    def trial() -> None:
        with tenant_session(tenant, actor=CLERK) as session:
            runs.calculate(session, FOLLOWING, key=f"probe-{next(number)}")

    return repeated(TRIALS, trial)


def employer_with(size: int, number: str = "900", wage_types: Collection[int] | None = None) -> int:
    """A new employer with people, and those who calculate and release; wage_types: as in write_people."""
    with platform_session(actor="messung") as session:
        tenant = service.create_tenant(session, number, f"Kreis Messung {number}", "kreis", demonstration=True).id
        for login, role in ROLES.items():
            user = users.create_user(session, f"{login}.{number}", login, kind="staff")
            users.give_mandate(session, tenant, user, role, date(2025, 1, 1))
    with tenant_session(tenant, actor=CLERK) as session:
        write_people(session, people(size), wage_types)
    return tenant


def pay_month(tenant: int, month: date) -> Lauf:
    """From the facts to the closed month, each step in the transaction and by the person whose step it is."""
    with tenant_session(tenant, actor=CLERK) as session:
        shown = str(runs.calculate(session, month, key=f"messung-{month:%Y-%m}").ergebnis_hash)
    with tenant_session(tenant, actor=CLERK) as session:
        runs.check(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor=HEAD) as session:
        runs.release(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor=OFFICE) as session:
        runs.release_municipality(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor=CLERK) as session:
        return runs.close(session, month, ergebnis_hash=shown)


def connect(dsns: Dsns) -> None:
    masterkey.configure(MASTER)
    engine.configure(dsns.app, dsns.platform)
