"""What-if of one employer: "+3 %, at least 110 euro" for a month and for a year, from the facts to the cost per month.

Both sides count, what is paid today and what would be; the database is the embedded PostgreSQL.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from payroll.bench import close
from payroll.bench.measure import Measurement, in_fresh_process, repeated, timed
from payroll.bench.own_server import own_server
from payroll.law.calculate import law_of
from payroll.runs.whatif.massnahmen import Auswahl, Erhoehung, Massnahme, Szenario, Umgruppierung
from payroll.runs.whatif.verlauf import Ergebnis, compute
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session

FIRST = date(2026, 1, 1)
AGAIN = {False: 9, True: 2}  # further calls of a month, of a year
MEASURES: tuple[Massnahme, ...] = (
    Erhoehung(FIRST, ("TVoeD-VKA", "TVoeD-SuE", "TVoeD-P"), Decimal(3), 11_000),
    Umgruppierung(FIRST, Auswahl((), "TVoeD-VKA", "E9a", 12)))


def measure(size: int = 5_000) -> Measurement:
    """Person-months per second of a year."""
    return _measured(size, 12)


def month(size: int = 5_000) -> Measurement:
    """The same for a single month."""
    return _measured(size, 1)


def _measured(size: int, months: int) -> Measurement:
    with own_server() as (_server, dsns):
        tenant = in_fresh_process("payroll.bench.close:written", dsns, size)
        found: Measurement = in_fresh_process("payroll.bench.whatif:computed", dsns, tenant, months)
        return found


def computed(dsns: Dsns, tenant: int, months: int) -> Measurement:
    """Measures one scenario; the law is built before, as in a server that has paid a month already."""
    close.connect(dsns)
    plan = Szenario("Messung", FIRST, months, MEASURES)
    for one in plan.months:
        law_of(one)
    found: list[Ergebnis] = []

    def work() -> None:
        with tenant_session(tenant, actor=close.CLERK) as session:
            found.append(compute(session, plan))

    name = "whatif" if months > 1 else "whatif-month"
    result = timed(name, 1, "Personenmonate", work)
    costs = found[0].monate
    if len(costs) != months or any(one.mehr_kosten <= 0 for one in costs):
        raise RuntimeError("Das Szenario fand nicht, was es finden soll: die Messung wäre falsch.")
    result.size = sum(one.personen for one in costs)
    result.rate = round(result.size / result.seconds, 1)
    return result.noted("ein Szenario", repeated(AGAIN[months > 1], work))
