"""Was nur im Zusammenhang stimmt: mehrere Beschäftigungen, Jahresgrenzen über Monate, Märzklausel, spätes Wissen.

Erwartungen: Fälle S008, S017, S018, S061a, S061b, S072, S073 und S079 der Sammlung zur Sozialversicherung
(insurance_cases.csv, dort mit Quelle); die Kasse hier hat 2,50 % (2025) und 2,90 % (2026) Zusatzbeitrag.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from payroll.masterdata.intake import NeuePerson
from payroll.masterdata.models import (
    Steuermerkmale,
    Versicherung,
    Vortragswerte,
    WeitereBeschaeftigung,
    WiederkehrenderBezug,
    Zusatzversorgung,
    ZvKasseSatz,
)
from payroll.masterdata.service import end_fact
from payroll.runs.models import Ergebnis, Hinweis

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

ONE_OFF = 1602
JAN, FEB, MAR, APR = (date(2026, month, 1) for month in range(1, 5))


def _euro(text: str) -> int:
    return int(Decimal(text) * 100)


def _check(result: Ergebnis, expected: str) -> None:
    """expected: „name betrag“ mit Komma getrennt, Euro."""
    wanted = {name: _euro(amount) for name, amount in (part.split() for part in expected.split(","))}
    assert {name: getattr(result, name) for name in wanted} == wanted


def _together(*people: NeuePerson) -> NeuePerson:
    """Ein Mensch mit den Beschäftigungen aller."""
    return NeuePerson(people[0].tatsachen, [job for person in people for job in person.beschaeftigungen])


def _carried(desk: Desk, number: str, year: int, *, herkunft: str = "vorsystem", tage: int = 0, kv: str = "0",
             rv: str = "0", steuer: str = "0", zv: str = "0") -> None:
    desk.record(Vortragswerte, number, date(year, 1, 1), jahr=year, herkunft=herkunft, sv_tage=tage,
                sv_brutto_kv_cent=_euro(kv), sv_brutto_rv_cent=_euro(rv), steuerbrutto_cent=_euro(steuer),
                zv_steuerfrei_cent=_euro(zv))


def test_two_jobs_here_share_the_ceilings(desk: Desk) -> None:
    keys: dict[str, Any] = {"kv_art": "freiwillig", "beitragsgruppe": "9111"}
    desk.hire(_together(desk.person("A", 800_000, **keys), desk.person("B", 200_000, **keys)),
              desk.person("C", 200_000))
    month = date(2024, 1, 1)
    desk.run(month)
    _check(desk.result("A", month), "kv_an 272.47,pv_an 63.45,rv_an 555.10,av_an 77.60,sv_brutto_rv 5968.85")
    _check(desk.result("B", month), "kv_an 105.30,pv_an 24.52,rv_an 147.05,av_an 20.55,sv_brutto_rv 1581.15")
    _check(desk.result("C", month), "rv_an 186.00,sv_brutto_rv 2000.00")


def test_two_jobs_here_in_the_midijob_band_together(desk: Desk) -> None:
    desk.hire(_together(desk.person("A", 90_000), desk.person("B", 60_000)), desk.person("C", 90_000))
    month = date(2026, 8, 1)
    desk.run(month)
    first, second = desk.result("A", month), desk.result("B", month)
    _check(first, FIRST_OF_TWO)
    _check(second, SECOND_OF_TWO)
    assert desk.result("C", month).be_an < first.be_an


FIRST_OF_TWO = ("be_gesamt 856.22,be_an 770.51,kv_an 56.25,kv_ag 68.75,pv_an 13.87,pv_ag 16.95,rv_an 71.66,rv_ag 87.60,"
                "av_an 10.02,av_ag 12.24")
SECOND_OF_TWO = ("be_gesamt 570.81,be_an 513.67,kv_an 37.50,kv_ag 45.84,pv_an 9.25,pv_ag 11.29,rv_an 47.77,rv_ag 58.41,"
                 "av_an 6.68,av_ag 8.16")


def test_minijob_beside_a_main_job_elsewhere_has_no_minimum_base(desk: Desk) -> None:
    mini: dict[str, Any] = {"art": "minijob", "personengruppe": 109, "beitragsgruppe": "6100"}
    desk.hire(desk.person("A", 12_000, **mini), desk.person("B", 12_000, **mini), desk.person("C", 12_000, **mini))
    desk.record(WeitereBeschaeftigung, "B", date(2020, 1, 1), nummer=1, art="versichert", entgelt_monat_cent=300_000,
                arbeitgeber="Bäckerei Öz")
    desk.record(Versicherung, "C", date(2020, 1, 1), kv_art="gesetzlich", beitragsgruppe="6100", personengruppe=109,
                krankenkasse_id=desk.numbers.krankenkassen["K"], anderweitig_rentenversichert=True)
    desk.run(JAN)
    _check(desk.result("A", JAN), "rv_an 14.55,rv_ag 18.00")
    _check(desk.result("B", JAN), "rv_an 4.32,rv_ag 18.00")  # 18,6 % von 120 = 22,32, weniger 15 %
    _check(desk.result("C", JAN), "rv_an 4.32,rv_ag 18.00")


def test_minijob_taxed_individually_and_short_term(desk: Desk) -> None:
    mini: dict[str, Any] = {"art": "minijob", "personengruppe": 109, "beitragsgruppe": "6500", "steuerklasse": 6}
    short: dict[str, Any] = {"art": "minijob", "personengruppe": 110, "beitragsgruppe": "0000"}
    person = desk.person("D", 160_000, **short)
    person.beschaeftigungen[0].tatsachen = [
        fact for fact in person.beschaeftigungen[0].tatsachen if fact.model is not Steuermerkmale]
    desk.hire(desk.person("A", 50_000, **mini), desk.person("B", 50_000, individuell_besteuert=True, **mini),
              desk.person("C", 160_000, steuerklasse=6, **short), person)
    desk.run(JAN)
    flat, own, brief = desk.result("A", JAN), desk.result("B", JAN), desk.result("C", JAN)
    assert (flat.pauschsteuer_2, flat.lohnsteuer, flat.steuerbrutto) == (1_000, 0, 0)
    assert (own.pauschsteuer_2, own.steuerbrutto) == (0, 50_000)
    assert own.lohnsteuer > 0
    assert (brief.pauschsteuer_2, brief.steuerbrutto, brief.rv_ag, brief.u2) == (0, 160_000, 0, 624)
    assert brief.lohnsteuer > own.lohnsteuer
    with desk.session() as session:
        (left_out,) = session.scalars(select(Hinweis).where(Hinweis.stufe == "fehler")).all()
        assert left_out.datensatz.startswith("Personalnummer D (")
        assert "§ 40a Abs. 2 EStG" in left_out.regel


def test_yearly_ceiling_over_closed_months(desk: Desk) -> None:
    desk.hire(desk.person("A", 500_000))
    desk.close_all([date(2025, month, 1) for month in (1, 2, 3)])
    april = date(2025, 4, 1)
    desk.pay("A", ONE_OFF, 600_000, april, date(2025, 4, 30))
    desk.run(april)
    _check(desk.result("A", april), "sv_brutto_kv 7050.00,sv_brutto_rv 11000.00,kv_an 514.65,zb_an 88.13,pv_an 126.90,"
                                    "rv_an 1023.00,av_an 143.00")


def test_an_earlier_job_here_counts_one_elsewhere_does_not(desk: Desk) -> None:
    """Wie S008, aber drei Monate unter einer anderen Personalnummer beim selben Arbeitgeber."""
    april = date(2025, 4, 1)
    before, after = desk.person("A", 500_000), desk.person("B", 500_000, entry=april)
    before.beschaeftigungen[0].tatsachen[0].values["austritt"] = date(2025, 3, 31)
    desk.hire(_together(before, after), desk.person("C", 500_000, entry=april))
    desk.close_all([date(2025, month, 1) for month in (1, 2, 3)])
    _carried(desk, "C", 2025, herkunft="arbeitgeber", steuer="15000")
    for number in ("B", "C"):
        desk.pay(number, ONE_OFF, 600_000, april, date(2025, 4, 30))
    desk.run(april)
    _check(desk.result("B", april), "sv_brutto_kv 7050.00,sv_brutto_rv 11000.00")
    _check(desk.result("C", april), "sv_brutto_kv 5512.50,sv_brutto_rv 8050.00")  # one month's ceilings of 2025
    # with the wage of the former employer both have the same yearly wage before the one-off
    assert desk.result("C", april).lohnsteuer_einmal == desk.result("B", april).lohnsteuer_einmal


def test_carried_in_values_open_the_ceiling_and_their_lack_is_a_finding(desk: Desk) -> None:
    april = date(2025, 4, 1)
    desk.hire(desk.person("A", 500_000), desk.person("B", 500_000))
    _carried(desk, "A", 2025, tage=90, kv="15000", rv="15000", steuer="15000")
    for number in ("A", "B"):
        desk.pay(number, ONE_OFF, 600_000, april, date(2025, 4, 30))
    desk.run(april)
    _check(desk.result("A", april), "sv_brutto_kv 7050.00,sv_brutto_rv 11000.00")
    _check(desk.result("B", april), "sv_brutto_kv 5512.50")
    with desk.session() as session:
        (found,) = session.scalars(select(Hinweis).where(Hinweis.feld == "sv_tage_bisher")).all()
        assert found.datensatz.startswith("Personalnummer B (")
        assert "§ 23a Abs. 3 SGB IV" in found.regel


def test_one_off_of_february_goes_to_the_year_before_and_fills_it(desk: Desk) -> None:
    """S061a, S061b: Februar 5.700, Einmalzahlung 2.000 nach Dezember 2025; die zweite im März findet nichts mehr."""
    desk.hire(desk.person("A", 570_000))
    _carried(desk, "A", 2025, tage=360, kv="64800", rv="64800")
    desk.close(JAN)
    desk.pay("A", ONE_OFF, 200_000, FEB, date(2026, 2, 28))
    desk.close(FEB)
    _check(desk.result("A", FEB), "sv_brutto_kv 5700.00,sv_brutto_kv_vorjahr 1350.00,sv_brutto_rv_vorjahr 2000.00,"
                                  "kv_an 514.65,pv_an 126.90,rv_an 716.10,av_an 100.10")  # sums of both cases
    desk.pay("A", ONE_OFF, 150_000, MAR, date(2026, 3, 31))
    desk.run(MAR)
    _check(desk.result("A", MAR), "sv_brutto_kv_vorjahr 0.00,sv_brutto_rv_vorjahr 1500.00,sv_brutto_kv 5700.00")


def test_unchecked_march_clause_only_for_those_who_were_here(desk: Desk) -> None:
    desk.hire(desk.person("A", 300_000), desk.person("B", 300_000, entry=FEB))
    for number in ("A", "B"):
        desk.pay(number, ONE_OFF, 50_000, FEB, date(2026, 2, 28))
    desk.run(FEB)
    with desk.session() as session:
        found = session.scalars(select(Hinweis).where(Hinweis.feld == "vorjahr_sv_tage")).all()
        assert [one.datensatz.split()[1] for one in found] == ["A"]


def test_a_job_elsewhere_known_late_changes_closed_months_of_all_jobs(desk: Desk) -> None:
    keys: dict[str, Any] = {"kv_art": "freiwillig", "beitragsgruppe": "9111"}
    desk.hire(_together(desk.person("A", 500_000, **keys), desk.person("B", 300_000, **keys)))
    desk.close_as_known(JAN)
    assert desk.result("A", JAN).sv_brutto_rv == 500_000
    desk.record(WeitereBeschaeftigung, "A", date(2026, 1, 1), nummer=1, art="versichert", entgelt_monat_cent=200_000)
    found = desk.preview(FEB)
    assert set(found) == {"A", "B"}
    # 8.450 Euro zu 5 : 5 und zu 3 : 7; je Seite 9,3 %
    (first,), (second,) = (found[number].monate for number in ("A", "B"))
    assert first.wert("sv_brutto_rv") == (500_000, 422_500)
    assert second.wert("sv_brutto_rv") == (300_000, 253_500)
    assert first.wert("rv_an") == (46_500, 39_293)


def test_pay_of_one_job_corrected_moves_the_share_of_the_other(desk: Desk) -> None:
    keys: dict[str, Any] = {"kv_art": "freiwillig", "beitragsgruppe": "9111"}
    desk.hire(_together(desk.person("A", 600_000, **keys), desk.person("B", 300_000, **keys)))
    desk.close_as_known(JAN)
    desk.record(WiederkehrenderBezug, "B", date(2026, 1, 1), lohnart_id=desk.numbers.lohnarten[1008], laufnummer=1,
                betrag_cent=600_000)
    found = desk.preview(FEB)
    assert found["A"].monate[0].wert("sv_brutto_rv") == (563_333, 422_500)  # 8.450 · 6/9, dann die Hälfte
    assert found["B"].monate[0].wert("sv_brutto_rv") == (281_667, 422_500)


def test_carried_in_values_known_late_or_taken_back(desk: Desk) -> None:
    desk.hire(desk.person("A", 500_000))
    desk.close_as_known(JAN)
    desk.close_as_known(FEB)
    desk.pay("A", ONE_OFF, 900_000, APR, date(2026, 4, 30))
    desk.close(MAR)
    desk.close(APR)
    before = desk.result("A", APR).sv_brutto_kv
    _carried(desk, "A", 2026, tage=30, kv="1000", rv="1000")
    may = date(2026, 5, 1)
    (booking,) = [b for b in desk.preview(may)["A"].monate if b.monat == APR]
    assert booking.wert("sv_brutto_kv") == (before, before + 481_250)  # 5.812,50 Raum mehr, 1.000 davon verbraucht
    with desk.session() as session:
        end_fact(session, Vortragswerte, last_day=date(2026, 1, 1), reason="falsch", jahr=2026, herkunft="vorsystem",
                 beschaeftigung_id=desk.jobs["A"])
    assert "A" not in desk.preview(may)


def test_levy_of_the_supplementary_pension_counts_above_the_yearly_tax_limit(desk: Desk) -> None:
    """§ 3 Nr. 56 EStG aufbrauchend: 4 % der Grenze 2026 sind 4.056 Euro; je Monat 6,45 % von 7.000 = 451,50."""
    desk.record(ZvKasseSatz, "", date(2026, 1, 1), zv_kasse_id=desk.numbers.zv_kassen["rzvk"], quelle="Bescheid",
                umlage_satz=Decimal("6.45"), an_satz=Decimal(0), sanierungsgeld_satz=Decimal(0),
                pauschal_grenze_cent=8_948, verfahren="aufbrauchend", kist_verfahren="vereinfacht")
    desk.hire(desk.person("A", 700_000, entry=JAN, kv_art="freiwillig", beitragsgruppe="9111"))
    desk.record(Zusatzversorgung, "A", JAN, zv_kasse_id=desk.numbers.zv_kassen["rzvk"])
    _carried(desk, "A", 2026, zv="3000.00")
    desk.close(JAN)
    desk.close(FEB)
    desk.run(MAR)
    _check(desk.result("A", FEB), "zv_steuerfrei 451.50,zv_pauschal 0.00,zv_hinzurechnung 376.96")
    # left: 4.056 - 3.000 - 903 = 153,00 free, 89,48 flat, 209,02 individually
    _check(desk.result("A", MAR),
           "zv_steuerfrei 153.00,zv_pauschal 89.48,zv_individuell 209.02,zv_hinzurechnung 376.96")
