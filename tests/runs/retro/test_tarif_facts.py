"""Tatsachen des Tarifs in abgeschlossenen Monaten: geprüfte Fälle auf den Cent, spätes Wissen, Festlegungen.

Beträge: geprüfte Fälle V022, V060 bis V063 und V065 der Entgelttabellen (Rechtsstand November 2026); Tabelle S ab
01.05.2026: S8b Stufe 2 3812.64, S9 Stufe 2 3887.42, S8a Stufe 2 3738.13; Garantiebetrag 77.37 und 123.79.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import (
    Bezuegezuordnung,
    Fehlzeit,
    HoehereTaetigkeit,
    Rechtswert,
    Stufenregelung,
    WiederkehrenderBezug,
)
from payroll.masterdata.service import end_fact, record_fact
from payroll.masterdata.slices import load_month
from payroll.masterdata.slices.tarif import overlays
from payroll.runs import termine
from payroll.runs.retro.reading import Nachberechnung

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

UNSTEADY = 1105  # allowance by the hour, in the average of § 21 TVöD
SICK = {"art": "krankheit", "krankengeld_tag_cent": 7_000, "krankengeld_netto_tag_cent": 6_100}


def _hire(desk: Desk, tarif: SimpleNamespace, name: str, *given: Any, **values: Any) -> None:
    desk.hire(tarif.person(desk.numbers, name, *given, **values))


def _lines(desk: Desk, tarif: SimpleNamespace, name: str, month: date) -> dict[str, int]:
    with desk.session() as session:
        return {number: cents for number, _, _, cents in tarif.lines(session, name, month)}


def _months(year: int, first: int, last: int) -> list[date]:
    return [date(year, month, 1) for month in range(first, last + 1)]


def _gross(found: Nachberechnung) -> dict[date, int]:
    return {one.monat: one.betrag("gesamtbrutto") for one in found.monate if one.art == "entstehung"}


def _average(desk: Desk, tarif: SimpleNamespace) -> None:
    """V063: unständig 312.00, 198.50, 287.30 in den drei Monaten vor fünf Krankheitstagen im März 2026."""
    _hire(desk, tarif, "V063", "E6", "3", more=[Tatsache(Fehlzeit, date(2026, 3, 9), {"art": "krankheit"},
                                                         date(2026, 3, 13))])
    for month, cents in ((date(2025, 12, 1), 31_200), (date(2026, 1, 1), 19_850), (date(2026, 2, 1), 28_730)):
        desk.pay("V063", UNSTEADY, cents, month, month.replace(day=28))
    for month in (date(2025, 12, 1), *_months(2026, 1, 4)):
        desk.close(month)


def test_v063_the_average_is_due_two_months_later(desk: Desk, tarif: SimpleNamespace) -> None:
    _average(desk, tarif)
    desk.run(date(2026, 5, 1))
    assert _lines(desk, tarif, "V063", date(2026, 5, 1))["1502"] == 6_135  # 797.80 / 65 = 12.27; x 5
    assert "1502" not in _lines(desk, tarif, "V063", date(2026, 4, 1))


def test_the_average_of_a_quarantine_counts_the_months_since_the_change_of_hours(
        desk: Desk, tarif: SimpleNamespace) -> None:
    """§ 21 TVöD, § 56 Abs. 3 IfSG: seit 01.10. halbe Stunden, also zählt nur der Oktober: 65,00 / 21,67 x 10 = 30,00.

    Wer schon vor der Änderung abgesondert ist, behält den Durchschnitt der Monate davor: 520,00 / 65 x 5 = 40,00.
    """
    november = date(2026, 11, 1)
    for name, first, last, change, october in (
            ("danach", date(2026, 11, 9), date(2026, 11, 20), date(2026, 10, 1), 6_500),
            ("davor", date(2026, 10, 26), date(2026, 11, 6), november, 0),
            ("lange", date(2026, 9, 21), None, None, 0)):
        _hire(desk, tarif, name, "E11", more=[Tatsache(Fehlzeit, first, {"art": "absonderung"}, last)])
        for month, cents in ((date(2026, 8, 1), 26_000), (date(2026, 9, 1), 26_000), (date(2026, 10, 1), october)):
            if cents:
                desk.pay(name, UNSTEADY, cents, month, month.replace(day=28))
        if change:
            desk.record(Bezuegezuordnung, name, change, tarifwerk="TVoeD-VKA", entgeltgruppe="E11", stufe="3",
                        wochenstunden=Decimal("19.5"), vollzeitstunden=Decimal(39))
    for month in _months(2026, 8, 10):
        desk.close(month)
    desk.run(november)
    with desk.session() as session:
        table = (2 * load_pay_tables().on(november)["TVoeD-VKA", "E11", "3"].cent + 2) // 4
        for name, days, average in (("danach", 12, 3_000), ("davor", 6, 4_000)):
            own, lost = tarif.result(session, name, november), (table * days * 2 + 30) // 60 + average
            assert own.rv_ag - own.rv_an == 2 * ((lost * 93 + 500) // 1_000)  # 9.3 % each (§ 57 Abs. 1 IfSG)
        facts = load_month(session, november)
        place = facts.cases["personalnummer"].index("lange")
        assert {one.beginn for one in facts.tarif.ausfall[place].ersatz} == {date(2026, 9, 21)}


def test_v022_and_v060(desk: Desk, tarif: SimpleNamespace) -> None:
    _hire(desk, tarif, "V022", "S8a", "2", scale="TVoeD-SuE", hours="30", start=date(2025, 8, 18))
    _hire(desk, tarif, "V060", "E5", "1", start=date(2025, 6, 1))
    desk.record(Bezuegezuordnung, "V060", date(2025, 11, 1), tarifwerk="TVoeD-VKA", entgeltgruppe="E6", stufe="2",
                stufe_seit=date(2025, 11, 1), wochenstunden=Decimal(39), vollzeitstunden=Decimal(39))
    desk.run(date(2025, 8, 1))
    assert _lines(desk, tarif, "V022", date(2025, 8, 1))["1001"] == 126_323
    desk.run(date(2025, 11, 1))
    assert _lines(desk, tarif, "V060", date(2025, 11, 1)) == {"1000": 334_655}


@pytest.mark.parametrize(("name", "grade", "hours", "old", "months", "due"), [
    ("V061", ("E6", "2"), "39", 323_655, _months(2025, 4, 6), 33_000),
    ("V062", ("E12", "4"), "19.5", 288_124, _months(2026, 5, 6), 16_134),
])
def test_back_pay_of_months_paid_by_the_old_table(
        desk: Desk, name: str, grade: tuple[str, str], hours: str, old: int, months: list[date], due: int) -> None:
    """V061, V062: gezahlt war nach der alten Tabelle, nachgezahlt wird nur der Unterschied."""
    desk.hire(desk.person(name, old))
    for month in months:
        desk.close(month)
    with desk.session() as session:
        end_fact(session, WiederkehrenderBezug, last_day=date(months[0].year, months[0].month - 1, 28),
                 reason="neue Tabelle", beschaeftigung_id=desk.jobs[name], laufnummer=1,
                 lohnart_id=desk.numbers.lohnarten[1008])
    desk.record(Bezuegezuordnung, name, months[0], tarifwerk="TVoeD-VKA", entgeltgruppe=grade[0], stufe=grade[1],
                wochenstunden=Decimal(hours), vollzeitstunden=Decimal(39))
    found = _gross(desk.preview(date(months[0].year, 7, 1))[name])
    assert found == dict.fromkeys(months, due // len(months))


def test_the_guarantee_of_table_s_is_exact(desk: Desk, tarif: SimpleNamespace) -> None:
    """S8b Stufe 2 nach S9: Gewinn 74.78, garantiert 77.37; von S8a nach S8b gewinnt man 74.51."""
    for name, before, group, hours in (("S9", "S8b", "S9", "39"), ("S8b", "S8a", "S8b", "19.5"),
                                       ("genug", "S8a", "S9", "39")):
        rule = Tatsache(Stufenregelung, date(2026, 5, 1), {"gruppe_bisher": before, "stufe_bisher": "2"})
        _hire(desk, tarif, name, group, "2", scale="TVoeD-SuE", hours=hours, more=[rule])
    june = date(2026, 6, 1)
    desk.run(june)
    assert _lines(desk, tarif, "S9", june)["1006"] == 259
    assert _lines(desk, tarif, "S8b", june)["1006"] == 143  # 2.86 x 19.5/39
    assert "1006" not in _lines(desk, tarif, "genug", june)  # 3887.42 - 3738.13 is more than any guarantee


def _choose(desk: Desk, name: str, value: int) -> None:
    with desk.session() as session:
        record_fact(session, Rechtswert, name=name, wert=Decimal(value), quelle="Beschluss vom 03.11.2025",
                    valid_from=date(2026, 1, 1), reason="Festlegung")


def test_choices_between_readings_change_what_a_run_pays(desk: Desk, tarif: SimpleNamespace) -> None:
    """Runden erst am Ende (Zuschlag, Durchschnitt); Garantiebetrag der neuen Gruppe."""
    _average(desk, tarif)
    rule = Tatsache(Stufenregelung, date(2026, 5, 1), {"gruppe_bisher": "S8b", "stufe_bisher": "2"})
    _hire(desk, tarif, "S9", "S9", "2", scale="TVoeD-SuE", more=[rule])
    _hire(desk, tarif, "V065", "E8", "3", hours="42")
    may = date(2026, 5, 1)

    def paid() -> tuple[int, int, int]:
        desk.run(may)
        return (_lines(desk, tarif, "V065", may)["1005"], _lines(desk, tarif, "V063", may)["1502"],
                _lines(desk, tarif, "S9", may)["1006"])

    assert paid() == (7_394, 6_135, 259)
    _choose(desk, "rundung_zeitzuschlag", 2)
    assert paid() == (7_390, 6_135, 259)  # 22.67 x 25 % x 13.04 = 73.904
    _choose(desk, "rundung_tagesdurchschnitt", 2)
    assert paid() == (7_390, 6_137, 259)  # 797.80 x 5 / 65 = 61.369
    _choose(desk, "garantiebetrag_gruppe", 2)
    assert paid() == (7_390, 6_137, 4_901)  # 123.79 - 74.78


def test_choices_about_pay_day_and_exclusion_period(desk: Desk) -> None:
    june, today = date(2026, 6, 1), date(2026, 6, 10)

    def told() -> tuple[date, int]:
        with desk.session() as session:
            own = overlays(session, june, None)
        return termine.pay_day("beamte", june, own).zahltag, len(termine.deadlines("tarif", [june], today, own))

    assert told() == (date(2026, 5, 29), 1)  # in advance: last bank day of May
    _choose(desk, "zahlung_im_voraus_beamte", 0)
    assert told() == (date(2026, 6, 30), 1)
    _choose(desk, "ausschlussfrist_anzeigen", 0)
    assert told() == (date(2026, 6, 30), 0)


def test_a_sickness_known_late_takes_pay_back_and_gives_the_supplement(desk: Desk, tarif: SimpleNamespace) -> None:
    """Krank seit 4. Mai, bekannt im August: Entgelt bis 14. Juni, dann Zuschuss."""
    _hire(desk, tarif, "spät", "E9b", "4")
    _hire(desk, tarif, "früh", "E9b", "4", more=[Tatsache(Fehlzeit, date(2026, 5, 4), SICK, date(2026, 7, 10))])
    for month in _months(2026, 5, 7):
        desk.close(month)
    desk.record(Fehlzeit, "spät", date(2026, 5, 4), valid_to=date(2026, 7, 10), **SICK)
    found = desk.preview(date(2026, 8, 1))
    assert list(found) == ["spät"]
    differences = _gross(found["spät"])
    assert set(differences) == {date(2026, 6, 1), date(2026, 7, 1)}
    for month, cents in differences.items():
        wanted, paid = desk.result("früh", month).gesamtbrutto, desk.result("spät", month).gesamtbrutto
        assert cents == wanted - paid < 0
    assert _lines(desk, tarif, "früh", date(2026, 6, 1))["1000"] == 218_892  # 4690.55 x 14/30


def test_parental_leave_known_late_takes_everything_back(desk: Desk, tarif: SimpleNamespace) -> None:
    _hire(desk, tarif, "Eltern", "E9b", "4")
    for month in _months(2026, 5, 6):
        desk.close(month)
    desk.record(Fehlzeit, "Eltern", date(2026, 5, 16), valid_to=date(2026, 6, 30), art="elternzeit",
                kind_geboren_am=date(2026, 5, 16))
    found = desk.preview(date(2026, 7, 1))["Eltern"]
    # 4690.55 x 15/31 stay for May
    assert _gross(found) == {date(2026, 5, 1): 226_962 - 469_055, date(2026, 6, 1): -469_055}
    (june,) = [one for one in found.monate if one.monat == date(2026, 6, 1) and one.art == "entstehung"]
    assert june.betrag("rv_an") == -desk.result("Eltern", date(2026, 6, 1)).rv_an < 0


def test_decisions_about_steps_and_duties_known_late_are_paid_back(desk: Desk, tarif: SimpleNamespace) -> None:
    """E9b Stufe 3 4203.56, Stufe 4 4690.55; E8 Stufe 3 3843.36 (Tabelle ab 01.05.2026)."""
    _hire(desk, tarif, "kürzer", "E9b", "3", since=date(2024, 6, 1), start=date(2024, 6, 1))
    _hire(desk, tarif, "höher", "E8", "3")
    for month in _months(2026, 5, 7):
        desk.close(month)
    desk.record(Stufenregelung, "kürzer", date(2024, 6, 1), verkuerzt_monate=12)
    desk.record(HoehereTaetigkeit, "höher", date(2026, 6, 16), entgeltgruppe="E9b")
    found = desk.preview(date(2026, 8, 1))
    assert _gross(found["kürzer"]) == dict.fromkeys(_months(2026, 6, 7), 469_055 - 420_356)
    assert _gross(found["höher"]) == {date(2026, 6, 1): 18_010, date(2026, 7, 1): 420_356 - 384_336}
