"""Meldungen nach der DEÜV: Ereignisse, Fristen, Entgelte, Stornierung; Beispiele aus den Unterlagen der Kassen."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from payroll.filings.meldungen import alle, bescheinigung, deuev, speichern
from payroll.filings.meldungen.abschnitte import Stueck, pieces_of
from payroll.filings.meldungen.entgelte import Entgelte
from payroll.filings.meldungen.stamm import Akte, Luecke, letters_u
from payroll.filings.meldungen.werte import Abschnitt
from payroll.filings.pflichten.termine import after_first_full_month, six_weeks
from payroll.masterdata.models import BeschaeftigungAngaben
from payroll.masterdata.service import record_fact

MONTH = date(2026, 5, 1)
TK, AOK = "15027365", "01029141"


def file_of(begin: date, end: date | None = None, died: date | None = None) -> Akte:
    return Akte(1, "100", uuid.UUID(int=1), "tarif", begin, end, died, {}, "", "", date(1990, 1, 1))


def span(begin: date, end: date | None = None, fund: str = TK, group: str = "1111", people: int = 101) -> Abschnitt:
    return Abschnitt(begin, end, fund, "Kasse", group, people)


def gap(begin: date, end: date, kind: str, *, parts: tuple[tuple[date, date, str], ...] = ()) -> Luecke:
    return Luecke(begin, end, kind, "ohne_entgelt", parts or ((begin, end, kind),), kind == "mutterschutz")


def shown(parts: list[Stueck]) -> list[tuple[str, str, str]]:
    return [(one.grund, one.von.isoformat(), one.bis.isoformat()) for one in parts]


START = date(2024, 1, 1)


def test_benefit_then_parental_leave_as_in_the_guidance_of_a_fund() -> None:
    """deuev.md section 1: benefit from 24 January 2024, parental leave 7 March to 6 September 2024."""
    begin, parental, end = date(2024, 1, 24), date(2024, 3, 7), date(2024, 9, 6)
    leave = gap(begin, end, "mutterschutz", parts=((begin, date(2024, 3, 6), "mutterschutz"), (parental, end,
                                                                                              "elternzeit")))
    found = pieces_of(file_of(date(2020, 1, 1)), [span(date(2020, 1, 1))], [leave], START, date(2024, 10, 31))
    assert shown(found) == [("51", "2024-01-01", "2024-01-23"), ("17", "2024-03-07", "2024-03-07"),
                            ("37", "2024-03-07", "2024-09-06")]


def test_joining_year_end_and_leaving() -> None:
    found = pieces_of(file_of(date(2025, 3, 15), date(2026, 4, 30)), [span(date(2025, 3, 15))], [], START,
                      date(2026, 5, 31))
    assert shown(found) == [("10", "2025-03-15", "2025-03-15"), ("50", "2025-03-15", "2025-12-31"),
                            ("30", "2026-01-01", "2026-04-30")]


def test_nothing_is_yearly_before_the_year_is_over() -> None:
    assert pieces_of(file_of(date(2020, 1, 1)), [span(date(2020, 1, 1))], [], START, date(2024, 11, 30)) == []


def test_death_has_its_own_ground() -> None:
    day = date(2024, 5, 10)
    found = pieces_of(file_of(date(2020, 1, 1), day, day), [span(date(2020, 1, 1))], [], START, date(2024, 6, 30))
    assert shown(found) == [("49", "2024-01-01", "2024-05-10")]


@pytest.mark.parametrize(("after", "out", "back"), [
    (span(date(2024, 7, 1), fund=AOK), "31", "11"), (span(date(2024, 7, 1), group="1110"), "32", "12"),
    (span(date(2024, 7, 1), people=119), "33", "13")])
def test_a_change_is_always_a_pair_with_the_boundary_day(after: Abschnitt, out: str, back: str) -> None:
    found = pieces_of(file_of(date(2020, 1, 1)), [span(date(2020, 1, 1), date(2024, 6, 30)), after], [], START,
                      date(2024, 8, 31))
    assert shown(found) == [(out, "2024-01-01", "2024-06-30"), (back, "2024-07-01", "2024-07-01")]


def test_unpaid_leave_over_a_month_ends_after_the_month_and_returns() -> None:
    """§ 7 Abs. 3 SGB IV: die Beschäftigung gilt einen Monat als fortbestehend."""
    leave = gap(date(2024, 4, 10), date(2024, 7, 31), "sonderurlaub")
    found = pieces_of(file_of(date(2020, 1, 1)), [span(date(2020, 1, 1))], [leave], START, date(2024, 12, 31))
    assert shown(found) == [("34", "2024-01-01", "2024-05-09"), ("13", "2024-08-01", "2024-08-01"),
                            ("50", "2024-08-01", "2024-12-31")]


def test_short_sickness_without_a_full_month_is_not_reported() -> None:
    sick = gap(date(2024, 4, 10), date(2024, 5, 20), "krankheit")
    assert pieces_of(file_of(date(2020, 1, 1)), [span(date(2020, 1, 1))], [sick], START, date(2024, 11, 30)) == []


SICK = date(2024, 9, 20)  # continued pay of a sickness from 9 August ends on 19 September


@pytest.mark.parametrize(("begin", "end", "leaving", "wanted"), [
    # Haufe, Abmeldung: 51 until the last paid day, 30 without pay from the day after, also without a full month.
    (SICK, date(2024, 10, 25), date(2024, 10, 25), [("51", "2024-01-01", "2024-09-19"),
                                                    ("30", "2024-09-20", "2024-10-25")]),
    (SICK, date(2024, 12, 31), date(2024, 10, 25), [("51", "2024-01-01", "2024-09-19"),
                                                    ("30", "2024-09-20", "2024-10-25")]),
    # TK, contributions: the end in the month of the break itself is reported off only.
    (SICK, date(2024, 9, 28), date(2024, 9, 28), [("30", "2024-01-01", "2024-09-28")]),
    # Parental leave over the turn of the year: no yearly report of a year without pay.
    (date(2023, 11, 1), date(2024, 12, 31), date(2024, 6, 30), [("30", "2024-01-01", "2024-06-30")])])
def test_leaving_inside_a_break_is_reported_without_pay(begin: date, end: date, leaving: date,
                                                        wanted: list[tuple[str, str, str]]) -> None:
    own = gap(begin, end, "krankheit" if begin == SICK else "elternzeit")
    parts = pieces_of(file_of(date(2020, 1, 1), leaving), [span(date(2020, 1, 1))], [own], START, date(2024, 12, 31))
    assert [one for one in shown(parts) if one[0] not in ("17", "37") and one[2] >= "2024"] == wanted
    assert [one.ohne_entgelt for one in parts if one.grund == "30"] == [len(wanted) == 2 or begin.year == 2023]


def test_the_month_of_the_break_belongs_to_its_report_alone() -> None:
    """Die Abmeldung ohne Entgelt nimmt der Unterbrechung nichts weg."""
    own, last = gap(SICK, date(2024, 12, 31), "krankheit"), date(2024, 12, 31)
    parts = pieces_of(file_of(date(2020, 1, 1), date(2024, 10, 25)), [span(date(2020, 1, 1))], [own], START, last)
    pay = Entgelte({date(2024, month, 1): {"sv_brutto_rv": 300_000, "sv_brutto_kv": 0, "be_gesamt": 0,
                                           "sv_brutto_rv_vorjahr": 0, "sv_brutto_kv_vorjahr": 0}
                    for month in range(1, 10)})
    assert [pay.reported(one, parts)["entgelt"] for one in parts] == [27_000, 0]


def test_another_fund_inside_a_break() -> None:
    """31 und 11 auch in der Elternzeit; wer mit 34 abgemeldet ist, kommt erst mit der Rückkehr zur neuen Kasse."""
    spans = [span(date(2020, 1, 1), date(2024, 6, 30)), span(date(2024, 7, 1), fund=AOK)]
    leave = gap(date(2024, 3, 1), date(2024, 9, 30), "elternzeit")
    found = pieces_of(file_of(date(2020, 1, 1)), spans, [leave], START, date(2024, 12, 31))
    assert [one for one in shown(found) if one[0] not in ("17", "37")] == [
        ("52", "2024-01-01", "2024-02-29"), ("31", "2024-03-01", "2024-06-30"), ("11", "2024-07-01", "2024-07-01"),
        ("50", "2024-10-01", "2024-12-31")]
    unpaid = gap(date(2024, 3, 1), date(2024, 9, 30), "sonderurlaub")
    found = pieces_of(file_of(date(2020, 1, 1)), spans, [unpaid], START, date(2024, 12, 31))
    assert shown(found) == [("34", "2024-01-01", "2024-03-31"), ("13", "2024-10-01", "2024-10-01"),
                            ("50", "2024-10-01", "2024-12-31")]
    assert found[1].versicherung.betriebsnummer == AOK


def test_unpaid_leave_that_ends_with_the_employment_before_a_month_is_an_ordinary_end() -> None:
    """AOK, Unterbrechungsmeldungen: wird vor Ablauf des Monats aufgelöst, endet die Versicherung mit diesem Tag."""
    leave = gap(date(2024, 3, 10), date(2024, 6, 30), "sonderurlaub")
    found = pieces_of(file_of(date(2020, 1, 1), date(2024, 3, 31)), [span(date(2020, 1, 1))], [leave], START,
                      date(2024, 12, 31))
    assert shown(found) == [("30", "2024-01-01", "2024-03-31")]


def test_another_fund_in_mid_month_shares_the_month_by_days() -> None:
    parts = pieces_of(file_of(date(2020, 1, 1)), [span(date(2020, 1, 1), date(2024, 6, 15)),
                                                  span(date(2024, 6, 16), fund=AOK)], [], START, date(2024, 12, 31))
    assert shown(parts) == [("31", "2024-01-01", "2024-06-15"), ("11", "2024-06-16", "2024-06-16"),
                            ("50", "2024-06-16", "2024-12-31")]
    pay = Entgelte({date(2024, 6, 1): {"sv_brutto_rv": 300_000, "sv_brutto_kv": 0, "be_gesamt": 0,
                                       "sv_brutto_rv_vorjahr": 0, "sv_brutto_kv_vorjahr": 0}})
    assert [pay.reported(one, parts)["entgelt"] for one in parts if one.grund in ("31", "50")] == [1500, 1500]


def test_who_lacks_the_activity_key_or_nationality_is_put_back(fresh_town: Any) -> None:
    """§ 28a Abs. 3 Satz 1 Nr. 4 und 5 SGB IV; gemeldet wird der Schlüssel des Tages (§ 5 Abs. 1 DEÜV)."""
    file = file_of(date(2020, 1, 1))
    assert "Tätigkeitsschlüssel" in deuev._problem(file, [span(START)], "")
    keys = ((date(2024, 1, 1), "714021211"), (date(2024, 7, 1), "732023211"))
    known = replace(file, staat="000", taetigkeiten=keys)
    assert deuev._problem(known, [span(START)], "") == ""
    assert [known.taetigkeit(day) for day in (date(2023, 1, 1), date(2024, 6, 30), date(2024, 7, 1))] == [
        "714021211", "714021211", "732023211"]
    with fresh_town.session() as session:
        found = next(one for one in deuev.stamm.files_of(session).values() if one.personalnummer == "TARIF")
        assert (found.staat, found.taetigkeit(START)) == ("000", "714021211")


def test_deadlines() -> None:
    """§§ 6, 8, 9 DEÜV."""
    assert six_weeks(date(2026, 5, 31)) == date(2026, 7, 12)
    assert after_first_full_month(date(2024, 1, 23)) == date(2024, 3, 14)


def test_pay_is_in_whole_euros_and_a_shared_month_loses_nothing() -> None:
    """§ 5 Abs. 4 DEÜV: ab 50 Cent aufgerundet."""
    def month(number: int, cents: int, band: int = 0) -> tuple[date, dict[str, int]]:
        return date(2024, number, 1), {"sv_brutto_rv": cents, "sv_brutto_kv": cents, "be_gesamt": band,
                                       "sv_brutto_rv_vorjahr": 0, "sv_brutto_kv_vorjahr": 0}

    pay = Entgelte(dict([month(1, 300_049), month(2, 300_001), month(3, 310_000)]))
    first = Stueck("31", date(2024, 1, 1), date(2024, 3, 15), span(date(2020, 1, 1)))
    second = Stueck("30", date(2024, 3, 16), date(2024, 3, 31), span(date(2024, 3, 16)))
    parts = [first, second]
    assert pay.reported(first, parts) == {"entgelt": 7501, "uebergangsbereich": 0}  # 6000.50 + 1500.00
    assert pay.reported(second, parts) == {"entgelt": 1600, "uebergangsbereich": 0}
    band = Entgelte(dict([month(1, 100_000, 80_050)]))
    only = Stueck("30", date(2024, 1, 1), date(2024, 1, 31), span(date(2020, 1, 1)))
    assert band.reported(only, [only]) == {"entgelt": 801, "uebergangsbereich": 1, "entgelt_rentenberechnung": 1000}


def test_letter_u_needs_five_working_days_and_not_maternity() -> None:
    """§ 41 Abs. 1 Satz 5 EStG, R 41.2 LStR."""
    year = date(2024, 1, 1), date(2024, 12, 31)
    week = gap(date(2024, 4, 8), date(2024, 4, 12), "sonderurlaub")
    short = gap(date(2024, 6, 3), date(2024, 6, 6), "sonderurlaub")
    mother = gap(date(2024, 8, 1), date(2024, 9, 30), "mutterschutz")
    assert letters_u([week, short, mother], *year) == 1


def test_leaving_known_late_cancels_and_reports_anew(fresh_town: Any) -> None:
    with fresh_town.session() as session:
        made = alle.create(session, MONTH, kind="deuev")
        assert made == []  # all joined before the first closed month, nobody left
        job = next(one for one in deuev.stamm.files_of(session).values() if one.personalnummer == "TARIF")
        record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=job.beschaeftigung, valid_from=date(2026, 5, 1),
                    art="tarif", eintritt=date(2026, 1, 1), austritt=date(2026, 5, 31), kostenstelle="1110",
                    reason="Auflösungsvertrag")
        (one,) = alle.create(session, MONTH, kind="deuev")
        (entry, content), = speichern.entries_of(session, one.meldung)
        assert (entry.grund, content["von"], content["bis"]) == ("30", "2026-05-01", "2026-05-31")
        assert content["entgelt"] > 4000  # 4,000.00 pay and the add-on of the supplementary pension
        assert one.meldung.befunde == ["Arbeitgeber Stadt Müller-Großhausen: Betriebsnummer ist keine Betriebsnummer "
                                       "(8 "
                                       "Ziffern) (§ 18i SGB IV); bei den Angaben des Arbeitgebers berichtigen."]
        record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=job.beschaeftigung, valid_from=date(2026, 5, 1),
                    art="tarif", eintritt=date(2026, 1, 1), austritt=date(2026, 5, 20), kostenstelle="1110",
                    reason="Datum berichtigt")
        (again,) = alle.create(session, MONTH, kind="deuev")
        assert [entry.satzart for entry, _ in speichern.entries_of(session, again.meldung)] == ["neu"]
        assert speichern.find(session, one.meldung.public_id).zustand == "zurueckgezogen"


def test_certificates_of_a_year_are_the_sums_of_its_slips(fresh_town: Any) -> None:
    with fresh_town.session() as session:
        found, problems = bescheinigung.expected(session, 2026)
        sums = bescheinigung.totals(session, 2026)
    assert len(found) == 11  # one per employment
    assert sum(one.inhalt["4"] for one in found) == sum(values["lohnsteuer"] for values in sums.values())
    assert all("Steuer-Identifikationsnummer" in text for text in problems)
    # The first month settled here is May: what was before stands in the certificate of the former system (elster.de,
    # questions on a change of the payroll system within the year), which has a period of its own.
    assert {(one.inhalt["1_von"], one.inhalt["1_bis"]) for one in found} == {("2026-05-01", "2026-12-31")}
    with fresh_town.session() as session:
        assert bescheinigung.first_here(session, 2026) == date(2026, 5, 1)
        assert bescheinigung.first_here(session, 2027) == date(2027, 1, 1)
