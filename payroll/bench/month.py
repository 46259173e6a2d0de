"""The month of a whole district: ten employers, forty lines on every slip, late facts for one in twenty people.

Measured is one month of all employers, from the facts to the payment file: load, calculate, go back for the late facts,
store results, lines and sealed value sheets, check, both releases, close, journal, payment order checked by the banks'
rules and its release. Two processes share the employers, as two workers do. The month before is closed; documents are
measured apart.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import func, select

from payroll.bench import close, profiling, wage_types
from payroll.bench.measure import Measurement, peak_mb, timed
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import of_employers
from payroll.bench.profiling import Profile
from payroll.bench.statements import counted
from payroll.filings.handover import demand_tie
from payroll.filings.sepa import employer_account, orders
from payroll.filings.sepa.composing import KIND
from payroll.filings.sepa.examples import IBANS, example
from payroll.filings.sepa.schema import demand_schema
from payroll.filings.sepa.writing import written
from payroll.law.calculate import law_of
from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.postings import service as postings
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro import affected
from payroll.runs.retro_models import Rueckrechnung
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session

EMPLOYERS, LINES, SHARE, ALLOWANCE = 10, 40, 20, 1300
BEFORE, PAYING = date(2026, 10, 1), datetime(2026, 11, 20, 9, tzinfo=UTC)
WORKERS = 2


def measure(size: int = 5_000, profile: Path | None = None) -> Measurement:
    """Slips per second of a month of all employers together; profile: file for a page of where the time goes, which
    makes the measurement itself dearer."""
    found = of_employers("payroll.bench.month:all_prepared", "payroll.bench.month:paid", people=size // EMPLOYERS,
                         profile=profile)
    if profile is not None:
        found.name = "month-profile"
    return found


def all_prepared(dsns: Dsns, size: int) -> list[int]:
    """All employers in one process: the law is built once."""
    return [prepared(dsns, size, f"{910 + at}") for at in range(EMPLOYERS)]


def prepared(dsns: Dsns, size: int, number: str) -> int:
    """One employer: people, lines, the month before closed, late facts."""
    close.connect(dsns)
    affected.UEBERLAPPUNG = timedelta(0)
    tenant = close.employer_with(size, number)
    _lines(tenant)
    close.pay_month(tenant, BEFORE)
    account(tenant)
    with tenant_session(tenant, actor=close.CLERK) as session:
        allowance = ids(session).lohnarten[ALLOWANCE]
        jobs = session.scalars(select(Ergebnis.beschaeftigung_id).order_by(Ergebnis.beschaeftigung_id)).all()
        for job in jobs[::SHARE]:
            record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job, lohnart_id=allowance, laufnummer=9,
                        betrag_cent=5_000, valid_from=BEFORE, reason="Messung")
    return tenant


def account(tenant: int) -> None:
    """The account that the employer pays from, confirmed by a second person."""
    with tenant_session(tenant, actor=close.CLERK) as session:
        row = employer_account.record_account(session, iban=IBANS[0], inhaber="Kreis Messung", valid_from=BEFORE,
                                              reason="Messung")
    with tenant_session(tenant, actor=close.HEAD) as session:
        employer_account.confirm_account(session, row.public_id)


def _lines(tenant: int) -> None:
    """Payments of a few euro in wage types of the employer's own, so that every slip has at least forty lines."""
    with tenant_session(tenant, actor=close.CLERK) as session:
        wage_types.pay(session, wage_types.add(session, LINES), LINES)


@dataclass(frozen=True)
class Share:
    """What one employer cost its worker: statements, processor and wall seconds, memory of the process so far (MB);
    profile: where the time went, if that was wanted."""

    worker: int
    statements: int
    processor: float
    seconds: float
    peak_mb: float
    profile: Profile | None = None


