"""What one person costs, against the number of people and of wage types: a flat line is what is wanted.

Each point is measured in a process of its own, so that its peak memory is its own. With the database, an employer of
fifty people is paid before in the same process, so that what a process does once (mapping, law, first connection) is
not counted as cost of the people.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from payroll.bench import close
from payroll.bench.measure import Measurement, database_busy, in_fresh_process, peak_mb
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import own_server
from payroll.bench.pay import rows
from payroll.bench.statements import counted
from payroll.bench.wage_types import employer_of
from payroll.law.calculate import gross_to_net, law_of
from payroll.law.payslip_columns import OUTPUTS
from tenants.db.engine import Dsns

PEOPLE = (100, 1_000, 10_000, 100_000, 1_000_000)
CLOSED = (100, 500, 1_000, 5_000, 20_000, 50_000, 100_000)
WAGE_TYPES = (20, 100, 300, 1_000)
PASSES, BEFORE = 3, 50
PAID_IN = 1_000  # people of each employer of the curve of wage types
FOLLOWING = date(2026, 12, 1)


def people(size: int = 1_000_000) -> Measurement:
    """Gross to net without a database up to this number of people, each point all of its people in one call."""
    points = [in_fresh_process("payroll.bench.curves:paid", at) for at in _up_to(PEOPLE, size)]
    found = _curve("curve-people", "Menschen", points, None)
    found.definition = "all people in one call, best of three"
    return found


def paid(size: int) -> dict[str, float]:
    """One point: the best of three calls with all rows; only the calculation is timed, the rows are drawn before."""
    law_of(MONTH)
    gross_to_net(MONTH, rows(BEFORE), OUTPUTS)
    held = rows(size)
    calls = [_spent(lambda: gross_to_net(MONTH, held, OUTPUTS), None) for _ in range(PASSES)]
    wall, busy = min(one[0] for one in calls), min(one[1] for one in calls)
    return {"at": size, "ms": wall * 1000 / size, "cpu_ms": busy * 1000 / size, "peak_mb": peak_mb()}


def closes(size: int = 50_000) -> Measurement:
    """A closed month with the database, for employers of up to this number of people."""
    return _measured("curve-close", "Menschen", _up_to(CLOSED, size), "payroll.bench.curves:employer")


def wage_types(size: int = 1_000) -> Measurement:
    """A closed month of 1,000 people whose employer has up to this number of wage types, all of them in use."""
    return _measured("curve-wage-types", "Lohnarten", _up_to(WAGE_TYPES, size), "payroll.bench.curves:catalogue")


def employer(dsns: Dsns, people: int, number: str) -> tuple[int, int]:
    """Writes an employer with this number of people; returns its number and how many they are."""
    close.connect(dsns)
    return close.employer_with(people, number), people


def catalogue(dsns: Dsns, count: int, number: str) -> tuple[int, int]:
    """Writes an employer with this number of wage types; returns its number and how many people it has."""
    close.connect(dsns)
    return employer_of(PAID_IN, number, count), PAID_IN


def _up_to(points: Sequence[int], size: int) -> list[int]:
    """The points below the size, and the size itself."""
    return [one for one in points if one < size] + [size]


def _measured(name: str, unit: str, points: Sequence[int], prepared: str) -> Measurement:
    found: list[dict[str, float]] = []
    with own_server() as (running, dsns):
        server = running.process.pid if running.process else None
        for order, at in enumerate(points):
            first, _ = in_fresh_process("payroll.bench.curves:employer", dsns, BEFORE, f"{800 + order}")
            tenant, people = in_fresh_process(prepared, dsns, at, f"{900 + order}")
            one = in_fresh_process("payroll.bench.curves:closed", dsns, (first, tenant), people, server)
            found.append({"at": at, **one})
    return _curve(name, unit, found, round(found[-1]["statements"]))


def closed(dsns: Dsns, tenants: tuple[int, int], people: int, server: int | None) -> dict[str, float]:
    """One point, per person in milliseconds: wall time, processor of this process and of the database."""
    close.connect(dsns)
    first, tenant = tenants
    for month in (MONTH, FOLLOWING):
        law_of(month)
    close.pay_month(first, MONTH)
    with counted() as sent:
        wall, own, database = _spent(lambda: close.pay_month(tenant, MONTH), server)
    found = {"ms": wall, "cpu_ms": own, "database_ms": database}
    return {name: value * 1000 / people for name, value in found.items()} | {
        "peak_mb": peak_mb(), "statements": len(sent)}


def _spent(work: Callable[[], Any], server: int | None) -> tuple[float, float, float]:
    begun, busy = time.perf_counter(), time.process_time()
    database = database_busy(server) if server else 0.0
    work()
    return (time.perf_counter() - begun, time.process_time() - busy,
            (database_busy(server) if server else 0.0) - database)


def _curve(name: str, unit: str, points: list[dict[str, float]], statements: int | None) -> Measurement:
    """The last point as result, all of them beside it; the remark says how far dearest and cheapest are apart."""
    points = [{field: round(value, 6) for field, value in one.items()} for one in points]
    last, costs = points[-1], [one["ms"] for one in points]
    return Measurement(
        name, int(last["at"]), unit, round(last["ms"] * last["at"] / 1000, 3), round(1000 / last["ms"], 1),
        max(one["peak_mb"] for one in points), statements, points=points,
        remark="je Mensch " + ", ".join(f"{one['at']:,.0f}: {one['ms']:.3g} ms" for one in points)
               + f"; der teuerste Punkt kostet das {max(costs) / min(costs):.1f}-fache des billigsten")
