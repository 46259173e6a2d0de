"""Ein Jahr in Läufen: Jahresgrenze der Zusatzversorgung, Sätze einer Kasse aus dem Bescheid, wechselnde Lebenslagen.

Erwartungen: Tabelle „High earner over the year“ der Unterlage zur Zusatzversorgung (zvk.md, Abschnitte 3 und 4): E15
Stufe 6, RZVK 4,25 %, 2026, Jahressonderzahlung 6.973,49; steuerfrei bis 4.056,00 im Jahr (§ 3 Nr. 56 EStG), pauschal
bis 89,48 im Monat (§ 16 ATV-K), Hinzurechnung nach § 1 Abs. 1 Satz 1 Nr. 4a SvEV. Minijob: § 249b SGB V, § 172 Abs. 3
SGB VI, § 40a Abs. 2 EStG.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.intake import NeuePerson, Tatsache
from payroll.masterdata.models import (
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Fehlzeit,
    Versicherung,
    Zusatzversorgung,
    ZvKasseSatz,
)
from payroll.runs.models import Hinweis

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

MONTHS = tuple(date(2026, month, 1) for month in range(1, 13))
JAN, FEB, MAY, JUNE = (MONTHS[at] for at in (0, 1, 4, 5))
NAMES = ("zv_umlage", "zv_steuerfrei", "zv_pauschal", "zv_individuell", "zv_hinzurechnung")
SPRING, SUMMER = 33_918, 34_867
USE_UP = [(SPRING, SPRING, 0, 0, 28_470)] * 4 + [(SUMMER, SUMMER, 0, 0, 29_419)] * 6 + [
    (64_505, 60_726, 3_779, 0, 59_057), (SUMMER, 0, 8_948, 25_919, 29_853)]
SPREAD = [(SPRING, 33_800, 118, 0, 28_470)] * 4 + [(SUMMER, 33_800, 1_067, 0, 29_419)] * 6 + [
    (64_505, 33_800, 8_948, 21_757, 59_057), (SUMMER, 33_800, 1_067, 0, 29_419)]


def _rates(desk: Desk, fund: str, day: date, **change: Any) -> None:
    values: dict[str, Any] = {
        "umlage_satz": Decimal("4.25"), "an_satz": Decimal(0), "sanierungsgeld_satz": Decimal("3.5"),
        "pauschal_grenze_cent": 8_948, "verfahren": "verteilt", "kist_verfahren": "vereinfacht",
        "quelle": "Bescheid der Kasse", "status": "recht"}
    desk.record(ZvKasseSatz, "", day, zv_kasse_id=desk.numbers.zv_kassen[fund], **values | change)


@pytest.mark.parametrize(("method", "expected"), [("aufbrauchend", USE_UP), ("verteilt", SPREAD)])
def test_the_yearly_limit_of_the_umlage(desk: Desk, method: str, expected: list[tuple[int, ...]]) -> None:
    desk.hire(desk.person("A", ("E15", "6"), pension=True))
    _rates(desk, "rzvk", JAN, verfahren=method)
    desk.pay("A", 1600, 697_349, date(2026, 11, 1), date(2026, 11, 30))
    found = []
    for month in MONTHS:
        desk.close(month)
        result = desk.result("A", month)
        found.append(tuple(getattr(result, name) for name in NAMES))
    assert found == expected


def test_a_fund_is_paid_by_the_rates_of_its_notice(desk: Desk) -> None:
    """Für die kvw stehen keine Sätze im Katalog: ohne Bescheid ein Befund, mit ihm wird gezahlt (4,5 % und 3,25 %)."""
    person = desk.person("A", 200_000)
    person.beschaeftigungen[0].tatsachen.append(Tatsache(Zusatzversorgung, date(2020, 1, 1), {
        "zv_kasse_id": desk.numbers.zv_kassen["kvw_av1"]}))
    desk.hire(person, desk.person("B", 200_000))
    desk.run(JAN)
    with desk.session() as session:
        (why,) = session.scalars(select(Hinweis).where(Hinweis.stufe == "fehler")).all()
        assert "Sätze der Zusatzversorgungskasse kvw-Zusatzversorgung, Abrechnungsverband I" in why.regel
    _rates(desk, "kvw_av1", JAN, umlage_satz=Decimal("4.5"), sanierungsgeld_satz=Decimal("3.25"))
    desk.run(JAN)
    paid = desk.result("A", JAN)
    assert (paid.zv_umlage, paid.zv_sanierungsgeld, paid.zv_steuerfrei) == (9_000, 6_500, 9_000)


def _life(desk: Desk) -> NeuePerson:
    """Ausbildung bis Januar, E6 ab Februar, Elternzeit ab Mai; ab Juni daneben ein Minijob."""
    person, mini = desk.person("A", ("E6", "2")), desk.person("M", 50_000, entry=JUNE, art="minijob",
                                                            personengruppe=109, beitragsgruppe="6500")
    job = person.beschaeftigungen[0].tatsachen
    start, end = date(2020, 1, 1), date(2026, 1, 31)
    insurance = next(fact for fact in job if fact.model is Versicherung).values
    grade = next(fact for fact in job if fact.model is Bezuegezuordnung).values
    rest = [fact for fact in job if fact.model not in (BeschaeftigungAngaben, Versicherung, Bezuegezuordnung)]
    person.beschaeftigungen[0].tatsachen = [
        Tatsache(BeschaeftigungAngaben, start, {"art": "auszubildende", "eintritt": start}, end),
        Tatsache(BeschaeftigungAngaben, FEB, {"art": "tarif", "eintritt": start}),
        Tatsache(Versicherung, start, insurance | {"personengruppe": 102}, end), Tatsache(Versicherung, FEB, insurance),
        Tatsache(Bezuegezuordnung, start, grade | {"tarifwerk": "TVAoeD-BBiG", "entgeltgruppe": "Auszubildende",
                                                   "stufe": "3"}, end),
        Tatsache(Bezuegezuordnung, FEB, grade), *rest,
        Tatsache(Fehlzeit, MAY, {"art": "elternzeit", "kind_geboren_am": date(2026, 3, 1)})]
    person.beschaeftigungen += mini.beschaeftigungen
    return person


def test_trainee_employee_parental_leave_and_a_minijob(desk: Desk) -> None:
    desk.hire(_life(desk))
    months = MONTHS[:6]
    desk.close_all(months)
    tables = load_pay_tables().on(JAN)
    trainee = next(cell.cent for key, cell in tables.items() if key[0] == "TVAoeD-BBiG" and key[2] == "3")
    e6 = tables["TVoeD-VKA", "E6", "2"].cent
    gross = [desk.result("A", month).gesamtbrutto for month in months]
    assert gross == [trainee, e6, e6, e6, 0, 0]
    assert [desk.result("A", month).sv_tage for month in months] == [30, 30, 30, 30, 0, 0]
    mini = desk.result("M", JUNE)
    # 500.00: health 13 % = 65.00, pension 15 % = 75.00, flat tax 2 % = 10.00; nothing withheld after exemption
    assert (mini.kv_ag, mini.rv_ag, mini.pauschsteuer_2) == (6_500, 7_500, 1_000)
    assert (mini.rv_an, mini.lohnsteuer, mini.auszahlung) == (0, 0, 50_000)
