"""Ein neuer Abzug, groß wie ein Sprung, wird erfragt, auch wenn anderes das Netto erklärt; Sprünge der Stufe ebenso."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from payroll.runs.plausibel import pruefen
from payroll.runs.plausibel.geschichte import Geschichte, Zahlung, Zuordnung

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
SEIT, SPAETER = datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)


def _history(cents: int, ziel: str = "sonstige_abzuege", erfasst: datetime = SPAETER) -> Geschichte:
    """Ein Mensch mit 6.500 Euro netto, dessen Änderungen des Monats sein Netto erklären."""
    return Geschichte(APRIL, SEIT, {1: 650_000}, {1: 650_000},
                      {1: [Zahlung(4202, "Abzug", 1, ziel, cents, APRIL, None, erfasst)]}, erklaert={1})


def test_a_new_deduction_of_a_thousand_euro_is_asked_about_in_high_groups_too() -> None:
    ((field, rule, remedy),) = pruefen._withheld(_history(150_000), 1)
    assert field == "Lohnart 4202"
    assert rule == "Abzug: 1.500,00 € werden neu abgezogen, vom letzten Netto 6.500,00 €"
    assert remedy.startswith("Betrag mit dem Beleg vergleichen")


@pytest.mark.parametrize("history", [_history(99_999), _history(150_000, "zulagen"),
                                     _history(150_000, erfasst=SEIT)], ids=["small", "allowance", "known"])
def test_small_known_or_paid_amounts_stay_quiet(history: Geschichte) -> None:
    assert list(pruefen._withheld(history, 1)) == []


def test_what_explains_the_net_does_not_hide_a_leap_of_two_steps() -> None:
    history = _history(0)
    grades = [Zuordnung("TVoeD-VKA", "E9b", "2", Decimal(39), MARCH, date(2026, 3, 31), SEIT),
              Zuordnung("TVoeD-VKA", "E9b", "5", Decimal(39), APRIL, None, SPAETER)]
    history.zuordnungen[1] = grades
    assert list(pruefen._jumps(history, 1, {"netto": 1})) == []
    assert len(list(pruefen._grade_jumps(history, 1))) == 1
