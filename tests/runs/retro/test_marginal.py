"""Geringfügig: Befreiung aus dem Antrag, kurzfristig mit Tagen des Kalenderjahrs und Pauschsteuer von 25 Prozent.

Von Hand nach §§ 6, 8 SGB IV/VI und § 40a Abs. 1, 4 EStG: 25 %, darauf 5,5 % Solidaritätszuschlag und 7 % Kirchensteuer
(vereinfachtes Verfahren in Nordrhein-Westfalen); 18 Arbeitstage, 150 Euro je Tag, 19 Euro je Stunde.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from payroll.law.rules.sozialversicherung.befreiung import befreit, befreit_ab
from payroll.masterdata.intake import NeuePerson, Tatsache
from payroll.masterdata.models import BeschaeftigungAngaben, Steuermerkmale, Versicherung, WeitereBeschaeftigung
from payroll.masterdata.settings import record_settings
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf
from payroll.statements.publish import payslips

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

START = date(2020, 1, 1)
AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)
MINI: dict[str, Any] = {"art": "minijob", "personengruppe": 109, "beitragsgruppe": "6100"}
SHORT: dict[str, Any] = {"art": "minijob", "personengruppe": 110, "beitragsgruppe": "0000"}


@pytest.mark.parametrize(("received", "reported", "since"), [
    (date(2026, 8, 20), None, date(2026, 8, 1)),
    (date(2026, 8, 20), date(2026, 10, 1), date(2026, 8, 1)),  # six weeks to the day
    (date(2026, 8, 20), date(2026, 10, 2), date(2026, 12, 1)),  # objection until 2 November, then the next month
    (date(2026, 1, 31), date(2026, 3, 31), date(2026, 5, 1)),  # until 30 April
])
def test_from_when_an_exemption_works(received: date, reported: date | None, since: date) -> None:
    assert befreit_ab(received, reported) == since


def test_a_revocation_works_from_the_following_month_and_not_before_july_2026() -> None:
    received = date(2026, 2, 3)
    assert befreit(date(2026, 8, 1), received, None, date(2026, 8, 14))
    assert not befreit(date(2026, 9, 1), received, None, date(2026, 8, 14))
    assert befreit(date(2026, 9, 1), received, None, date(2026, 6, 30))
    assert not befreit(date(2026, 1, 1), received)


def _findings(desk: Desk, number: str, month: date) -> list[tuple[str, str]]:
    with desk.session() as session:
        found = session.scalars(select(Hinweis).join(Lauf, Lauf.id == Hinweis.lauf_id).where(Lauf.monat == month))
        return [(one.feld, one.regel) for one in found if one.datensatz.startswith(f"Personalnummer {number} ")]


def test_the_own_share_follows_the_application(desk: Desk) -> None:
    desk.hire(desk.person("A", 50_000, befreiung_eingang=date(2026, 9, 14), **MINI),
              desk.person("B", 50_000, befreiung_eingang=date(2026, 7, 14), befreiung_widerruf=date(2026, 8, 3),
                          **MINI),
              desk.person("C", 50_000, befreiung_eingang=date(2026, 7, 14)))
    shares = {}
    for month in (AUGUST, SEPTEMBER):
        desk.run(month)
        shares[month] = [desk.result(number, month).rv_an for number in "AB"]
        desk.close(month)
    # 500.00 x 18.6 % = 93.00, less 15 % = 75.00
    assert shares == {AUGUST: [1_800, 0], SEPTEMBER: [0, 1_800]}
    assert [field for field, _ in _findings(desk, "A", AUGUST)] == ["befreiung_eingang"]
    assert "01.09.2026 (§ 6 Abs. 4 SGB VI)" in _findings(desk, "A", AUGUST)[0][1]
    assert "kein Minijob" in _findings(desk, "C", AUGUST)[0][1]


def test_an_application_known_late_is_settled(desk: Desk) -> None:
    desk.hire(desk.person("A", 50_000, **MINI))
    desk.close_all([AUGUST])
    desk.record(Versicherung, "A", date(2020, 1, 1), kv_art="gesetzlich", beitragsgruppe="6100", personengruppe=109,
                krankenkasse_id=desk.numbers.krankenkassen["K"], elterneigenschaft=True,
                befreiung_eingang=date(2026, 8, 30))
    desk.run(SEPTEMBER)
    assert desk.booked(SEPTEMBER)["A"].auszahlung == 1_800


def _short(desk: Desk, number: str, pay: int, first: date, last: date, **change: Any) -> NeuePerson:
    person = desk.person(number, pay, entry=first, **SHORT, **change)
    job = person.beschaeftigungen[0]
    job.tatsachen = [fact for fact in job.tatsachen if fact.model is not Steuermerkmale]
    job.tatsachen[0] = Tatsache(BeschaeftigungAngaben, first, {"art": "minijob", "eintritt": first, "austritt": last})
    return person


def _flat(days: int | None, hours: str | None) -> dict[str, Any]:
    return {"kurzfristig_pauschal": True, "kurzfristig_arbeitstage": days,
            "kurzfristig_stunden": None if hours is None else Decimal(hours)}


def test_flat_tax_of_25_percent_and_its_limits(desk: Desk) -> None:
    first, last = date(2026, 8, 1), date(2026, 8, 31)
    desk.hire(_short(desk, "A", 180_000, first, last, **_flat(15, "110")),
              _short(desk, "T", 300_000, first, last, **_flat(15, "160")),
              _short(desk, "S", 200_000, first, last, **_flat(18, "100")),
              _short(desk, "L", 180_000, first, last, **_flat(19, "140")),
              _short(desk, "U", 180_000, first, last, **_flat(None, None)), desk.person("B", 300_000))
    desk.run(AUGUST)
    paid = desk.result("A", AUGUST)
    # 1,800.00: tax 450.00, surcharge 24.75, church 31.50, all by the employer; U2 0.39 % = 7.02
    assert (paid.gesamtbrutto, paid.auszahlung, paid.steuerbrutto, paid.lohnsteuer) == (180_000, 180_000, 0, 0)
    assert (paid.pauschsteuer_25, paid.pauschsteuer_40a_soli, paid.pauschsteuer_40a_kist) == (45_000, 2_475, 3_150)
    assert (paid.pauschsteuer_20, paid.pauschsteuer_2, paid.pauschalsteuern_nebenleistungen) == (0, 0, 0)
    assert paid.ag_kosten == 180_000 + 50_625 + 702
    assert _findings(desk, "A", AUGUST) == []
    fields = {number: [field for field, _ in _findings(desk, number, AUGUST)] for number in "TSLU"}
    assert fields == {"T": ["brutto"], "S": ["brutto"], "L": ["kurzfristig_arbeitstage"],
                      "U": ["kurzfristig_arbeitstage"]}
    assert "150 Euro je Arbeitstag" in _findings(desk, "T", AUGUST)[0][1]
    assert "19 Euro je Stunde" in _findings(desk, "S", AUGUST)[0][1]
    assert desk.result("B", AUGUST).lohnsteuer > 0


def _second(desk: Desk, number: str, **change: Any) -> NeuePerson:
    """Zweiter Minijob neben einer Hauptbeschäftigung anderswo: versichert ohne Arbeitslosenversicherung."""
    person = desk.person(number, 50_000, personengruppe=101, beitragsgruppe="1101", pauschal_20=True, **change)
    job = person.beschaeftigungen[0]
    job.tatsachen = [fact for fact in job.tatsachen if fact.model is not Steuermerkmale]
    return person


def test_flat_tax_of_20_percent_where_no_lump_sum_goes_to_the_pension_insurance(desk: Desk) -> None:
    desk.hire(_second(desk, "A"), _second(desk, "Z"), desk.person("M", 50_000, pauschal_20=True, **MINI))
    desk.record(WeitereBeschaeftigung, "A", START, nummer=1, art="versichert", entgelt_monat_cent=300_000,
                arbeitgeber="Bäckerei Öz")
    desk.pay("Z", 1300, 20_000, AUGUST)
    desk.run(AUGUST)
    paid = desk.result("A", AUGUST)
    # 500.00: tax 100.00, surcharge 5.50, church 7.00; pension insurance 9.3 % each, no unemployment insurance
    assert (paid.pauschsteuer_20, paid.pauschsteuer_40a_soli, paid.pauschsteuer_40a_kist) == (10_000, 550, 700)
    assert (paid.lohnsteuer, paid.steuerbrutto, paid.pauschsteuer_2, paid.pauschsteuer_25) == (0, 0, 0, 0)
    assert (paid.rv_an, paid.rv_ag, paid.av_an) == (4_650, 4_650, 0)
    assert paid.gesamtbrutto == 50_000
    assert paid.ag_kosten == 50_000 + 11_250 + paid.kv_ag + paid.zb_ag + paid.pv_ag + paid.rv_ag + paid.u2
    assert _findings(desk, "A", AUGUST) == []
    assert "über der Geringfügigkeitsgrenze" in _findings(desk, "Z", AUGUST)[0][1]
    assert "pauschalen Beitrag zur Rentenversicherung" in _findings(desk, "M", AUGUST)[0][1]
    with desk.session() as session:
        marks = session.scalars(select(Ergebniszeile.merkmale).join(Ergebnis, Ergebnis.id == Ergebniszeile.ergebnis_id)
                                .where(Ergebnis.beschaeftigung_id == desk.jobs["A"])).all()
        assert {mark[0] for mark in marks if mark} == {"P"}
        assert session.scalars(select(Ergebnis.id).where(Ergebnis.beschaeftigung_id == desk.jobs["M"])).all() == []


def test_flat_tax_passed_on_lowers_gross_and_no_base(desk: Desk) -> None:
    """§ 40 Abs. 3 Satz 2 EStG: 1.800,00 zu 25 %: 450,00 und 24,75; Nachweisverfahren ohne Kirche: 0,00."""
    desk.hire(_short(desk, "A", 180_000, AUGUST, date(2026, 8, 31), **_flat(15, "110")))
    with desk.session() as session:
        record_settings(session, valid_from=AUGUST, reason="Beschluss", pauschal_abwaelzung=True,
                        pauschal_kirchensteuer="nachweis")
    desk.run(AUGUST)
    paid = desk.result("A", AUGUST)
    assert (paid.pauschsteuer_25, paid.pauschsteuer_40a_soli, paid.pauschsteuer_40a_kist) == (45_000, 2_475, 0)
    assert (paid.gesamtbrutto, paid.auszahlung) == (180_000 - 47_475, 180_000 - 47_475)
    assert paid.ag_kosten == 180_000 + 702
    with desk.session() as session:
        lines = session.execute(select(Ergebniszeile.lohnart, Ergebniszeile.betrag)).all()
        slip = next(slip for _, slip in payslips(session, session.scalars(select(Lauf)).one()))
    assert [tuple(line) for line in lines if line.lohnart == "3023"] == [("3023", -47_475)]
    assert slip.auszahlung == 132_525


def test_flat_tax_known_late_gives_the_wage_tax_back(desk: Desk) -> None:
    person = desk.person("A", 50_000, personengruppe=101, beitragsgruppe="1101", steuerklasse=6)
    desk.hire(person)
    desk.close_all([AUGUST])
    withheld = desk.result("A", AUGUST).lohnsteuer
    desk.record(Versicherung, "A", date(2020, 1, 1), kv_art="gesetzlich", beitragsgruppe="1101", personengruppe=101,
                krankenkasse_id=desk.numbers.krankenkassen["K"], elterneigenschaft=True, pauschal_20=True)
    desk.run(SEPTEMBER)
    booked = desk.booked(SEPTEMBER)["A"]
    assert withheld > 0
    assert booked.auszahlung == withheld


def test_days_of_the_calendar_year_count_together(desk: Desk) -> None:
    first, last = date(2026, 8, 1), date(2026, 9, 30)
    desk.hire(*(_short(desk, number, 90_000, first, last, **_flat(16, "100")) for number in ("A", "B", "C")),
              _short(desk, "P", 90_000, first, last, berufsmaessig=True, **_flat(16, "100")))
    for number, days in (("A", 55), ("B", 54)):
        desk.record(WeitereBeschaeftigung, number, date(2026, 3, 1), valid_to=date(2026, 5, 31), nummer=1,
                    art="kurzfristig", entgelt_monat_cent=100_000, arbeitstage=days)
    desk.record(WeitereBeschaeftigung, "C", date(2025, 3, 1), valid_to=date(2025, 5, 31), nummer=1,
                art="kurzfristig", entgelt_monat_cent=100_000, arbeitstage=80)
    desk.run(AUGUST)
    # A: 16 + 55 = 71 working days and 61 + 92 = 153 calendar days; B 70 days; C in another year
    assert [field for field, _ in _findings(desk, "A", AUGUST)] == ["personengruppe"]
    assert "§ 8 Abs. 1 Nr. 2, Abs. 2 SGB IV" in _findings(desk, "A", AUGUST)[0][1]
    assert _findings(desk, "B", AUGUST) == _findings(desk, "C", AUGUST) == []
    assert [field for field, _ in _findings(desk, "P", AUGUST)] == ["berufsmaessig"]
    assert desk.result("A", AUGUST).gesamtbrutto == 90_000
