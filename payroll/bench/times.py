"""A month of stamps of one employer: read in, released by a second person, closed, priced by the tariff.

Every person comes and goes on thirty days, each time at another minute, a fifth of them at night and over midnight;
5,000 people are 300,000 stamps.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from time import process_time

from sqlalchemy import func, select

from payroll.bench import close
from payroll.bench.measure import SEED, Measurement, in_fresh_process, timed, undone
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import own_server
from payroll.law.calculate import law_of
from payroll.masterdata.models import Beschaeftigung
from payroll.masterdata.slices import load_month
from payroll.runs.pricing import price
from payroll.runs.zeiten import load_stock, pay_times
from tenants.collector import collector_paused
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session
from timekeeping import service
from timekeeping.handover import closing
from timekeeping.handover.models import ZeitBezug

CALLS = 3
DAYS, NIGHTS = 30, 5  # every fifth person works at night


def measure(size: int = 5_000) -> Measurement:
    """Stamps per second of a month with ``size`` people."""
    with own_server() as (_server, dsns):
        tenant = in_fresh_process("payroll.bench.close:written", dsns, size)
        found: Measurement = in_fresh_process("payroll.bench.times:taken_over", dsns, tenant, size)
        second = in_fresh_process("payroll.bench.close:written", dsns, size, "901")
        return found.noted("Einlesen der Datei", in_fresh_process("payroll.bench.times:again", dsns, second))


def taken_over(dsns: Dsns, tenant: int, size: int) -> Measurement:
    """Measures the way of one file; the law is built before, as in a server that has paid a month already."""
    close.connect(dsns)
    law_of(MONTH)
    data = _file(tenant)
    stamped = data.count(b"\n") - 1
    spent = process_time()
    result = timed("time", stamped, "Stempel", lambda: month_of(tenant, data))
    result.remark = f"{process_time() - spent:.1f} s Rechenzeit des Prozesses, ohne die Datenbank"
    with tenant_session(tenant, actor=close.CLERK) as session:
        people = session.scalar(select(func.count(func.distinct(ZeitBezug.beschaeftigung_id))))
    if people != size:
        raise RuntimeError(f"{people} Personen mit Zeiten statt {size}: die Messung wäre falsch.")
    return result


def again(dsns: Dsns, tenant: int) -> list[float]:
    """Seconds of reading the file, each call undone; for another employer and after the measured one, which is to find
    process and database as they were without these calls."""
    close.connect(dsns)
    data = _file(tenant)
    return undone(CALLS, lambda: tenant_session(tenant, actor=close.CLERK), lambda session: service.read_in(
        session, load_stock(session), "stempel.csv", data, "stempel"))


def _file(tenant: int) -> bytes:
    with tenant_session(tenant, actor=close.CLERK) as session:
        numbers = list(session.scalars(select(Beschaeftigung.personalnummer).order_by(Beschaeftigung.id)))
    return "\n".join(["PNR;Datum;Uhrzeit;K/G", *stamps(numbers), ""]).encode()


def stamps(numbers: list[str]) -> Iterator[str]:
    """One line per stamp: day shifts with a Sunday now and then, night shifts over midnight."""
    pick = random.Random(SEED)  # noqa: S311 - a measurement that repeats
    for place, number in enumerate(numbers):
        begin = time(20, 30) if place % NIGHTS == 0 else time(12, 30)
        for offset in range(DAYS):
            come = datetime.combine(MONTH + timedelta(days=offset), begin) + timedelta(minutes=pick.randrange(60))
            yield f"{number};{come:%d.%m.%Y;%H:%M};K"
            yield f"{number};{come + timedelta(minutes=pick.randrange(450, 570)):%d.%m.%Y;%H:%M};G"


def month_of(tenant: int, data: bytes) -> None:
    """From the file to the price, each step in the transaction and by the person whose step it is."""
    with tenant_session(tenant, actor=close.CLERK) as session:
        kennung = str(service.read_in(session, load_stock(session), "stempel.csv", data, "stempel").public_id)
    with tenant_session(tenant, actor=close.HEAD) as session:
        service.approve(session, load_stock(session), service.find(session, kennung))
    with tenant_session(tenant, actor=close.HEAD) as session:
        paid: date = closing.close(session, load_stock(session, MONTH), MONTH, feiertag="ohne").zahlmonat
    with tenant_session(tenant, actor=close.CLERK) as session, collector_paused():  # as a run does
        facts = load_month(session, paid, None)
        pay_times(session, facts, price(facts))
