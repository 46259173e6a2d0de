"""Abgaben zahlen: aus freigegebenen Meldungen, an bestätigte Konten, zum gesetzlichen Tag, nie zweimal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.jahresende import liste
from payroll.filings.meldungen import nachweis, speichern
from payroll.filings.models import Zahlung
from payroll.filings.sepa import by_hand, duties, followup, orders, reading, receiver_account
from payroll.postings import service as postings

MONTH, TODAY = date(2026, 5, 1), date(2026, 5, 20)
TK, IBAN = "15027365", "DE02120300000000202051"


def released(town: Any) -> int:
    with town.session() as session:
        postings.create(session, MONTH)
        row = speichern.store(session, nachweis.drafts(session, MONTH))[0].meldung
        public_id, digest, amount = row.public_id, row.sha256.hex(), row.betrag
    with town.session("hugo") as session:
        speichern.release(session, public_id, sha256=digest)
    return int(amount)


def pay(town: Any, today: date = TODAY) -> Any:
    with town.session() as session:
        return duties.create(session, MONTH, "beitrag", today=today, now=town.now)


def test_paid_once_to_the_confirmed_account_on_the_third_last_bank_day(fresh_town: Any) -> None:
    with pytest.raises(FilingRefused, match="freigegebenen Meldungen"):
        pay(fresh_town)
    amount = released(fresh_town)
    with fresh_town.session() as session:
        konto = receiver_account.record(session, empfaenger=TK, inhaber="Techniker Krankenkasse", iban=IBAN,
                                        valid_from=date(2026, 1, 1), reason="Beitragsverzeichnis")
        with pytest.raises(FilingRefused, match="zweite Person"):
            receiver_account.confirm(session, konto.public_id)
        number = konto.public_id
    with fresh_town.session("hugo") as session:
        receiver_account.record(session, empfaenger=TK, inhaber="Techniker Krankenkasse", valid_from=date(2026, 12, 1),
                                iban="DE02100500000054540402", reason="neue Bank")
        (number,) = [one.row.public_id for one in receiver_account.accounts(session) if one.row.iban_ende == IBAN[-4:]]
        assert number != konto.public_id, "the rest of the first version is one of its own, recorded by hugo"
    with fresh_town.session() as session, pytest.raises(FilingRefused, match="zweite Person"):
        receiver_account.confirm(session, number)  # the one who recorded the same first is no second person
    with fresh_town.session("kurt") as session:
        receiver_account.confirm(session, number)
    made = pay(fresh_town)
    # Due on 27 May 2026 (due_dates.csv); the bank may take one business day, 25 May is Whit Monday but a bank day.
    assert (made.auftrag.art, made.auftrag.summe, made.auftrag.erste_ausfuehrung) == ("abgaben", amount,
                                                                                     date(2026, 5, 26))
    with fresh_town.session() as session:
        (step,) = [one for one in liste.steps(session, 2026) if one.was == "Zahlungen freigegeben"]
        assert (step.getan, step.einzelheit.endswith("wartet auf Freigabe: Abgaben 05")) == (False, True)
        assert not any("wartet" in one.einzelheit for one in liste.steps(session, 2025))
    with pytest.raises(FilingRefused, match="nichts zu zahlen"):
        pay(fresh_town)
    with fresh_town.session() as session:
        orders.withdraw(session, made.auftrag.public_id, reason="Test")
    again = pay(fresh_town)
    with fresh_town.session("kurt") as session:
        orders.release(session, again.auftrag.public_id, sha256=again.auftrag.sha256.hex(), today=TODAY)
        content, _ = orders.download(session, again.auftrag.public_id)
        (one,) = reading.payments_of(session, again.auftrag)
    assert (one.art, one.person_public_id, one.anspruch) == ("beitrag", None, f"beitragsnachweis:{TK}:2026-05")
    assert b"Beitraege 05/2026" in content


def test_without_a_confirmed_account_it_waits_on_the_list(fresh_town: Any) -> None:
    released(fresh_town)
    made = pay(fresh_town)
    assert (made.auftrag.anzahl, made.auftrag.liste_anzahl) == (0, 1)


def test_late_is_the_next_bank_day_with_a_hint(fresh_town: Any) -> None:
    released(fresh_town)
    with fresh_town.session() as session:
        konto = receiver_account.record(session, empfaenger=TK, inhaber="TK", iban=IBAN, valid_from=date(2026, 1, 1),
                                        reason="Verzeichnis").public_id
    with fresh_town.session("kurt") as session:
        receiver_account.confirm(session, konto)
    made = pay(fresh_town, date(2026, 5, 30))
    assert made.auftrag.erste_ausfuehrung == date(2026, 6, 1)
    assert any("Krankenkassen: fällig am 27.05.2026" in hint for hint in made.hinweise)


def test_a_correction_made_twice_is_still_paid_in_place_of_the_first(fresh_town: Any) -> None:
    """Erste freigegeben, ihre Berichtigung verworfen, die nächste freigegeben: geschuldet ist nur die letzte."""
    amount = released(fresh_town)
    with fresh_town.session() as session:
        (draft,) = nachweis.drafts(session, MONTH)
        first = speichern.by_name(session, speichern.listed(session, MONTH)[0].kennung).public_id
        for more in (100, 250):
            last = speichern.store(session, [replace(draft, betrag=amount + more)])[0].meldung
            assert (last.ersetzt, speichern.content_of(session, last)["berichtigt"]) == (first, True)
        public_id, digest = last.public_id, last.sha256.hex()
    with fresh_town.session("hugo") as session:
        speichern.release(session, public_id, sha256=digest)
        claims, _ = duties.claims_of(session, MONTH, "beitrag", TODAY)
        assert [one.betrag for one in claims] == [amount + 250]
        assert [one.betrag for one in duties.stated(session)] == [amount + 250], "die ersetzte zahlt nichts mehr"


def test_no_filing_that_is_paid_from_is_left_out(fresh_town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speichern, "OUTSIDE", (*speichern.OUTSIDE, "erstellt"))
    monkeypatch.setattr(duties, "OUTSIDE", speichern.OUTSIDE)
    with fresh_town.session() as session:
        postings.create(session, MONTH)
        (draft,) = nachweis.drafts(session, MONTH)
        speichern.store(session, [replace(draft, empfaenger=f"{number:08d}") for number in range(40)])
        assert len(duties.stated(session)) == 40


def test_what_is_unpaid_stays_in_sight_however_old_it_is(fresh_town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vier Jahre je Monat eine Meldung, und zwei Empfänger im ersten: nichts davon fällt hinten heraus."""
    months = [date(2022 + number // 12, number % 12 + 1, 1) for number in range(48)]
    with fresh_town.session() as session:
        postings.create(session, MONTH)
        (draft,) = nachweis.drafts(session, MONTH)
        more = replace(draft, empfaenger="12345678", empfaenger_name="Andere", monat=months[0], fuer=months[0])
        made = speichern.store(session, [*(replace(draft, monat=one, fuer=one) for one in months), more])
        assert len(made) == 49
        konto = receiver_account.record(session, empfaenger=TK, inhaber="TK", iban=IBAN, valid_from=date(2023, 1, 1),
                                        reason="Verzeichnis").public_id
    monkeypatch.setattr(duties, "OUTSIDE", (*speichern.OUTSIDE, "erstellt"))  # as if each month had been closed
    with fresh_town.session("kurt") as session:
        receiver_account.confirm(session, konto)
        rows, _ = duties.overview(session)
        assert [one.monat for one in rows] == months[::-1]
        assert (rows[-1].empfaenger, rows[-1].ohne_konto, rows[-1].betrag) == (2, 2, 2 * draft.betrag)
        assert {one.ohne_konto for one in rows[:36]} == {0}
        for one in (rows[0], rows[-1]):
            claims, _ = duties.claims_of(session, one.monat, one.art, one.faellig)
            assert (sum(claim.betrag for claim in claims), len(claims)) == (one.betrag, one.empfaenger)


def test_no_order_of_the_year_may_wait(fresh_town: Any) -> None:
    """Released pay of every month is not enough: a follow-up that still waits keeps the step open."""
    def step() -> liste.Schritt:
        with fresh_town.session() as session:
            return next(one for one in liste.steps(session, 2026) if one.was == "Zahlungen freigegeben")

    with fresh_town.session() as session:
        made = orders.create(session, fresh_town.month, today=fresh_town.today, now=fresh_town.now).auftrag
    missing = "fehlt: 06, 07, 08, 09, 10, 11, 12"
    assert step().einzelheit == f"0 von 8; {missing.replace('06', '05, 06')}; wartet auf Freigabe: Bezüge 05"
    with fresh_town.session("hugo") as session:
        orders.release(session, made.public_id, sha256=made.sha256.hex(), today=fresh_town.today)
    assert (step().einzelheit, step().monat) == (f"1 von 8; {missing}", date(2026, 6, 1))
    with fresh_town.session() as session:
        opened = [one.public_id for one in session.scalars(select(Zahlung).where(Zahlung.weg == "liste"))]
        by_hand.record(session, made.public_id, opened[:1], day=fresh_town.today, note="Kassenbeleg 7",
                       today=fresh_town.today, now=fresh_town.now)
    assert step().einzelheit == f"1 von 8; {missing}; wartet auf Freigabe: Folgeauftrag 05"


def test_a_follow_up_pays_to_the_account_of_its_day(fresh_town: Any) -> None:
    """Ab 1. Juni ist es ein anderes Konto: der Folgeauftrag vom 20. Mai zahlt auf das, das an diesem Tag gilt."""
    released(fresh_town)
    made = pay(fresh_town)  # nobody has recorded an account yet: it waits on the list
    with fresh_town.session("kurt") as session:
        orders.release(session, made.auftrag.public_id, sha256=made.auftrag.sha256.hex(), today=TODAY)
    with fresh_town.session() as session:
        for first, iban in ((date(2026, 1, 1), IBAN), (date(2026, 6, 1), "DE02100500000054540402")):
            receiver_account.record(session, empfaenger=TK, inhaber="TK", iban=iban, valid_from=first,
                                    reason="Schreiben")
    with fresh_town.session("kurt") as session:
        for one in receiver_account.accounts(session):
            receiver_account.confirm(session, one.row.public_id)
    with fresh_town.session() as session:
        later = followup.create(session, made.auftrag.public_id, reason="Konto da", today=TODAY, now=fresh_town.now)
        (one,) = reading.payments_of(session, later.auftrag)
        assert followup._opened(session, one, "iban_siegel") == IBAN
