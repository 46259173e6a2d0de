"""What the month of a district measures is the whole way: closed, booked, ordered and released, sums tied."""

from __future__ import annotations

from sqlalchemy import func, select

from payroll.bench import close, month
from payroll.bench.mixture import MONTH
from payroll.filings.models import Zahlung, Zahlungsauftrag
from payroll.postings.models import Journal
from payroll.runs.models import Lauf
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session


def test_the_month_is_settled_to_the_released_payment_file(database: Dsns) -> None:
    tenant = close.employer_with(12, "903")
    month.account(tenant)
    share = month.settled(tenant)
    assert share.statements > 100
    assert share.processor > 0
    assert share.peak_mb > 10
    with tenant_session(tenant, actor=close.CLERK) as session:
        assert session.scalars(select(Lauf.zustand).where(Lauf.monat == MONTH)).one() == "abgeschlossen"
        order = session.scalars(select(Zahlungsauftrag)).one()
        paid = session.scalar(select(func.sum(Zahlung.betrag)).where(Zahlung.zahlungsauftrag_id == order.id))
        assert (order.zustand, order.liste_anzahl) == ("freigegeben", 0)
        assert order.anzahl >= 12
        assert order.summe == paid
        assert session.scalars(select(Journal.netto)).one() <= order.summe  # creditors and contracts are paid beside
