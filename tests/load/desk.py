"""Erfassen während eines Laufs: 20 Sachbearbeitungen erfassen Tatsachen, während der Monat gerechnet wird.

    python tests/load/desk.py --people 5000 --clerks 20 --seconds 60 --rates 10,20,40 --locust PFAD

Zwei Prozesse des Produktionsservers, daneben ein Prozess, der den Monat ohne Pause rechnet. Jede erfasst reihum eine
Bankverbindung und ein Kind: Akte, Formular, Speichern, Akte. Am Ende stehen genau die bestätigten Tatsachen in der
Datenbank, und jeder Lauf ist fertig geworden.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from payroll.bench.close import CLERK, connect, employer_with
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import own_server
from payroll.law.calculate import law_of
from payroll.masterdata.models import Bankverbindung, Kind, Person
from payroll.runs import service as runs
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.models import Tenant
from tenants.users.service import create_user, give_mandate
from tests.load.processes import ROOT, servers, signed_in
from tests.load.rates import SHARE, WARM, Visit, held, wishes

PROCESSES, TODAY = 2, date(2026, 11, 26)
REASON = "Messung: Erfassen während des Laufs"


def main() -> int:
    """Misst Rate um Rate; die erste muss halten."""
    wish = wishes(__doc__, "10,20,40", people=5000, clerks=20)
    visit = Visit("entering.py", users=wish.clerks, slowest=1000, finish=30)
    with own_server() as (_server, dsns):
        connect(dsns)
        tenant = employer_with(wish.people)
        cookies = sessions_of(tenant, wish.clerks)
        plan = {"cookies": cookies, "reason": REASON, "users": visit.users, **_people(tenant)}
        best, sent, used, done = 0.0, 0, 0, list[float]()
        with servers(dsns, PROCESSES, TODAY) as hosts:
            for number, rate in enumerate([10.0, *(float(one) for one in wish.rates.split(","))]):
                given = {**plan, "hosts": hosts, "rate": rate, "first": used}
                with _runs(dsns, tenant) as finished:
                    found = held(wish.locust, visit, given, wish.seconds if number else WARM)
                    times = finished()
                sent += found["good_each"].get("Speichern", 0)
                used += int(found["requests"])  # each pass begins with people nobody has touched yet
                done += times
                if not number:
                    continue  # warming up
                print(json.dumps({**found, "läufe": len(times), "sekunden je lauf": _middle(times)},
                                 ensure_ascii=False), flush=True)
                if found["failures"] or found["p95"] > visit.slowest or found["rate"] < rate * SHARE or not times:
                    break
                best = rate
        kept = _kept(tenant)
    print(f"gehalten: {best:.0f} Anfragen je Sekunde neben dem Lauf; bestätigt {sent}, in der Datenbank {kept}, "
          f"Läufe {len(done)}")
    return 0 if best and kept == sent else 1


def sessions_of(tenant: int, clerks: int) -> list[str]:
    """Kekse der offenen Sitzungen von clerks Menschen mit Mandat."""
    with platform_session(actor="messung") as session:
        users = [create_user(session, f"k{number}", f"Sachbearbeitung {number}", kind="staff", demonstration=True)
                 for number in range(clerks)]
        for user in users:
            give_mandate(session, tenant, user, "clerk", date(2025, 1, 1))
    return signed_in(users, TODAY)


def _people(tenant: int) -> dict[str, object]:
    with platform_session(actor="messung") as session:
        key = session.scalars(select(Tenant.public_id).where(Tenant.id == tenant)).one()
    with tenant_session(tenant, actor=CLERK) as session:
        people = session.scalars(select(Person.public_id).order_by(Person.id)).all()
    return {"tenant": str(key), "people": [str(one) for one in people]}


def _kept(tenant: int) -> int:
    """Tatsachen, die mit dem Grund der Messung in der Datenbank stehen, auch seither abgelöste."""
    with tenant_session(tenant, actor=CLERK) as session:
        return sum(session.scalar(select(func.count()).select_from(kind).where(
            kind.reason == REASON, kind.valid_from == MONTH)) or 0
            for kind in (Bankverbindung, Kind))


@contextmanager
def _runs(dsns: Dsns, tenant: int) -> Iterator[object]:
    """Rechnet den Monat ohne Pause in einem eigenen Prozess; was es gibt, beendet ihn und nennt Sekunden je Lauf."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "läufe"
        process = subprocess.Popen([sys.executable, __file__, "--run", json.dumps([*astuple(dsns), tenant, str(told)])],
                                   cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})

        def finished() -> list[float]:
            (Path(folder) / "genug").touch()
            if process.wait(300):
                raise RuntimeError("Der Lauf ist gescheitert.")
            return [float(line) for line in told.read_text(encoding="utf-8").split()]

        try:
            yield finished
        finally:
            process.kill()
            process.wait(30)


def _run(owner: str, app: str, platform: str, tenant: int, told: str) -> None:
    connect(Dsns(owner, app, platform))
    law_of(MONTH)
    out, number = Path(told), 0
    with out.open("w", encoding="utf-8") as target:
        while not (out.parent / "genug").exists():
            begun, number = time.monotonic(), number + 1
            with tenant_session(tenant, actor=CLERK) as session:
                runs.calculate(session, MONTH, key=f"messung-{time.time_ns()}")
            target.write(f"{time.monotonic() - begun:.2f}\n")
            target.flush()


def _middle(times: list[float]) -> float | None:
    return sorted(times)[len(times) // 2] if times else None


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        _run(*json.loads(sys.argv[2]))
        sys.exit(0)
    sys.exit(main())
