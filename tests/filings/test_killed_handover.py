"""Der Prozess stirbt an irgendeiner Stelle der Übergabe: Zahlungsauftrag, Freigabe, Abruf, Journal, Ausgabe.

Dieselbe Folge noch einmal bringt danach alles genau einmal zu Ende: eine Datei mit denselben Bytes, keine Zahlung
zweimal.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from multiprocessing.context import ForkServerContext
from typing import Any

from sqlalchemy import func, select

from payroll.bench import close
from payroll.bench.points import points
from payroll.filings.handover import hand_over
from payroll.filings.models import Zahlung, Zahlungsauftrag
from payroll.filings.sepa import orders
from payroll.postings import service as postings
from payroll.postings.models import Journal
from tenants.audit.export import verify_database
from tenants.audit.models import AuditEntry
from tenants.db import engine
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session

MONTH, TODAY = date(2026, 5, 1), date(2026, 5, 20)
NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
KILLS_IN_PHASE, PHASES = 6, 5


def phases(tenant: int) -> Iterator[None]:
    """Was eine Sachbearbeiterin und die Kasse tun, jeder Schritt in seiner Transaktion."""
    with tenant_session(tenant, actor="klara") as session:
        order = orders.create(session, MONTH, today=TODAY, now=NOW).auftrag
        number, shown = order.public_id, order.sha256.hex()
    yield
    with tenant_session(tenant, actor="kurt") as session:
        orders.release(session, number, sha256=shown, today=TODAY)
    yield
    with tenant_session(tenant, actor="kurt") as session:
        orders.download(session, number)
    yield
    with tenant_session(tenant, actor="klara") as session:
        postings.create(session, MONTH)
    yield
    with tenant_session(tenant, actor="klara") as session:
        hand_over(session, MONTH, "csv")
    yield


def counts_of(tenant: int) -> list[int]:
    """Die ungestörte Übergabe: wie viele Stellen jeder Schritt hat; die letzte liegt nach dem Festschreiben."""
    counts, here = [], 0

    def reached() -> None:
        nonlocal here
        here += 1

    with points(reached):
        for _ in phases(tenant):
            counts.append(here + 1)
            here = 0
    return counts


def die_at(dsns: Dsns, tenant: int, phase: int, point: int) -> None:
    """Die Übergabe bis zur Stelle point des Schrittes phase; dort ist der Prozess sofort tot."""
    close.connect(dsns)
    now, left = 0, point

    def reached() -> None:
        nonlocal left
        if now == phase:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    with points(reached):
        for _ in phases(tenant):
            reached()
            now += 1


def _state(tenant: int) -> dict[str, Any]:
    with tenant_session(tenant, actor="prüfung") as session:
        found = session.scalars(select(Zahlungsauftrag)).all()
        bytes_ = [orders.opened(session, orders.find(session, one.public_id, content=True)) for one in found]
        steps = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("zahlungsauftrag.%"))).all()
        return {
            "auftraege": [(one.zustand, one.sha256.hex()) for one in found], "dateien": bytes_,
            "zahlungen": session.scalar(select(func.count(Zahlung.id))), "schritte": sorted(steps),
            "journale": [(one.monat, one.netto) for one in session.scalars(select(Journal))]}


def test_killed_anywhere_in_the_hand_over_and_finished_once(
        copies: Callable[[], AbstractContextManager[Any]], dying: ForkServerContext) -> None:
    with copies() as undisturbed:
        counts = counts_of(undisturbed.tenant)
        expected = _state(undisturbed.tenant)
    assert len(counts) == PHASES
    chance, seen = random.Random(7), set()
    with copies() as town:
        held = engine.current()
        dsns = Dsns("", *(one.url.render_as_string(hide_password=False) for one in (held.app, held.platform)))
        for phase, count in enumerate(counts):
            points = [count, *(chance.randint(1, count - 1) for _ in range(KILLS_IN_PHASE - 1))]
            for point in reversed(points):
                process = dying.Process(target=die_at, args=(dsns, town.tenant, phase, point))
                process.start()
                process.join(120)
                assert process.exitcode == -signal.SIGKILL, (phase, point)
                state = _state(town.tenant)
                assert len(state["auftraege"]) <= 1
                assert state["zahlungen"] == (expected["zahlungen"] if state["auftraege"] else 0)
                seen.add(tuple(state["schritte"]))
        list(phases(town.tenant))
        done = _state(town.tenant)
        assert [one for one, _ in done["auftraege"]] == ["freigegeben"]
        assert (done["zahlungen"], done["schritte"], done["journale"]) == tuple(
            expected[name] for name in ("zahlungen", "schritte", "journale"))
        assert len(done["dateien"]) == 1
        assert len(seen) == 3, "nothing yet, made, released"
        with tenant_session(town.tenant, actor="prüfung") as session:
            assert not verify_database(session).breaks
