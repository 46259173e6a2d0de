"""Pfändung im Lauf: die Fälle der Tabelle und die durchgerechneten Beispiele, auf den Cent, durch Datenbank und Lauf.

Steuer- und beitragsfreies, hier als pfändbar erklärtes Entgelt gibt ein bestimmtes Netto. Erwartungen: mitgelieferte
Fälle der Tabelle des § 850c ZPO (dort mit Quelle); Juli 2026, 2.600 € netto, eine Unterhaltsperson: Tabelle 2026
(207,59 €), Unterhalt mit 1.400 € Freibetrag 1.200 €, davon 992,41 € nur für Unterhalt pfändbar (§ 850e Nr. 4 ZPO).
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from payroll.law.conformance.bundled import FOLDER
from payroll.masterdata.models import LohnartStand, Pfaendung, Unterhaltsausschluss, Unterhaltspflicht
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import record_fact
from payroll.runs import explaining, retro
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf
from payroll.runs.retro.book import settled

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

TAX_FREE, FIXED, DEDUCTION, OVERTIME = 1903, 1008, 4202, 1300
START = date(2020, 1, 1)
JUL, AUG, SEP, OCT = (date(2026, m, 1) for m in (7, 8, 9, 10))
Findings = list[tuple[str, str]]


def table_cases() -> dict[date, list[dict[str, str]]]:
    """Monatsfälle ab 2024 (davor rechnet der Lauf keine Lohnsteuer), nach Monat."""
    found: dict[date, list[dict[str, str]]] = {}
    with (FOLDER / "garnishment_cases.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            day = date.fromisoformat(row["date"])
            if row["period"] == "month" and day.year >= 2024:
                found.setdefault(day.replace(day=1), []).append(row)
    return found


def cents(text: str) -> int:
    return int(Decimal(text) * 100)


def garnishable(desk: Desk, nummer: int = TAX_FREE, word: str = "ganz") -> None:
    """Erklärt eine Lohnart für ganz pfändbar."""
    with desk.session() as session:
        lohnart = desk.numbers.lohnarten[nummer]
        held = session.scalars(select(LohnartStand).where(
            LohnartStand.lohnart_id == lohnart, LohnartStand.superseded_at.is_(None))
            .order_by(LohnartStand.valid_from)).first()
        assert held is not None
        record_fact(session, LohnartStand, valid_from=held.valid_from, reason="Test", replace_later=True,
                    **contents(session, held) | {"pfaendbar": word})


def net_of(desk: Desk, number: str, net: int, month: date, until: date | None = None) -> None:
    desk.pay(number, TAX_FREE, net, month, until)


def claim(desk: Desk, number: str, nummer: int = 1, day: date = START, *, valid_to: date | None = None,
          **values: Any) -> None:
    given: dict[str, Any] = {"art": "gewoehnlich", "glaeubiger": f"Gläubiger {nummer}", "zugestellt_am": day,
                             "iban": "DE02120300000000202051", "iban_ende": "2051", "unterhaltsberechtigte": 1} | values
    desk.record(Pfaendung, number, day, valid_to=valid_to, nummer=nummer, **given)


def taken(desk: Desk, month: date, lauf: date | None = None) -> dict[tuple[str, int], int]:
    """Einbehalte zu einem Monat nach Personalnummer und Forderung (im Lauf ``lauf``, sonst im Lauf des Monats)."""
    names = {job: number for number, job in desk.jobs.items()}
    with desk.session() as session:
        rows = session.execute(
            select(Einbehalt.beschaeftigung_id, Einbehalt.nummer, Einbehalt.betrag)
            .join(Lauf, Lauf.id == Einbehalt.lauf_id).where(Lauf.monat == (lauf or month), Einbehalt.monat == month))
        return {(names[row.beschaeftigung_id], row.nummer): row.betrag for row in rows}


def findings(desk: Desk, month: date) -> Findings:
    with desk.session() as session:
        rows = session.execute(select(Hinweis.stufe, Hinweis.regel).join(Lauf, Lauf.id == Hinweis.lauf_id)
                               .where(Lauf.monat == month, Hinweis.ursache == "pfaendung").order_by(Hinweis.id))
        return [(row.stufe, row.regel) for row in rows]


def test_every_case_of_the_table_goes_through_a_run(desk: Desk) -> None:
    cases = table_cases()
    rows = [row for own in cases.values() for row in own]
    desk.hire(*(desk.person(row["id"], 0, kv_art="keine", beitragsgruppe="0000") for row in rows))
    garnishable(desk)
    for row in rows:
        month = date.fromisoformat(row["date"]).replace(day=1)
        net_of(desk, row["id"], cents(row["net"]), month, month)
        claim(desk, row["id"], unterhaltsberechtigte=min(int(row["dependants"]), 20))
    wrong = {}
    for month, own in sorted(cases.items()):
        desk.run(month)
        found = taken(desk, month)
        wrong |= {row["id"]: (found.get((row["id"], 1)), row["garnishable"]) for row in own
                  if found.get((row["id"], 1)) != cents(row["garnishable"])}
    assert len(rows) >= 30
    assert wrong == {}


def two_creditors(desk: Desk, **maintenance: Any) -> None:
    desk.hire(desk.person("1", 0, kv_art="keine", beitragsgruppe="0000"))
    garnishable(desk)
    net_of(desk, "1", 260_000, START)
    claim(desk, "1", 1, date(2026, 3, 1), hauptforderung_cent=50_000)
    claim(desk, "1", 2, date(2026, 3, 2), art="unterhalt", gericht_freibetrag_cent=140_000, **maintenance)


def test_ordinary_and_maintenance_share_the_worked_example(desk: Desk) -> None:
    two_creditors(desk)
    desk.run(JUL)
    assert taken(desk, JUL) == {("1", 1): 20_759, ("1", 2): 99_241}
    result = desk.result("1", JUL)
    assert result.netto - result.auszahlung == 120_000
    with desk.session() as session:
        lines = session.scalars(select(Ergebniszeile).where(Ergebniszeile.ergebnis_id == result.id,
                                                            Ergebniszeile.bereich == "netto")).all()
        told = [explaining.explain_line(session, result.public_id, line.position)[0] for line in lines]
        payout = explaining.explain_result(session, result.public_id, "auszahlung")
    assert [(line.lohnart, line.betrag) for line in lines] == [("4400", -20_759), ("4401", -99_241)]
    assert lines[0].einzelheit == "danach offen 292,41 €"
    assert [one.value for one in told] == [20_759, 99_241]
    assert any("§ 850c" in line for line in told[0].lines())
    assert any(source.name == "pfaendung_grundbetrag" for source in told[0].sources)
    assert payout.value == result.auszahlung


def test_a_monthly_claim_from_the_preferential_part_leaves_the_ordinary_amount(desk: Desk) -> None:
    two_creditors(desk, monatsbetrag_cent=90_000, gezahlt_vorher_cent=360_000)
    desk.run(JUL)
    assert taken(desk, JUL) == {("1", 1): 20_759, ("1", 2): 90_000}


def test_the_last_instalment_is_exact_and_then_nothing_is_taken(desk: Desk) -> None:
    two_creditors(desk)
    amounts = []
    for month in (JUL, AUG, SEP, OCT):
        desk.close(month)
        amounts.append(taken(desk, month)["1", 1])
    assert amounts == [20_759, 20_759, 50_000 - 2 * 20_759, 0]
    assert sum(amounts) == 50_000
    assert any("mit diesem Monat vollständig erfüllt" in rule for _, rule in findings(desk, SEP))
    assert any("nichts mehr einbehalten" in rule for _, rule in findings(desk, OCT))


def test_interest_runs_on_the_principal_and_costs_are_paid_first(desk: Desk) -> None:
    """1.000 € zu 5 % ab 1. Juli: bis 31. Juli 4,25 € (31 Tage), dann 5 € Kosten; § 367 BGB."""
    desk.hire(desk.person("1", 0, kv_art="keine", beitragsgruppe="0000"))
    garnishable(desk)
    net_of(desk, "1", 260_000, START)
    claim(desk, "1", hauptforderung_cent=100_000, kosten_cent=500, zinssatz=Decimal(5), zinsen_ab=JUL)
    for month in (JUL, AUG):
        desk.close(month)
    with desk.session() as session:
        owed = session.scalars(select(Einbehalt.offen).order_by(Einbehalt.monat)).all()
    # August: 1.009,25 - 207,59 leaves 801,66 of principal; 31 days at 5 % are 3,40
    assert owed == [100_925, 80_166 + 340]


def test_dependants_count_by_claim_and_court(desk: Desk) -> None:
    two_creditors(desk)
    claim(desk, "1", 3, date(2026, 3, 3), unterhaltsberechtigte=None)
    for nummer in (1, 2):
        desk.record(Unterhaltspflicht, "1", START, nummer=nummer, name=f"Kind {nummer}", verhaeltnis="kind")
    desk.record(Unterhaltsausschluss, "1", START, forderung=3, unterhaltspflicht=2)
    desk.run(JUL)
    with desk.session() as session:
        reach = dict(session.execute(select(Einbehalt.nummer, Einbehalt.reichweite)).all())
    assert (reach[1], reach[3]) == (20_759, 20_759)
    desk.record(Unterhaltsausschluss, "1", START, forderung=3, unterhaltspflicht=1)
    desk.run(JUL)
    with desk.session() as session:
        reach = dict(session.execute(select(Einbehalt.nummer, Einbehalt.reichweite)).all())
    assert reach[3] == (260_000 - 158_740) * 7 // 10  # table of July 2026, nobody counts


def test_what_cannot_be_shared_stops_this_person_only(desk: Desk) -> None:
    desk.hire(*(desk.person(n, 0, kv_art="keine", beitragsgruppe="0000") for n in ("1", "2", "3")))
    garnishable(desk)
    for number in ("1", "2", "3"):
        net_of(desk, number, 260_000, START)
    claim(desk, "1", art="unterhalt")
    claim(desk, "2", zugestellt_am=None)
    lauf = desk.run(JUL)
    assert lauf.anzahl == 1
    assert {level for level, _ in findings(desk, JUL)} == {"fehler"}
    texts = " ".join(rule for _, rule in findings(desk, JUL))
    assert "Freibetrag" in texts
    assert "§ 804" in texts
    assert desk.result("3", JUL).auszahlung == 260_000


def test_unclear_items_unknown_dependants_and_missing_accounts_are_told(desk: Desk) -> None:
    desk.hire(desk.person("1", 0, kv_art="keine", beitragsgruppe="0000"))
    garnishable(desk, word="unklar")
    net_of(desk, "1", 260_000, START)
    claim(desk, "1", unterhaltsberechtigte=None, iban=None, iban_ende=None)
    desk.run(JUL)
    texts = [rule for level, rule in findings(desk, JUL) if level == "warnung"]
    assert taken(desk, JUL) == {("1", 1): (260_000 - 158_740) * 7 // 10}
    assert any("unklar" in rule for rule in texts)
    assert any("Unterhaltspflichten sind nicht erfasst" in rule for rule in texts)
    assert any("Konto des Gläubigers fehlt" in rule for rule in texts)


def test_half_of_overtime_stays_with_the_debtor(desk: Desk) -> None:
    """Nettomethode: dieselbe Rechnung mit der Hälfte der Überstunden weniger ergibt das maßgebliche Netto."""
    desk.hire(desk.person("1", 400_000), desk.person("2", 380_000))
    desk.pay("1", OVERTIME, 40_000, JUL)
    desk.pay("2", FIXED, 420_000, JUL)
    claim(desk, "1")
    claim(desk, "2")
    desk.run(JUL)
    found = taken(desk, JUL)
    assert found["1", 1] == found["2", 1] > 0


def test_civil_servants_are_paid_in_advance(desk: Desk) -> None:
    official = {"art": "beamte", "kv_art": "privat", "beitragsgruppe": None, "personengruppe": None,
                "krankenkasse_id": None}
    desk.hire(desk.person("1", 400_000, **official))
    claim(desk, "1", 1, date(2026, 7, 15))
    desk.close(JUL)
    assert taken(desk, JUL) == {}
    desk.run(AUG)
    assert taken(desk, AUG)["1", 1] > 0


@pytest.mark.parametrize("joined", [False, True])
def test_two_jobs_are_added_up_only_by_the_court(desk: Desk, joined: bool) -> None:
    both = desk.person("1", 0, kv_art="keine", beitragsgruppe="0000")
    second = desk.person("2", 0, kv_art="keine", beitragsgruppe="0000")
    both.beschaeftigungen += second.beschaeftigungen
    desk.hire(both)
    garnishable(desk)
    net_of(desk, "1", 200_000, START)
    net_of(desk, "2", 60_000, START)
    claim(desk, "1", zusammenrechnung=joined, unterhaltsberechtigte=0)
    desk.run(JUL)
    apart = (200_000 - 158_740) * 7 // 10  # the smaller one stays below the limit of 1.587,40
    together = (260_000 - 158_740) * 7 // 10
    found = taken(desk, JUL)
    assert sum(found.values()) == (together if joined else apart)
    assert any("jede für sich" in rule for _, rule in findings(desk, JUL)) is not joined


def test_back_pay_belongs_to_its_month_and_only_the_difference_is_taken(desk: Desk) -> None:
    desk.hire(desk.person("1", 0, kv_art="keine", beitragsgruppe="0000"))
    garnishable(desk)
    net_of(desk, "1", 260_000, START)
    claim(desk, "1", hauptforderung_cent=60_000)
    desk.close(JUL)
    desk.pay("1", TAX_FREE, 280_000, JUL, date(2026, 7, 31))
    desk.close(AUG)
    more = (280_000 - 260_000) // 2  # one dependant: half of what is above
    assert taken(desk, JUL) == {("1", 1): 20_759}
    assert taken(desk, JUL, AUG) == {("1", 1): more}
    assert taken(desk, AUG) == {("1", 1): 20_759}
    with desk.session() as session:
        august = retro.payouts(session, session.scalars(select(Lauf).where(Lauf.monat == AUG)).one())[desk.jobs["1"]]
    assert august.rueckrechnung == 20_000 - more
    desk.close(SEP)
    assert sum(taken(desk, m, r)["1", 1] for m, r in ((JUL, JUL), (JUL, AUG), (AUG, AUG), (SEP, SEP))) == 60_000
    assert desk.booked(SEP) == {}


def test_a_lower_month_leaves_the_creditor_what_he_has(desk: Desk) -> None:
    desk.hire(desk.person("1", 0, kv_art="keine", beitragsgruppe="0000"))
    garnishable(desk)
    net_of(desk, "1", 260_000, START)
    claim(desk, "1")
    desk.close(JUL)
    desk.pay("1", TAX_FREE, 240_000, JUL, date(2026, 7, 31))
    desk.run(AUG)
    assert taken(desk, JUL, AUG) == {}
    assert desk.booked(AUG)["1"].auszahlung == -20_000
    with desk.session() as session:
        rules = session.scalars(select(Hinweis.regel).where(Hinweis.ursache == "rueckrechnung")).all()
    assert any("zu viel gepfändet, 07/2026: 100,00 €" in rule for rule in rules)


def test_a_negative_payout_is_carried_and_set_off_within_the_limits(desk: Desk) -> None:
    desk.hire(desk.person("1", 0, kv_art="keine", beitragsgruppe="0000"))
    garnishable(desk)
    net_of(desk, "1", 180_000, START)
    desk.pay("1", DEDUCTION, 200_000, JUL, date(2026, 7, 31))
    open_amount = 20_000
    limit = (180_000 - 158_740) * 7 // 10
    paid = []
    for month in (JUL, AUG, SEP):
        lauf = desk.close(month)
        with desk.session() as session:
            balance = retro.payouts(session, lauf)[desk.jobs["1"]]
        paid.append((balance.zahlbetrag, balance.uebertrag))
    assert paid == [(0, -open_amount), (180_000 - limit, limit - open_amount),
                    (180_000 - (open_amount - limit), 0)]
    assert taken(desk, AUG) == {}


def test_an_earlier_claim_goes_before_what_the_employer_carries(desk: Desk) -> None:
    desk.hire(desk.person("1", 0, kv_art="keine", beitragsgruppe="0000"))
    garnishable(desk)
    net_of(desk, "1", 180_000, START)
    desk.pay("1", DEDUCTION, 200_000, JUL, date(2026, 7, 31))
    desk.close(JUL)
    claim(desk, "1", unterhaltsberechtigte=0, hauptforderung_cent=10_000)
    lauf = desk.run(AUG)
    limit = (180_000 - 158_740) * 7 // 10
    with desk.session() as session:
        balance = retro.payouts(session, lauf)[desk.jobs["1"]]
    assert taken(desk, AUG) == {("1", 1): 10_000}
    assert balance.uebertrag - balance.vortrag == limit - 10_000


@given(st.lists(st.tuples(st.integers(-500_000, 500_000), st.integers(-50_000, 50_000),
                          st.none() | st.integers(0, 80_000)), min_size=1, max_size=12))
def test_nothing_is_lost_or_made_in_what_is_carried(months: list[tuple[int, int, int | None]]) -> None:
    """Verdientes und Nachberechnetes ist Gezahltes und Rest; gezahlt wird nie weniger als 0."""
    carried = paid = 0
    for own, back, limit in months:
        *_, vortrag, zahlbetrag, uebertrag = settled(own, back, carried, limit)
        assert vortrag == carried
        assert zahlbetrag >= 0 >= uebertrag
        assert limit is None or max(own + back, 0) - zahlbetrag <= limit
        paid, carried = paid + zahlbetrag, uebertrag
    assert sum(own + back for own, back, _ in months) == paid + carried


def test_the_same_run_twice_gives_the_same_hash(desk: Desk) -> None:
    two_creditors(desk)
    first = desk.run(JUL).ergebnis_hash
    assert desk.run(JUL).ergebnis_hash == first
    with desk.session() as session:
        assert session.scalar(select(func.count(Einbehalt.id))) == 2
        assert session.scalar(select(func.count(Ergebnis.id))) == 1
