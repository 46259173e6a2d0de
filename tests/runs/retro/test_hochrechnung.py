"""Eine Hochrechnung kostet auf den Cent, was Läufe kosten und Journale buchen: je Konto, Kostenstelle und Produkt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from payroll.budget import actual, course, leaving, levies, lines
from payroll.budget.assumptions import Annahmen, Ausnahme, Wiederbesetzung, as_plain, checked, from_plain
from payroll.budget.lines import ERWARTET, GEBUNDEN
from payroll.budget.vacancies import nearest_step
from payroll.masterdata.models import Beschaeftigung, PersonAngaben, WiederkehrenderBezug
from payroll.masterdata.service import leave
from payroll.postings import service as journals
from payroll.postings.deriving import EXPENSES
from payroll.postings.models import Buchung
from payroll.runs.leistung import record_performance, volume
from payroll.runs.models import Ergebnis
from payroll.runs.sonderzahlung import LOHNART, record_yearly_bonus
from payroll.runs.whatif.massnahmen import Erhoehung, SzenarioFehler
from staffplan import notes, occupancy, organisation, posts
from staffplan.state import Besetzung, Stelle, Vermerk

JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2025, month, 1) for month in range(7, 13))
MONTHS = (NOVEMBER, DECEMBER, date(2026, 1, 1), date(2026, 2, 1))
START = date(2025, 1, 1)


def plan_of(session: Any) -> None:
    """Zwei Ämter; P1 auf zwei Stellen, eine davon auf zwei Produkte verteilt; 1004 ist frei, 1005 kw und frei."""
    organisation.unit(session, "10", name="Hauptamt", ab=START, reason="Test")
    for number, area in (("01.01", "01"), ("05.01", "05")):
        organisation.account(session, "produkt", number, name=number, ab=START, reason="Test", produktbereich=area)
    organisation.account(session, "kostenstelle", "K10", name="Hauptamt", ab=START, reason="Test")
    for number, group, parts, share in (
            ("1001", "E9b", (("01.01", Fraction(1)),), Fraction(1)),
            ("1002", "E9b", (("01.01", Fraction(1, 3)), ("05.01", Fraction(2, 3))), Fraction(1)),
            ("1003", "E15", (("05.01", Fraction(1)),), Fraction(1)),
            ("1004", "E8", (("05.01", Fraction(1)),), Fraction(1, 2)),
            ("1005", "E6", (("05.01", Fraction(1)),), Fraction(1))):
        posts.create(session, Stelle(number, "Sachbearbeitung", "stelle", group, share, "10", kostenstelle="K10",
                                     beschluss="Plan", ab=START, verteilung=parts), reason="Test")
    notes.put(session, "1005", Vermerk("kw", START), reason="Test", by_plan=True)
    for number, who, group, share in (("1001", "P1", "E9b", Fraction(1, 2)), ("1002", "P1", "E9b", Fraction(1, 2)),
                                      ("1003", "P2", "E15", Fraction(1))):
        occupancy.occupy(session, Besetzung(number, who, share, group, START), reason="Test")


def people(desk: Any) -> None:
    """Tarif mit Zusatzversorgung, über der Grenze, ein Beamter, ein Minijob; P2 erreicht im Januar 2026 das Alter."""
    desk.hire(desk.person("P1", ("E9b", "3"), pension=True), desk.person("P2", ("E15", "5"), pension=True),
              desk.person("P3", ("E3", "2"), hours="19.5", pension=True), desk.person("P4", 610_000),
              desk.person("P5", 45_000, art="minijob", beitragsgruppe="6500", personengruppe=109),
              desk.person("P7", 500_000, art="beamte", kv_art="privat", krankenkasse_id=None, beitragsgruppe=None,
                          personengruppe=None))
    desk.record(PersonAngaben, "P2", START, nachname="P2", vorname="Ada", geburtsdatum=date(1959, 11, 20))
    with desk.session() as session:
        plan_of(session)


def reckoned(desk: Any, **more: Any) -> lines.Ergebnis:
    """Die Hochrechnung der vier Monate."""
    given = checked(Annahmen("Plan", NOVEMBER, len(MONTHS), **more))
    with desk.session() as session:
        return lines.collect(course.begin(session, given))


def really(desk: Any) -> dict[tuple[date, str, str, str], int]:
    """Was Läufe und Journale derselben Monate buchen, wenn Ruhestand und Sonderzahlung wirklich erfasst sind."""
    desk.close(OCTOBER)
    with desk.session() as session:
        record_yearly_bonus(session, 2025)
        job = session.scalars(select(Beschaeftigung).where(Beschaeftigung.personalnummer == "P2")).one()
        leave(session, job, last_day=date(2026, 1, 31), reason="Ruhestand")
    for month in MONTHS:
        desk.close(month)
        with desk.session() as session:
            journals.create(session, month)
    found: dict[tuple[date, str, str, str], int] = defaultdict(int)
    with desk.session() as session:
        for row in session.scalars(select(Buchung)):
            for key, account, centre, product, cents in zip(row.buchungsschluessel, row.konten, row.kostenstellen,
                                                            row.produkte, row.betraege, strict=True):
                if key in EXPENSES:
                    found[row.monat, centre, product, account] += cents
    return dict(found)


def test_a_projection_books_what_the_journals_book(new_desk: Callable[[], Any]) -> None:
    planned, real = new_desk(), new_desk()
    for desk in (planned, real):
        people(desk)
        desk.close_all([JULY, AUGUST, SEPTEMBER])
    found, booked = reckoned(planned), really(real)
    assert {key[:4]: cents for key, cents in found.zeilen.items() if cents} == {
        key: cents for key, cents in booked.items() if cents}
    assert {key[4] for key in found.zeilen} == {GEBUNDEN}
    assert found.personen == {MONTHS[0]: 6, MONTHS[1]: 6, MONTHS[2]: 6, MONTHS[3]: 5}
    november, december = (sum(v for key, v in found.zeilen.items() if key[0] == month) for month in MONTHS[:2])
    assert november > december + 200_000, "die Jahressonderzahlung steht im November"
    with real.session() as session:
        paid = sum(session.scalars(select(Ergebnis.ag_kosten).where(Ergebnis.monat >= NOVEMBER)))
    assert found.kosten == paid
    assert found.stellen["1001", GEBUNDEN] == pytest.approx(found.stellen["1002", GEBUNDEN], abs=40)
    with planned.session() as session:
        assert session.scalars(select(Ergebnis).where(Ergebnis.monat >= OCTOBER)).all() == []
    _one_bonus_recorded_by_hand(planned, real, found)


def _one_bonus_recorded_by_hand(planned: Any, real: Any, found: lines.Ergebnis) -> None:
    """Ist die Sonderzahlung einer Person schon erfasst, bleiben die der anderen erwartet: dieselbe Hochrechnung."""
    with real.session() as session:
        cents = session.scalars(select(WiederkehrenderBezug.betrag_cent).where(
            WiederkehrenderBezug.beschaeftigung_id == real.jobs["P1"],
            WiederkehrenderBezug.lohnart_id == real.numbers.lohnarten[LOHNART])).one()
    planned.pay("P1", LOHNART, cents, NOVEMBER, NOVEMBER.replace(day=30))
    assert reckoned(planned).zeilen == found.zeilen


def test_vacancies_are_filled_as_assumed(desk: Any) -> None:
    people(desk)
    desk.close_all([SEPTEMBER])
    filled = reckoned(desk, besetzung=Wiederbesetzung(DECEMBER, warten=1))
    expected = {key[0] for key in filled.zeilen if key[4] == ERWARTET}
    assert expected == set(MONTHS[1:]), "1004 war schon frei: ab Dezember, ohne Wartezeit"
    posts_filled = {post for post, kind in filled.stellen if kind == ERWARTET}
    assert posts_filled == {"1001", "1002", "1004"}, "kw bleibt leer; die halben Stellen neben P1 werden besetzt"
    assert filled.personen[MONTHS[3]] == 5 + 3
    stopped = reckoned(desk, besetzung=Wiederbesetzung(DECEMBER, stopp_ab=DECEMBER))
    assert {key[4] for key in stopped.zeilen} == {GEBUNDEN}
    later = reckoned(desk, besetzung=Wiederbesetzung(NOVEMBER), ausnahmen=(
        Ausnahme("1001", None), Ausnahme("1002", None), Ausnahme("1004", MONTHS[2], "5")))
    assert {post for post, kind in later.stellen if kind == ERWARTET} == {"1003", "1004"}
    assert min(key[0] for key in later.zeilen if key[4] == ERWARTET) == MONTHS[2]
    assert later.stellen["1003", ERWARTET] > 0, "nach dem Ruhestand im Februar wieder besetzt"


def test_levies_raises_and_refunds_are_added(desk: Any) -> None:
    people(desk)
    desk.close_all([SEPTEMBER])
    with desk.session() as session:
        posts.refinance(session, "1003", "Jobcenter", Fraction(1, 4), ab=START, reason="Test")
        levies.store(session, [levies.Zuschlag("Beihilfe", "504", "beamte", cent=30_000),
                               levies.Zuschlag("Umlage", "5021", "beamte", prozent=Decimal("38.5"))],
                     valid_from=DECEMBER, reason="Satz 2026")
    plain, more = reckoned(desk), reckoned(desk, massnahmen=(Erhoehung(MONTHS[2], ("TVoeD-VKA",), Decimal(3), 0),))
    by_account: dict[tuple[date, str], int] = defaultdict(int)
    for (month, _, _, account, _), cents in plain.zeilen.items():
        by_account[month, account] += cents
    assert by_account[DECEMBER, "504"] == 30_000
    assert by_account[DECEMBER, "5021"] == 192_500, "38,5 % von 5.000 Euro"
    assert (NOVEMBER, "504") not in by_account
    costs = sum(cents for (month, _, product, _, _), cents in plain.zeilen.items() if month == DECEMBER
                and product == "05.01")
    assert 0 < plain.erstattungen[DECEMBER, "Jobcenter"] < costs / 4 + 1
    assert sum(v for k, v in more.zeilen.items() if k[0] < MONTHS[2]) == sum(
        v for k, v in plain.zeilen.items() if k[0] < MONTHS[2])
    assert more.kosten > plain.kosten


def test_the_actual_of_a_month_is_its_journal_booked_or_not(desk: Any) -> None:
    """Auch wer am 29. eintritt, steht auf seinem Konto, und die Nachzahlung für August zählt zum September."""
    desk.hire(desk.person("Alt", 400_000), desk.person("Spät", 300_000, entry=date(2025, 9, 29)))
    desk.close_all([AUGUST])
    desk.pay("Alt", 1008, 420_000, AUGUST)
    desk.close(SEPTEMBER)
    with desk.session() as session:
        before, state = actual.paid(session, [SEPTEMBER])
        journals.create(session, SEPTEMBER)
        after = actual.paid(session, [SEPTEMBER])
    assert state == {SEPTEMBER: False}
    assert dict(before) == dict(after[0])
    assert {account for _, account in before} == {"5012", "5032"}
    assert before[SEPTEMBER, "5012"] == 420_000 + 20_000 + 20_000, "dazu 2/30 von 3.000 Euro"


@pytest.mark.parametrize(("born", "last"), [
    (date(1959, 11, 20), date(2026, 1, 31)), (date(1964, 1, 1), date(2030, 12, 31)),
    (date(1964, 1, 2), date(2031, 1, 31)), (date(1959, 1, 1), date(2025, 2, 28)), (date(1947, 1, 1), date(2012, 1, 31)),
    (date(1958, 12, 31), date(2024, 12, 31)),
    (date(1946, 5, 5), date(2011, 5, 31)), (date(1990, 2, 28), date(2057, 2, 28)),
], ids=["1959", "first-of-64", "1964", "first-of-59", "first-of-47", "1958", "1946", "1990"])
def test_the_standard_age_ends_the_employment(born: date, last: date) -> None:
    """1959: 66 Jahre 2 Monate. § 235 Abs. 2 SGB VI geht nach dem Geburtsjahr, auch am 1. Januar (nach dem 31.12.1963
    geboren: 67 Jahre); nur vollendet wird das Lebensjahr am Tag davor (§ 187 Abs. 2 BGB)."""
    assert leaving.last_day(born) == last


def test_assumptions_survive_being_stored_and_are_checked() -> None:
    held = Annahmen("Haushalt", NOVEMBER, 14, (Erhoehung(NOVEMBER, ("TVoeD-VKA",), Decimal(3), 0),),
                    Wiederbesetzung(DECEMBER, 2, "2", "4", MONTHS[2], MONTHS[3], True),
                    (Ausnahme("1001", None), Ausnahme("1002", DECEMBER, "4")), False, False)
    assert from_plain(as_plain(held)) == held
    for wrong, words in ((replace(held, name=" "), "Name"), (replace(held, monate=37), "1 bis 36"),
                         (replace(held, ab=date(2025, 11, 2)), "Erster Monat"),
                         (replace(held, besetzung=Wiederbesetzung(warten=25)), "Wartezeit"),
                         (replace(held, besetzung=Wiederbesetzung(stopp_bis=NOVEMBER)), "Einstellungsstopp"),
                         (replace(held, besetzung=Wiederbesetzung(stufe="")), "Stufe"),
                         (replace(held, ausnahmen=(Ausnahme("1", None),) * 2), "jede einmal")):
        with pytest.raises(SzenarioFehler, match=words):
            checked(wrong)
    for raw in ({"name": "x", "ab": "2026-01", "monate": 1}, {"ab": "2026-01-01", "monate": 1}, {"fremd": 1}):
        with pytest.raises(SzenarioFehler, match=r"angeben"):
            from_plain(raw)


def test_a_step_the_group_does_not_have_becomes_the_next() -> None:
    assert nearest_step(NOVEMBER, "TVoeD-VKA", "E8", "3", ()) == "3"
    assert nearest_step(NOVEMBER, "TVoeD-VKA", "E8", "9", ()) == "6"
    assert nearest_step(NOVEMBER, "TVoeD-VKA", "E99", "3", ()) is None


def test_performance_pay_costs_what_its_real_distribution_costs(new_desk: Callable[[], Any]) -> None:
    """§ 18 TVöD: das Volumen aus sechs abgerechneten und zwei gerechneten Monaten; nur der Zahlmonat kostet mehr."""
    desk, january = new_desk(), date(2026, 1, 1)
    desk.hire(desk.person("P1", ("E9b", "3"), pension=True), desk.person("P3", ("E3", "2"), hours="19.5"),
              desk.person("P7", 500_000, art="beamte", kv_art="privat", krankenkasse_id=None, beitragsgruppe=None,
                          personengruppe=None))
    desk.close_all([JULY, AUGUST, SEPTEMBER, OCTOBER])
    plain_, held = (checked(Annahmen("Plan", NOVEMBER, 3, sonderzahlung=False, leistungsentgelt=month))
                    for month in (0, 1))
    with desk.session() as session:
        without, found = (lines.collect(course.begin(session, one)) for one in (plain_, held))
    monthly = [defaultdict[date, int](int), defaultdict[date, int](int)]
    for sums, one in zip(monthly, (without, found), strict=True):
        for key, cents in one.zeilen.items():
            sums[key[0]] += cents
    assert {month for month in monthly[1] if monthly[1][month] != monthly[0][month]} == {january}
    assert any("6 von 12 Monaten" in remark for remark in found.anmerkungen)
    desk.close_all([NOVEMBER, DECEMBER])
    with desk.session() as session:
        pot = volume(session, 2026)
        assert len(record_performance(session, january, pot)) == 2
    desk.close(january)
    with desk.session() as session:
        paid = sum(session.scalars(select(Ergebnis.ag_kosten).where(Ergebnis.monat == january)))
    assert monthly[1][january] == paid
    assert monthly[1][january] - monthly[0][january] >= pot.betrag > 0
