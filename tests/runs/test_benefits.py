"""Nebenleistungen und Entgeltumwandlung im Lauf: aus Tatsachen und Lohnarten auf den Cent, mit Zeilen und Erklärung.

Erwartungen: die Rechenfälle des Rechts (tests/law/nebenleistungen), dort mit Paragraf; hier kommen die Angaben aus
Tatsachen mit zwei Uhren.
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
    Arbeitsweg,
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Dienstwagen,
    PersonAngaben,
    Sachbezug,
    Sparvertrag,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.masterdata.models.facts import Fact
from payroll.runs import sheets
from payroll.runs.beside.models import Drittzahlung
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line, explain_result
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf
from payroll.statements.publish import payslips
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

START, MAY = date(2026, 1, 1), date(2026, 5, 1)
IBAN = "DE02120300000000202051"
Given = tuple[list[tuple[type[Fact], dict[str, Any]]], list[tuple[int, int]]]


def _contract(art: str, cents: int, receiver: str, number: int = 1) -> tuple[type[Fact], dict[str, Any]]:
    return Sparvertrag, {"art": art, "laufnummer": number, "betrag_cent": cents, "empfaenger": receiver,
                         "vertragsnummer": f"V-{number}", "iban": IBAN, "iban_ende": "2051"}


# name: facts beside the pay, amounts of wage types
PEOPLE: dict[str, Given] = {
    "ohne": ([], []),
    "wagen": ([(Dienstwagen, {"listenpreis_cent": 3_000_000}), (Sachbezug, {"mittagessen": 10, "pauschal": True})],
              [(3018, 10_000)]),
    "arbeitsweg": ([(Dienstwagen, {"listenpreis_cent": 3_000_000, "arbeitsweg": True}),
                    (Arbeitsweg, {"entfernung_km": 20, "pauschal": True})], [(3003, 5_000)]),
    "ohne_entfernung": ([(Dienstwagen, {"listenpreis_cent": 3_000_000, "arbeitsweg": True})], []),
    "ticket": ([], [(3007, 5_800), (4204, 1_000)]),
    "ticket_pauschal": ([], [(3008, 5_800)]),
    "ticket_doppelt": ([], [(3007, 5_800), (3008, 5_800)]),
    "zuschuss": ([(Arbeitsweg, {"entfernung_km": 10, "pauschal": True})], [(3009, 6_000)]),
    "gutschein": ([], [(3014, 5_000)]),
    "gutschein_drueber": ([], [(3014, 5_001)]),
    "umwandlung": ([_contract("entgeltumwandlung", 20_000, "Versorgungswerk")], []),
    "sparen": ([_contract("vermoegensbildung", 4_000, "Bausparkasse"),
                _contract("vermoegensbildung", 1_500, "Fonds", 2)], [(1650, 665)]),
    "sparen_getippt": ([_contract("vermoegensbildung", 4_000, "Bausparkasse")], [(4200, 3_000)]),
}


def _person(name: str, given: Given, numbers: Ids) -> NeuePerson:
    facts, payments = given
    job = [Tatsache(BeschaeftigungAngaben, START, {"art": "tarif", "eintritt": START}),
           Tatsache(Steuermerkmale, START, {"steuerklasse": 1, "konfession": "rk"}),
           Tatsache(Versicherung, START, {
               "kv_art": "gesetzlich", "beitragsgruppe": "1111", "personengruppe": 101, "elterneigenschaft": True,
               "krankenkasse_id": numbers.krankenkassen["K29"]}),
           Tatsache(Zusatzversorgung, START, {"zv_kasse_id": numbers.zv_kassen["rzvk"]}),
           *(Tatsache(model, START, values) for model, values in facts)]
    for number, cents in [(1008, 400_000), *payments]:
        job.append(Tatsache(WiederkehrenderBezug, START, {
            "lohnart_id": numbers.lohnarten[number], "laufnummer": 1, "betrag_cent": cents}))
    own = [Tatsache(PersonAngaben, START, {"nachname": name, "vorname": "Ute", "geburtsdatum": date(1985, 6, 15)}),
           Tatsache(Bankverbindung, START, {"iban": IBAN, "iban_ende": "2051"})]
    return NeuePerson(own, [NeueBeschaeftigung(name, job)])


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[int]:
    """Ein Arbeitgeber, Mai 2026 gerechnet."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test")
            add_fund(session, "K29", "K29", nummer=None, valid_from=START, quelle="Fall", reason="Test",
                     zusatzbeitrag=Decimal("2.9"), u2_satz=Decimal("0.39"))
            numbers = ids(session)
            store(session, [_person(name, given, numbers) for name, given in PEOPLE.items()], reason="Test")
        with tenant_session(number, actor="karla") as session:
            calculate(session, MAY, key="mai")
        yield number


