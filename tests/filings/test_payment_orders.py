"""Zahlungsaufträge aus einem abgeschlossenen Lauf: Summen, Blöcke, Kennungen, zweite Person, keine Datei zweimal.

Regeln: DFÜ-Abkommen Anlage 3 (V26.11), § 24 Abs. 1 TVöD (Zahltag), § 675s BGB (ein Geschäftstag), § 3 Abs. 4 LBesG NRW.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from payroll.filings.errors import FilingRefused
from payroll.filings.models import Zahlung, Zahlungsauftrag
from payroll.filings.sepa import orders
from payroll.runs.models import Lauf
from payroll.statements.publish import payslips
from tenants.audit.models import AuditEntry
from tenants.db.session import tenant_session

NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@pytest.fixture(scope="module")
def order(town: Any) -> Zahlungsauftrag:
    with town.session("klara") as session:
        return orders.create(session, town.month, today=town.today, now=town.now).auftrag


@pytest.fixture(scope="module")
def payments(town: Any, order: Zahlungsauftrag) -> dict[str, Zahlung]:
    with town.session() as session:
        rows = session.scalars(select(Zahlung).where(Zahlung.zahlungsauftrag_id == order.id)).all()
        return {row.anspruch: row for row in rows}


@pytest.fixture(scope="module")
def document(town: Any, order: Zahlungsauftrag) -> Any:
    with town.session("kurt") as session:
        orders.release(session, order.public_id, sha256=order.sha256.hex(), today=town.today)
    with town.session("kurt") as session:
        content, name = orders.download(session, order.public_id)
    assert name == f"{order.msg_id}.xml"
    assert not content.startswith(b"\xef\xbb\xbf")
    return etree.fromstring(content)


def test_slips_equal_file_and_list(town: Any, order: Zahlungsauftrag, payments: dict[str, Zahlung]) -> None:
    with town.session() as session:
        lauf = session.scalars(select(Lauf)).one()
        slips = {slip.employee.personalnummer: slip.auszahlung for _, slip in payslips(session, lauf)}
    own = {row.personalnummer: row.betrag for row in payments.values() if row.art in ("entgelt", "bezuege")}
    assert own == slips
    assert sum(own.values()) == lauf.auszahlung
    assert order.summe + order.liste_summe == sum(row.betrag for row in payments.values())


def test_who_is_not_in_the_file_and_why(payments: dict[str, Zahlung]) -> None:
    assert {key: row.grund for key, row in payments.items() if row.weg == "liste"} == {
        "auszahlung:KONTOLOS": "kein Konto",
        "auszahlung:OHNEORT": "Konto außerhalb des EWR: Anschrift mit Ort und Land fehlt",
        "forderung:UNBEKANNT:1": "kein Konto"}


def test_creditor_and_contract(payments: dict[str, Zahlung]) -> None:
    creditor, contract = payments["forderung:GEPFAENDET:1"], payments["vertrag:SPARERIN:vermoegensbildung:1"]
    assert (creditor.art, creditor.iban_ende, creditor.zweck) == ("pfaendung", "5030", "")
    assert (contract.betrag, contract.zweck, contract.empfaenger) == (4_000, "CBFF", "Bausparkasse Nord AG")


def test_who_made_it_does_not_release_it(town: Any, order: Zahlungsauftrag) -> None:
    for other in ("0" * 64, "ä" * 64, ""):  # what no fingerprint can be is refused as well, not our error
        with town.session("kurt") as session, pytest.raises(FilingRefused, match="nur, was gezeigt wurde"):
            orders.release(session, order.public_id, sha256=other, today=town.today)
    assert order.erstellt_von == "klara"
    with pytest.raises(DBAPIError, match="zweite_person"), town.session("klara") as session:
        session.execute(update(Zahlungsauftrag).where(Zahlungsauftrag.id == order.id).values(
            freigegeben_von="klara", freigegeben_am=town.now, zustand="freigegeben"))
    with pytest.raises(FilingRefused, match="zweite Person"), town.session("klara") as session:
        orders.release(session, order.public_id, sha256=order.sha256.hex(), today=town.today)


def test_blocks_days_and_sums(document: Any) -> None:
    found = {}
    for block in document.iterfind(".//p:PmtInf", NS):
        cents = [_cents(one.text) for one in block.iterfind(".//p:InstdAmt", NS)]
        assert block.findtext("p:NbOfTxs", namespaces=NS) == str(len(cents))
        assert _cents(block.findtext("p:CtrlSum", namespaces=NS)) == sum(cents)
        assert block.findtext("p:BtchBookg", namespaces=NS) == "true"
        letter = block.findtext("p:PmtInfId", namespaces=NS)[-1]
        found[letter] = (block.findtext(".//p:CtgyPurp/p:Cd", namespaces=NS), block.findtext(".//p:Dt", namespaces=NS))
    # Sunday 31 May 2026: pay day is Friday 29 (§ 24 TVöD), executed on the bank day before; civil servants are paid in
    # advance at the end of April, which is over on 20 May: the next bank day.
    assert found == {"B": ("SALA", "2026-05-20"), "E": ("SALA", "2026-05-28"), "P": (None, "2026-05-28"),
                     "S": (None, "2026-05-28")}
    head = document.find(".//p:GrpHdr", NS)
    amounts = [_cents(one.text) for one in document.iterfind(".//p:InstdAmt", NS)]
    assert head.findtext("p:NbOfTxs", namespaces=NS) == str(len(amounts))
    assert _cents(head.findtext("p:CtrlSum", namespaces=NS)) == sum(amounts)


def test_identifiers_are_unique_and_carry_the_order(document: Any, order: Zahlungsauftrag) -> None:
    names = [one.text for one in document.iterfind(".//p:EndToEndId", NS)]
    assert len(set(names)) == len(names) == order.anzahl
    assert all(name.startswith(order.msg_id) and len(name) <= 35 for name in names)
    assert document.findtext(".//p:MsgId", namespaces=NS) == order.msg_id


def test_names_as_the_bank_keeps_them(document: Any) -> None:
    names = [one.text for one in document.iterfind(".//p:Cdtr/p:Nm", NS)]
    assert "Lucja Zólkiewska-O'Brien" not in names  # ó is no letter of the banks' set
    assert "Lucja Zolkiewska-O'Brien" in names
    assert "Versandhaus Lodz GmbH & Co. KG" in names
    assert document.findtext(".//p:Dbtr/p:Nm", namespaces=NS) == "Stadt Müller-Großhausen"


def test_address_only_outside_the_eea(document: Any) -> None:
    addresses = document.findall(".//p:PstlAdr", NS)
    assert [[(etree.QName(part).localname, part.text) for part in one] for one in addresses] == [
        [("StrtNm", "Seestrasse"), ("BldgNb", "12a"), ("PstCd", "8001"), ("TwnNm", "Zürich"), ("Ctry", "CH")]]
    assert document.findtext(".//p:CdtrAgt//p:BICFI", namespaces=NS) is not None


def test_nothing_sensitive_in_the_reference(document: Any) -> None:
    words = [one.text for one in document.iterfind(".//p:Ustrd", NS)]
    assert "Entgelt 05/2026 PNR TARIF" in words
    assert "Bezüge 05/2026 PNR BEAMTIN" in words
    assert "14 M 221/26 Az. Ü" in words


def test_again_gives_the_same_order(town: Any, order: Zahlungsauftrag) -> None:
    with town.session("klara") as session:
        again = orders.create(session, town.month, today=town.today, now=town.now)
        count = session.scalar(select(func.count(Zahlungsauftrag.id)))
    assert (again.auftrag.msg_id, again.neu, count) == (order.msg_id, False, 1)


def test_download_repeats_the_same_bytes_and_is_logged(town: Any, order: Zahlungsauftrag, document: Any) -> None:
    with town.session("kurt") as session:
        first, second = (orders.download(session, order.public_id)[0] for _ in range(2))
        logged = session.scalar(select(func.count()).select_from(AuditEntry).where(
            AuditEntry.action == "zahlungsdatei.abgerufen"))
    assert first == second
    assert (logged or 0) >= 3


def test_nothing_readable_in_the_tables(town: Any, order: Zahlungsauftrag, document: Any) -> None:
    with town.session() as session:
        rows = session.scalars(select(Zahlung)).all()
        sealed = [bytes(value) for row in rows for value in (row.iban_siegel, row.text_siegel) if value]
        file = bytes(orders.find(session, order.public_id, content=True).datei_siegel or b"")
    assert all(b"DE02" not in one and b"PNR" not in one for one in sealed)
    assert b"Document" not in file


@pytest.mark.parametrize("change", [{"summe": 1}, {"msg_id": "X"}, {"zustand": "erstellt"}], ids=str)
def test_a_released_order_stays(town: Any, order: Zahlungsauftrag, document: Any, change: dict[str, Any]) -> None:
    with pytest.raises(DBAPIError, match="bleibt, wie er erstellt wurde"), town.session("kurt") as session:
        session.execute(update(Zahlungsauftrag).where(Zahlungsauftrag.id == order.id).values(**change))


def test_payments_stay(town: Any, order: Zahlungsauftrag) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|dürfen nur hinzukommen"), town.session("kurt") as session:
        session.execute(update(Zahlung).where(Zahlung.zahlungsauftrag_id == order.id).values(betrag=1))


def test_another_employer_does_not_know_it(town: Any, order: Zahlungsauftrag) -> None:
    with tenant_session(town.tenant + 1, actor="fremd") as session, pytest.raises(FilingRefused, match="gibt es nicht"):
        orders.find(session, order.public_id)


def test_open_month_is_not_paid(town: Any) -> None:
    with town.session() as session, pytest.raises(Exception, match="gibt es noch keinen Lauf"):
        orders.create(session, date(2026, 6, 1), today=town.today, now=town.now)


def _cents(text: str) -> int:
    euros, _, rest = text.partition(".")
    assert len(rest) == 2
    return int(euros) * 100 + int(rest)
