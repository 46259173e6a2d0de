"""Two years back for everybody: a late fact for all people of an employer, 24 closed months, preview of it.

Every month of every person is loaded, calculated and compared again under its own law, with the sums of the months
before; the payment for the year before is taxed in the month of payment.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import select

from payroll.bench import close
from payroll.bench.measure import Measurement, database_busy, in_fresh_process, repeated, timed
from payroll.bench.own_server import own_server
from payroll.law.calculate import law_of
from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import WiederkehrenderBezug
from payroll.runs import retro
from payroll.runs import service as runs
from payroll.runs.models import Ergebnis, Hinweis, Lauf
from payroll.runs.retro import affected
from tenants.db.bulk import copy_rows
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session

CLOSED = tuple(date(year, month, 1) for year in (2025, 2026) for month in range(1, 13))
PAID = date(2027, 1, 1)
ALLOWANCE = 1300


def measure(size: int = 5_400) -> Measurement:
    """Months computed again per second; with 5,400 people about 120,000 of them (not all were there all the time)."""
    with own_server() as (running, dsns):
        tenant = in_fresh_process("payroll.bench.retro_years:corrected", dsns, size)
        before = database_busy(running.process.pid) if running.process else 0.0
        found: Measurement = in_fresh_process("payroll.bench.retro_years:previewed", dsns, tenant)
        if running.process:
            found.database_seconds = round(database_busy(running.process.pid) - before, 2)
        return found


def corrected(dsns: Dsns, size: int) -> int:
    """Closes two years and records a late allowance for everybody; returns the number of the employer."""
    close.connect(dsns)
    affected.UEBERLAPPUNG = timedelta(0)
    tenant = close.employer_with(size)
    for month in CLOSED:
        _settled(tenant, month)
        close.pay_month(tenant, month)
    with tenant_session(tenant, actor=close.CLERK) as session:
        allowance = ids(session).lohnarten[ALLOWANCE]
        jobs = session.scalars(select(Ergebnis.beschaeftigung_id).distinct()).all()
        copy_rows(session, WiederkehrenderBezug, ("public_id", "valid_from", "recorded_by", "reason", "lohnart_id",
                                                  "beschaeftigung_id", "laufnummer", "betrag_cent"),
                  [(uuid.uuid4(), CLOSED[0], close.CLERK, "Messung", allowance, job, 9, 5_000) for job in jobs])
        retro.confirm(session, PAID, ab_monat=CLOSED[0], grund="Messung")
    return tenant


def _settled(tenant: int, month: date) -> None:
    """Whose facts do not reach back that far is left out of the month, said and accepted."""
    with tenant_session(tenant, actor=close.CLERK) as session:
        runs.calculate(session, month, key=f"messung-{month:%Y-%m}")
        for one in session.scalars(select(Hinweis).join(Lauf, Lauf.id == Hinweis.lauf_id)
                                   .where(Lauf.monat == month, Hinweis.stufe == "fehler")):
            runs.acknowledge(session, one.public_id, begruendung="Messung")


def previewed(dsns: Dsns, tenant: int) -> Measurement:
    """Measures the preview; nothing else was recorded since the months were closed, so no overlap is needed."""
    close.connect(dsns)
    affected.UEBERLAPPUNG = timedelta(0)
    for month in (*CLOSED, PAID):
        law_of(month)
    found: list[retro.Nachberechnung] = []

    def work() -> None:
        with tenant_session(tenant, actor=close.CLERK) as session:
            found.extend(retro.preview(session, PAID))

    result = timed("retro-years", 1, "Monate", work)
    months = sum(booking.art == "entstehung" for one in found for booking in one.monate)
    if not months:
        raise RuntimeError("Die Rückrechnung fand nicht, was sie finden soll: die Messung wäre falsch.")
    result.size, result.rate = months, round(months / result.seconds, 1)
    found.clear()
    return result.noted("eine Vorschau", repeated(2, work))
