"""Rückmeldungen der Bank: drei Ebenen, jeder Grund mit Abhilfe, Namen der Bank, Folgeaufträge, Fremdes und Böses.

Form der Dateien: pain.002.001.10, Muster der DK und Berichte der Empfängerprüfung (Deutsche Bank, Oktober 2025).
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from payroll.filings.errors import FilingRefused
from payroll.filings.models import Zahlung, Zahlungsbericht, Zahlungsmeldung
from payroll.filings.sepa import by_hand, codes, feedback, followup, orders, reading, report
from payroll.masterdata.models import Bankverbindung
from payroll.masterdata.service import find_employment, record_fact

NS = report.NAMESPACE
NEW = "DE02100500000054540402"


def single(name: str, state: str, *reasons: str, words: tuple[str, ...] = ()) -> str:
    told = "".join(f"<StsRsnInf><Rsn><Cd>{one}</Cd></Rsn></StsRsnInf>" for one in reasons)
    told += f"<StsRsnInf>{''.join(f'<AddtlInf>{word}</AddtlInf>' for word in words)}</StsRsnInf>" if words else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>{state}</TxSts>{told}</TxInfAndSts>"


def block(name: str, *inside: str, state: str = "", reason: str = "") -> str:
    told = f"<PmtInfSts>{state}</PmtInfSts>" if state else ""
    told += f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{name}</OrgnlPmtInfId>{told}{''.join(inside)}</OrgnlPmtInfAndSts>"


def bank_file(order: Any, *blocks: str, group: str = "", reason: str = "", bank: str = "BANK-1", **more: Any) -> bytes:
    values = {"msg": order.msg_id, "count": order.anzahl, "sum": f"{order.summe // 100}.{order.summe % 100:02d}"} | more
    state = f"<GrpSts>{group}</GrpSts>" if group else ""
    state += f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    return (f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{NS}"><CstmrPmtStsRpt>'
            f"<GrpHdr><MsgId>{bank}</MsgId>"
            f"<CreDtTm>2026-05-21T11:02:13Z</CreDtTm></GrpHdr><OrgnlGrpInfAndSts>"
            f"<OrgnlMsgId>{values['msg']}</OrgnlMsgId>"
            f"<OrgnlMsgNmId>pain.001</OrgnlMsgNmId><OrgnlNbOfTxs>{values['count']}</OrgnlNbOfTxs>"
            f"<OrgnlCtrlSum>{values['sum']}</OrgnlCtrlSum>{state}</OrgnlGrpInfAndSts>{''.join(blocks)}"
            "</CstmrPmtStsRpt></Document>").encode()


@pytest.fixture
def sent(fresh_town: Any) -> Any:
    """Ein Auftrag, der bei der Bank ist; je Test frisch."""
    town = fresh_town
    with town.session("klara") as session:
        order = orders.create(session, town.month, today=town.today, now=town.now).auftrag
    with town.session("kurt") as session:
        orders.release(session, order.public_id, sha256=order.sha256.hex(), today=town.today)
        town.order = orders.find(session, order.public_id)
        town.ids = {row.anspruch: row.end_to_end_id for row in reading.payments_of(session, town.order)}
    return town


def take(town: Any, content: bytes) -> feedback.Eingelesen:
    with town.session("kurt") as session:
        return feedback.take(session, content)


def test_rejected_account_becomes_a_task_and_then_a_payment(sent: Any) -> None:
    name = sent.ids["auszahlung:TARIF"]
    content = bank_file(sent.order, block(f"{sent.order.msg_id}-E", single(name, "RJCT", "AC04")), group="PART")
    first, again = take(sent, content), take(sent, content)
    assert (first.neu, first.aufgaben, again.neu, again.bericht.id) == (True, 1, False, first.bericht.id)
    with sent.session() as session:
        (task,) = feedback.tasks(session)
        assert (task.zahlung.personalnummer, task.status.text) == ("TARIF", "abgelehnt")
        assert [one.text for one in task.gruende] == ["Konto ist geschlossen"]
        assert task.abhilfe == "neues Konto schriftlich geben lassen"
        with pytest.raises(FilingRefused, match="Konto ist geschlossen: neues Konto"):
            followup.create(session, sent.order.public_id, reason="AC04", today=sent.today, now=sent.now)
        job = find_employment(session, "TARIF")
        record_fact(session, Bankverbindung, valid_from=sent.today, reason="Schreiben der Person",
                    person_id=job.person_id, iban=NEW, iban_ende=NEW[-4:])
    with sent.session() as session:
        made = followup.create(session, sent.order.public_id, reason="neues Konto", today=sent.today, now=sent.now)
        rows = reading.payments_of(session, made.auftrag)
        old = session.scalars(select(Zahlung).where(Zahlung.end_to_end_id == name)).one()
        assert [(row.personalnummer, row.iban_ende, row.betrag, row.ersetzt) for row in rows] == [
            ("TARIF", NEW[-4:], old.betrag, old.public_id)]
        assert (made.auftrag.art, made.auftrag.nummer) == ("folge", 2)
        assert len([one for one in made.hinweise if one.startswith("Bleibt offen")]) == 3  # who still has no account
        feedback.settle(session, task.meldung.public_id, reason="neues Konto, Folgeauftrag")
        assert feedback.tasks(session) == []
    with sent.session() as session, pytest.raises(FilingRefused, match=r"keine der offenen Zahlungen zahlbar\. .*\.$"):
        followup.create(session, sent.order.public_id, reason="noch einmal", today=sent.today, now=sent.now)


@pytest.mark.parametrize("code", sorted(codes.known()["grund"]))
def test_every_reason_has_words_a_remedy_and_a_rule(code: str) -> None:
    found = codes.reason(code)
    assert found.text
    assert found.abhilfe
    assert found.folge in ("", "konto", "nie")


@pytest.mark.parametrize("code", sorted(codes.known()["status"]))
def test_every_status_is_good_or_a_task(code: str) -> None:
    assert codes.status(code).text
    assert (code in codes.GOOD) != (code in codes.REJECTED | codes.NAME_CHECK)


def test_every_reason_of_a_file_becomes_a_task(sent: Any) -> None:
    reasons = [*sorted(codes.known()["grund"]), "ZZ99"]
    name = sent.ids["auszahlung:TARIF"]
    for number, code in enumerate(reasons):
        take(sent, bank_file(sent.order, block("x", single(name, "RJCT", code)), bank=f"B{number}"))
    with sent.session() as session:
        found = [task.gruende[0].code for task in feedback.tasks(session)]
        assert found == reasons
        last = feedback.tasks(session)[-1]
        assert last.abhilfe == "bei der Bank nachfragen"


def test_whole_file_rejected_opens_every_payment_once(sent: Any) -> None:
    taken = take(sent, bank_file(sent.order, group="RJCT", reason="AM04"))
    assert taken.aufgaben == 1
    with sent.session() as session:
        assert len(followup.open_payments(session, sent.order)) == sent.order.anzahl + sent.order.liste_anzahl
        made = followup.create(session, sent.order.public_id, reason="Deckung da", today=sent.today, now=sent.now)
        assert (made.auftrag.anzahl, made.auftrag.summe) == (sent.order.anzahl, sent.order.summe)


def test_lowest_level_wins(sent: Any) -> None:
    good = sent.ids["auszahlung:TARIF"]
    take(sent, bank_file(sent.order, block(f"{sent.order.msg_id}-E", single(good, "ACSC"), state="RJCT", reason="DT01"),
                         group="PART"))
    with sent.session() as session:
        opened = {one.anspruch for one, _ in followup.open_payments(session, sent.order) if one.weg == "datei"}
        entgelt = {row.anspruch for row in reading.payments_of(session, sent.order)
                   if row.art == "entgelt" and row.weg == "datei"}
    assert opened == entgelt - {"auszahlung:TARIF"}


@pytest.mark.parametrize("code", ["MD07", "AM05", "DUPL"])
def test_what_may_be_paid_already_is_never_paid_again_by_itself(sent: Any, code: str) -> None:
    take(sent, bank_file(sent.order, block("x", single(sent.ids["auszahlung:TARIF"], "RJCT", code))))
    with sent.session() as session, pytest.raises(FilingRefused, match=codes.reason(code).text):
        followup.create(session, sent.order.public_id, reason="x", today=sent.today, now=sent.now)


def test_check_of_the_payee_with_the_name_of_the_bank(sent: Any) -> None:
    close, wrong, none = (sent.ids[f"auszahlung:{one}"] for one in ("POLIN", "TARIF", "SPARERIN"))
    content = bank_file(sent.order, block(
        f"{sent.order.msg_id}-E", single(close, "RVMC", words=("Lucja Zolkiewska", "siehe Hinweis")),
        single(wrong, "RVNM"), single(none, "RVNA", "AG11")), group="RVCM")
    assert take(sent, content).aufgaben == 4
    with sent.session() as session:
        found = {task.zahlung.personalnummer: task for task in feedback.tasks(session) if task.zahlung}
        assert found["POLIN"].name == "Lucja Zolkiewska"
        assert found["TARIF"].name == ""
        assert "schriftlich bestätigt" in found["TARIF"].abhilfe
        with pytest.raises(FilingRefused, match="keinen Namen"):
            followup.take_name(session, found["TARIF"].meldung.public_id, valid_from=sent.today, reason="x")
        followup.take_name(session, found["POLIN"].meldung.public_id, valid_from=sent.today, reason="Ausweis gesehen")
        job = find_employment(session, "POLIN")
        row = session.scalars(select(Bankverbindung).where(
            Bankverbindung.person_id == job.person_id, Bankverbindung.superseded_at.is_(None),
            Bankverbindung.valid_to.is_(None))).one()
        assert (row.kontoinhaber, row.iban_ende, row.valid_from) == ("Lucja Zolkiewska", "2051", sent.today)
        assert "POLIN" not in {task.zahlung.personalnummer for task in feedback.tasks(session) if task.zahlung}


FOREIGN: dict[str, tuple[dict[str, Any], str]] = {
    "anderer Auftrag": ({"msg": "KL9999-202605-01-ffff"}, "einen solchen Auftrag hat dieser Arbeitgeber nicht"),
    "andere Anzahl": ({"count": 3}, "Anzahl der ursprünglichen Datei"),
    "andere Summe": ({"sum": "1.00"}, "Summe in Cent der ursprünglichen Datei"),
}


def test_foreign_files_change_nothing(sent: Any) -> None:
    for more, words in FOREIGN.values():
        with pytest.raises(FilingRefused, match=words):
            take(sent, bank_file(sent.order, group="RJCT", **more))
    with pytest.raises(FilingRefused, match="steht nicht in diesem Auftrag"):
        take(sent, bank_file(sent.order, block("x", single("FREMD-1", "RJCT", "AC04"))))
    with pytest.raises(FilingRefused, match="steht nicht in diesem Auftrag"):
        take(sent, bank_file(sent.order, block("FREMD-E", state="RJCT")))
    take(sent, bank_file(sent.order, group="ACSC"))
    with pytest.raises(FilingRefused, match="mit anderem Inhalt"):
        take(sent, bank_file(sent.order, group="RJCT"))
    with sent.session() as session:
        assert session.scalar(select(func.count(Zahlungsbericht.id))) == 1
        assert feedback.tasks(session) == []


def test_a_message_about_nothing_is_about_nobody(sent: Any) -> None:
    """OrgnlEndToEndId may be missing in the schema; who has no account has no identifier either, but is not meant."""
    name = sent.ids["auszahlung:TARIF"]
    unnamed = "<TxInfAndSts><TxSts>RJCT</TxSts></TxInfAndSts>"
    for wrong in (single("", "RJCT", "AC04"), unnamed):
        with pytest.raises(FilingRefused, match="Zahlung ohne Kennung"):
            take(sent, bank_file(sent.order, block("x", single(name, "RJCT", "AC04"), wrong)))
    with sent.session() as session:
        assert feedback.tasks(session, open_only=False) == []


def test_rejected_and_later_reported_as_paid_is_not_paid_twice(sent: Any) -> None:
    name, new = sent.ids["auszahlung:TARIF"], "auszahlung:TARIF"

    def why() -> list[str]:
        with sent.session() as session:
            return [code.text for one, codes_ in followup.open_payments(session, sent.order) if one.anspruch == new
                    for code in codes_ if code.folge == "nie"]

    take(sent, bank_file(sent.order, block("x", single(name, "ACSC")), bank="B0"))
    with sent.session() as session:
        assert new not in {one.anspruch for one, _ in followup.open_payments(session, sent.order)}
        job = find_employment(session, "TARIF")
        record_fact(session, Bankverbindung, valid_from=sent.today, reason="Schreiben der Person",
                    person_id=job.person_id, iban=NEW, iban_ende=NEW[-4:])
    take(sent, bank_file(sent.order, block("x", single(name, "RJCT", "AC04")), bank="B1"))
    assert why() == []  # paid, then returned: open as any other
    take(sent, bank_file(sent.order, block("x", single(name, "ACSC")), bank="B2"))
    assert why() == [codes.CONTRADICTED.text]
    with sent.session() as session, pytest.raises(FilingRefused, match="Ablehnung als ausgeführt: bei der Bank"):
        followup.create(session, sent.order.public_id, reason="x", today=sent.today, now=sent.now)
    take(sent, bank_file(sent.order, block("x", single(name, "RJCT", "AC04")), bank="B3"))
    assert why() == []
    with sent.session() as session:
        made = followup.create(session, sent.order.public_id, reason="x", today=sent.today, now=sent.now)
        assert made.auftrag.anzahl == 1


def test_returned_once_more_the_task_says_what_pays_it(sent: Any) -> None:
    name = sent.ids["auszahlung:TARIF"]
    take(sent, bank_file(sent.order, block("x", single(name, "RJCT", "AC04")), bank="B1"))
    with sent.session() as session:
        opened = {one.anspruch: one.public_id for one, _ in followup.open_payments(session, sent.order)}
        cash = by_hand.record(session, sent.order.public_id, [opened["auszahlung:TARIF"]], day=sent.today,
                              note="Quittung 1", today=sent.today, now=sent.now).auftrag
    with sent.session("kurt") as session:
        orders.release(session, cash.public_id, sha256=cash.sha256.hex(), today=sent.today)
        cash = orders.find(session, cash.public_id)
        assert feedback.tasks(session) == []
    take(sent, bank_file(sent.order, block("x", single(name, "RJCT", "AC04")), bank="B2"))
    with sent.session() as session:
        (task,) = feedback.tasks(session)
        assert task.abhilfe.startswith(f"steht schon in Auftrag {cash.msg_id}: nicht noch einmal zahlen")
    with pytest.raises(FilingRefused, match="hat keine Datei"):
        take(sent, bank_file(cash, group="RJCT", reason="AC04", bank="B3"))
    with sent.session("kurt") as session:
        orders.withdraw(session, cash.public_id, reason="doch nicht bar")
        assert {one.abhilfe for one in feedback.tasks(session)} == {"neues Konto schriftlich geben lassen"}


def test_a_message_stays_and_is_settled_once(sent: Any) -> None:
    take(sent, bank_file(sent.order, block("x", single(sent.ids["auszahlung:TARIF"], "RJCT", "AC04"))))
    with sent.session() as session:
        (task,) = feedback.tasks(session)
        with pytest.raises(FilingRefused, match="begründen"):
            feedback.settle(session, task.meldung.public_id, reason=" ")
        feedback.settle(session, task.meldung.public_id, reason="geklärt")
        assert feedback.settle(session, task.meldung.public_id, reason="anders").begruendung == "geklärt"
    for change in ({"status": "ACSC"}, {"begruendung": "anders"}):
        with pytest.raises(DBAPIError, match="bleibt, wie sie kam"), sent.session() as session:
            session.execute(update(Zahlungsmeldung).where(Zahlungsmeldung.id == task.meldung.id).values(**change))


LAUGH = ('<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
         f'<Document xmlns="{NS}"><CstmrPmtStsRpt>&c;</CstmrPmtStsRpt></Document>')
HOSTILE = {
    "leer": b"", "kein XML": b"MsgId;Status\n1;RJCT", "abgeschnitten": b"<Document", "Ersetzungen": LAUGH.encode(),
    "Datei lesen": (f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document xmlns="{NS}"><CstmrPmtStsRpt>'
                    "&x;</CstmrPmtStsRpt></Document>").encode(),
    "UTF-16 mit DOCTYPE": LAUGH.encode("utf-16"),
    "andere Fassung": b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"/>',
    "ohne Inhalt": f'<Document xmlns="{NS}"/>'.encode(),
    "ohne Kennung": f'<Document xmlns="{NS}"><CstmrPmtStsRpt><OrgnlGrpInfAndSts/></CstmrPmtStsRpt></Document>'.encode(),
    "tief": f'<Document xmlns="{NS}">{"<a>" * 400}{"</a>" * 400}</Document>'.encode(),
    "nicht UTF-8": b'<?xml version="1.0" encoding="UTF-8"?><Document>\xff</Document>',
    "zu groß": b" " * (report.MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", [*HOSTILE], ids=str)
def test_hostile_files_are_refused_in_words(name: str) -> None:
    with pytest.raises(FilingRefused) as refused:
        report.read(HOSTILE[name])
    assert "root:" not in str(refused.value)


@pytest.mark.parametrize(("text", "cents"), [
    ("7705.16", 770_516), ("7705.1", 770_510), ("7705", 770_500), ("7705.160", 770_516), ("7705.161", None),
    ("-1", None), ("1e9", None), ("", None), ("٣", None)], ids=str)
def test_sums_are_read_exactly(text: str, cents: int | None) -> None:
    assert report._cents(text) == cents


def test_reading_reports_needs_a_released_order(fresh_town: Any) -> None:
    with fresh_town.session("klara") as session:
        order = orders.create(session, fresh_town.month, today=fresh_town.today, now=fresh_town.now).auftrag
    with pytest.raises(FilingRefused, match="nicht freigegeben"):
        take(fresh_town, bank_file(order, group="RJCT"))
    with fresh_town.session("klara") as session, pytest.raises(FilingRefused, match="nur zu einem freigegebenen"):
        followup.create(session, order.public_id, reason="x", today=fresh_town.today, now=fresh_town.now)
