"""Projection of the personnel costs of one employer: a year and a month, from the facts to the lines by account.

Everybody has a post of the staffing plan with a product; every 25th post is vacant and filled by assumption, tables
rise, twelve people go one group up. The database is the embedded PostgreSQL.
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select

from payroll.bench import close
from payroll.bench.measure import Measurement, in_fresh_process, repeated, timed
from payroll.bench.own_server import own_server
from payroll.bench.whatif import AGAIN, FIRST, MEASURES
from payroll.budget import kept
from payroll.budget.assumptions import Annahmen, Wiederbesetzung
from payroll.budget.lines import ERWARTET, Ergebnis
from payroll.law.calculate import law_of
from payroll.masterdata.models import Beschaeftigung
from staffplan import organisation
from staffplan.models import Kontierung, Organisationseinheit, Stelle, StelleBesetzung, StelleStand, StelleVerteilung
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, tenant_session

SINCE, EVERY = date(2020, 1, 1), 25


def measure(size: int = 5_000) -> Measurement:
    """Person-months per second of a year."""
    return _measured(size, 12)


def month(size: int = 5_000) -> Measurement:
    """The same for a single month."""
    return _measured(size, 1)


def _measured(size: int, months: int) -> Measurement:
    with own_server() as (_server, dsns):
        tenant = in_fresh_process("payroll.bench.budget:written", dsns, size)
        found: Measurement = in_fresh_process("payroll.bench.budget:computed", dsns, tenant, months)
        return found


def written(dsns: Dsns, size: int) -> int:
    """People and their posts."""
    tenant = close.written(dsns, size)
    with tenant_session(tenant, actor=close.CLERK) as session:
        organisation.unit(session, "1", name="Amt", ab=SINCE, reason="Messung")
        organisation.account(session, "produkt", "01.01", name="Produkt", ab=SINCE, reason="Messung",
                             produktbereich="01")
        _posts(session)
    return tenant


def _posts(session: TenantSession) -> None:
    unit = session.scalars(select(Organisationseinheit.id)).one()
    product = session.scalars(select(Kontierung.id)).one()
    numbers = session.scalars(select(Beschaeftigung.personalnummer).order_by(Beschaeftigung.id)).all()
    people: list[str | None] = [*numbers, *[None] * (len(numbers) // EVERY)]
    anchors = [Stelle(public_id=uuid.uuid4(), nummer=f"{at:06}", created_by=close.CLERK) for at in range(len(people))]
    session.add_all(anchors)
    session.flush()
    about = {"valid_from": SINCE, "recorded_by": close.CLERK, "reason": "Messung"}
    for anchor, number in zip(anchors, people, strict=True):
        own = about | {"stelle_id": anchor.id, "zaehler": 1, "nenner": 1}
        session.add(StelleStand(public_id=uuid.uuid4(), einheit_id=unit, art="stelle", bezeichnung="Stelle",
                                gruppe="E9b", beschluss="Messung", **own))
        session.add(StelleVerteilung(public_id=uuid.uuid4(), produkt_id=product, **own))
        if number is not None:
            session.add(StelleBesetzung(public_id=uuid.uuid4(), personalnummer=number, zustand="aktiv", gruppe="E9b",
                                        **own))
    session.flush()


def computed(dsns: Dsns, tenant: int, months: int) -> Measurement:
    """Measures one projection; the law is built before, as in a server that has paid a month already."""
    close.connect(dsns)
    plan = Annahmen("Messung", FIRST, months, MEASURES, Wiederbesetzung(FIRST))
    for one in plan.months:
        law_of(one)
    found: list[Ergebnis] = []

    def work() -> None:
        with tenant_session(tenant, actor=close.CLERK) as session:
            found.append(kept.compute(session, plan))

    name = "budget" if months > 1 else "budget-month"
    result = timed(name, 1, "Personenmonate", work)
    if len(found[0].personen) != months or not any(key[4] == ERWARTET for key in found[0].zeilen):
        raise RuntimeError("Die Hochrechnung fand nicht, was sie finden soll: die Messung wäre falsch.")
    result.size = sum(found[0].personen.values())
    result.rate = round(result.size / result.seconds, 1)
    return result.noted("eine Hochrechnung", repeated(AGAIN[months > 1], work))
