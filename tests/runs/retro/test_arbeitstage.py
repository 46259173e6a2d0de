"""Arbeitstage der Woche als Tatsache: Tagesdurchschnitt und Urlaubsabgeltung nach § 21 und § 26 TVöD.

Regel: 1/65 je Arbeitstag bei fünf Tagen, andere Wochen im Verhältnis, drei Tage 1/39. Beträge wie im Fall V063.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.arbeitstage import arbeitstage, lesen
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import Anlasszahlung, BeschaeftigungAngaben, Bezuegezuordnung, Fehlzeit
from payroll.masterdata.numbers import Unlesbar

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

UNSTEADY = 1105
GRADE = {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E6", "stufe": "3", "wochenstunden": Decimal("23.4"),
         "vollzeitstunden": Decimal(39)}


def test_the_average_and_the_leave_compensation_follow_the_days_of_the_week(desk: Desk, tarif: SimpleNamespace) -> None:
    """Neun bis dreizehnter März, Montag bis Freitag: 797,80 / 39 = 20,46 x 3; ohne Angabe 12,27 x 5.

    Abgeltung im April: drei Monatsentgelte durch 39 (65), dazu der Durchschnitt, mal vier offene Tage.
    """
    april = date(2026, 4, 1)
    sick = Tatsache(Fehlzeit, date(2026, 3, 9), {"art": "krankheit"}, date(2026, 3, 13))
    for name in ("drei", "fünf", "zweite"):
        desk.hire(tarif.person(desk.numbers, name, "E6", "3", hours="23.4", more=[sick]))
        for month, cents in ((date(2025, 12, 1), 31_200), (date(2026, 1, 1), 19_850), (date(2026, 2, 1), 28_730)):
            desk.pay(name, UNSTEADY, cents, month, month.replace(day=28))
    for name, days in (("drei", "Mo Di Mi"), ("zweite", "Mo Di Fr/2")):
        desk.record(Bezuegezuordnung, name, date(2020, 1, 1), arbeitstage_woche=days, **GRADE)
    for month in (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)):
        desk.close(month)
    for name in ("drei", "fünf"):
        desk.record(BeschaeftigungAngaben, name, date(2020, 1, 1), art="tarif", eintritt=date(2020, 1, 1),
                    austritt=date(2026, 4, 30))
        desk.record(Anlasszahlung, name, date(2026, 4, 30), art="urlaubsabgeltung", menge=Decimal(4))
    desk.close(april)
    desk.run(date(2026, 5, 1))
    with desk.session() as session:
        gone = {name: next(line for line in tarif.lines(session, name, april) if line[0] == "1609")
                for name in ("drei", "fünf")}
        average = next(line for line in tarif.lines(session, "zweite", date(2026, 5, 1)) if line[0] == "1502")
    assert average[1:] == ("5 Arbeitstage 03/2026", "LLJ", 6_135)
    pay = (load_pay_tables().on(april)["TVoeD-VKA", "E6", "3"].cent * 234 + 195) // 390
    # January to March: 198.50 + 287.30 = 485.80, by 39 and by 65 a day.
    assert gone["drei"][3] == 4 * ((2 * 3 * pay + 39) // 78 + 1_246)
    assert gone["fünf"][3] == 4 * ((2 * 3 * pay + 65) // 130 + 747)


def test_three_days_lost_of_three(desk: Desk, tarif: SimpleNamespace) -> None:
    sick = Tatsache(Fehlzeit, date(2026, 3, 9), {"art": "krankheit"}, date(2026, 3, 13))
    desk.hire(tarif.person(desk.numbers, "drei", "E6", "3", hours="23.4", more=[sick]))
    desk.record(Bezuegezuordnung, "drei", date(2020, 1, 1), arbeitstage_woche="Mo Di Mi", **GRADE)
    for month, cents in ((date(2025, 12, 1), 31_200), (date(2026, 1, 1), 19_850), (date(2026, 2, 1), 28_730)):
        desk.pay("drei", UNSTEADY, cents, month, month.replace(day=28))
        desk.close(month)
    desk.run(date(2026, 5, 1))
    with desk.session() as session:
        (line,) = [line for line in tarif.lines(session, "drei", date(2026, 5, 1)) if line[0] == "1502"]
    assert line[1:] == ("3 Arbeitstage 03/2026", "LLJ", 6_138)


@pytest.mark.parametrize(("given", "stored", "days", "weeks"), [
    ("mo-mi", "Mo Di Mi", 3, 1), ("Mo, Di; Fr/2", "Mo Di Fr/2", 5, 2), ("Sa", "Sa", 1, 1), ("Mo – Fr", "Mo Di Mi Do Fr",
                                                                                            5, 1)])
def test_days_are_read_as_people_write_them(given: str, stored: str, days: int, weeks: int) -> None:
    assert lesen(given) == stored
    assert arbeitstage(stored).je_woche == (days, weeks)


@pytest.mark.parametrize("wrong", ["drei", "Mo Mo", "Fr-Mo", "Mo/3", "Mo-Mi Di"])
def test_what_is_no_week_is_refused(wrong: str) -> None:
    with pytest.raises(Unlesbar, match="nennt keine Arbeitstage"):
        lesen(wrong)