def paid(dsns: Dsns, tenants: list[int], profile: Path | None = None) -> Measurement:
    """Measures; both workers are ready before, as in a district that has paid another month already."""
    ready(dsns)
    context = multiprocessing.get_context("spawn")
    both = context.Barrier(WORKERS)
    with ProcessPoolExecutor(WORKERS, context, initializer=ready, initargs=(dsns, both)) as pool:
        for one in [pool.submit(os.getpid) for _ in range(WORKERS)]:
            one.result()
        shares: list[Share] = []
        work = _looked_at if profile else settled
        result = timed("month", 1, "Abrechnungen", lambda: shares.extend(pool.map(work, tenants)))
    slips, lines, back = _counted(tenants)
    if lines < LINES * slips or back * SHARE < slips - SHARE * len(tenants):
        raise RuntimeError(f"{slips} Abrechnungen, {lines} Zeilen, {back} Rückrechnungen: die Messung wäre falsch.")
    peaks = {one.worker: max(other.peak_mb for other in shares if other.worker == one.worker) for one in shares}
    result.size, result.rate = slips, round(slips / result.seconds, 1)
    result.sql_statements, result.cpu_seconds = sum(one.statements for one in shares), _sum("processor", shares)
    result.peak_mb = round(sum(peaks.values()), 1)
    result.definition = "two processes, to the released payment file"
    result.noted("ein Arbeitgeber", [one.seconds for one in shares])
    result.remark = (f"{WORKERS} Prozesse zusammen; je Arbeitgeber höchstens "
                     f"{max(one.seconds for one in shares):.2f} s, {result.sql_statements / slips:.2f} Anweisungen je "
                     "Abrechnung; mit Journal und Zahlungsdatei")
    if profile is not None:
        title = f"Month of {slips:,} people, {WORKERS} processes"
        result.areas = profiling.written(profile, title, [one.profile for one in shares if one.profile])
    return result


def _sum(name: str, shares: list[Share]) -> float:
    return round(float(sum(getattr(one, name) for one in shares)), 2)


def ready(dsns: Dsns, both: Barrier | None = None) -> None:
    """Law, schema of the bank and connections of one worker; nothing else was recorded since the month before was
    closed, so no overlap is needed."""
    close.connect(dsns)
    affected.UEBERLAPPUNG = timedelta(0)
    for month in (BEFORE, MONTH):
        law_of(month)
    demand_schema(written(example()), KIND)
    if both is not None:
        both.wait()


def settled(tenant: int) -> Share:
    """The month of one employer, from the facts to the released payment file."""
    with counted() as sent:
        begun, busy = time.perf_counter(), time.process_time()
        close.pay_month(tenant, MONTH)
        with tenant_session(tenant, actor=close.CLERK) as session:
            journal = postings.create(session, MONTH).journal
            order = orders.create(session, MONTH, today=PAYING.date(), now=PAYING).auftrag
            demand_tie(session, journal)
        with tenant_session(tenant, actor=close.HEAD) as session:
            orders.release(session, order.public_id, sha256=order.sha256.hex(), today=PAYING.date())
        spent = time.process_time() - busy, time.perf_counter() - begun
    return Share(os.getpid(), len(sent), *spent, peak_mb())


def _looked_at(tenant: int) -> Share:
    """The same under the profiler."""
    with profiling.profiled() as found:
        share = settled(tenant)
    return replace(share, profile=found.plain())


def _counted(tenants: list[int]) -> tuple[int, int, int]:
    slips = lines = back = 0
    for tenant in tenants:
        with tenant_session(tenant, actor=close.CLERK) as session:
            run = session.scalars(select(Lauf).where(Lauf.monat == MONTH)).one()
            mine = select(Ergebnis.id).where(Ergebnis.lauf_id == run.id)
            slips += run.anzahl
            held = (select(func.count(Ergebniszeile.id)).where(Ergebniszeile.ergebnis_id.in_(mine)),
                    select(func.count(Rueckrechnung.id)).where(Rueckrechnung.lauf_id == run.id))
            lines, back = lines + (session.scalar(held[0]) or 0), back + (session.scalar(held[1]) or 0)
    return slips, lines, back
