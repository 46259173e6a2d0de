"""Bar oder von Hand gezahlt: zwei Personen halten es fest, danach geht dieselbe Zahlung in keiner Datei mehr hinaus."""

from __future__ import annotations

import uuid
from contextlib import nullcontext
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from payroll.cli import kreislohn
from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import abgleich
from payroll.filings.models import Zahlung
from payroll.filings.sepa import by_hand, collecting, feedback, followup, orders, reading, report
from payroll.masterdata.models import Bankverbindung
from payroll.masterdata.service import find_employment, record_fact
from payroll.postings import service as postings
from tenants.audit.models import AuditEntry

REJECTED = ('<Document xmlns="{space}"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>'
            "{order}</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>x</OrgnlPmtInfId><TxInfAndSts>"
            "<OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>"
            "</CstmrPmtStsRpt></Document>")


@pytest.fixture
def sent(fresh_town: Any) -> Any:
    """Ein freigegebener Auftrag; KONTOLOS hat kein Konto."""
    town = fresh_town
    with town.session("klara") as session:
        order = orders.create(session, town.month, today=town.today, now=town.now).auftrag
    town.order = order.public_id
    confirmed(town, order.public_id)
    return town


def confirmed(town: Any, order: uuid.UUID) -> None:
    with town.session("kurt") as session:
        shown = orders.find(session, order).sha256.hex()
        orders.release(session, order, sha256=shown, today=town.today)


def waiting(session: Any, town: Any) -> dict[str, Zahlung]:
    return {one.anspruch: one for one, _ in followup.open_payments(session, orders.find(session, town.order))}


def record(session: Any, town: Any, *payments: uuid.UUID, note: str = "Quittung 17", day: Any = None) -> Any:
    return by_hand.record(session, town.order, payments, day=day or town.today, note=note, today=town.today,
                          now=town.now).auftrag


def test_paid_in_cash_it_goes_into_no_file_when_the_account_comes(sent: Any) -> None:
    with sent.session("klara") as session:
        payment = waiting(session, sent)["auszahlung:KONTOLOS"]
        made = record(session, sent, payment.public_id)
        number, cents = made.public_id, payment.betrag
        assert (made.anzahl, made.liste_anzahl, made.liste_summe) == (0, 1, cents)
        assert made.grund == "bar oder von Hand gezahlt am 20.05.2026: Quittung 17"
    with sent.session("klara") as session, pytest.raises(FilingRefused, match="nicht frei"):
        orders.release(session, number, sha256=orders.find(session, number).sha256.hex(), today=sent.today)
    confirmed(sent, number)
    with sent.session("klara") as session:
        job = find_employment(session, "KONTOLOS")
        record_fact(session, Bankverbindung, person_id=job.person_id, valid_from=sent.month, reason="Konto genannt",
                    iban="DE02100500000054540402", iban_ende="0402")
    with sent.session("klara") as session:
        assert "auszahlung:KONTOLOS" not in waiting(session, sent)
        assert followup.open_payments(session, orders.find(session, number)) == []
        (later,) = [one for key, one in by_hand.paid_with(session, orders.find(session, sent.order)).items()
                    if key == payment.public_id]
        assert later.public_id == number
        with pytest.raises(FilingRefused, match="nicht \\(mehr\\) offen"):
            record(session, sent, payment.public_id)


def test_withdrawn_it_is_open_again_and_a_rejected_one_can_be_paid_so_too(sent: Any) -> None:
    with sent.session("klara") as session:
        order = orders.find(session, sent.order)
        name = next(one.end_to_end_id for one in reading.payments_of(session, order)
                    if one.anspruch == "auszahlung:TARIF")
        told = REJECTED.format(space=report.NAMESPACE, order=order.msg_id, name=name)
        feedback.take(session, told.encode().replace(b">x<", f">{order.msg_id}-E<".encode()))
        rejected = waiting(session, sent)["auszahlung:TARIF"].public_id
        made = record(session, sent, rejected).public_id
        assert "auszahlung:TARIF" not in waiting(session, sent)
        orders.withdraw(session, made, reason="doch nicht bar")
        assert waiting(session, sent)["auszahlung:TARIF"].public_id == rejected


