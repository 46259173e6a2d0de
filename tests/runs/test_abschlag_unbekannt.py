"""Der Abschlag auf den Gesetzentwurf vom Mai 2026 ist für die Ordnungen R und W nicht bekannt: der Lauf sagt es."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from payroll.runs.findings import _without_advance, of_the_run
from payroll.runs.insgesamt import Insgesamt


@pytest.mark.parametrize(("month", "named"), [(date(2026, 7, 1), ["NRW-R", "NRW-W"]), (date(2026, 3, 1), [])])
def test_scales_without_a_known_advance_are_named_once(month: date, named: list[str]) -> None:
    scales = ["NRW-A", "NRW-W", "TVoeD-VKA", "NRW-W", "NRW-B", "NRW-R"]
    facts: Any = SimpleNamespace(month=month, slices={"tarifwerk_text": scales}, tarif=SimpleNamespace(tables=()))
    found = of_the_run(month, Insgesamt(skalen=_without_advance(facts)))
    assert [one.datensatz for one in found] == [f"Besoldung {name} {month:%m/%Y}" for name in named]
    assert all(one.stufe == "warnung" for one in found)
    assert not found or "2 Zeitabschnitte" in found[1].regel