def _result(session: Any, name: str) -> Ergebnis:
    return session.scalars(  # type: ignore[no-any-return]  # a tenant session
        select(Ergebnis).join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
        .where(Beschaeftigung.personalnummer == name)).one()


def _read(district: int, name: str) -> tuple[Ergebnis, list[Ergebniszeile]]:
    with tenant_session(district, actor="karla") as session:
        result = _result(session, name)
        lines = session.scalars(select(Ergebniszeile).where(Ergebniszeile.ergebnis_id == result.id)
                                .order_by(Ergebniszeile.position)).all()
        session.expunge_all()
        return result, list(lines)


def _amounts(lines: list[Ergebniszeile]) -> dict[str, tuple[str, int]]:
    return {line.lohnart: (line.merkmale, line.betrag) for line in lines if line.lohnart != "1008"}


def test_car_meals_and_holiday_money_as_in_the_case_of_the_law(district: int) -> None:
    """test_benefits_are_taxed_in_gross_and_not_paid_out: 300.00 car, 100.00 in money, 45.70 meals, flat tax 40.98."""
    result, lines = _read(district, "wagen")
    plain, _ = _read(district, "ohne")
    assert _amounts(lines) == {"3000": ("LLN", 30_000), "3012": ("PFN", 4_570), "3018": ("PFN", 10_000),
                               "3024": ("", -34_570)}
    assert result.gesamtbrutto == 400_000 + 30_000 + 10_000 + 4_570
    assert result.steuerbrutto == 430_000
    assert (result.zv_umlage, plain.zv_umlage) == (17_000, 17_000)
    assert result.pauschalsteuern_nebenleistungen == 3_643 + 200 + 255
    assert result.auszahlung == result.netto - 34_570
    assert result.sv_brutto_rv == plain.sv_brutto_rv + 30_000


def test_way_to_work_by_car_is_flat_taxed_up_to_the_limit(district: int) -> None:
    """30,000.00: 1 % = 300.00; 0.03 % x 20 km = 180.00; 15 days x 20 km x 0.38 = 114.00 flat; own payment 50.00."""
    result, lines = _read(district, "arbeitsweg")
    assert _amounts(lines) == {"3000": ("LLN", 25_000), "3001": ("LLN", 6_600), "3002": ("PFN", 11_400),
                               "3003": ("", -5_000), "3024": ("", -43_000)}
    assert result.steuerbrutto == 400_000 + 31_600
    assert result.auszahlung == result.netto - 43_000 - 5_000


@pytest.mark.parametrize(("name", "expected", "gross"), [
    ("ticket", {"3007": ("FFNo", 4_800), "4204": ("", -1_000)}, 400_000),
    ("ticket_pauschal", {"3008": ("PFN", 5_800), "3024": ("", -5_800)}, 405_800),
    ("gutschein", {"3014": ("FFNo", 5_000)}, 400_000),
    ("gutschein_drueber", {"3014": ("LLN", 5_001), "3024": ("", -5_001)}, 405_001),
    ("zuschuss", {"3009": ("PFN", 5_700), "3010": ("LLN", 300)}, 406_000),
])
def test_ticket_voucher_and_commuting_subsidy(district: int, name: str, expected: dict[str, tuple[str, int]],
                                              gross: int) -> None:
    """§ 3 Nr. 15, § 8 Abs. 2 Satz 11 (50.00), § 40 Abs. 2 EStG (15 days x 10 km x 0.38 = 57.00)."""
    result, lines = _read(district, name)
    assert _amounts(lines) == expected
    assert result.gesamtbrutto == gross


