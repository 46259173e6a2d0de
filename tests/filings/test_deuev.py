"""Meldungen nach der DEÜV: Ereignisse, Fristen, Entgelte, Stornierung; Beispiele aus den Unterlagen der Kassen."""

from __future__ import annotations

import uuid
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
    assert {one.inhalt["1_von"] for one in found} == {"2026-01-01"}
