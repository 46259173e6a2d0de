"""§ 42b EStG im Lauf des Dezembers: zwölf gerechnete Monate, Erstattung auf den Cent, Ausschlüsse, Erklärung.

Erwartungen: Fälle A und B der Vorlage zum Jahresende (tests/law/jahresausgleich): E8 Stufe 3, Klasse I, rk, 9 %
Kirchensteuer, Zusatzbeitrag 2,90; A erst 20, ab Juli 39 Stunden: 147,60 und 13,19; B immer 39 Stunden: nichts.
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
    Bezuegezuordnung,
    Fehlzeit,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
)
from payroll.masterdata.settings import record_settings
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis
from payroll.statements.publish import payslips
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

START, JULY, DECEMBER = date(2026, 1, 1), date(2026, 7, 1), date(2026, 12, 1)
HALF, FULL = Decimal(20), Decimal(39)
# name: entry, hours until June, tax class from July
PEOPLE: dict[str, tuple[date, Decimal, int]] = {
    "A": (START, HALF, 1), "B": (START, FULL, 1), "Klasse": (START, HALF, 3), "Eintritt": (date(2026, 2, 1), HALF, 1),
    **dict.fromkeys(("Verzicht", "Ausland", "Urlaub", "Kurz", "Pauschal"), (START, HALF, 1))}
# Unpaid leave in March 2026: five working days (Monday to Friday) are a letter U, four are none.
LEAVE = {"Urlaub": (date(2026, 3, 2), date(2026, 3, 6)), "Kurz": (date(2026, 3, 2), date(2026, 3, 5))}
DECLARED = {"Verzicht": {"ausgleich_verzicht": True}, "Ausland": {"auslandslohn": True}}


def _person(name: str, numbers: Ids) -> NeuePerson:
    entry, hours, later = PEOPLE[name]
    grade = {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E8", "stufe": "3", "vollzeitstunden": FULL}
    tax = {"konfession": "rk"}
    job = [Tatsache(BeschaeftigungAngaben, entry, {"art": "tarif", "eintritt": entry}),
           Tatsache(Steuermerkmale, entry, tax | {"steuerklasse": 1} | DECLARED.get(name, {}), date(2026, 6, 30)),
           Tatsache(Steuermerkmale, JULY, tax | {"steuerklasse": later}),
           Tatsache(Versicherung, entry, {
               "kv_art": "gesetzlich", "beitragsgruppe": "1111", "personengruppe": 101, "elterneigenschaft": True,
               "krankenkasse_id": numbers.krankenkassen["K29"]}),
           Tatsache(Bezuegezuordnung, entry, grade | {"wochenstunden": hours}, date(2026, 6, 30)),
           Tatsache(Bezuegezuordnung, JULY, grade | {"wochenstunden": FULL}),
           Tatsache(WiederkehrenderBezug, date(2026, 11, 1), {
               "lohnart_id": numbers.lohnarten[1600], "laufnummer": 1, "betrag_cent": 326_686}, date(2026, 11, 30))]
    if name in LEAVE:
        job.append(Tatsache(Fehlzeit, LEAVE[name][0], {"art": "sonderurlaub"}, LEAVE[name][1]))
    if name == "Pauschal":  # twenty percent, without lump sums to the pension insurance (§ 40a Abs. 2a EStG)
        job[3] = Tatsache(Versicherung, entry, job[3].values | {"pauschal_20": True, "beitragsgruppe": "1101"})
    own = [Tatsache(PersonAngaben, START, {"nachname": name, "vorname": "Ute", "geburtsdatum": date(1985, 6, 15)}),
           Tatsache(Bankverbindung, START, {"iban": "DE02120300000000202051", "iban_ende": "2051"})]
    return NeuePerson(own, [NeueBeschaeftigung(name, job)])


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[int]:
    """Weniger als zehn Beschäftigte: der Ausgleich ist freiwillig und eingeschaltet; Januar bis Dezember gerechnet."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test")
            add_fund(session, "K29", "K29", nummer=None, valid_from=START, quelle="Fall", reason="Test",
                     zusatzbeitrag=Decimal("2.9"), u2_satz=Decimal("0.39"))
            numbers = ids(session)
            store(session, [_person(name, numbers) for name in PEOPLE], reason="Test")
            record_settings(session, valid_from=DECEMBER, reason="Beschluss", jahresausgleich_freiwillig=True)
        for month in range(1, 13):
            with tenant_session(number, actor="karla") as session:
                lauf = calculate(session, date(2026, month, 1), key=f"{month}")
                if month < 12:
                    lauf.geprueft_von, lauf.freigegeben_von, lauf.gemeinde_von = "karla", "hanna", "gerda"
                    lauf.abgeschlossen_am, lauf.zustand = lauf.berechnet_am, "abgeschlossen"
        yield number