def test_confirmed_by_mistake_another_takes_it_back_and_it_is_open_again(sent: Any) -> None:
    with sent.session("klara") as session:
        payment = waiting(session, sent)["auszahlung:KONTOLOS"].public_id
        number = record(session, sent, payment).public_id
    confirmed(sent, number)
    with sent.session("klara") as session:
        for words, given in (("Grund", " "), ("zweite Person", "falsche Person")):
            with pytest.raises(FilingRefused, match=words):
                orders.withdraw(session, number, reason=given)
        assert "auszahlung:KONTOLOS" not in waiting(session, sent)
    with sent.session("klaus") as session:
        with pytest.raises(FilingRefused, match="bei der Bank"):
            orders.withdraw(session, sent.order, reason="doch nicht")
        back = orders.withdraw(session, number, reason="falsche Person angekreuzt")
        assert (back.zustand, back.freigegeben_von, back.zurueckgezogen_von) == ("zurueckgezogen", "kurt", "klaus")
        assert waiting(session, sent)["auszahlung:KONTOLOS"].public_id == payment
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "zahlungsauftrag.zurueckgezogen"))
        assert (entry.actor, entry.reason) == ("klaus", "falsche Person angekreuzt")
    with sent.session("klara") as session:
        assert record(session, sent, payment).public_id != number


def test_the_database_lets_no_released_file_and_no_own_order_be_taken_back(sent: Any) -> None:
    with sent.session("klara") as session:
        number = record(session, sent, waiting(session, sent)["auszahlung:KONTOLOS"].public_id).public_id
    confirmed(sent, number)
    for order, who in ((sent.order, "klaus"), (number, "klara")):
        with sent.session(who) as session:
            row = orders.find(session, order)
            row.zustand, row.zurueckgezogen_von, row.zurueckgezogen_grund = "zurueckgezogen", who, "x"
            with pytest.raises(IntegrityError, match="bleibt, wie er erstellt"):
                session.flush()
            session.rollback()


def test_what_another_order_pays_is_not_taken_back_beneath_it(sent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with sent.session("klara") as session:
        first = record(session, sent, waiting(session, sent)["auszahlung:KONTOLOS"].public_id)
        number, name = first.public_id, first.msg_id
    confirmed(sent, number)
    monkeypatch.setattr(collecting, "GEZAHLT", "anders")  # as if the payment were on a list for want of an account
    with sent.session("klara") as session:
        (again,) = [one.public_id for one, _ in followup.open_payments(session, orders.find(session, number))]
        later = by_hand.record(session, number, [again], day=sent.today, note="Quittung 18", today=sent.today,
                               now=sent.now).auftrag
        assert later.msg_id != name
    with sent.session("klaus") as session, pytest.raises(FilingRefused, match="erst diesen zurückziehen"):
        orders.withdraw(session, number, reason="falsch")


def test_once_confirmed_the_task_of_the_rejection_is_done_and_the_protocol_names_the_payment(sent: Any) -> None:
    """Ehe die zweite Person bestätigt, bleibt die Aufgabe offen; die einer anderen Zahlung bleibt es auch danach."""
    with sent.session("klara") as session:
        order = orders.find(session, sent.order)
        names = {one.anspruch: one.end_to_end_id for one in reading.payments_of(session, order)}
        for claim in ("auszahlung:TARIF", "auszahlung:SPARERIN"):
            told = REJECTED.format(space=report.NAMESPACE, order=order.msg_id, name=names[claim])
            told = told.replace("<MsgId>B<", f"<MsgId>{claim[-8:]}<").replace(">x<", f">{order.msg_id}-E<")
            feedback.take(session, told.encode())
        payment = waiting(session, sent)["auszahlung:TARIF"].public_id
        made = record(session, sent, payment)
        number, name = made.public_id, made.msg_id
        (entry,) = session.scalars(select(AuditEntry).where(
            AuditEntry.action == "zahlungsauftrag.erstellt", AuditEntry.subject == f"zahlungsauftrag:{name}"))
        assert entry.details["ersetzt"] == [str(payment)]
        assert len(feedback.tasks(session)) == 2
    confirmed(sent, number)
    with sent.session("klara") as session:
        (left,) = feedback.tasks(session)
        assert left.zahlung is not None
        assert left.zahlung.anspruch == "auszahlung:SPARERIN"
        (done,) = [one.meldung for one in feedback.tasks(session, open_only=False) if one.meldung.erledigt_am]
        assert (done.erledigt_von, done.begruendung) == (
            "kurt", f"bar oder von Hand gezahlt am 20.05.2026: Quittung 17 (Auftrag {name})")
        assert session.scalars(select(AuditEntry.reason).where(
            AuditEntry.action == "zahlungsmeldung.erledigt")).all() == [done.begruendung]
    with sent.session("kurt") as session:
        orders.withdraw(session, number, reason="doch nicht bar")
        assert waiting(session, sent)["auszahlung:TARIF"].public_id == payment, "offen ist sie am Auftrag wieder"
        assert {one.zahlung.anspruch for one in feedback.tasks(session) if one.zahlung} == {
            "auszahlung:TARIF", "auszahlung:SPARERIN"}, "und als Aufgabe"
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "zahlungsmeldung.wieder_offen"))
        assert (entry.actor, entry.reason, entry.details["vorher"]) == (
            "kurt", "doch nicht bar", {"erledigt_von": "kurt", "begruendung": done.begruendung})
        feedback.settle(session, done.public_id, reason="neues Konto")
        assert len(feedback.tasks(session)) == 1


