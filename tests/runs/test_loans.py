"""Vorschuss und Darlehen im Lauf: Rate bis genau zum offenen Betrag, nie mehr als pfändbar, Rest bleibt stehen.

Pfändbarer Teil: amtliche Tabelle zu § 850c ZPO (bis 1.559,99 Euro netto ohne Unterhaltspflicht nichts, Juli 2025).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.catalogue import Ids, add_fund, ids, seed
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Darlehen,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
)
from payroll.masterdata.service import record_fact
from payroll.runs.beside.history import balances
from payroll.runs.beside.models import Verrechnung
from payroll.runs.calculate import calculate
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

START, MONTHS = date(2026, 1, 1), [date(2026, month, 1) for month in (1, 2, 3, 4)]


def _loan(art: str, cents: int, rate: int, number: int = 1) -> tuple[str, dict[str, Any]]:
    return art, {"laufnummer": number, "art": art, "betrag_cent": cents, "ausgezahlt_am": START, "rate_cent": rate,
                 "erste_rate": date(2026, 2, 1)}


# name: pay in cents, loans
PEOPLE = {"genau": (400_000, [_loan("vorschuss", 25_000, 10_000)]),
          "wenig": (150_000, [_loan("darlehen", 100_000, 10_000)]),
          "viel": (400_000, [_loan("darlehen", 500_000, 20_000), _loan("vorschuss", 5_000, 5_000, 2)]),
          "ohne": (400_000, [])}


def _person(name: str, numbers: Ids) -> NeuePerson:
    pay, loans = PEOPLE[name]
    job = [Tatsache(BeschaeftigungAngaben, START, {"art": "tarif", "eintritt": START}),
           Tatsache(Steuermerkmale, START, {"steuerklasse": 1, "konfession": "keine"}),
           Tatsache(Versicherung, START, {
               "kv_art": "gesetzlich", "beitragsgruppe": "1111", "personengruppe": 101, "elterneigenschaft": True,
               "krankenkasse_id": numbers.krankenkassen["K29"]}),
           Tatsache(WiederkehrenderBezug, START, {
               "lohnart_id": numbers.lohnarten[1008], "laufnummer": 1, "betrag_cent": pay}),
           *(Tatsache(Darlehen, START, values) for _, values in loans)]
    own = [Tatsache(PersonAngaben, START, {"nachname": name, "vorname": "Ute", "geburtsdatum": date(1985, 6, 15)}),
           Tatsache(Bankverbindung, START, {"iban": "DE02120300000000202051", "iban_ende": "2051"})]
    return NeuePerson(own, [NeueBeschaeftigung(name, job)])


def _close(session: Any, lauf: Lauf) -> None:
    lauf.geprueft_von, lauf.freigegeben_von, lauf.gemeinde_von = "karla", "hanna", "gerda"
    lauf.abgeschlossen_von, lauf.abgeschlossen_am, lauf.zustand = "karla", lauf.berechnet_am, "abgeschlossen"
    session.flush()


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[int]:
    """Januar bis April 2026, jeder Monat abgeschlossen bis auf den letzten; im April ist eine Rate schon im März höher.

    Die höhere Vergütung ab Februar wird erst vor dem April bekannt: der April rechnet Februar und März nach.
    """
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test")
            add_fund(session, "K29", "K29", nummer=None, valid_from=START, quelle="Fall", reason="Test",
                     zusatzbeitrag=Decimal("2.9"), u2_satz=Decimal("0.39"))
            numbers = ids(session)
            store(session, [_person(name, numbers) for name in PEOPLE], reason="Test")
        for month in MONTHS:
            with tenant_session(number, actor="karla") as session:
                if month == MONTHS[-1]:
                    job = session.scalars(select(Beschaeftigung).filter_by(personalnummer="genau")).one()
                    record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job.id, laufnummer=1,
                                lohnart_id=numbers.lohnarten[1008], betrag_cent=410_000, valid_from=MONTHS[1],
                                reason="Nachtrag")
            with tenant_session(number, actor="karla") as session:
                lauf = calculate(session, month, key=f"{month}")
                if month != MONTHS[-1]:
                    _close(session, lauf)
        yield number


def _taken(district: int, name: str) -> list[tuple[int, str, int, int]]:
    with tenant_session(district, actor="karla") as session:
        rows = session.execute(
            select(Ergebnis.monat, Verrechnung.art, Verrechnung.betrag, Verrechnung.rest)
            .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id)
            .join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
            .where(Beschaeftigung.personalnummer == name).order_by(Ergebnis.monat, Verrechnung.laufnummer)).all()
    return [(row.monat.month, row.art, row.betrag, row.rest) for row in rows]


def test_instalments_stop_exactly_at_the_balance(district: int) -> None:
    assert _taken(district, "genau") == [(2, "vorschuss", 10_000, 15_000), (3, "vorschuss", 10_000, 5_000),
                                         (4, "vorschuss", 5_000, 0)]


def test_nothing_is_taken_below_the_garnishable_part_and_the_rest_stays(district: int) -> None:
    assert _taken(district, "wenig") == []
    with tenant_session(district, actor="karla") as session:
        texts = [one.regel for one in session.scalars(select(Hinweis).where(Hinweis.feld == "darlehen"))
                 if "wenig" in one.datensatz]
    assert len(texts) == 3
    assert "von 100,00 € werden 0,00 € einbehalten" in texts[0]
    assert "§ 394 BGB" in texts[0]


def test_the_line_names_what_is_still_open_and_the_payout_falls(district: int) -> None:
    with tenant_session(district, actor="karla") as session:
        result, plain = (session.scalars(
            select(Ergebnis).join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
            .where(Beschaeftigung.personalnummer == name, Ergebnis.monat == MONTHS[1])).one()
            for name in ("viel", "ohne"))
        lines = session.scalars(select(Ergebniszeile).where(
            Ergebniszeile.ergebnis_id == result.id, Ergebniszeile.bereich == "netto")).all()
        found = {(line.lohnart, line.text, line.einzelheit, line.betrag) for line in lines}
        hints = [rule for rule in session.scalars(select(Hinweis.regel)) if "Zinsvorteil" in rule]
    assert found == {("4511", "Darlehen, Rate", "danach offen 4.800,00 €", -20_000),
                     ("4501", "Vorschuss, Rate", "danach offen 0,00 €", -5_000)}
    assert result.netto == plain.netto
    assert result.auszahlung == plain.auszahlung - 25_000
    assert len(hints) == 3


def test_retro_leaves_what_a_closed_month_withheld(district: int) -> None:
    """The late raise of 100.00 books February and March; the instalments of those months are no part of it."""
    with tenant_session(district, actor="karla") as session:
        rows = session.execute(select(Rueckrechnung.monat, RueckrechnungZeile.bereich, RueckrechnungZeile.name,
                                      RueckrechnungZeile.betrag)
                               .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)).all()
    assert {row.monat for row in rows} == {MONTHS[1], MONTHS[2]}
    assert {(row.name, row.betrag) for row in rows if row.bereich != "wert"} == {("1008", 10_000)}


def test_history_of_a_loan_is_readable(district: int) -> None:
    with tenant_session(district, actor="karla") as session:
        job = session.scalars(select(Beschaeftigung.id).where(Beschaeftigung.personalnummer == "genau")).one()
        (balance,) = balances(session, job)
    assert (balance.betrag, balance.offen) == (25_000, 0)
    assert [(one.monat, one.betrag, one.rest) for one in balance.verlauf] == [
        (MONTHS[1], 10_000, 15_000), (MONTHS[2], 10_000, 5_000), (MONTHS[3], 5_000, 0)]
