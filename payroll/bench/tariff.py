"""Tariff on the day: from the file of a pay table to the back pay in the next run, for all employers.

Measured are the steps of two persons: check the file cell by cell against the table in force, store the proposal, show
its cost for each employer and month, decide as the second person, put it into force everywhere, and the run of the
month in which the closed months are paid again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import func, select

from payroll.bench import close
from payroll.bench.measure import Measurement, timed
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import of_employers
from payroll.law.calculate import law_of
from payroll.law.encode import TARIFWERKE
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.vorschlaege import intake, service
from payroll.masterdata.vorschlaege.pay_table import Erwartet
from payroll.runs import service as runs
from payroll.runs.models import Lauf
from payroll.runs.retro import affected
from payroll.runs.retro_models import Rueckrechnung
from payroll.runs.whatif import cost
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

EMPLOYERS = 10
SINCE = date(2026, 9, 1)
CLOSED = (SINCE, date(2026, 10, 1))
RISE = intake.Einigung(prozent=Decimal(3), mindestens=Decimal(110))
SCALES = tuple(scale for scale in TARIFWERKE if scale.startswith("TVoeD"))


def measure(size: int = 6_600) -> Measurement:
    """People with back pay per second; of 6,600 of all kinds about 5,000 are paid by these tables."""
    return of_employers("payroll.bench.tariff:prepared", "payroll.bench.tariff:in_force", people=size // EMPLOYERS)


def prepared(dsns: Dsns, size: int) -> list[int]:
    """Employers of this size with two closed months, all in one process: the law is built once."""
    close.connect(dsns)
    affected.UEBERLAPPUNG = timedelta(0)
    tenants = [close.employer_with(size, f"{930 + at}") for at in range(EMPLOYERS)]
    for tenant in tenants:
        for month in CLOSED:
            close.pay_month(tenant, month)
    return tenants


def table() -> bytes:
    """The tables in force, raised as agreed, one line for each cell."""
    agreed = Erwartet(RISE.prozent, 11_000)
    rows = ["tarifwerk;entgeltgruppe;stufe;betrag"]
    for (scale, group, step), cell in load_pay_tables().on(SINCE).items():
        if scale in SCALES:
            cents = agreed.of(cell.cent)
            rows.append(f"{scale};{group};{step};{cents // 100},{cents % 100:02d}")
    return "\n".join(rows).encode()


def in_force(dsns: Dsns, tenants: list[int]) -> Measurement:
    """Measures; nothing else was recorded since the months were closed, so no overlap is needed."""
    close.connect(dsns)
    affected.UEBERLAPPUNG = timedelta(0)
    for month in (*CLOSED, MONTH):
        law_of(month)
    took, spent = list[str](), list[float]()

    def work() -> None:
        row = _timed(took, "geprüft und vorgeschlagen", _proposed)
        _timed(took, "Kosten gezeigt", lambda: _cost(row, tenants))
        _timed(took, "entschieden und in Kraft", lambda: _decided(row))
        _timed(took, "nachgerechnet und bezahlt", lambda: spent.extend(_paid(tenants)))

    result = timed("tariff", 1, "Nachzahlungen", work)
    people = sum(_back(tenant) for tenant in tenants)
    if not people:
        raise RuntimeError("Niemand bekommt eine Nachzahlung: die Messung wäre falsch.")
    result.size, result.rate, result.remark = people, round(people / result.seconds, 1), ", ".join(took)
    return result.noted("Nachzahlung eines Arbeitgebers", spent)


def _timed(took: list[str], name: str, step: Callable[[], Any]) -> Any:
    started, busy = perf_counter(), process_time()
    made = step()
    took.append(f"{name} {perf_counter() - started:.1f} s (Prozessor {process_time() - busy:.1f} s)")
    return made


def _proposed() -> Any:
    data = table()
    found = intake.check(data, "entgelttabelle", SINCE, RISE, actor=close.CLERK)
    if not found.gut:
        raise RuntimeError(f"Die Tabelle wird nicht angenommen: {found.probleme[0]}")
    given = service.Angaben("entgelttabelle", "Tarifeinigung", SINCE, "Messung", "tabelle.csv")
    with platform_session(actor=close.CLERK) as session:
        return service.upload(session, given, data, found.inhalt)


def _cost(row: Any, tenants: list[int]) -> None:
    months = cost.months_of(row, MONTH)
    for tenant in tenants:
        with tenant_session(tenant, actor=close.CLERK) as session:
            if not any(one.mehr_kosten for one in cost.cost(session, row, months)):
                raise RuntimeError("Die Tabelle kostet nichts: die Messung wäre falsch.")


def _decided(row: Any) -> None:
    with platform_session(actor=close.HEAD) as session:
        service.decide(session, row.public_id, gesehen=service.shown(row), bestaetigt=True, grund="")
    service.distribute(row.public_id, actor=close.HEAD)


def _paid(tenants: list[int]) -> list[float]:
    """Seconds of each employer."""
    spent = []
    for tenant in tenants:
        started = perf_counter()
        with tenant_session(tenant, actor=close.CLERK) as session:
            runs.calculate(session, MONTH, key=f"messung-{MONTH:%Y-%m}")
        spent.append(perf_counter() - started)
    return spent


def _back(tenant: int) -> int:
    with tenant_session(tenant, actor=close.CLERK) as session:
        return session.scalar(
            select(func.count(func.distinct(Rueckrechnung.beschaeftigung_id)))
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(Lauf.monat == MONTH, Rueckrechnung.art == "entstehung")) or 0
