"""Wie eine geänderte Angabe heißt: ein Tag liest sich als Tag, vorher wie nachher."""

from __future__ import annotations

import pytest

from payroll.law.tongue import speaking
from payroll.runs.wandel.gruppen import Worte, words
from payroll.web.spoken import tongue


@pytest.mark.parametrize(("before", "shown"), [(19800101, "01.01.1980"), (0, "nicht angegeben")])
def test_a_corrected_birthday_reads_as_a_day(before: int, shown: str) -> None:
    assert words([("geburtsdatum", before, 19810215)]) == Worte(
        "Geburtsdatum", shown, "15.02.1981", f"Ihr Geburtsdatum ist jetzt 15.02.1981 (vorher {shown}).")


def test_and_in_english_too() -> None:
    with speaking(tongue("en")):
        found = words([("geburtsdatum", 0, 19810215)])
    assert (found.titel, found.vorher, found.nachher) == ("Date of birth", "not stated", "15.02.1981")
