"""Bar oder von Hand gezahlt: zwei Personen halten es fest, danach geht dieselbe Zahlung in keiner Datei mehr hinaus."""

from __future__ import annotations

import uuid
from contextlib import nullcontext
from typing import Any

import pytest
from click.testing import CliRunner

from payroll.cli import kreislohn
from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import abgleich
from payroll.filings.models import Zahlung
from payroll.filings.sepa import by_hand, feedback, followup, orders, reading, report
from payroll.masterdata.models import Bankverbindung
from payroll.masterdata.service import find_employment, record_fact
from payroll.postings import service as postings

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
    assert (code, "1 Zahlungen" in words, "zweite Person" in words) == (0, True, True), words
