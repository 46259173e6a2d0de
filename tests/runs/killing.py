"""Der Prozess stirbt an irgendeiner Stelle von Rechnen, Prüfen, Freigeben, Abschließen und Ausstellen.

Vor einer zufälligen Anweisung oder rund um das Festschreiben; dieselbe Folge noch einmal bringt danach alles genau
einmal zu Ende. Zweihundert Tode in zwei Dateien, damit zwei Prozesse der Prüfungen sie sich teilen.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator, Sequence
from datetime import date
from multiprocessing.context import ForkServerContext
from typing import Any

from sqlalchemy import func, select

from payroll.bench import close
from payroll.bench.points import points
from payroll.runs import service as runs
from payroll.runs.models import Ergebnis, Hinweis, Lauf, Wertebogen
from payroll.runs.replay.pack import results
from payroll.statements.models import Dokument
from payroll.statements.publish import close_and_publish
from tenants.audit.export import verify_database
from tenants.audit.models import AuditEntry
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session

PEOPLE, PHASES, KILLS_IN_PHASE = 4, 5, 4


def phases(tenant: int, month: date) -> Iterator[None]:
    """Was eine Sachbearbeiterin und zwei Freigebende tun, jeder Schritt in seiner Transaktion."""
    with tenant_session(tenant, actor=close.CLERK) as session:
        shown = str(runs.calculate(session, month, key=f"monat-{month:%Y-%m}").ergebnis_hash)
    yield
    steps = ((close.CLERK, runs.check), (close.HEAD, runs.release), (close.OFFICE, runs.release_municipality))
    for actor, step in steps:
        with tenant_session(tenant, actor=actor) as session:
            step(session, month, ergebnis_hash=shown)
        yield
    with tenant_session(tenant, actor=close.CLERK) as session:
        close_and_publish(session, month, ergebnis_hash=shown)
    yield


def counts_of(tenant: int, month: date) -> list[int]:
    """Der ungestörte Monat: wie viele Stellen jeder Schritt hat; die letzte liegt nach dem Festschreiben."""
    counts, here = [], 0

    def reached() -> None:
        nonlocal here
        here += 1

    with points(reached):
        for _ in phases(tenant, month):
            counts.append(here + 1)
            here = 0
    return counts


def die_at(dsns: Dsns, tenant: int, month: date, phase: int, point: int) -> None:
    """Der Monat bis zur Stelle point des Schrittes phase; dort ist der Prozess sofort tot."""
    close.connect(dsns)
    now, left = 0, point

    def reached() -> None:
        nonlocal left
        if now == phase:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    with points(reached):
        for _ in phases(tenant, month):
            reached()
            now += 1


def state_of(tenant: int, month: date) -> dict[str, Any]:
    with tenant_session(tenant, actor="prüfung") as session:
        lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one_or_none()
        if lauf is None:
            return {"zustand": "fehlt"}
        mine = Ergebnis.lauf_id == lauf.id
        steps = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"lauf:{month:%Y-%m}")).all()
        return {
            "zustand": lauf.zustand, "anzahl": lauf.anzahl,
            "ergebnisse": session.scalar(select(func.count(Ergebnis.id)).where(mine)),
            "boegen": session.scalar(select(func.count(Wertebogen.id)).join(
                Ergebnis, Ergebnis.id == Wertebogen.ergebnis_id).where(mine)),
            "dokumente": session.scalar(select(func.count(Dokument.id)).where(Dokument.monat == month)),
            "befunde": session.scalar(select(func.count(Hinweis.id)).where(Hinweis.lauf_id == lauf.id)),
            "werte": results(session, lauf.id), "schritte": sorted(steps),
        }


def never_half(state: dict[str, Any]) -> None:
    """Was ein Tod hinterlässt, ist ein Schritt ganz oder gar nicht."""
    if state["zustand"] != "fehlt":
        assert state["ergebnisse"] == state["boegen"] == state["anzahl"] == PEOPLE
        assert state["dokumente"] == (PEOPLE if state["zustand"] == "abgeschlossen" else 0)


def killed_and_finished(dsns: Dsns, dying: ForkServerContext, months: Sequence[date], seed: int) -> int:
    """Lässt jeden Schritt jedes Monats viermal sterben und prüft, was bleibt; gibt die Zahl der Tode."""
    undisturbed, tenant = (close.employer_with(PEOPLE, number) for number in ("901", "902"))
    chance, killed, seen = random.Random(seed), 0, set()
    for month in months:
        counts = counts_of(undisturbed, month)
        for phase, count in enumerate(counts):
            points = [count, *(chance.randint(1, count - 1) for _ in range(KILLS_IN_PHASE - 1))]
            for point in reversed(points):  # the last one lies behind the commit: the step is done, nobody was told
                process = dying.Process(target=die_at, args=(dsns, tenant, month, phase, point))
                process.start()
                process.join()
                assert process.exitcode == -signal.SIGKILL, (month, phase, point)
                killed += 1
                state = state_of(tenant, month)
                never_half(state)
                seen.add(state["zustand"])
        assert state == state_of(undisturbed, month)
        assert state["zustand"] == "abgeschlossen"
        list(phases(tenant, month))
        assert state_of(tenant, month) == state, "once more does nothing twice"
    assert {"fehlt", "probe", "geprueft", "freigegeben", "abgeschlossen"} == seen
    with tenant_session(tenant, actor="prüfung") as session:
        assert not verify_database(session).breaks
    return killed
