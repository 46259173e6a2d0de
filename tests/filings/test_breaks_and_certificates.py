"""Unterbrechungen, Einmalzahlungen ohne Zeitraum, Zeilen der Bescheinigung: Fälle aus der Durchsicht der Meldungen."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from payroll.filings.meldungen import bescheinigung, datei, deuev, stamm, versorgung
from payroll.filings.meldungen.abschnitte import Stueck, idle_of, pieces_of
from payroll.filings.meldungen.entgelte import Entgelte
from payroll.filings.meldungen.jahreswerte import WAGE_TYPES, _kind, insurance_lines
from payroll.filings.meldungen.stamm import Akte, Luecke, joined, letters_u
from payroll.filings.meldungen.werte import Abschnitt
from payroll.law.rules.entgelt.fehlzeiten import Fehlzeit, abschnitte
from payroll.law.rules.entgelt.laufzeit import monatsfrist
from payroll.law.rules.zusatzversorgung.jahresmeldung import Buchung, Versicherungsabschnitt
from payroll.masterdata import models
from payroll.masterdata.catalogue import ids
from payroll.masterdata.service import record_fact
from payroll.runs.zusatzversorgung.jahr import Versicherter

SINCE, START, YEAR = date(2020, 1, 1), date(2024, 1, 1), (date(2024, 1, 1), date(2024, 12, 31))
NAME = {"nachname": "Müller", "vorname": "Ada", "geburtsdatum": "1990-01-01"}
FILE = Akte(1, "100", uuid.UUID(int=1), "tarif", SINCE, None, None, NAME, "", "", date(1990, 1, 1))
HELD = Abschnitt(SINCE, None, "15027365", "TK", "1111", 101)


def gaps(*absences: Fehlzeit) -> list[Luecke]:
    return joined(abschnitte(absences, "tarif", SINCE))


def shown(own: list[Luecke], last: date, held: Abschnitt = HELD, file: Akte = FILE) -> list[tuple[str, str, str]]:
    return [(one.grund, one.von.isoformat(), one.bis.isoformat()) for one in pieces_of(file, [held], own, START, last)]


def month(number: int, cents: int, band: int = 0) -> tuple[date, dict[str, int]]:
    return date(2024, number, 1), {"sv_brutto_rv": cents, "sv_brutto_kv": cents, "be_gesamt": band,
                                   "sv_brutto_rv_vorjahr": 0, "sv_brutto_kv_vorjahr": 0}


@pytest.mark.parametrize("kind", ["absonderung", "taetigkeitsverbot"])
def test_compensated_by_the_infection_act_is_no_break_and_no_letter(kind: str) -> None:
    """§ 57 IfSG, § 41 Abs. 1 Satz 5 EStG; auch nach sechs Wochen."""
    own = gaps(Fehlzeit(date(2024, 3, 20), date(2024, 7, 31), kind))
    assert own == []
    assert letters_u(own, *YEAR) == 0
    assert shown(own, date(2024, 12, 31)) == [("50", "2024-01-01", "2024-12-31")]


def test_parental_leave_with_a_recorded_child_is_reported_once() -> None:
    own = gaps(Fehlzeit(date(2024, 10, 7), date(2025, 6, 6), "elternzeit", kind_geboren_am=date(2024, 8, 1)))
    found = shown(own, date(2025, 6, 30))
    assert [one for one in found if one[0] in ("17", "37")] == [("17", "2024-10-07", "2024-10-07"),
                                                               ("37", "2024-10-07", "2025-06-06")]


def one_offs(months: list[tuple[date, dict[str, int]]], file: Akte, own: list[Luecke],
             last: date) -> list[tuple[str, str, int]]:
    idle = idle_of(file, [HELD], own, START, last)
    return [(one.inhalt["von"], one.inhalt["bis"], one.inhalt["entgelt"])
            for one in deuev._beside(file, Entgelte(dict(months)), idle, "09912342")]


def test_bonus_during_sick_benefit_belongs_to_the_last_month_with_pay() -> None:
    """Grund 54: eine Einmalzahlung, die keine andere Meldung trägt; § 23a Abs. 2 SGB IV."""
    own, last = gaps(Fehlzeit(date(2024, 1, 15), date(2024, 12, 10))), date(2024, 12, 31)
    months = [month(1, 300_000), month(2, 120_000), month(11, 250_050), month(12, 100_000)]
    # Paid until 25 February (six weeks), benefit from the 26th: 51 carries February, the period after it December.
    assert shown(own, last) == [("51", "2024-01-01", "2024-02-25"), ("50", "2024-12-11", "2024-12-31")]
    assert one_offs(months, FILE, own, last) == [("2024-02-01", "2024-02-29", 2501)]


def test_compensation_for_leave_after_leaving() -> None:
    left = replace(FILE, austritt=date(2024, 6, 15))
    months = [month(6, 150_000), month(7, 80_000)]
    assert one_offs(months, left, [], date(2024, 7, 31)) == [("2024-06-01", "2024-06-30", 800)]


def test_nothing_is_separate_while_a_report_is_still_to_come() -> None:
    assert one_offs([month(11, 500_000)], FILE, [], date(2024, 11, 30)) == []


def test_full_release_for_care_ends_with_the_last_paid_day() -> None:
    """rules.md Abschnitt 10: 30, dann 10 (§ 7 Abs. 3 Satz 4 SGB IV)."""
    own = gaps(Fehlzeit(date(2024, 4, 10), date(2024, 4, 30), "pflegezeit"))
    assert shown(own, date(2024, 5, 31)) == [("30", "2024-01-01", "2024-04-09"), ("10", "2024-05-01", "2024-05-01")]


@pytest.mark.parametrize(("begin", "end"), [
    (date(2026, 3, 11), date(2026, 4, 10)), (date(2026, 3, 1), date(2026, 3, 31)),
    (date(2026, 1, 31), date(2026, 2, 28)), (date(2026, 1, 29), date(2026, 2, 28)),
    (date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 1, 30), date(2026, 2, 28)),
    (date(2024, 1, 30), date(2024, 2, 29)), (date(2026, 3, 31), date(2026, 4, 30))])
def test_month_of_continued_insurance_is_the_same_everywhere(begin: date, end: date) -> None:
    """§§ 187, 188 BGB; Beispiel rules.md: letzter bezahlter Tag 10. März, versichert bis 10. April."""
    assert monatsfrist(begin) == end
    pieces = abschnitte([Fehlzeit(begin, begin + timedelta(days=90), "sonderurlaub")], "tarif", SINCE)
    assert pieces[0].bis == end
    found = pieces_of(FILE, [HELD], joined(pieces), begin.replace(month=1, day=1), begin + timedelta(days=120))
    assert [one.bis for one in found if one.grund == "34"] == [end]


def test_after_the_end_of_the_sick_benefit_the_insurance_ends_after_a_month() -> None:
    sick = Fehlzeit(date(2024, 1, 15), date(2024, 9, 30), krankengeld_bis=date(2024, 6, 10))
    assert shown(gaps(sick), date(2024, 10, 31)) == [
        ("51", "2024-01-01", "2024-02-25"), ("34", "2024-06-11", "2024-07-10"), ("13", "2024-10-01", "2024-10-01")]
    assert letters_u(gaps(sick), *YEAR) == 1  # one time without claim, whatever the reports


def test_the_end_of_the_supplement_alone_changes_nothing() -> None:
    """Der Zuschuss endet nach 39 Wochen, das Krankengeld läuft weiter."""
    assert len(gaps(Fehlzeit(date(2024, 1, 15), date(2024, 12, 31)))) == 1


def test_short_term_employment_has_no_yearly_report() -> None:
    short = replace(HELD, personengruppe=110, gruppe="0000")
    assert shown([], date(2024, 12, 31), short) == []
    left = replace(FILE, eintritt=date(2024, 12, 1), austritt=date(2025, 1, 31))
    assert [one[0] for one in shown([], date(2025, 2, 28), short, left)] == ["10", "30"]


def test_only_months_with_pay_count_for_the_band() -> None:
    pay = Entgelte(dict([month(1, 100_000, 80_000), month(2, 0)]))
    one = Stueck("30", date(2024, 1, 1), date(2024, 2, 29), HELD)
    assert pay.reported(one, [one])["uebergangsbereich"] == 1


MONTHLY = Counter({"kv_an": 100, "kv_ag": 90, "zb_an": 20, "zb_ag": 19, "pv_an": 30, "pv_ag": 25})


def test_voluntary_members_paid_by_the_employer() -> None:
    found = insurance_lines(MONTHLY, "freiwillig", "9111")
    assert {key: found[key] for key in ("24a", "24b", "24c", "25", "26")} == {
        "24a": 109, "24b": 0, "24c": 25, "25": 229, "26": 55}
    found = insurance_lines(MONTHLY, "gesetzlich", "1111")
    assert (found["24a"], found["24c"], found["25"], found["26"]) == (0, 0, 120, 30)


def test_subsidies_go_by_the_kind_of_each_month() -> None:
    def row(begin: date, kind: str) -> Any:
        return SimpleNamespace(valid_from=begin, valid_to=None, kv_art=kind, beitragsgruppe="0110")

    spans = [row(date(2024, 1, 1), "privat"), row(date(2024, 7, 1), "freiwillig")]
    total: Counter[str] = Counter()
    for number in (5, 6, 7):
        total.update(insurance_lines(Counter({"zuschuss_kv": number}), *_kind(spans, date(2024, number, 1))))
    assert (total["24a"], total["24b"]) == (7, 11)


def test_lines_of_a_certificate_reach_the_file_in_euros() -> None:
    content = {"art": "lstb", "unterart": "laufend", "fassung": "lstb-2026", "kennung": "x", "fuer": "2026-12-01",
               "empfaenger": ["elster", "F"], "berichtigt": False, "angaben": {}, "werte": {}}
    held = {"3": 100, "15": 150_050, "17": 6_300, "18": 4_500, "aktivrente": 200_000}
    lines = datei.written(content, [("neu", "k", "", held)]).decode().split("\r\n")
    found = dict(zip(lines[2].split(";"), lines[3].split(";"), strict=True))
    assert [found[key] for key in ("15", "17", "18", "aktivrente")] == ["1500,50", "63,00", "45,00", "2000,00"]


def test_job_ticket_and_commuting_have_their_lines() -> None:
    """§ 41b Abs. 1 Satz 2 Nr. 6, 7 EStG; lohnarten.csv 3007, 3009, 3002; Jobticket mit 25 % steht nirgends."""
    assert [WAGE_TYPES.get(one) for one in ("3007", "3009", "3002", "3008", "1807")] == [
        "17", "18", "18", None, "aktivrente"]


@pytest.mark.parametrize(("entry", "leaving", "begun", "period"), [
    (SINCE, None, date(2026, 4, 1), ("2026-04-01", "2026-12-31")),
    (SINCE, date(2026, 8, 31), date(2026, 4, 1), ("2026-04-01", "2026-08-31")),
    (SINCE, date(2026, 2, 28), date(2026, 4, 1), ("2026-01-01", "2026-02-28")),
    (date(2026, 1, 15), date(2026, 3, 31), date(2026, 4, 1), ("2026-01-15", "2026-03-31")),
    (SINCE, date(2025, 11, 30), date(2026, 1, 1), ("2026-12-31", "2026-12-31"))])
def test_period_of_a_certificate(entry: date, leaving: date | None, begun: date, period: tuple[str, str]) -> None:
    """Dauer des Dienstverhältnisses im Jahr (§ 41b Abs. 1 Satz 2 Nr. 2 EStG), auch vor dem ersten Monat hier."""
    found = bescheinigung._period(replace(FILE, eintritt=entry, austritt=leaving), 2026, begun)
    assert tuple(day.isoformat() for day in found) == period


def test_who_left_before_the_first_month_here_keeps_the_days_of_the_employment(
        fresh_town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Im Mai nachgezahlt, seit Februar weg: bescheinigt bis zum Austritt, und schon mit dem Lauf des Mais."""
    whole = stamm.files_of

    def left_in_february(session: Any) -> dict[int, Akte]:
        return {job: replace(one, austritt=date(2026, 2, 28)) if one.personalnummer == "TARIF" else one
                for job, one in whole(session).items()}

    monkeypatch.setattr(stamm, "files_of", left_in_february)
    with fresh_town.session() as session:
        assert bescheinigung.first_here(session, 2026) == date(2026, 5, 1)
        (made,) = bescheinigung.drafts(session, date(2026, 5, 1))
        assert [(one.personalnummer, one.inhalt["1_von"], one.inhalt["1_bis"]) for one in made.saetze] == [
            ("TARIF", "2026-01-01", "2026-02-28")]


