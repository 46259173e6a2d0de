"""Unbequeme Fälle der Arbeitszeit: Umstellungsnächte, Jahreswechsel, Feiertage am Sonntag, Grenzen auf die Minute.

Die Erwartungen in awkward_time.csv stammen von einem zweiten Programm, das aus dem Vertrag der Fälle geschrieben ist
und jede Minute einzeln ansieht; es kennt dieses Programm nicht. Beide stimmen auch in zufälligen Wochen überein.
"""

import io
from pathlib import Path

from timekeeping.conformance import run_time

CASES = Path(__file__).parent / "awkward_time.csv"


def test_every_field_of_every_awkward_case() -> None:
    out = io.StringIO()
    assert run_time(CASES, out) == 0, out.getvalue()
    assert "28 passed, 0 failed" in out.getvalue()
    assert "635 Felder verglichen" in out.getvalue()
