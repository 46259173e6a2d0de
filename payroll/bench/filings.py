"""Journal and filings of a closed month of one employer, each from the results in the database to stored rows.

The database is the embedded PostgreSQL with its ordinary settings in a temporary directory; people and month are
written
by one process, the measured work runs in another one.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from payroll.bench import close
from payroll.bench.measure import Measurement, in_fresh_process, timed, undone
from payroll.bench.mixture import MONTH
from payroll.bench.own_server import own_server
from payroll.filings.meldungen import alle
from payroll.postings import service as postings
from payroll.postings.exporting import Beleg, as_csv, as_extf
from payroll.postings.zeilen import condensed
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, tenant_session

CALLS = 5


def measure(size: int = 5_000) -> Measurement:
    """All filings of a month (wage tax, statements per fund, pension fund, reports by event), stored and sealed."""
    return _measured("filings", size)


def journal(size: int = 5_000) -> Measurement:
    """The journal of a month, derived, checked and stored; the remark says how long CSV and EXTF took."""
    return _measured("journal", size)


def _measured(name: str, size: int) -> Measurement:
    with own_server() as (_server, dsns):
        tenant = in_fresh_process("payroll.bench.filings:closed", dsns, size)
        found: Measurement = in_fresh_process(f"payroll.bench.filings:{name}_of", dsns, tenant, size)
        second = in_fresh_process("payroll.bench.filings:closed", dsns, size, "901")
        return found.noted("ein Monat ohne Festschreiben", in_fresh_process(
            "payroll.bench.filings:again", dsns, second, name))


def closed(dsns: Dsns, size: int, number: str = "900") -> int:
    """An employer with a closed month; returns its number."""
    close.connect(dsns)
    tenant = close.employer_with(size, number)
    close.pay_month(tenant, MONTH)
    return tenant


def again(dsns: Dsns, tenant: int, name: str) -> list[float]:
    """Seconds of the same work, each call undone; for another employer, in another process and after the measured one,
    which is to find process and database as they were without these calls."""
    close.connect(dsns)
    made: dict[str, Callable[[TenantSession], object]] = {
        "filings": lambda session: list(alle.create(session, MONTH)),
        "journal": lambda session: postings.create(session, MONTH)}
    return undone(CALLS, lambda: tenant_session(tenant, actor=close.CLERK), made[name])


def filings_of(dsns: Dsns, tenant: int, size: int) -> Measurement:
    """Measures all filings; nothing is a measurement if a kind is missing."""
    close.connect(dsns)
    made: list[str] = []

    def work() -> None:
        with tenant_session(tenant, actor=close.CLERK) as session:
            made.extend(one.meldung.art for one in alle.create(session, MONTH))

    result = timed("filings", size, "Beschäftigte", work)
    if not {"lsta", "beitragsnachweis", "zv_monat"} <= set(made):
        raise RuntimeError("Es fehlen Meldungen: die Messung wäre falsch.")
    result.remark = f"{len(made)} Meldungen"
    return result


def journal_of(dsns: Dsns, tenant: int, size: int) -> Measurement:
    """Measures the journal; its files are timed beside it."""
    close.connect(dsns)

    def work() -> None:
        with tenant_session(tenant, actor=close.CLERK) as session:
            postings.create(session, MONTH)

    result = timed("journal", size, "Beschäftigte", work)
    with tenant_session(tenant, actor=close.CLERK) as session:
        held = postings.find(session, MONTH)
        started = time.perf_counter()
        rows = condensed(session, held)
        content = [as_csv(held, rows, Beleg("0900", "3700")), as_extf(held, rows, Beleg("0900", "3700"))]
        seconds = time.perf_counter() - started
    result.remark = f"{held.anzahl} Zeilen; CSV und EXTF zusammen {seconds:.2f} s, {sum(map(len, content))} Bytes"
    return result

