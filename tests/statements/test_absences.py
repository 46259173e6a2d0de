"""Die Abrechnung nennt Tage ohne Entgelt und ihren Grund; bezahlte Abwesenheit nennt sie nicht."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from payroll.statements import absences

JUNE, HIRED = date(2026, 6, 1), date(2020, 1, 1)


def _row(art: str, first: date, last: date | None = None, **more: Any) -> SimpleNamespace:
    values = dict.fromkeys(("kette", "krankengeld_bis", "kind_geboren_am")) | {"vorerkrankungstage": 0} | more
    return SimpleNamespace(art=art, valid_from=first, valid_to=last, **values)


def _hints(*rows: SimpleNamespace, status: str = "tarif") -> list[str]:
    return absences.hints(rows, status, HIRED, statutory=True, month=JUNE)


@pytest.mark.parametrize(("art", "first", "last", "said"), [
    ("sonderurlaub", JUNE, date(2026, 6, 14),
     "Vom 01.06.2026 bis 14.06.2026 kein Entgelt. Grund: Sonderurlaub ohne Entgelt (§ 28 TVöD)."),
    ("kind_krank", date(2026, 6, 3), date(2026, 6, 3),
     "Am 03.06.2026 kein Entgelt. Grund: Krankheit des Kindes (§ 45 SGB V).")], ids=["leave", "child"])
def test_the_reason_stands_in_plain_words(art: str, first: date, last: date, said: str) -> None:
    assert _hints(_row(art, first, last)) == [said]


def test_the_end_of_sick_pay_is_named_with_who_pays_now() -> None:
    """Krank seit 4. Mai: 42 Tage enden am 14. Juni (§ 22 Abs. 1 TVöD)."""
    (said,) = _hints(_row("krankheit", date(2026, 5, 4)))
    assert said.startswith("Vom 15.06.2026 bis 30.06.2026 kein Entgelt.")
    assert "Krankengeld" in said
    assert _hints(_row("krankheit", date(2026, 6, 1), date(2026, 6, 12))) == []  # paid: nothing to tell
    assert _hints(_row("krankheit", date(2026, 1, 5)), status="beamte") == []


def test_the_end_of_insurance_does_not_cut_the_sentence() -> None:
    """Unbezahlt seit 11. Mai, versichert bis 10. Juni (§ 7 Abs. 3 SGB IV): ein Satz für den ganzen Monat."""
    (said,) = _hints(_row("sonderurlaub", date(2026, 5, 11)))
    assert said.startswith("Vom 01.06.2026 bis 30.06.2026")


def test_compensation_changes_its_payer_after_six_weeks() -> None:
    employer, authority = _hints(_row("absonderung", date(2026, 5, 4)))
    assert "bis 14.06.2026" in employer
    assert "Entschädigung" in employer
    assert "Vom 15.06.2026" in authority
    assert "Behörde" in authority
