"""Schlechte Tage: was hereinkommt, wie es nicht soll, wird eine klare Aufgabe, und nichts geht verloren.

Status der Banken auf allen drei Ebenen, teilweise angenommene Dateien, zwei Beschäftigungen einer Person, unbekannte
Gläubiger, Kassenwechsel im Monat, eine Berichtigung nach der Berichtigung.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.filings.meldungen import abgleich, alle, nachweis, speichern
from payroll.filings.models import Meldesatz, Meldung, Zahlung
from payroll.filings.sepa import codes, feedback, followup, orders, reading, report
from payroll.masterdata.models import BeschaeftigungAngaben, Krankenkasse, Pfaendung, Versicherung
from payroll.masterdata.service import find_employment, record_fact
from payroll.postings import service as postings
from payroll.runs.reading import findings
from tenants.db.session import platform_session
from tenants.models import Tenant

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
STATES = [*sorted(codes.known()["status"]), "ZZZZ"]
TASKS = {code for code in STATES if code not in codes.GOOD} | {"RVCM"}


def single(name: str, state: str) -> str:
    return f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>{state}</TxSts></TxInfAndSts>"


def block(name: str, *inside: str, state: str = "") -> str:
    told = f"<PmtInfSts>{state}</PmtInfSts>" if state else ""
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{name}</OrgnlPmtInfId>{told}{''.join(inside)}</OrgnlPmtInfAndSts>"


def bank_file(order: Any, *blocks: str, group: str = "", bank: str = "BANK-1") -> bytes:
    state = f"<GrpSts>{group}</GrpSts>" if group else ""
    return (f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{report.NAMESPACE}"><CstmrPmtStsRpt><GrpHdr>'
            f"<MsgId>{bank}</MsgId><CreDtTm>2026-05-21T11:02:13Z</CreDtTm></GrpHdr><OrgnlGrpInfAndSts>"
            f"<OrgnlMsgId>{order.msg_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>{state}</OrgnlGrpInfAndSts>"
            f"{''.join(blocks)}</CstmrPmtStsRpt></Document>").encode()


@pytest.fixture
def sent(fresh_town: Any) -> Any:
    """Ein Auftrag, der bei der Bank ist."""
    town = fresh_town
    with town.session("klara") as session:
        made = orders.create(session, town.month, today=town.today, now=town.now)
        order, town.told = made.auftrag, [str(one) for one in made.hinweise]
    with town.session("kurt") as session:
        orders.release(session, order.public_id, sha256=order.sha256.hex(), today=town.today)
        town.order = orders.find(session, order.public_id)
        town.ids = {row.anspruch: row.end_to_end_id for row in reading.payments_of(session, town.order)}
    return town


def take(town: Any, content: bytes) -> feedback.Eingelesen:
    with town.session("kurt") as session:
        return feedback.take(session, content)


@pytest.mark.parametrize("level", ["datei", "block", "zahlung"])
def test_every_status_on_every_level_is_read_and_only_what_is_not_good_becomes_a_task(sent: Any, level: str) -> None:
    """Auch ein Status, den niemand kennt, ist eine Aufgabe; jede nennt, was zu tun ist."""
    name, letter = sent.ids["auszahlung:TARIF"], f"{sent.order.msg_id}-E"
    for number, state in enumerate(STATES):
        inside = {"datei": (), "block": (block(letter, state=state),), "zahlung": (block(letter, single(name, state)),)}
        taken = take(sent, bank_file(sent.order, *inside[level], group=state if level == "datei" else "",
                                     bank=f"{level}-{number}"))
        assert (taken.neu, taken.aufgaben) == (True, int(state in TASKS)), state
    with sent.session() as session:
        found = feedback.tasks(session)
        assert sorted(task.meldung.status for task in found) == sorted(TASKS)
        assert {task.meldung.ebene for task in found} == {level}
        assert all(task.status.text and task.status.abhilfe for task in found)


def test_of_a_partly_accepted_file_only_the_rejected_payments_are_open(sent: Any) -> None:
    """Gebucht, abgelehnt, in Prüfung und nicht genannt: offen ist genau das Abgelehnte, die Summe bleibt ganz."""
    letter = f"{sent.order.msg_id}-E"
    taken = take(sent, bank_file(sent.order, block(
        letter, single(sent.ids["auszahlung:TARIF"], "ACSC"), single(sent.ids["auszahlung:SPARERIN"], "RJCT"),
        single(sent.ids["auszahlung:POLIN"], "PDNG"), state="PART"), group="PART"))
    assert taken.aufgaben == 1
    with sent.session() as session:
        opened = [one for one, _ in followup.open_payments(session, sent.order) if one.weg == "datei"]
        assert [one.anspruch for one in opened] == ["auszahlung:SPARERIN"]
        kept = [row for row in reading.payments_of(session, sent.order)
                if row.weg == "datei" and row.anspruch != "auszahlung:SPARERIN"]
        assert sum(row.betrag for row in kept) + opened[0].betrag == sent.order.summe


def test_a_person_with_two_jobs_is_paid_for_each_once_and_only_the_rejected_one_again(sent: Any) -> None:
    """Zwei Beschäftigungen, zwei Zahlungen auf dasselbe Konto: ein Hinweis nennt sie, keine gilt als doppelt."""
    with sent.session() as session:
        rows = {row.anspruch: row for row in reading.payments_of(session, sent.order)}
        first, second = rows["auszahlung:ZWEIFACH"], rows["auszahlung:ZWEIFACH-2"]
        assert first.person_public_id != second.person_public_id or first.end_to_end_id != second.end_to_end_id
        assert first.iban_ende == second.iban_ende
        assert len([one for one in sent.told if "ZWEIFACH und ZWEIFACH-2" in one]) == 1
    take(sent, bank_file(sent.order, block(f"{sent.order.msg_id}-E", single(second.end_to_end_id, "RJCT")),
                         group="PART"))
    with sent.session() as session:
        made = followup.create(session, sent.order.public_id, reason="Bank nachgefragt", today=sent.today, now=sent.now)
        again = reading.payments_of(session, made.auftrag)
        assert [(row.anspruch, row.betrag, row.ersetzt) for row in again] == [
            ("auszahlung:ZWEIFACH-2", second.betrag, second.public_id)]


def test_an_unknown_creditor_waits_on_the_list_until_somebody_names_the_account(sent: Any) -> None:
    """Die Pfändung ist einbehalten und gebucht; gezahlt wird sie, sobald das Konto erfasst ist, im Folgeauftrag."""
    with sent.session() as session:
        row = session.scalars(select(Zahlung).where(Zahlung.anspruch == "forderung:UNBEKANNT:1")).one()
        assert (row.weg, row.grund) == ("liste", "kein Konto")
        job = find_employment(session, "UNBEKANNT")
        claim = session.scalars(select(Pfaendung).where(Pfaendung.person_id == job.person_id)).one()
        kept = {name: getattr(claim, name) for name in ("nummer", "art", "glaeubiger", "aktenzeichen", "zugestellt_am",
                                                        "zugestellt_um", "hauptforderung_cent")}
        record_fact(session, Pfaendung, person_id=job.person_id, valid_from=claim.valid_from, reason="Konto genannt",
                    iban="DE02500105170137075030", iban_ende="5030", **kept)
    with sent.session() as session:
        made = followup.create(session, sent.order.public_id, reason="Konto genannt", today=sent.today, now=sent.now)
        paid = {one.anspruch: (one.betrag, one.weg) for one in reading.payments_of(session, made.auftrag)}
        assert paid["forderung:UNBEKANNT:1"] == (row.betrag, "datei")


def employer(town: Any) -> None:
    with platform_session(actor="test") as session:
        held = session.scalars(select(Tenant).where(Tenant.id == town.tenant)).one()
        held.betriebsnummer, held.finanzamt, held.steuernummer = "15027365", "Auenstedt", "133/8150/8159"


def test_a_fund_changed_in_mid_month_is_asked_about_and_every_cent_has_a_fund(fresh_town: Any) -> None:
    """Der Lauf fragt nach dem Tag (§ 175 Abs. 4 SGB V); Nachweise aller Kassen zusammen sind die gebuchten Beiträge."""
    employer(fresh_town)
    with fresh_town.session() as session:
        job = find_employment(session, "TARIF")
        held = session.scalars(select(Versicherung).where(Versicherung.beschaeftigung_id == job.id)).one()
        other = session.scalars(select(Krankenkasse).where(Krankenkasse.id != held.krankenkasse_id,
                                                           Krankenkasse.betriebsnummer.is_not(None))).first()
        record_fact(session, Versicherung, beschaeftigung_id=job.id, valid_from=date(2026, 6, 16), reason="Wechsel",
                    kv_art="gesetzlich", beitragsgruppe="1111", personengruppe=101, elterneigenschaft=True,
                    krankenkasse_id=other.id)
        number = other.betriebsnummer
    fresh_town.close(JUNE)
    with fresh_town.session() as session:
        asked = [one.regel for one, *_ in findings(session, JUNE) if "mitten im Monat" in one.regel]
        assert len(asked) == 1
        postings.create(session, JUNE)
        made = [one.meldung for one in speichern.store(session, nachweis.drafts(session, JUNE))]
        assert number in {one.empfaenger for one in made}
        checks = {one.was: one for one in abgleich.checks(session, JUNE)}
        assert all(one.stimmt for name, one in checks.items() if "Beitr" in name)
        assert any("Beitr" in name for name in checks)
        reports = Counter((entry.satzart, entry.grund, str(entry.von), str(entry.bis))
                          for one in alle.create(session, JUNE, kind="deuev")
                          for entry, _ in speichern.entries_of(session, one.meldung) if entry.personalnummer == "TARIF")
        assert reports == {("neu", "31", "2026-05-01", "2026-06-15"): 1, ("neu", "11", "2026-06-16", "2026-06-16"): 1}


def test_a_correction_after_a_correction_cancels_the_last_and_never_the_first_again(fresh_town: Any) -> None:
    """§ 14 DEÜV: jede falsche Meldung wird einmal storniert; am Ende gilt genau die letzte."""
    employer(fresh_town)

    def leaves(day: date) -> list[tuple[str, str, str]]:
        with fresh_town.session() as session:
            job = find_employment(session, "TARIF")
            record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=job.id, valid_from=MAY, art="tarif",
                        eintritt=date(2026, 1, 1), austritt=day, kostenstelle="1110",
                        taetigkeitsschluessel="714021211", reason=f"Austritt {day}")
        with fresh_town.session() as session:
            rows = [one.meldung for one in alle.create(session, MAY, kind="deuev")]
            found = [(entry.satzart, entry.grund, str(entry.bis)) for one in rows
                     for entry, _ in speichern.entries_of(session, one) if entry.personalnummer == "TARIF"]
            released = [(one.public_id, one.sha256.hex()) for one in rows]
        with fresh_town.session("hugo") as session:
            for public_id, digest in released:
                speichern.release(session, public_id, sha256=digest)
                speichern.hand_over(session, public_id)
        return found

    assert leaves(date(2026, 5, 20)) == [("neu", "30", "2026-05-20")]
    assert sorted(leaves(date(2026, 5, 25))) == [("neu", "30", "2026-05-25"), ("storno", "30", "2026-05-20")]
    assert sorted(leaves(date(2026, 5, 28))) == [("neu", "30", "2026-05-28"), ("storno", "30", "2026-05-25")]
    with fresh_town.session() as session:
        rows = session.scalars(select(Meldesatz).join(Meldung, Meldung.id == Meldesatz.meldung_id).where(
            Meldung.art == "deuev", Meldesatz.personalnummer == "TARIF", Meldesatz.grund == "30")).all()
        cancelled = [row.ersetzt for row in rows if row.satzart == "storno"]
        assert len(cancelled) == len(set(cancelled)) == 2
        (valid,) = [row for row in rows if row.satzart == "neu" and row.public_id not in cancelled]
        assert str(valid.bis) == "2026-05-28"
