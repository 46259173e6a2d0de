"""Soak: as many people as wanted on one machine, many employers of 5,000 one after the other, two workers.

Every employer is written, then paid from its facts to the released payment file. Both workers live until the end, so
that a leak would show in their memory. With a folder the database stays there and a run that was stopped goes on where
it stopped: what is done stands in ``dauerlauf.jsonl``; an employer that was not done is begun again under another
number. A last line that was cut off in the middle of writing is dropped, its employers are paid again.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import psycopg
from sqlalchemy import select

from payroll.bench import close, month
from payroll.bench.measure import Measurement
from payroll.bench.own_server import kept_server, own_server
from tenants.db.engine import Dsns
from tenants.db.session import platform_session
from tenants.models import Tenant

EACH, WORKERS, POINTS, FIRST_NUMBER = 5_000, 2, 20, 1_000
DONE = "dauerlauf.jsonl"


@dataclass(frozen=True)
class Step:
    """Employers done together, one by each worker: people, seconds to write them and to pay them, largest memory of a
    worker so far and of the database on disk afterwards (MB), statements of the paying."""

    people: int
    written: float
    paid: float
    peak_mb: float
    disk_mb: float
    statements: int


def measure(size: int = 1_000_000, folder: Path | None = None) -> Measurement:
    """Slips per second from the first employer to the last; writing the people is beside it."""
    with (kept_server(folder) if folder else own_server()) as (server, dsns):
        file = (folder or server.directory) / DONE
        steps = _done(file)
        with _workers(dsns) as pool:
            while (left := size - sum(step.people for step in steps)) > 0:
                steps.append(_step(pool, dsns, left))
                with file.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(asdict(steps[-1])) + "\n")
    return _result(steps)


def _done(file: Path) -> list[Step]:
    """The steps written whole; a piece of one at the end goes, also from the file, so that the next begins a line."""
    if not file.exists():
        return []
    text = file.read_text("utf-8")
    whole = text[:text.rfind("\n") + 1]
    if whole != text:
        file.write_text(whole, "utf-8")
    return [Step(**json.loads(line)) for line in whole.splitlines()]


@contextmanager
def _workers(dsns: Dsns) -> Iterator[Executor]:
    context = multiprocessing.get_context("spawn")
    both = context.Barrier(WORKERS)
    with ProcessPoolExecutor(WORKERS, context, initializer=month.ready, initargs=(dsns, both)) as pool:
        for one in [pool.submit(os.getpid) for _ in range(WORKERS)]:
            one.result()
        yield pool


def _step(pool: Executor, dsns: Dsns, left: int) -> Step:
    sizes = [min(EACH, -(-left // WORKERS)), min(EACH, left // WORKERS)]
    sizes = [one for one in sizes if one]
    numbers = _numbers(dsns, len(sizes))
    begun = time.perf_counter()
    tenants = list(pool.map(written, sizes, numbers))
    middle = time.perf_counter()
    shares = list(pool.map(month.settled, tenants))
    ended = time.perf_counter()
    return Step(sum(sizes), round(middle - begun, 3), round(ended - middle, 3), max(one.peak_mb for one in shares),
                _disk_mb(dsns), sum(one.statements for one in shares))


def written(people: int, number: str) -> int:
    """A new employer with people and the account it pays from."""
    tenant = close.employer_with(people, number)
    month.account(tenant)
    return tenant


def _numbers(dsns: Dsns, count: int) -> list[str]:
    """Numbers that no employer has, also none that a stopped run left half written: above the highest, since of two
    workers the one with the higher number may have been the only one to finish."""
    close.connect(dsns)
    with platform_session(actor="messung") as session:
        held = [int(number) for number in session.scalars(select(Tenant.number)) if number.isdecimal()]
    first = max([FIRST_NUMBER, *held]) + 1
    return [f"{first + at}" for at in range(count)]


def _disk_mb(dsns: Dsns) -> float:
    with psycopg.connect(dsns.owner) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return round((row[0] if row else 0) / 2**20, 1)


def _result(steps: list[Step]) -> Measurement:
    people, paid = sum(step.people for step in steps), sum(step.paid for step in steps)
    statements, written = sum(step.statements for step in steps), sum(step.written for step in steps)
    found = Measurement("soak", people, "Abrechnungen", round(paid, 3), round(people / paid, 1),
                        max(step.peak_mb for step in steps), statements, points=_points(steps))
    found.remark = (f"{WORKERS} Prozesse, dazu {written:.0f} s, um die Menschen anzulegen; größter Speicher eines "
                    f"Prozesses nach dem ersten Schritt {steps[0].peak_mb:.0f} MB, nach dem letzten "
                    f"{steps[-1].peak_mb:.0f} MB; Datenbank {steps[-1].disk_mb / 1024:.1f} GB")
    return found.noted(f"Schritt mit {WORKERS} Arbeitgebern", [step.paid for step in steps])


def _points(steps: list[Step]) -> list[dict[str, float]]:
    """At most twenty points: the median of the steps of each stretch, at the people paid by its end."""
    length, points, so_far = -(-len(steps) // POINTS), [], 0
    for at in range(0, len(steps), length):
        stretch = steps[at:at + length]
        so_far += sum(step.people for step in stretch)
        points.append({
            "at": so_far, "ms": round(median(step.paid * 1000 / step.people for step in stretch), 4),
            "written_ms": round(median(step.written * 1000 / step.people for step in stretch), 4),
            "peak_mb": stretch[-1].peak_mb, "disk_mb": stretch[-1].disk_mb})
    return points