def test_a_task_done_for_another_reason_stays_done(sent: Any) -> None:
    """Erledigt, ehe die Barzahlung bestätigt war: sie hat die Aufgabe nicht erledigt und öffnet sie nicht."""
    with sent.session("klara") as session:
        order = orders.find(session, sent.order)
        name = next(one.end_to_end_id for one in reading.payments_of(session, order)
                    if one.anspruch == "auszahlung:TARIF")
        told = REJECTED.format(space=report.NAMESPACE, order=order.msg_id, name=name)
        feedback.take(session, told.encode().replace(b">x<", f">{order.msg_id}-E<".encode()))
        number = record(session, sent, waiting(session, sent)["auszahlung:TARIF"].public_id).public_id
        (task,) = feedback.tasks(session)
        feedback.settle(session, task.meldung.public_id, reason="Bank hat sich geirrt")
    confirmed(sent, number)
    with sent.session("kurt") as session:
        orders.withdraw(session, number, reason="doch nicht bar")
        assert feedback.tasks(session) == []
    with sent.session("klara") as session:
        row = feedback.tasks(session, open_only=False)[0].meldung
        row.erledigt_von = row.erledigt_am = row.begruendung = None
        with pytest.raises(IntegrityError, match="erledigen lässt sie sich einmal"):
            session.flush()
        session.rollback()


def test_sums_of_the_month_stay_what_they_are(sent: Any) -> None:
    with sent.session("klara") as session:
        record(session, sent, *(one.public_id for one in waiting(session, sent).values()))
        postings.create(session, sent.month)
        found = {one.was: one.stimmt for one in abgleich.checks(session, sent.month)}
        assert found["Auszahlungen: Journal und Zahlungsauftrag"] is True


def test_wrong_input_says_what_to_do(sent: Any) -> None:
    with sent.session("klara") as session:
        one = waiting(session, sent)["auszahlung:KONTOLOS"].public_id
        for words, given in (("Beleg", {"note": " "}), ("in der Zukunft", {"day": sent.today.replace(day=21)})):
            with pytest.raises(FilingRefused, match=words):
                record(session, sent, one, **given)
        with pytest.raises(FilingRefused, match="mindestens eine"):
            record(session, sent)
        with pytest.raises(FilingRefused, match="nicht \\(mehr\\) offen"):
            record(session, sent, one, uuid.uuid4())
        waiting_order = record(session, sent, one).public_id
        with pytest.raises(FilingRefused, match="erst, was freigegeben ist"):
            by_hand.record(session, waiting_order, [one], day=sent.today, note="x", today=sent.today, now=sent.now)


def test_the_command_goes_the_same_way(sent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payroll.acting.database", lambda data: nullcontext())
    with sent.session("klara") as session:
        order = orders.find(session, sent.order)
        place, name = waiting(session, sent)["auszahlung:KONTOLOS"].position, order.msg_id

    def run(*words: str) -> tuple[int, str]:
        made = CliRunner().invoke(kreislohn, ["payments", *words, "--tenant", "0100", "--actor", "klara"])
        return made.exit_code, made.output

    assert f"{place}  KONTOLOS" in run("show", name)[1]
    assert "Nummer 999" in run("by-hand", name, "--payment", "999", "--note", "Quittung", "--day", "2026-05-20")[1]
    code, words = run("by-hand", name, "--payment", str(place), "--note", "Quittung", "--day", "2026-05-20")
    assert (code, "1 Zahlung," in words, "zweite Person" in words) == (0, True, True), words
