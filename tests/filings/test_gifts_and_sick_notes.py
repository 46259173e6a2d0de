"""Zuwendungen an Dritte in Anmeldung und Journal; Krankmeldungen je Kasse angefordert; Summen vor der Ausstellung.

Sätze: § 37b Abs. 1 EStG (30 %), § 4 SolZG (5,5 %, Bruchteile eines Cents fallen weg), Kirchensteuer NRW im
vereinfachten Verfahren 7 %.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import abgleich, krankmeldung, lsta, speichern
from payroll.masterdata.service import find_employment
from payroll.postings import service as postings
from payroll.postings import zuwendungen
from payroll.postings.errors import PostingRefused
from payroll.postings.models import OHNE_PERSON, Buchung
from payroll.runs.models import Lauf
from payroll.statements import publish
from tenants.db.session import platform_session
from tenants.models import Tenant
from timekeeping.leave.models import Abwesenheit
from timekeeping.leave.service import set_eau

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def test_gifts_are_registered_booked_and_tie(fresh_town: Any) -> None:
    """10 Empfänger, 595,00 EUR mit Umsatzsteuer: 178,50 Steuer, 9,81 Zuschlag, 12,49 Kirchensteuer."""
    with fresh_town.session() as session:
        lauf = session.scalars(select(Lauf)).one()
        before = lsta.figures(session, lauf)
        gift = zuwendungen.record(session, MAY, today=fresh_town.today, anlass="Partnerstadt, Gastgeschenke",
                                  empfaenger=10, wert=59_500, kostenstelle="1110")
        assert (gift.steuer, gift.soli, gift.kirchensteuer) == (17_850, 981, 1_249)
        wrong = zuwendungen.record(session, MAY, today=fresh_town.today, anlass="Versehen", empfaenger=1, wert=100)
        zuwendungen.cancel(session, wrong.public_id, grund="doppelt")
        figures = lsta.figures(session, lauf)
        changed = {key: figures[key] - before.get(key, 0) for key in figures if figures[key] != before.get(key, 0)}
        assert changed == {"44": 17_850, "48": 17_850, "49": 981, "47": 1_249, "83": 20_080}
        journal = postings.create(session, MAY).journal
        row = session.scalars(select(Buchung).where(Buchung.person_public_id == OHNE_PERSON)).one()
        assert (row.buchungsschluessel, row.kostenstellen, row.betraege) == (
            ["509", "steuer"], ["1110", ""], [20_080, -20_080])
        assert journal.aufwand == lauf.ag_kosten + 20_080
        taxes = next(one for one in abgleich.checks(session, MAY) if one.was.startswith("Steuern"))
        assert taxes.links == taxes.rechts == figures["83"]
        for act in (lambda: zuwendungen.record(session, MAY, today=fresh_town.today, anlass="x", empfaenger=1, wert=1),
                    lambda: zuwendungen.cancel(session, gift.public_id, grund="x")):
            with pytest.raises(PostingRefused, match="schon gebucht"):
                act()


@pytest.mark.parametrize("act", ["record", "cancel"])
def test_a_gift_waits_for_the_booking_of_its_month_and_is_then_refused(fresh_town: Any, act: str) -> None:
    """Sonst wäre sie weder gebucht noch je wieder aufzuheben."""
    with fresh_town.session() as session:
        gift = zuwendungen.record(session, MAY, today=fresh_town.today, anlass="Ehrung", empfaenger=1,
                                  wert=5_000).public_id

    def beside() -> None:
        with fresh_town.session("hugo") as session:
            if act == "record":
                zuwendungen.record(session, MAY, today=fresh_town.today, anlass="Nachtrag", empfaenger=1, wert=5_000)
            else:
                zuwendungen.cancel(session, gift, grund="doppelt")

    with ThreadPoolExecutor(1) as pool:
        with fresh_town.session() as session:
            postings.create(session, MAY)
            waiting = pool.submit(beside)
            assert wait([waiting], timeout=0.5).not_done == {waiting}
        with pytest.raises(PostingRefused, match="schon gebucht"):
            waiting.result(timeout=30)


@pytest.mark.parametrize(("given", "words"), [
    ({"anlass": " "}, "Anlass"), ({"empfaenger": 0}, "Empfänger: muss über null"),
    ({"wert": 0}, "Umsatzsteuer: muss über null"), ({"wert": 1_000_001}, "10.000 EUR je Empfänger"),
    ({"kostenstelle": "123456789"}, "höchstens 8"),
    ({"month": date(2026, 4, 1)}, "Monat der Anmeldung: Von 05/2026"),
    ({"month": date(2023, 12, 1)}, "Monat der Anmeldung: Von 05/2026"),
    ({"month": date(2027, 2, 1)}, "bis 01/2027 angeben")],
    ids=["occasion", "nobody", "nothing", "too-much", "cost-centre", "before", "no-law", "too-late"])
def test_a_gift_that_cannot_be_taxed_flat_is_refused(town: Any, given: dict[str, Any], words: str) -> None:
    values = {"anlass": "Ehrung", "empfaenger": 1, "wert": 5_000} | given
    month = values.pop("month", JUNE)
    with town.session() as session, pytest.raises(PostingRefused, match=words):
        zuwendungen.record(session, month, today=town.today, **values)


def employer(town: Any) -> None:
    with platform_session(actor="test") as session:
        row = session.scalars(select(Tenant).where(Tenant.id == town.tenant)).one()
        row.betriebsnummer, row.finanzamt, row.steuernummer = "15027365", "Auenstedt", "133/8150/8159"


def sick(session: Any, number: str, **more: Any) -> Abwesenheit:
    job = find_employment(session, number)
    row = Abwesenheit(beschaeftigung_id=job.id, art="krank", von=date(2026, 5, 4), bis=date(2026, 5, 15),
                      zustand="genehmigt", eau="anzufordern", beantragt_von="x", entschieden_von="klara",
                      entschieden_am=session.scalars(select(Lauf.stand)).first(), **more)
    session.add(row)
    session.flush()
    return row


def test_sick_notes_are_asked_for_released_handed_over_and_asked_again_when_rejected(fresh_town: Any) -> None:
    """§ 109 SGB IV: bei der Kasse, nicht bei privat Versicherten; jede Krankmeldung einmal."""
    with fresh_town.session() as session:
        sick(session, "TARIF")
        missing = krankmeldung.request(session, fresh_town.today).meldungen[0].meldung.befunde
        assert missing == ["Betriebsnummer des Arbeitgebers fehlt (§ 18i SGB IV); bei seinen Angaben ergänzen."]
        session.rollback()
    employer(fresh_town)
    with fresh_town.session() as session:
        waiting, private = sick(session, "TARIF", au_seit=date(2026, 5, 5)), sick(session, "BEAMTIN")
        made = krankmeldung.request(session, fresh_town.today)
        assert made.zurueckgestellt == ["BEAMTIN: nicht gesetzlich versichert; die Bescheinigung kommt auf Papier."]
        (one,) = made.meldungen
        (_, content), = speichern.entries_of(session, one.meldung)
        assert (one.meldung.art, one.meldung.empfaenger, content["arbeitsunfaehig_ab"]) == (
            "eau", content["kasse"], "2026-05-05")
        assert krankmeldung.request(session, fresh_town.today).meldungen == []
        held = SimpleNamespace(id=one.meldung.public_id, digest=one.meldung.sha256.hex(), note=waiting.public_id,
                               paper=private.public_id)
    with fresh_town.session("hugo") as session:
        speichern.release(session, held.id, sha256=held.digest)
        content, _name = speichern.hand_over(session, held.id)
        assert b"arbeitsunfaehig_ab" in content
        assert _state(session, held.note) == "angefordert"
        assert _state(session, held.paper) == "anzufordern"
        speichern.receipt(session, held.id, accepted=False, words="Kasse unzuständig (1)")
        assert _state(session, held.note) == "anzufordern"
        assert len(krankmeldung.request(session, fresh_town.today).meldungen) == 1


def _asked(town: Any, meldung: Any) -> None:
    """Freigegeben und übergeben."""
    with town.session("hugo") as session:
        speichern.release(session, meldung.public_id, sha256=meldung.sha256.hex())
        speichern.hand_over(session, meldung.public_id)


def test_a_note_put_back_after_the_request_is_asked_again(fresh_town: Any) -> None:
    """Die Kasse hatte nichts vorliegen: noch einmal anfordern; was die erste Meldung danach hört, ändert das nicht."""
    employer(fresh_town)
    with fresh_town.session() as session:
        note = sick(session, "TARIF").public_id
        first = krankmeldung.request(session, fresh_town.today).meldungen[0].meldung
        session.expunge(first)
    _asked(fresh_town, first)
    with fresh_town.session() as session:
        set_eau(session, session.scalars(select(Abwesenheit)).one(), "anzufordern")
        (made,) = krankmeldung.request(session, fresh_town.today).meldungen
        again = made.meldung
        assert (again.saetze, krankmeldung.request(session, fresh_town.today).meldungen) == (1, [])
        session.expunge(again)
    _asked(fresh_town, again)
    with fresh_town.session("hugo") as session:
        assert _state(session, note) == "angefordert"
        speichern.receipt(session, first.public_id, accepted=False, words="Kasse unzuständig (1)")
        assert _state(session, note) == "angefordert"


def test_a_cancelled_note_is_not_asked_for(fresh_town: Any) -> None:
    """§ 109 Abs. 1 SGB IV: abgerufen wird eine gemeldete Arbeitsunfähigkeit; was sonst wartet, geht ohne sie."""
    employer(fresh_town)
    with fresh_town.session() as session:
        gone, kept = sick(session, "TARIF"), sick(session, "SPARERIN")
        first = krankmeldung.request(session, fresh_town.today).meldungen[0].meldung
        gone.zustand, gone.entschieden_grund = "storniert", "irrtümlich gemeldet"
        held, key = (first.public_id, first.sha256.hex()), kept.public_id
    with (fresh_town.session("hugo") as session,
          pytest.raises(FilingRefused, match=r"TARIF: die Krankmeldung ab 04\.05\.2026 ist storniert")):
        speichern.release(session, held[0], sha256=held[1])
    with fresh_town.session() as session:
        (made,) = krankmeldung.request(session, fresh_town.today).meldungen
        (entry, _content), = speichern.entries_of(session, made.meldung)
        assert entry.schluessel == f"SPARERIN|eau|{key}"
        assert speichern.find(session, held[0]).zustand == "zurueckgezogen"


def test_a_note_cancelled_after_the_release_does_not_leave_the_house(fresh_town: Any) -> None:
    """Zwischen Freigabe und Übergabe storniert: nichts wird übergeben, neu angefordert wird nur die andere."""
    employer(fresh_town)
    with fresh_town.session() as session:
        gone, kept = sick(session, "TARIF"), sick(session, "SPARERIN")
        first = krankmeldung.request(session, fresh_town.today).meldungen[0].meldung
        held, gone_id, kept_id = (first.public_id, first.sha256.hex()), gone.public_id, kept.public_id
    with fresh_town.session("hugo") as session:
        speichern.release(session, held[0], sha256=held[1])
    with fresh_town.session() as session:
        assert krankmeldung.hints(session, speichern.find(session, held[0])) == []
        row = session.scalars(select(Abwesenheit).where(Abwesenheit.public_id == gone_id)).one()
        row.zustand, row.entschieden_grund = "storniert", "irrtümlich gemeldet"
    with fresh_town.session() as session, pytest.raises(FilingRefused, match=r"storniert und darf nicht mehr"):
        speichern.hand_over(session, held[0])
    with fresh_town.session() as session:
        before = speichern.find(session, held[0])
        assert (before.zustand, _state(session, kept_id)) == ("freigegeben", "anzufordern")
        assert krankmeldung.hints(session, before)[0].startswith("TARIF: die Krankmeldung ab 04.05.2026 ist storniert.")
        (made,) = krankmeldung.request(session, fresh_town.today).meldungen
        (entry, _content), = speichern.entries_of(session, made.meldung)
        assert entry.schluessel == f"SPARERIN|eau|{kept_id}"
        session.refresh(before)
        assert (before.zustand, before.zurueckgezogen_von) == ("zurueckgezogen", "klara")
        assert before.zurueckgezogen_grund == (
            "TARIF: die Krankmeldung ab 04.05.2026 ist storniert; nicht übergeben")
        again = made.meldung
        session.expunge(again)
    _asked(fresh_town, again)
    with fresh_town.session() as session:
        assert (_state(session, gone_id), _state(session, kept_id)) == ("anzufordern", "angefordert")


def test_a_note_cancelled_after_it_was_asked_for_is_told(fresh_town: Any) -> None:
    """Übergeben ist übergeben; wer die Meldung öffnet, liest, dass die Antwort nicht zu verwenden ist."""
    employer(fresh_town)
    with fresh_town.session() as session:
        sick(session, "TARIF")
        first = krankmeldung.request(session, fresh_town.today).meldungen[0].meldung
        session.expunge(first)
    _asked(fresh_town, first)
    with fresh_town.session() as session:
        row = session.scalars(select(Abwesenheit)).one()
        row.zustand, row.entschieden_grund = "storniert", "irrtümlich gemeldet"
        session.flush()
        (words,) = krankmeldung.hints(session, speichern.find(session, first.public_id))
        assert words.endswith("Angefordert war sie schon; was die Kasse antwortet, nicht verwenden.")
        assert speichern.hand_over(session, first.public_id)[1].startswith("eau-")
    with pytest.raises(IntegrityError, match="bleibt, wie sie erstellt"), fresh_town.session() as session:
        speichern.withdraw_row(session, speichern.find(session, first.public_id), "geht nicht mehr")


def test_two_requests_at_once_ask_once(fresh_town: Any) -> None:
    employer(fresh_town)
    with fresh_town.session() as session:
        sick(session, "TARIF")

    def beside() -> int:
        with fresh_town.session("hugo") as session:
            return len(krankmeldung.request(session, fresh_town.today).meldungen)

    with ThreadPoolExecutor(1) as pool:
        with fresh_town.session() as session:
            assert len(krankmeldung.request(session, fresh_town.today).meldungen) == 1
            waiting = pool.submit(beside)
            assert wait([waiting], timeout=0.5).not_done == {waiting}
        assert waiting.result(timeout=30) == 0


def _state(session: Any, public_id: Any) -> str | None:
    return session.scalars(select(Abwesenheit.eau).where(Abwesenheit.public_id == public_id)).one()  # type: ignore[no-any-return]  # text


def test_before_slips_are_issued_the_results_of_the_run_are_compared(fresh_town: Any) -> None:
    """Kein Monat fehlt, nur weil noch nichts ausgestellt ist: verglichen wird, was die Abrechnungen zahlen."""
    with fresh_town.session() as session:
        journal = postings.create(session, MAY).journal
        first = abgleich.checks(session, MAY)[0]
        assert (first.was, first.links, first.stimmt) == (
            "Auszahlungen: Abrechnungen (noch keine ausgestellt) und Journal", journal.netto, True)
        publish.publish(session, session.scalars(select(Lauf)).one())
        again = abgleich.checks(session, MAY)[0]
        assert (again.was, again.links, again.stimmt) == (
            "Auszahlungen: ausgestellte Abrechnungen und Journal", journal.netto, True)
