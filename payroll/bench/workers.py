"""A large run in parts: one employer, its month calculated by one, two and four workers over the queue.

Measured is from the order to the run that everybody sees: dividing, all parts, putting together. The workers are
processes with the law built before. Facts are loaded, nothing is closed before, so there is nothing to go back for.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from datetime import date
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import select

from payroll.bench import close
from payroll.bench.measure import Measurement, database_busy, in_fresh_process, peak_mb
from payroll.bench.mixture import people
from payroll.bench.own_server import own_server
from payroll.demo.write import write_people
from payroll.law.calculate import law_of
from payroll.runs import service as runs
from payroll.runs.stuecke.teilen import VARIABLE, part_size
from payroll.sammellauf import service
from payroll.sammellauf.models import FERTIG, OFFEN, RECHNEN, Sammelauftrag
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session
from tenants.operation import queue

NUMBER, PORTION = "900", 10_000
# Each number of workers has a month of its own: a second run of the same month would also keep the first one.
MONTHS = {1: date(2026, 9, 1), 2: date(2026, 10, 1), 4: date(2026, 11, 1)}
LEAST_PARTS = 12


def measure(size: int = 20_000) -> Measurement:
    """Slips per second with four workers; with one and two in the remark."""
    return _measured("workers", size, (1, 2, 4))


def four(size: int = 50_000) -> Measurement:
    """Slips per second with four workers alone, for large employers."""
    return _measured("workers-four", size, (4,))


def _measured(name: str, size: int, counts: Sequence[int]) -> Measurement:
    parts = max(min(size // LEAST_PARTS, part_size()), 1)
    os.environ[VARIABLE] = str(parts)
    with own_server() as (running, dsns):
        tenant = in_fresh_process("payroll.bench.workers:written", dsns, size)
        postmaster = running.process.pid if running.process else 0
        found = [in_fresh_process("payroll.bench.workers:paid", dsns, tenant, count, postmaster) for count in counts]
    result: Measurement = found[-1]
    result.name = name
    result.remark = "; ".join(f"{count} Arbeiter {one.rate:,.0f} je Sekunde ({one.remark})"
                              for count, one in zip(counts, found, strict=True)) + f"; Stücke zu {parts}"
    return result


def written(dsns: Dsns, size: int) -> int:
    """Writes the people of a new employer in portions, so that memory stays flat; returns its number."""
    close.connect(dsns)
    tenant = close.employer_with(1, NUMBER)
    invented = people(size)
    for at in range(1, size, PORTION):  # the first one came with the employer
        with tenant_session(tenant, actor=close.CLERK) as session:
            write_people(session, invented[at:at + PORTION])
    return tenant


def paid(dsns: Dsns, tenant: int, count: int, postmaster: int) -> Measurement:
    """One month by so many workers, from the order to the finished run."""
    close.connect(dsns)
    month, context = MONTHS[count], multiprocessing.get_context("spawn")
    ready = context.Barrier(count + 1)
    workers = [context.Process(target=working, args=(dsns, month, ready), daemon=True) for _ in range(count)]
    for one in workers:
        one.start()
    try:
        ready.wait()
        begun, busy = time.perf_counter(), database_busy(postmaster)
        service.order(f"{close.CLERK}.{NUMBER}", [tenant], month, RECHNEN)
        merging = _until_done(tenant, month)
        seconds, busy = time.perf_counter() - begun, database_busy(postmaster) - busy
        peaks = [_peak(one) for one in workers]
    finally:
        for one in workers:
            one.terminate()
            one.join()
    with tenant_session(tenant, actor=close.CLERK) as session:
        slips = runs.find_run(session, month).anzahl
    remark = f"{seconds:.1f} s, davon Zusammenfügen {merging:.1f} s, größter Arbeiter {max(peaks):.0f} MB"
    return Measurement("workers", slips, "Abrechnungen", round(seconds, 3), round(slips / seconds, 1),
                       round(sum(peaks) + peak_mb(), 1), remark=remark, database_seconds=round(busy, 2))


def working(dsns: Dsns, month: date, ready: Barrier) -> None:
    """A worker that has paid before: the law is built."""
    close.connect(dsns)
    law_of(month)
    ready.wait()
    queue.work(service.ACTIONS)


def _until_done(tenant: int, month: date) -> float:
    """Waits for the order; seconds from the beginning of putting the parts together."""
    while True:
        with tenant_session(tenant, actor=close.CLERK) as session:
            order = session.scalars(select(Sammelauftrag).where(Sammelauftrag.monat == month)).one()
        if order.zustand != OFFEN:
            break
        time.sleep(0.05)
    if order.zustand != FERTIG or order.fertig_am is None or order.begonnen_am is None:
        raise RuntimeError(f"Der Auftrag ist {order.zustand}: {order.worte}; die Messung wäre falsch.")
    return (order.fertig_am - order.begonnen_am).total_seconds()


def _peak(process: SpawnProcess) -> float:
    text = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(text.partition("VmHWM:")[2].split()[0]) / 1024
