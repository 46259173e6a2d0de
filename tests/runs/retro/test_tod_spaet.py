"""Ein Tod, der spät bekannt wird: die Überzahlung bleibt Forderung gegen die Erben, das Sterbegeld wird ganz gezahlt.

Von Hand: gestorben am 12. Oktober 2026, Oktober und November sind gezahlt; E6 Stufe 3. Zurückzurechnen sind 19 von 31
Tagen des Oktobers und der November (§ 24 Abs. 3 TVöD); ein höheres Entgelt des Verstorbenen erhöht auch das Sterbegeld.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from payroll.law.calculate import gross_to_net
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache
from payroll.masterdata.models import (
    Bankverbindung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    PersonAngaben,
    Steuermerkmale,
)
from payroll.runs.models import Hinweis, Lauf
from payroll.runs.retro_models import RueckrechnungAuszahlung

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))
DIED = date(2026, 10, 12)
E6_3, E6_4 = (load_pay_tables().on(OCTOBER)["TVoeD-VKA", "E6", step].cent for step in "34")


def _survivor(month: date) -> NeuePerson:
    job = [Tatsache(BeschaeftigungAngaben, month, {"art": "hinterbliebene", "eintritt": month,
                                                      "verstorbene": "A", "verhaeltnis": "ehegatte"}),
           Tatsache(Steuermerkmale, month, {"steuerklasse": 6, "konfession": "keine"})]
    born = date(1986, 1, 2)
    return NeuePerson([Tatsache(PersonAngaben, born, {"nachname": "W", "vorname": "Eva", "geburtsdatum": born}),
                       Tatsache(Bankverbindung, month, {"iban": "DE02120300000000202051", "iban_ende": "2051"})],
                      [NeueBeschaeftigung("W", job)])


def _grant(monthly: int) -> int:
    return (2 * monthly * 19 + 31) // 62 + 2 * monthly


def test_paid_after_death_is_not_taken_from_the_survivors(desk: Desk) -> None:
    desk.hire(desk.person("A", ("E6", "3")), desk.person("B", ("E6", "3")))
    desk.close_all([OCTOBER, NOVEMBER])
    paid = desk.result("A", NOVEMBER).auszahlung
    desk.record(PersonAngaben, "A", date(1985, 6, 15), nachname="A", vorname="Łucja", geburtsdatum=date(1985, 6, 15),
                verstorben_am=DIED)
    desk.record(BeschaeftigungAngaben, "A", date(2020, 1, 1), art="tarif", eintritt=date(2020, 1, 1), austritt=DIED)
    desk.hire(_survivor(DECEMBER), recorded_at=None)
    desk.close(DECEMBER)
    booked = desk.booked(DECEMBER)["A"]
    assert {one.monat: one.wert("gesamtbrutto") for one in booked.monate} == {
        OCTOBER: (E6_3, (2 * E6_3 * 12 + 31) // 62), NOVEMBER: (E6_3, 0)}
    assert booked.auszahlung < -paid
    widow = desk.result("W", DECEMBER)
    assert widow.gesamtbrutto == _grant(E6_3)
    assert widow.auszahlung == widow.gesamtbrutto - widow.lohnsteuer - widow.soli
    with desk.session() as session:
        rules = session.scalars(select(Hinweis.regel).join(Lauf, Lauf.id == Hinweis.lauf_id).where(
            Lauf.monat == DECEMBER, Hinweis.beschaeftigung_id == desk.jobs["A"])).all()
        assert any("Überzahlung nach dem Tod am 12.10.2026" in rule and "nicht verrechnet" in rule for rule in rules)
        settled = session.execute(select(RueckrechnungAuszahlung.beschaeftigung_id, RueckrechnungAuszahlung.uebertrag))
        assert [tuple(row) for row in settled] == [(desk.jobs["A"], booked.auszahlung)]


def test_more_pay_of_the_dead_person_is_more_for_the_survivor(desk: Desk) -> None:
    person = desk.person("A", ("E6", "3"))
    job = person.beschaeftigungen[0].tatsachen
    job[0] = Tatsache(BeschaeftigungAngaben, date(2020, 1, 1), {"art": "tarif", "eintritt": date(2020, 1, 1),
                                                                "austritt": DIED})
    person.tatsachen[0].values["verstorben_am"] = DIED
    desk.hire(person, _survivor(NOVEMBER))
    desk.close_all([OCTOBER, NOVEMBER])
    assert desk.result("W", NOVEMBER).gesamtbrutto == _grant(E6_3)
    grade = next(fact for fact in job if fact.model is Bezuegezuordnung)
    desk.record(Bezuegezuordnung, "A", date(2020, 1, 1), **{**grade.values, "stufe": "4"})
    found = desk.preview(DECEMBER)
    assert {one.monat: one.wert("gesamtbrutto") for one in found["W"].monate if one.wert("gesamtbrutto")[0]} == {
        NOVEMBER: (_grant(E6_3), _grant(E6_4))}


def test_more_for_the_survivor_after_the_turn_of_the_year_is_taxed_in_the_month_of_payment(desk: Desk) -> None:
    """Die Nachzahlung des Sterbegelds im Januar ist sonstiger Bezug des Januars (§ 38a Abs. 1 EStG) und bleibt
    Versorgungsbezug mit dem Todesjahr als Beginn (§ 19 Abs. 2 EStG): Klasse VI, kein Zuschlag zum Freibetrag."""
    person = desk.person("A", ("E6", "3"))
    job = person.beschaeftigungen[0].tatsachen
    job[0] = Tatsache(BeschaeftigungAngaben, date(2020, 1, 1), {"art": "tarif", "eintritt": date(2020, 1, 1),
                                                                "austritt": DIED})
    person.tatsachen[0].values["verstorben_am"] = DIED
    desk.hire(person, _survivor(NOVEMBER), desk.person("B", ("E6", "3")))
    desk.close_all([OCTOBER, NOVEMBER, DECEMBER])
    grade = next(fact for fact in job if fact.model is Bezuegezuordnung)
    desk.record(Bezuegezuordnung, "A", date(2020, 1, 1), **{**grade.values, "stufe": "4"})
    january = date(2027, 1, 1)
    found = desk.preview(january)["W"]
    more = _grant(E6_4) - _grant(E6_3)
    shared = {"status": 4, "kv_art": 2, "beitragsgruppe_kv": 0, "beitragsgruppe_rv": 0, "beitragsgruppe_av": 0,
              "beitragsgruppe_pv": 0, "personengruppe": 0, "steuerklasse": 6, "brutto": 0, "einmalzahlung": more,
              "zv_frei": more, "vbs": more, "sterbe": more, "vjahr": 2026}
    tax = int(gross_to_net(january, shared, ("lohnsteuer",)).cents("lohnsteuer")[0])
    assert [(one.monat, one.art) for one in found.monate] == [(NOVEMBER, "entstehung"), (january, "zufluss")]
    assert found.monate[1].wert("lohnsteuer") == (0, tax)
    assert found.auszahlung == more - tax
    assert 0 < tax < more
