"""The month of a whole district: ten employers, forty lines on every slip, late facts for one in twenty people.

Measured is one month of all employers in turn, from the facts to the closed month: load, calculate, go back for the
late facts, store results, lines and sealed value sheets, check, both releases, close. The month before is closed.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import func, select

from payroll.bench import close
from payroll.bench.measure import Measurement, database_busy, in_fresh_process, timed
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import own_server
from payroll.law.calculate import law_of
from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import Beschaeftigung, Lohnart, LohnartStand, WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro import affected
from payroll.runs.retro_models import Rueckrechnung
from tenants.db.bulk import copy_rows, reserve_ids
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session

EMPLOYERS, LINES, SHARE, ALLOWANCE = 10, 40, 20, 1300
BEFORE = date(2026, 10, 1)


def measure(size: int = 5_000) -> Measurement:
    """Slips per second of a month of all employers together."""
    with own_server() as (running, dsns):
        tenants = [in_fresh_process("payroll.bench.month:prepared", dsns, size // EMPLOYERS, f"{910 + at}")
                   for at in range(EMPLOYERS)]
        before = database_busy(running.process.pid) if running.process else 0.0
        found: Measurement = in_fresh_process("payroll.bench.month:paid", dsns, tenants)
        if running.process:
            found.database_seconds = round(database_busy(running.process.pid) - before, 2)
        return found


def prepared(dsns: Dsns, size: int, number: str) -> int:
    """One employer: people, lines, the month before closed, late facts."""
    close.connect(dsns)
    affected.UEBERLAPPUNG = timedelta(0)
    tenant = close.employer_with(size, number)
    _lines(tenant)
    close.pay_month(tenant, BEFORE)
    with tenant_session(tenant, actor=close.CLERK) as session:
        allowance = ids(session).lohnarten[ALLOWANCE]
        jobs = session.scalars(select(Ergebnis.beschaeftigung_id).order_by(Ergebnis.beschaeftigung_id)).all()
        for job in jobs[::SHARE]:
            record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job, lohnart_id=allowance, laufnummer=9,
                        betrag_cent=5_000, valid_from=BEFORE, reason="Messung")
    return tenant


def _lines(tenant: int) -> None:
    """Payments of a few euro in wage types of the employer's own, so that every slip has at least forty lines."""
    since, actor, reason = date(2025, 1, 1), close.CLERK, "Messung"
    with tenant_session(tenant, actor=actor) as session:
        known = set(session.scalars(select(Lohnart.nummer)))
        numbers = [n for n in range(5000, 9000) if n not in known][:LINES]
        types = reserve_ids(session, Lohnart, LINES)
        copy_rows(session, Lohnart, ("id", "public_id", "created_by", "nummer"),
                  [(i, uuid.uuid4(), actor, n) for i, n in zip(types, numbers, strict=True)])
        common = ("public_id", "valid_from", "recorded_by", "reason", "lohnart_id")
        copy_rows(session, LohnartStand, (*common, "text", "ziel", "steuer", "sv", "zv", "teilzeit", "tage"),
                  [(uuid.uuid4(), since, actor, reason, i, f"Zulage {n}", "zulagen", "pflichtig", "laufend", True,
                    n % 2 == 0, n % 3 == 0) for i, n in zip(types, numbers, strict=True)])
        jobs = session.scalars(select(Beschaeftigung.id).order_by(Beschaeftigung.id)).all()
        copy_rows(session, WiederkehrenderBezug, (*common, "beschaeftigung_id", "laufnummer", "betrag_cent"),
                  [(uuid.uuid4(), since, actor, reason, i, job, 1, 100 + at) for job in jobs
                   for at, i in enumerate(types)])


def paid(dsns: Dsns, tenants: list[int]) -> Measurement:
    """Measures; nothing else was recorded since the month before was closed, so no overlap is needed."""
    close.connect(dsns)
    affected.UEBERLAPPUNG = timedelta(0)
    for month in (BEFORE, MONTH):
        law_of(month)

    def work() -> None:
        for tenant in tenants:
            close.pay_month(tenant, MONTH)

    result = timed("month", 1, "Abrechnungen", work)
    slips, lines, back = _counted(tenants)
    if lines < LINES * slips or back * SHARE < slips - SHARE * len(tenants):
        raise RuntimeError(f"{slips} Abrechnungen, {lines} Zeilen, {back} Rückrechnungen: die Messung wäre falsch.")
    result.size, result.rate = slips, round(slips / result.seconds, 1)
    return result


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
