"""Journal: ausgeglichen, Auszahlung = Zahlungen = Abrechnungen, nach Anteil verteilt, unveränderlich.

Gleichung: Vertrag der Abrechnung (Kosten = Gesamtbrutto + Anteile des Arbeitgebers); Rest zum größten Bruchteil (Hare).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from migrations import runner
from payroll.filings import abrechnungen
from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import abgleich
from payroll.filings.sepa import orders
from payroll.postings import accounts, deriving, service
from payroll.postings.errors import PostingRefused
from payroll.postings.models import Buchung, Journal
from payroll.postings.sharing import shared
from payroll.postings.writing import COLUMNS
from payroll.postings.zeilen import balances, zeilen
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.values import EMPLOYER
from payroll.statements import publish
from payroll.statements.service import store_payslips
from tenants.db import engine
from tenants.db.engine import OWNER
from tenants.db.server import Server


@pytest.fixture(scope="module")
def journal(town: Any) -> Journal:
    with town.session("klara") as session:
        return service.create(session, town.month).journal


def _lines(session: Any, journal: Journal) -> list[Any]:
    """Je Buchung eine Zeile; Soll über null, Haben unter null."""
    line = zeilen(Buchung.lauf_id == journal.lauf_id)
    return list(session.execute(select(line).join(Journal, Journal.lauf_id == line.c.lauf_id)))


def test_slips_journal_and_payments_tie(town: Any, journal: Journal) -> None:
    with town.session("klara") as session:
        order = orders.create(session, town.month, today=town.today, now=town.now).auftrag
        lauf = session.scalars(select(Lauf)).one()
        rows = _lines(session, journal)
    by_key: dict[str, int] = {}
    for row in rows:
        by_key[row.schluessel] = by_key.get(row.schluessel, 0) + row.betrag
    assert sum(by_key.values()) == 0
    assert journal.anzahl == len(rows)
    assert journal.soll == journal.haben == sum(row.betrag for row in rows if row.betrag > 0)
    assert sum(amount for key, amount in by_key.items() if key in deriving.EXPENSES) == lauf.ag_kosten
    assert -by_key["netto"] == lauf.auszahlung == journal.netto
    paid = -by_key["netto"] - by_key["glaeubiger"] - by_key["sparen"]
    assert paid == order.summe + order.liste_summe


def test_every_employment_is_balanced(town: Any, journal: Journal) -> None:
    sums: dict[str, int] = {}
    with town.session() as session:
        for row in _lines(session, journal):
            sums[row.personalnummer] = sums.get(row.personalnummer, 0) + row.betrag
    assert len(sums) == 11
    assert set(sums.values()) == {0}


def test_expenses_carry_the_cost_centre_and_debts_none(town: Any, journal: Journal) -> None:
    with town.session() as session:
        rows = _lines(session, journal)
    assert {row.kostenstelle for row in rows if row.schluessel in deriving.EXPENSES} == {"1110"}
    assert {row.kostenstelle for row in rows if row.schluessel not in deriving.EXPENSES} == {""}
    assert {row.personenkreis for row in rows} == {"B", "T"}


def test_again_is_the_same_and_nothing_changes_or_comes_later(town: Any, journal: Journal) -> None:
    with town.session("klara") as session:
        again = service.create(session, town.month)
        assert (again.neu, again.journal.id) == (False, journal.id)
        first = session.scalars(select(Buchung).order_by(Buchung.position)).first()
        count = session.scalar(select(func.count(Buchung.id)))
        assert sum(row.zeilen for row in balances(session, journal)) == journal.anzahl
    assert count == 11
    assert first is not None
    with pytest.raises(DBAPIError, match=r"permission denied|dürfen nur"), town.session() as session:
        session.execute(update(Buchung).where(Buchung.id == first.id).values(betraege=[1, -1]))
    values = {name: getattr(first, name) for name in COLUMNS} | {"position": 99_999}
    late = Buchung(**values)
    with pytest.raises(DBAPIError, match="Journal dieses Laufs ist abgeschlossen"), town.session() as session:
        session.add(late)


def test_the_database_refuses_what_is_not_balanced(fresh_town: Any) -> None:
    with fresh_town.session() as session:
        lauf = session.scalars(select(Lauf)).one()
    empty = Journal(lauf_id=lauf.id, monat=lauf.monat, anzahl=1, soll=5, haben=5, aufwand=0, netto=0,
                    sha256=b"x" * 32, erstellt_von="x")
    with pytest.raises(DBAPIError, match="Soll gleich Haben"), fresh_town.session() as session:
        session.add(empty)


def test_an_employer_sets_own_numbers_from_a_day(fresh_town: Any) -> None:
    with fresh_town.session("klara") as session:
        accounts.set_account(session, "5012", "501200", valid_from=fresh_town.month, reason="Kontenplan 2026")
        accounts.set_account(session, "netto", "379100", valid_from=fresh_town.today, reason="Kontenplan 2027")
        made = service.create(session, fresh_town.month).journal
        found = {row.konto for row in balances(session, made)}
        assert {"501200", "3790"} <= found
        assert not {"5012", "379100"} & found
    for key, number, reason, words in (("x", "1234", "g", "gibt es nicht"), ("5012", "50-12", "g", "Ziffern"),
                                       ("5012", "501200", " ", "Grund fehlt")):
        with fresh_town.session("klara") as session, pytest.raises(PostingRefused, match=words):
            accounts.set_account(session, key, number, valid_from=fresh_town.month, reason=reason)


def test_printed_slips_are_in_the_sums_and_a_part_of_them_stops_the_release(fresh_town: Any) -> None:
    """Abrechnungen = Journal = Zahlungen, sonst keine Freigabe; gedruckt ist hier erst eine von elf."""
    with fresh_town.session() as session:
        service.create(session, fresh_town.month)
        order = orders.create(session, fresh_town.month, today=fresh_town.today, now=fresh_town.now).auftrag
        lauf = session.scalars(select(Lauf)).one()
        assert abrechnungen.printed(session, lauf) == (0, 0)
        job = session.scalars(select(Ergebnis.beschaeftigung_id).order_by(Ergebnis.id)).first()
        store_payslips(session, publish.payslips(session, lauf, only=job), auftrag=publish.order_of(lauf))
        assert abgleich.checks(session, fresh_town.month)[0].stimmt is False
    with fresh_town.session("kurt") as session, pytest.raises(FilingRefused, match="von 11 Abrechnungen sind 1"):
        orders.release(session, order.public_id, sha256=order.sha256.hex(), today=fresh_town.today)
    with fresh_town.session() as session:
        publish.publish(session, session.scalars(select(Lauf)).one())
        assert abgleich.checks(session, fresh_town.month)[0].stimmt is True
    with fresh_town.session("kurt") as session:
        assert orders.release(session, order.public_id, sha256=order.sha256.hex(),
                              today=fresh_town.today).zustand == "freigegeben"


def test_every_expense_key_stands_in_the_shipped_chart() -> None:
    assert set(accounts.chart()) >= deriving.EXPENSES
    assert all(number[:2] in accounts.chart() for number, _ in accounts.SCHLUESSEL.values())


def test_every_share_of_the_employer_has_a_place() -> None:
    placed = {*deriving.INSURANCE_EMPLOYER, *deriving.SUBSIDIES, *deriving.PENSION_EMPLOYER, *deriving.FLAT_TAXES}
    assert set(EMPLOYER) - placed == {"umwandlung_zuschuss"}


@pytest.mark.parametrize(("amount", "weights", "parts"), [
    (100, (1, 1, 1), [34, 33, 33]), (-100, (1, 1, 1), [-34, -33, -33]), (1, (1, 3), [0, 1]), (0, (1, 2), [0, 0]),
    (10_001, (2, 1), [6_667, 3_334]), (5, (1,), [5])], ids=str)
def test_the_largest_remainder_gets_the_cent(amount: int, weights: tuple[int, ...], parts: list[int]) -> None:
    assert shared(amount, [Fraction(one) for one in weights]) == parts


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(-10**9, 10**9), st.lists(st.fractions(min_value=Fraction(1, 100), max_value=5), min_size=1,
                                            max_size=8))
def test_parts_add_up_whatever_the_shares(amount: int, weights: list[Fraction]) -> None:
    parts = shared(amount, weights)
    assert sum(parts) == amount
    total = sum(weights)
    assert all(abs(part - amount * weight / total) < 1 for part, weight in zip(parts, weights, strict=True))


def test_an_older_journal_becomes_rows_and_back_with_every_line(fresh_town: Any, postgres: Server) -> None:
    """Umbau in beide Richtungen: dieselben Buchungen, dieselben Summen."""
    with fresh_town.session() as session:
        made = service.create(session, fresh_town.month).journal
        before = sorted(tuple(row)[2:] for row in _lines(session, made))
    owner = postgres.dsn(OWNER, str(engine.current().app.url.database))
    runner.downgrade(owner, "0062")
    runner.upgrade(owner)
    with fresh_town.session() as session:
        again = service.find(session, fresh_town.month)
        assert sorted(tuple(row)[2:] for row in _lines(session, again)) == before
        assert len(before) == again.anzahl
