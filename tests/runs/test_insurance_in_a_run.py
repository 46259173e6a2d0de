"""Die Fälle der Sozialversicherung durch einen echten Lauf: Tatsachen hinein, Beiträge auf den Cent heraus.

Erwartungen: insurance_cases.csv des Produkts (dort je Zeile mit Quelle). Jahreswerte kommen als Vortragswerte, andere
Arbeitgeber als weitere Beschäftigung; nichts wird dem Recht unmittelbar gegeben.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from payroll.law.conformance import insurance_cases
from payroll.law.conformance.bundled import FOLDER
from payroll.law.conformance.insurance_cases import CORRECTION, FIGURES, Row
from payroll.law.conformance.report import read_cases
from payroll.law.rules.sozialversicherung.inputs import KV_ARTEN
from payroll.masterdata.catalogue import Ids, add_fund, ids, seed
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Kind,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    Vortragswerte,
    WeitereBeschaeftigung,
    WiederkehrenderBezug,
)
from payroll.runs.calculate import calculate
from payroll.runs.models import Ergebnis, Hinweis
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

START = date(2020, 1, 1)
FIXED, WHOLE, ONE_OFF = 1008, 1300, 1602
COLUMNS = {
    "exp_be_total": "be_gesamt", "exp_be_an": "be_an", "exp_kv_an": "kv_an", "exp_kv_ag": "kv_ag", "exp_zb_an": "zb_an",
    "exp_zb_ag": "zb_ag", "exp_pv_an": "pv_an", "exp_pv_ag": "pv_ag", "exp_rv_an": "rv_an", "exp_rv_ag": "rv_ag",
    "exp_alv_an": "av_an", "exp_alv_ag": "av_ag", "exp_u2_ag": "u2", "exp_flat_tax_ag": "pauschsteuer_2",
    "exp_subsidy_kv_ag": "zuschuss_kv", "exp_subsidy_pv_ag": "zuschuss_pv",
}
EAST = ("BB", "MV", "ST", "TH")


def _usable(row: Row) -> bool:
    """Ohne Fälle mit eigenen Rechengrößen statt des Rechts und ohne den Anteil des Vorjahres (eigener Test)."""
    brought = insurance_cases.numbers(row.case.text("extra_in"), "extra_in")
    return not any(key in brought for key in FIGURES) and row.case.text("oneoff_in_prior_year") != "y"


def _rows() -> dict[str, Row]:
    cases = read_cases(FOLDER / "insurance_cases.csv").cases
    rows = {case.label: insurance_cases.read(case) for case in cases if not insurance_cases.is_levy(case)}
    return {label: row for label, row in rows.items() if _usable(row)}


ROWS = _rows()
LEAVES_ON_THE_30TH = "S055"  # of a month with 31 days
LEFT_OUT = {"S001", "S002", "S061b", "S093", "S094"}


def _fund(inputs: dict[str, int]) -> str:
    return f"K{inputs['zusatzbeitrag']}/{inputs['u2_satz']}"


def _art(group: int) -> str:
    return {102: "auszubildende", 121: "auszubildende", 123: "auszubildende", 109: "minijob",
            110: "minijob"}.get(group, "tarif")


def _job(row: Row, inputs: dict[str, int], numbers: Ids) -> list[Tatsache]:
    first, days = row.day, inputs["sv_tage"]
    partial = days < 30 or row.case.label == LEAVES_ON_THE_30TH
    last = first.replace(day=days if partial else calendar.monthrange(first.year, first.month)[1])
    kind, group = KV_ARTEN[inputs["kv_art"]], inputs["personengruppe"]
    digits = "".join(str(inputs[f"beitragsgruppe_{branch}"]) for branch in ("kv", "rv", "av", "pv"))
    facts = [
        Tatsache(BeschaeftigungAngaben, first, {"art": _art(group), "eintritt": first, "austritt": last}),
        Tatsache(Steuermerkmale, START, {"steuerklasse": 1, "konfession": "keine"}),
        Tatsache(Versicherung, START, {
            "kv_art": kind, "krankenkasse_id": numbers.krankenkassen[_fund(inputs)], "beitragsgruppe": digits,
            "personengruppe": group, "pkv_beitrag_monat_cent": inputs["pkv_beitrag_monat"],
            "ppv_beitrag_monat_cent": inputs["ppv_beitrag_monat"],
            "pkv_ohne_krankengeld": bool(inputs["pkv_ohne_krankengeld"]), "sachsen": bool(inputs["sachsen"]),
            "dienst_nach_beschaeftigung": bool(inputs["dienst_nach_beschaeftigung"]),
            "elterneigenschaft": not inputs["kinderlos_zuschlag"],
            "regelmaessiges_entgelt_cent": None if group in (109, 110) else inputs["regelmaessiges_entgelt"]}),
        _payment(numbers, FIXED, 0 if partial else inputs["sv_entgelt_laufend"], first, None)]
    if partial:  # the cases state what is paid for these days; a fixed monthly pay would be cut to them
        facts.append(_payment(numbers, WHOLE, inputs["sv_entgelt_laufend"], first, None))
    if inputs["sv_entgelt_einmalig"]:
        facts.append(_payment(numbers, ONE_OFF, inputs["sv_entgelt_einmalig"], first, last))
    if inputs["sv_tage_bisher"] or inputs["sv_brutto_kv_bisher"]:
        facts.append(_carried(row.day.year, inputs["sv_tage_bisher"], inputs["sv_brutto_kv_bisher"],
                              inputs["sv_brutto_rv_bisher"]))
    if inputs["vorjahr_sv_tage"] >= 0:
        facts.append(_carried(row.day.year - 1, inputs["vorjahr_sv_tage"], 0, 0))
    return facts


def _payment(numbers: Ids, wage_type: int, cents: int, first: date, last: date | None) -> Tatsache:
    return Tatsache(WiederkehrenderBezug, first, {
        "lohnart_id": numbers.lohnarten[wage_type], "laufnummer": 1, "betrag_cent": cents}, last)


def _carried(year: int, days: int, kv: int, rv: int) -> Tatsache:
    return Tatsache(Vortragswerte, date(year, 1, 1), {
        "jahr": year, "herkunft": "vorsystem", "sv_tage": days, "sv_brutto_kv_cent": kv, "sv_brutto_rv_cent": rv})


def _person(row: Row, numbers: Ids) -> NeuePerson:
    inputs: dict[str, int] = dict(row.main.inputs)
    born = date(1985, 6, 15)
    facts = [Tatsache(PersonAngaben, born, {"nachname": row.case.label, "vorname": "Łucja", "geburtsdatum": born}),
             Tatsache(Bankverbindung, START, {"iban": "DE02120300000000202051", "iban_ende": "2051"})]
    facts += [Tatsache(Kind, START, {"nummer": number, "geburtsdatum": date(2015, 1, number)})
              for number in range(1, inputs["kinder_unter_25"] + 1)]
    if inputs["weiteres_entgelt"]:
        facts.append(Tatsache(WeitereBeschaeftigung, START, {
            "nummer": 1, "art": "versichert", "entgelt_monat_cent": inputs["weiteres_entgelt"],
            "arbeitgeber": "Bäckerei Öz"}))
    return NeuePerson(facts, [NeueBeschaeftigung(row.case.label, _job(row, inputs, numbers))])


def _employer(number: str, land: str, rows: list[Row]) -> int:
    with platform_session(actor="test") as session:
        tenant = service.create_tenant(session, number, f"Kreis {land}", "kreis", bundesland=land).id
    with tenant_session(tenant, actor="karla") as session:
        seed(session, reason="Test")
        funds: dict[str, Any] = {}
        for row in rows:
            inputs: dict[str, int] = dict(row.main.inputs)
            if _fund(inputs) not in funds:
                funds[_fund(inputs)] = True
                add_fund(session, _fund(inputs), _fund(inputs), nummer=None, valid_from=START, quelle="Fall",
                         reason="Test", zusatzbeitrag=Decimal(inputs["zusatzbeitrag"]) / 10_000,
                         u2_satz=Decimal(inputs["u2_satz"]) / 10_000)
        numbers = ids(session)
        store(session, [_person(row, numbers) for row in rows], reason="Test")
    for month in sorted({row.day for row in rows}):
        with tenant_session(tenant, actor="karla") as session:
            calculate(session, month, key=f"{month}")
    return tenant


@pytest.fixture(scope="module")
def results(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[dict[str, Ergebnis]]:
    """Ergebnisse nach Fall; ein Arbeitgeber in Nordrhein-Westfalen, einer in Thüringen (Rechtskreis Ost bis 2024)."""
    east = [row for row in ROWS.values() if row.case.text("state") in EAST]
    with fresh_database():
        tenants = [_employer("001", "NW", [row for row in ROWS.values() if row not in east]),
                   _employer("002", "TH", east)]
        found: dict[str, Ergebnis] = {}
        for tenant in tenants:
            with tenant_session(tenant, actor="karla") as session:
                rows = session.execute(select(Beschaeftigung.personalnummer, Ergebnis)
                                       .join(Ergebnis, Ergebnis.beschaeftigung_id == Beschaeftigung.id)).all()
                found |= {row[0]: row[1] for row in rows}
                faults = session.scalars(select(Hinweis).where(Hinweis.stufe == "fehler")).all()
                assert [(fault.datensatz, fault.regel) for fault in faults] == []
                session.expunge_all()
        yield found


def test_what_a_run_does_not_show() -> None:
    cases = read_cases(FOLDER / "insurance_cases.csv").cases
    assert {case.label for case in cases if not insurance_cases.is_levy(case)} - ROWS.keys() == LEFT_OUT
    assert all(key not in FIGURES for key in CORRECTION)


@pytest.mark.parametrize("label", ROWS)
def test_to_the_cent(results: dict[str, Ergebnis], label: str) -> None:
    case, result = ROWS[label].case, results[label]
    tolerance = case.number("tolerance", 0) * 100
    wrong = {}
    for column, name in COLUMNS.items():
        if case.text(column):
            expected, computed = case.number(column) * 100, getattr(result, name)
            if abs(computed - expected) > tolerance:
                wrong[name] = (int(expected), computed)
    assert wrong == {}