def _december(session: Any, name: str) -> tuple[Ergebnis, dict[str, int]]:
    result = session.scalars(select(Ergebnis).join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
                             .where(Beschaeftigung.personalnummer == name, Ergebnis.monat == DECEMBER)).one()
    lines = session.scalars(select(Ergebniszeile).where(Ergebniszeile.ergebnis_id == result.id,
                                                        Ergebniszeile.lohnart == "4007")).all()
    return result, {line.text: line.betrag for line in lines}


@pytest.mark.parametrize(("name", "expected"), [
    ("A", {"Jahresausgleich, Lohnsteuer": 14_760, "Jahresausgleich, Kirchensteuer": 1_319}),
    ("B", {}), ("Klasse", {}), ("Eintritt", {})])
def test_refund_of_the_worked_cases(district: int, name: str, expected: dict[str, int]) -> None:
    with tenant_session(district, actor="karla") as session:
        result, found = _december(session, name)
    assert found == expected
    assert result.auszahlung == result.netto + sum(expected.values())


def test_refund_explains_itself_and_stands_on_the_slip(district: int) -> None:
    with tenant_session(district, actor="karla") as session:
        result, _ = _december(session, "A")
        positions = session.scalars(select(Ergebniszeile.position).where(
            Ergebniszeile.ergebnis_id == result.id, Ergebniszeile.lohnart == "4007")).all()
        values = [sum(one.value for one in explain_line(session, result.public_id, at)) for at in positions]
        lauf = calculate(session, DECEMBER, key="12")
        slip = next(slip for number, slip in payslips(session, lauf) if number == result.beschaeftigung_id)
    assert sorted(values) == [1_319, 14_760]
    assert {line.text: line.betrag for line in slip.net_lines}["Jahresausgleich, Lohnsteuer"] == 14_760


def test_who_is_excluded_is_counted_with_the_paragraph(district: int) -> None:
    with tenant_session(district, actor="karla") as session:
        texts = session.scalars(select(Hinweis.regel).where(Hinweis.ursache == "jahresausgleich")).all()
    assert "3 Beschäftigungen nehmen teil, 2 bekommen eine Erstattung (§ 42b EStG)" in texts
    assert any("Satz 3 Nr. 3:" in text and text.endswith("1 Fall: Klasse") for text in texts)
    assert any("§ 42b Abs. 1 EStG Satz 1:" in text and text.endswith("1 Fall: Eintritt") for text in texts)


@pytest.mark.parametrize(("name", "number"), [("Verzicht", "1"), ("Ausland", "6"), ("Urlaub", "4a"), ("Kurz", "")])
def test_facts_that_keep_out(district: int, name: str, number: str) -> None:
    """Verzicht und Auslandslohn an einem Tag des Jahres; U ab fünf Arbeitstagen, vier sind keine (R 41.2 LStR)."""
    with tenant_session(district, actor="karla") as session:
        texts = session.scalars(select(Hinweis.regel).where(Hinweis.ursache == "jahresausgleich")).all()
        _, found = _december(session, name)
    named = [text for text in texts if name in text]
    if number:
        assert [f"Satz 3 Nr. {number}:" in text for text in named] == [True]
    else:
        assert named == []
    assert bool(found) == (not number)


def test_flat_taxed_pay_is_left_out_and_withheld_from_nobody(district: int) -> None:
    with tenant_session(district, actor="karla") as session:
        texts = session.scalars(select(Hinweis.regel).where(Hinweis.ursache == "jahresausgleich")).all()
        result, found = _december(session, "Pauschal")
    assert any("pauschal versteuert (§ 40a EStG)" in text and text.endswith("1 Fall: Pauschal") for text in texts)
    # 20 % of 3.843,36, on it 5,5 % and 7 %, cut
    taxes = (result.pauschsteuer_20, result.pauschsteuer_40a_soli, result.pauschsteuer_40a_kist)
    assert taxes == (76_867, 4_227, 5_380)
    assert (found, result.steuerbrutto, result.lohnsteuer) == ({}, 0, 0)
