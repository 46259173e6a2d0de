"""Belege gehen nach acht Jahren (§ 147 Abs. 3 AO), vollständig und nicht früher; Auskunft nennt die Zahlungen."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.filings.meldungen import speichern
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.models import Meldesatz, Meldung, Zahlung, Zahlungsauftrag, Zahlungsbericht, Zahlungsmeldung
from payroll.filings.sepa import feedback, orders, reading
from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements.privacy import walking
from payroll.statements.retention import service
from payroll.statements.retention.classes import AKTE_KRANKHEIT, ZAHLUNG
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


def test_requests_for_certificates_go_with_illness_after_five_years(fresh_town: Any) -> None:
    """Sie buchen nichts: Frist der Unterlagen über Krankheit (§ 90 LBG NRW, sinngemäß), nicht die der Belege."""
    may, due = date(2026, 5, 1), date(2032, 1, 1)
    with fresh_town.session() as session:
        person = session.scalars(select(Person.public_id)).first()
        entry = Satz("TARIF|eau|1", "eau", may, may, may, person, "TARIF", {})
        other = Satz("TARIF|10|1", "10", may, may, may, person, "TARIF", {})
        stored = speichern.store(session, [
            Entwurf("eau", may, may, "fund", "Kasse", may, saetze=(entry,)),
            Entwurf("deuev", may, may, "annahmestelle", "Annahmestellen", may, saetze=(other,))])
        kept = stored[1].meldung.id
    with fresh_town.session("mia") as session:
        assert service.plan(session, date(2031, 12, 31)).of(AKTE_KRANKHEIT) == {}
        made = service.plan(session, due)
        assert made.of(AKTE_KRANKHEIT) == {"meldesatz": 1, "meldung": 1}
        assert service.plan(session, DUE).of(ZAHLUNG) == {"meldesatz": 1, "meldung": 1}
        found = service.order(session, due, today=due, digest=made.digest, reason="Frist vorbei")
    with fresh_town.session("hugo") as session:
        deletion.approve(session, found.public_id, digest=made.digest)
    assert service.run(fresh_town.tenant, "nachtlauf") is not None
    with fresh_town.session("mia") as session:
        assert session.scalars(select(Meldung.id)).all() == [kept]
        assert session.scalars(select(Meldesatz.meldung_id)).all() == [kept]


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
