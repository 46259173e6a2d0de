"""Belege gehen nach acht Jahren (§ 147 Abs. 3 AO), vollständig und nicht früher; Auskunft nennt die Zahlungen."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.filings.models import Zahlung, Zahlungsauftrag, Zahlungsbericht, Zahlungsmeldung
from payroll.filings.sepa import feedback, orders, reading
from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements.privacy import walking
from payroll.statements.retention import service
from payroll.statements.retention.classes import ZAHLUNG
from tenants.db.session import tenant_session
from tenants.retention import orders as deletion

REPORT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>B1</MsgId>
</GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{msg}</OrgnlMsgId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt>
</Document>"""
MODELS = (Zahlungsmeldung, Zahlungsbericht, Zahlung, Zahlungsauftrag)
LAST, DUE = date(2034, 12, 31), date(2035, 1, 1)


def _sent(town: Any) -> str:
    with town.session("klara") as session:
        order = orders.create(session, town.month, today=town.today, now=town.now).auftrag
    with town.session("kurt") as session:
        orders.release(session, order.public_id, sha256=order.sha256.hex(), today=town.today)
        feedback.take(session, REPORT.format(msg=order.msg_id).encode())
    return str(order.msg_id)


def test_vouchers_go_after_eight_years_and_not_before(fresh_town: Any) -> None:
    _sent(fresh_town)
    with fresh_town.session("mia") as session:
        before = {model.__tablename__: session.scalar(select(func.count(model.id))) for model in MODELS}
        assert service.plan(session, LAST).of(ZAHLUNG) == {}
        made = service.plan(session, DUE)
        assert made.of(ZAHLUNG) == dict(sorted(before.items()))
        found = service.order(session, DUE, today=DUE, digest=made.digest, reason="Frist vorbei")
    with fresh_town.session("hugo") as session:
        deletion.approve(session, found.public_id, digest=made.digest)
    done = service.run(fresh_town.tenant, "nachtlauf")
    assert done is not None
    with tenant_session(fresh_town.tenant, actor="mia") as session:
        assert {model.__tablename__: session.scalar(select(func.count(model.id))) for model in MODELS} == dict.fromkeys(
            before, 0)


def test_a_person_is_told_about_own_payments(fresh_town: Any) -> None:
    _sent(fresh_town)
    with fresh_town.session("mia") as session:
        person = session.scalars(select(Person).join(Beschaeftigung, Beschaeftigung.person_id == Person.id)
                                 .where(Beschaeftigung.personalnummer == "SPARERIN")).one()
        found: dict[Any, Any] = dict(walking.rows_of(session, person.public_id))
        order = reading.orders_of(session)[0]
        own = [row for row in reading.payments_of(session, order) if row.personalnummer == "SPARERIN"]
    assert {row.id for row in found[Zahlung]} == {row.id for row in own}
    assert len(found[Zahlungsmeldung]) == len(own) == 2
