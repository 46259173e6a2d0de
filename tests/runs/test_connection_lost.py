"""Die Verbindung zur Datenbank reißt in jedem Abschnitt des Monats: was lief, ist ganz zurückgenommen oder ganz da, und
dieselbe Folge noch einmal bringt alles genau einmal zu Ende, im selben Prozess."""

from __future__ import annotations

import random
from datetime import date

import psycopg
from sqlalchemy.exc import DBAPIError

from payroll.bench import close
from payroll.bench.points import points
from tenants.audit.export import verify_database
from tenants.db import engine, passwords
from tenants.db.engine import Dsns
from tenants.db.server import Server
from tenants.db.session import tenant_session
from tests.runs.killing import counts_of, never_half, phases, state_of

MONTHS = [date(2026, month, 1) for month in (1, 2)]
CUTS = 6  # in each phase, the last one behind the last statement


def test_cut_in_every_phase_and_finished_once(database: Dsns, postgres: Server) -> None:
    undisturbed, tenant = (close.employer_with(4, number) for number in ("901", "902"))
    chance, cuts, seen = random.Random(7), 0, set[str]()
    for month in MONTHS:
        counts = counts_of(undisturbed, month)
        for phase, count in enumerate(counts):
            for point in sorted({chance.randint(1, count - 1) for _ in range(CUTS)}, reverse=True):
                cuts += _cut_at(tenant, month, phase, point, postgres)
                state = state_of(tenant, month)
                never_half(state)
                seen.add(state["zustand"])
        list(phases(tenant, month))
        assert state_of(tenant, month) == state_of(undisturbed, month)
    assert cuts > len(MONTHS) * 15, "die meisten Schnitte treffen eine offene Transaktion"
    assert {"fehlt", "probe", "geprueft", "freigegeben"} <= seen
    with tenant_session(tenant, actor="prüfung") as session:
        assert verify_database(session).breaks == ()


def _cut_at(tenant: int, month: date, phase: int, point: int, postgres: Server) -> bool:
    """Der Monat bis zur Stelle; dort enden alle Verbindungen. Ob das jemand gemerkt hat."""
    name, now, left = str(engine.current().app.url.database), 0, point

    def reached() -> None:
        nonlocal left
        if now == phase:
            left -= 1
            if left == 0:
                with psycopg.connect(postgres.dsn(passwords.SUPERUSER, "postgres"), autocommit=True) as admin:
                    admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                                  (name,))

    try:
        with points(reached):
            for _ in phases(tenant, month):
                now += 1
                if now > phase:
                    return False
    except (DBAPIError, psycopg.Error):
        return True
    return False