def test_facts_of_a_town(fresh_town: Any) -> None:
    """U auch für Beamte; eine neue Mitgliedsnummer ist keine Abmeldung."""
    with fresh_town.session() as session:
        jobs = {one.personalnummer: one.beschaeftigung for one in stamm.files_of(session).values()}
        record_fact(session, models.Fehlzeit, beschaeftigung_id=jobs["BEAMTIN"], valid_from=date(2026, 5, 4),
                    valid_to=date(2026, 5, 15), art="sonderurlaub", reason="Antrag")
        record_fact(session, models.Zusatzversorgung, beschaeftigung_id=jobs["TARIF"], valid_from=date(2026, 5, 1),
                    zv_kasse_id=ids(session).zv_kassen["rzvk"], mitgliedsnummer="4711", reason="Mitteilung der Kasse")
        certificates = {one.personalnummer: one.inhalt for one in bescheinigung.expected(session, 2026)[0]}
        assert (certificates["BEAMTIN"]["2"], certificates["TARIF"]["2"]) == (1, 0)
        assert [one.nummern for one in versorgung.memberships(session) if one.beschaeftigung == jobs["TARIF"]] == [
            ("", "4711")]
        assert versorgung.events(session, date(2026, 5, 1)) == []


def test_pay_after_the_insurance_is_asked_of_the_fund_and_makes_no_empty_report(
        monkeypatch: pytest.MonkeyPatch) -> None:
    """Steht bei der Kasse sonst niemand, ist der Hinweis ein Befund: eine leere Meldung gibt niemand frei."""
    why = "außerhalb der Pflichtversicherung gezahlt: 01/2026; in keinem Abschnitt, mit der Kasse klären"
    section = Versicherungsabschnitt(SINCE, SINCE, (Buchung("011010", 100, 4),))
    someone = partial(Versicherter, uuid.UUID(int=1), "1", "X, Y", werte={}, elternzeit_monate=0, punkte=0,
                      anwartschaft=0, mitgliedsnummer="M")
    monkeypatch.setattr(versorgung.werte, "closed_run", lambda *_: None)
    monkeypatch.setattr(versorgung, "jahresmeldung", lambda *_: [
        someone(kasse="A", abschnitte=(section,), hinweise=()), someone(kasse="A", abschnitte=(), hinweise=(why,)),
        someone(kasse="B", abschnitte=(), hinweise=(why,))])
    session: Any = None
    found = {one.empfaenger: one for one in versorgung.yearly(session, 2026)}
    assert {kasse: (len(one.saetze), one.befunde, one.angaben["hinweise"]) for kasse, one in found.items()} == {
        "A": (1, (), [f"1: {why}"]), "B": (0, (f"1: {why}",), [f"1: {why}"])}
