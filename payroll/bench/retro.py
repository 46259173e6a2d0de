"""Retro-calculation of one employer: one in twenty people gets an allowance two closed months late; preview of it.

Only those people are computed again, under the law of each month; the database is the embedded PostgreSQL.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from payroll.bench import close
from payroll.bench.measure import Measurement, in_fresh_process, repeated, timed
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import own_server
from payroll.law.calculate import law_of
from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.runs import retro
from payroll.runs.models import Ergebnis
from payroll.runs.retro import affected
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session

CLOSED = (date(2026, 9, 1), date(2026, 10, 1))
SHARE, ALLOWANCE, CALLS = 20, 1300, 20


def measure(size: int = 5_000) -> Measurement:
    """Months computed again per second, from the two clocks to the differences with their causes."""
    with own_server() as (_server, dsns):
        tenant = in_fresh_process("payroll.bench.retro:corrected", dsns, size)
        found: Measurement = in_fresh_process("payroll.bench.retro:previewed", dsns, tenant)
        return found


def corrected(dsns: Dsns, size: int) -> int:
    """Closes two months and records the late allowances; returns the number of the employer."""
    close.connect(dsns)
    affected.UEBERLAPPUNG = timedelta(0)
    tenant = close.employer_with(size)
    for month in CLOSED:
        close.pay_month(tenant, month)
    with tenant_session(tenant, actor=close.CLERK) as session:
        number = ids(session).lohnarten[ALLOWANCE]
        paid = select(Ergebnis.beschaeftigung_id).where(Ergebnis.monat == CLOSED[0]).order_by(
            Ergebnis.beschaeftigung_id)
        for job in session.scalars(paid).all()[::SHARE]:
            record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job, lohnart_id=number, laufnummer=9,
                        betrag_cent=5_000, valid_from=CLOSED[0], reason="Messung")
    return tenant


def previewed(dsns: Dsns, tenant: int) -> Measurement:
    """Measures the preview; nothing else was recorded since the months were closed, so no overlap is needed."""
    close.connect(dsns)
    affected.UEBERLAPPUNG = timedelta(0)
    for month in (*CLOSED, MONTH):
        law_of(month)
    found: list[retro.Nachberechnung] = []

    def work() -> None:
        with tenant_session(tenant, actor=close.CLERK) as session:
            found.extend(retro.preview(session, MONTH))

    result = timed("retro", 1, "Monate", work)
    months = sum(len(one.monate) for one in found)
    if not months or any(one.offen or one.brutto <= 0 for one in found):
        raise RuntimeError("Die Rückrechnung fand nicht, was sie finden soll: die Messung wäre falsch.")
    result.size, result.rate = months, round(months / result.seconds, 1)
    return result.noted("eine Vorschau", repeated(CALLS, work))
