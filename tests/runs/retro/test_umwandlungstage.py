"""Umwandlungstage kürzen die SuE-Zulage, im Lauf und in der Rückrechnung, über so viele Monate wie nötig.

Fall V045 der Prüffälle: S8a Stufe 4, 7,8 Stunden im August 2025: 4.092,49 / 169,57 = 24,13 x 7,8 = 188,21 Euro, davon
130,00 im ersten und 58,21 im zweiten Monat.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING

from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import Anlasszahlung
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebniszeile

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

AUGUST, SEPTEMBER, OCTOBER = date(2025, 8, 1), date(2025, 9, 1), date(2025, 10, 1)
DAY = date(2025, 8, 11)
TAKEN = {"art": "umwandlungstag", "menge": Decimal("7.8")}


def test_a_conversion_day_is_taken_off_the_allowance_until_it_is_paid(desk: Desk, tarif: SimpleNamespace) -> None:
    for name, more in (("gleich", [Tatsache(Anlasszahlung, DAY, TAKEN, DAY)]), ("spät", []), ("keine", [])):
        group = ("E6", "3") if name == "keine" else ("S8a", "4")
        desk.hire(tarif.person(desk.numbers, name, *group, scale="TVoeD-VKA" if name == "keine" else "TVoeD-SuE",
                               more=more))
    desk.close(AUGUST)
    desk.close(SEPTEMBER)
    with desk.session() as session:
        own = {month: [line for line in tarif.lines(session, "gleich", month) if line[0] == "1102"]
               for month in (AUGUST, SEPTEMBER)}
        result = tarif.result(session, "gleich", SEPTEMBER)
        position = next(line.position for line in session.query(Ergebniszeile).filter_by(ergebnis_id=result.id)
                        if line.lohnart == "1102")
        words = repr(explain_line(session, result.public_id, position))
    assert own == {AUGUST: [("1102", "11.08.2025; offen 58,21 €", "LLJ", -13_000)],
                   SEPTEMBER: [("1102", "Übertrag", "LLJ", -5_821)]}
    assert "umwandlung_uebertrag" in words
    desk.record(Anlasszahlung, "spät", DAY, **TAKEN)
    desk.record(Anlasszahlung, "keine", date(2025, 10, 6), **TAKEN)
    desk.run(OCTOBER)
    booked = {one.monat: one.betrag("gesamtbrutto") for one in desk.booked(OCTOBER)["spät"].monate}
    assert booked == {AUGUST: -13_000, SEPTEMBER: -5_821}
    with desk.session() as session:
        assert not [line for line in tarif.lines(session, "gleich", OCTOBER) if line[0] == "1102"]
        (rule,) = [rule for _, field, rule in tarif.findings(session, "keine", OCTOBER) if field == "anlasszahlung"]
    assert "im 10/2025 steht keine zu, " in rule


def test_two_days_in_one_month_and_more_than_two_in_a_year(desk: Desk, tarif: SimpleNamespace) -> None:
    """Zwei Tage zu 7,8 Stunden: 376,42 Euro tragen drei Monate; der dritte Tag des Jahres ist ein Hinweis."""
    desk.hire(tarif.person(desk.numbers, "zwei", "S8a", "4", scale="TVoeD-SuE"))
    for day in (DAY, date(2025, 8, 12)):
        desk.record(Anlasszahlung, "zwei", day, **TAKEN)
    for month in (AUGUST, SEPTEMBER, OCTOBER):
        desk.run(month)
    with desk.session() as session:
        cut = [line[3] for month in (AUGUST, SEPTEMBER, OCTOBER) for line in tarif.lines(session, "zwei", month)
               if line[0] == "1102"]
    assert cut == [-13_000, -13_000, -11_642]
    desk.record(Anlasszahlung, "zwei", date(2025, 10, 7), **TAKEN)
    desk.run(OCTOBER)
    with desk.session() as session:
        (rule,) = [rule for _, field, rule in tarif.findings(session, "zwei", OCTOBER) if field == "anlasszahlung"]
        assert [line[3] for line in tarif.lines(session, "zwei", OCTOBER) if line[0] == "1102"] == [-13_000]
    assert rule.startswith("3 Umwandlungstage in 2025")