def test_deferred_pay_gets_the_statutory_subsidy_and_stays_free(district: int) -> None:
    """test_subsidy_is_at_most_what_the_employer_saves: 200.00 of 4,000.00 bring 30.00; the Umlage keeps its base."""
    result, lines = _read(district, "umwandlung")
    plain, _ = _read(district, "ohne")
    assert (result.entgeltumwandlung, result.umwandlung_zuschuss) == (20_000, 3_000)
    assert (result.umwandlung_steuerfrei, result.umwandlung_sv_frei) == (23_000, 23_000)
    assert result.gesamtbrutto == plain.gesamtbrutto
    assert plain.steuerbrutto - result.steuerbrutto == 20_000
    # § 3 Nr. 56 Satz 3 EStG: 338.00 a month less 230.00 that are free under Nr. 63
    assert (result.zv_umlage, result.zv_steuerfrei, plain.zv_steuerfrei) == (17_000, 10_800, 17_000)
    assert result.auszahlung == result.netto - 20_000
    assert _amounts(lines)["3407"] == ("", -20_000)
    assert [line.text for line in lines if line.lohnart == "3407"] == ["Entgeltumwandlung an Versorgungswerk"]


def test_savings_name_their_receivers_and_payments_are_stored(district: int) -> None:
    result, lines = _read(district, "sparen")
    saved = [(line.text, line.einzelheit, line.betrag) for line in lines if line.lohnart == "4200"]
    assert saved == [("Vermögenswirksame Leistung an Bausparkasse", "Vertrag V-1", -4_000),
                     ("Vermögenswirksame Leistung an Fonds", "Vertrag V-2", -1_500)]
    assert result.auszahlung == result.netto - 5_500
    with tenant_session(district, actor="karla") as session:
        paid = {name: sorted(session.execute(
            select(Sparvertrag.empfaenger, Drittzahlung.betrag, Drittzahlung.arbeitgeber)
            .join(Sparvertrag, Sparvertrag.id == Drittzahlung.sparvertrag_id)
            .where(Drittzahlung.ergebnis_id == _result(session, name).id)).all())
            for name in ("sparen", "sparen_getippt", "umwandlung", "ohne")}
    assert paid == {"sparen": [("Bausparkasse", 4_000, 0), ("Fonds", 1_500, 0)],
                    "sparen_getippt": [("Bausparkasse", 3_000, 0)],
                    "umwandlung": [("Versorgungswerk", 23_000, 3_000)], "ohne": []}


def test_contradictions_are_findings(district: int) -> None:
    with tenant_session(district, actor="karla") as session:
        found = {(one.datensatz.split("(")[0].split()[1], one.feld, one.stufe): one.regel
                 for one in session.scalars(select(Hinweis).where(Hinweis.ursache == "stammdaten"))}
    assert set(found) == {("ohne_entfernung", "entfernung_km", "warnung"), ("ticket_doppelt", "jobticket", "fehler"),
                          ("sparen_getippt", "vermoegensbildung", "warnung")}
    assert "§ 8 Abs. 2 Satz 3 EStG" in found["ohne_entfernung", "entfernung_km", "warnung"]


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "ticket_doppelt"])
def test_lines_explain_themselves_and_the_slip_ties(district: int, name: str) -> None:
    with tenant_session(district, actor="karla") as session:
        result = _result(session, name)
        lines = session.scalars(select(Ergebniszeile).where(Ergebniszeile.ergebnis_id == result.id)).all()
        for line in lines:
            explained = explain_line(session, result.public_id, line.position)
            assert abs(sum(one.value for one in explained)) == abs(line.betrag), line.text
        assert explain_result(session, result.public_id, "steuerbrutto").value == result.steuerbrutto
        _, _, sheet = sheets.open_sheet(session, result.public_id)
        lauf = session.scalars(select(Lauf)).one()
        slip = next(slip for number, slip in payslips(session, lauf) if number == result.beschaeftigung_id)
    assert any(key.startswith("nl_") for key in sheet.eingaben) == bool(
        name in ("wagen", "arbeitsweg", "ohne_entfernung", "zuschuss") or name.startswith(("ticket", "gutschein")))
    assert slip.auszahlung == result.auszahlung
    assert slip.ag_kosten == result.ag_kosten
