"""Sterbegeld: Empfangende mit eigenen Merkmalen, Versorgungsbezug, ohne Beiträge; spät bekannter Tod, Beamte, Grenzen.

Von Hand: § 23 Abs. 3 TVöD (Rest des Sterbemonats nach Kalendertagen und zwei weitere Monate Tabellenentgelt); E6
Stufe 3 im Oktober 2026 nach der Tabelle ab Mai 2026. Steuer: H 19.9 LStH (4.000 Euro, Freibetrag 12,8 % = 512). Beamte:
§ 22 LBeamtVG NRW, das Zweifache der Dienstbezüge; der Sterbemonat bleibt (§ 21).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from payroll.law.calculate import gross_to_net
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.catalogue import Ids, ids, seed
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    BeschaeftigungAngaben,
    Fehlzeit,
    PersonAngaben,
    Steuermerkmale,
)
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebniszeile, Lauf
from payroll.statements.publish import payslips
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

START, OCTOBER, NOVEMBER = date(2020, 1, 1), date(2026, 10, 1), date(2026, 11, 1)
DIED = date(2026, 10, 12)
E6_3 = load_pay_tables().on(OCTOBER)["TVoeD-VKA", "E6", "3"].cent


def _survivor(name: str, dead: str, relation: str = "ehegatte", steuerklasse: int = 6) -> NeuePerson:
    job = [Tatsache(BeschaeftigungAngaben, NOVEMBER, {"art": "hinterbliebene", "eintritt": NOVEMBER,
                                                      "verstorbene": dead, "verhaeltnis": relation}),
           Tatsache(Steuermerkmale, NOVEMBER, {"steuerklasse": steuerklasse, "konfession": "rk"})]
    return NeuePerson([Tatsache(PersonAngaben, START, {"nachname": name, "vorname": "Eva",
                                                       "geburtsdatum": date(1984, 3, 3)}),
                       Tatsache(Bankverbindung, START, {"iban": "DE02120300000000202051", "iban_ende": "2051"})],
                      [NeueBeschaeftigung(name, job)])


def _people(numbers: Ids, tarif: SimpleNamespace) -> list[NeuePerson]:
    dead: dict[str, Any] = {"own": {"verstorben_am": DIED}}
    rest = [Tatsache(Fehlzeit, date(2026, 9, 1), {"art": "sonderurlaub"})]
    people = [tarif.person(numbers, "tot", **dead), tarif.person(numbers, "ruht", more=rest, **dead),
              tarif.person(numbers, "halb", hours="19.5", **dead),
              tarif.person(numbers, "amt", "A11", "6", scale="NRW-A", hours="41", full="41", **dead),
              tarif.person(numbers, "lebt")]
    for person in people[:4]:
        job = person.beschaeftigungen[0].tatsachen
        kind = job[0].values["art"]
        job[0] = Tatsache(BeschaeftigungAngaben, START, {"art": kind, "eintritt": START, "austritt": DIED})
    return [*people, _survivor("witwe", "tot"), _survivor("kind", "tot", "kind", 1), _survivor("ruhend", "ruht"),
            _survivor("sohn", "halb", "kind", 1), _survivor("bruder", "halb", "sonstige"),
            _survivor("amtwitwe", "amt", "sonstige", 3), _survivor("irrtum", "lebt"), _survivor("niemand", "9999")]


@pytest.fixture(scope="module")
def employer(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """Im Oktober sterben vier Menschen, im November wird Sterbegeld gezahlt."""
    with fresh_database():
        with platform_session(actor="test") as session:
            tenant = service.create_tenant(session, "001", "Kreis", "kreis").id
        with tenant_session(tenant, actor="karla") as session:
            seed(session, reason="Test")
            store(session, _people(ids(session), tarif), reason="Test")
        for month in (OCTOBER, NOVEMBER):
            with tenant_session(tenant, actor="karla") as session:
                calculate(session, month, key=f"{month}")
        yield tenant


def _grant(monthly: int) -> int:
    """Rest des Oktobers: 19 von 31 Tagen, kaufmännisch; dazu zwei Monate."""
    return (2 * monthly * 19 + 31) // 62 + 2 * monthly


@pytest.mark.parametrize(("name", "amount"), [("witwe", _grant(E6_3)), ("sohn", _grant((E6_3 + 1) // 2))])
def test_rest_of_the_month_and_two_more(employer: int, tarif: SimpleNamespace, name: str, amount: int) -> None:
    with tenant_session(employer, actor="karla") as session:
        paid = tarif.result(session, name, NOVEMBER)
        assert tarif.lines(session, name, NOVEMBER) == [("1608", "nach dem Tod am 12.10.2026", "SFN", amount)]
        assert (paid.gesamtbrutto, paid.steuerbrutto) == (amount, amount)
        zero = ("kv_an", "rv_an", "pv_an", "av_an", "kv_ag", "rv_ag", "u2", "zv_umlage", "sv_brutto_kv",
                "sv_brutto_rv", "zuschuss_kv", "pauschsteuer_2")
        assert {column: getattr(paid, column) for column in zero} == dict.fromkeys(zero, 0)
        assert paid.lohnsteuer == paid.lohnsteuer_einmal
        assert paid.auszahlung == amount - paid.lohnsteuer - paid.soli - paid.kirchensteuer
        assert paid.ag_kosten == amount


def test_the_class_of_the_survivor_counts(employer: int, tarif: SimpleNamespace) -> None:
    with tenant_session(employer, actor="karla") as session:
        widow, son = (tarif.result(session, name, NOVEMBER) for name in ("witwe", "sohn"))
    assert widow.lohnsteuer > 0
    assert widow.kirchensteuer == widow.lohnsteuer * 9 // 100
    assert son.lohnsteuer == 0


def test_allowance_for_pensions_as_in_the_official_example() -> None:
    """4.000 Euro Sterbegeld, Freibetrag 12,8 % = 512 (H 19.9 LStH für 2024; nach neuem Recht der Satz von 2026); der
    Zuschlag steht in Klasse VI nicht zu (§ 39b Abs. 2 Satz 5 Nr. 1 EStG): versteuert wird wie ein sonstiger Bezug von
    3.488 ohne Freibetrag."""
    month = date(2026, 11, 1)
    shared = {"status": 4, "kv_art": 2, "beitragsgruppe_kv": 0, "beitragsgruppe_rv": 0, "beitragsgruppe_av": 0,
              "beitragsgruppe_pv": 0, "personengruppe": 0, "steuerklasse": 6, "brutto": 0, "regelmaessiges_entgelt": -1}
    grant = shared | {"einmalzahlung": 400_000, "zv_frei": 400_000, "vbs": 400_000, "sterbe": 400_000, "vjahr": 2026}
    plain = shared | {"einmalzahlung": 348_800, "zv_frei": 348_800}
    taxes = [int(gross_to_net(month, {name: [value] for name, value in row.items()}, ("lohnsteuer",))
                 .cents("lohnsteuer")[0]) for row in (grant, plain)]
    assert taxes[0] == taxes[1] > 0


def test_officials_keep_the_month_and_leave_twice_their_pay(employer: int, tarif: SimpleNamespace) -> None:
    monthly = load_pay_tables().on(OCTOBER)["NRW-A", "A11", "6"].cent
    with tenant_session(employer, actor="karla") as session:
        assert tarif.result(session, "amt", OCTOBER).gesamtbrutto == monthly
        assert tarif.lines(session, "amtwitwe", NOVEMBER) == [
            ("2109", "nach dem Tod am 12.10.2026", "S-N", 2 * monthly)]
        assert tarif.result(session, "tot", OCTOBER).gesamtbrutto == (2 * E6_3 * 12 + 31) // 62


@pytest.mark.parametrize(("name", "why"), [
    ("kind", "schon für eine andere Person"), ("ruhend", "hat am Todestag geruht"), ("bruder", "schon für eine andere"),
    ("irrtum", "kein Todestag erfasst"), ("niemand", "Personalnummer 9999 gibt es nicht")])
def test_who_gets_none_is_told_why(employer: int, tarif: SimpleNamespace, name: str, why: str) -> None:
    with tenant_session(employer, actor="karla") as session:
        assert tarif.lines(session, name, NOVEMBER) == []
        assert any(field == "sterbegeld" and why in rule for _, field, rule in tarif.findings(session, name, NOVEMBER))


def test_it_explains_itself_and_stands_on_a_slip(employer: int, tarif: SimpleNamespace) -> None:
    with tenant_session(employer, actor="karla") as session:
        for name in ("witwe", "amtwitwe"):
            result = tarif.result(session, name, NOVEMBER)
            position = session.scalars(select(Ergebniszeile.position).where(
                Ergebniszeile.ergebnis_id == result.id, Ergebniszeile.bereich == "bezug")).one()
            (why,) = explain_line(session, result.public_id, position)
            assert why.value == result.gesamtbrutto
            assert "§ 2" in "\n".join(why.lines())
        lauf = session.scalars(select(Lauf).where(Lauf.monat == NOVEMBER)).one()
        slip = dict(payslips(session, lauf))[tarif.job_of(session, "witwe")]
    assert [line.text for line in slip.lines] == ["Sterbegeld (nach dem Tod am 12.10.2026)"]
    assert slip.auszahlung == slip.gesamtbrutto - slip.abzuege
