"""Ein spät nachgewiesenes Kind: die Rückrechnung nimmt die Monate, in denen der Nachweis wirkt, und nur sie.

Von Hand: E6 Stufe 3, zweites Kind; 0,25 % des beitragspflichtigen Entgelts je Monat (§ 55 Abs. 3 Satz 4 SGB XI).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from payroll.masterdata.models import Kind

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (3, 4, 5, 6))
BORN = date(2026, 3, 20)


def _second_child(desk: Desk, **proof: object) -> dict[date, int]:
    """Monate, in denen sich der Pflegebeitrag ändert, nachdem das zweite Kind erfasst ist."""
    person = desk.person("A", ("E6", "3"))
    desk.hire(person)
    desk.record(Kind, "A", date(2015, 1, 1), nummer=1, geburtsdatum=date(2015, 1, 1))
    desk.close_all([MARCH, APRIL, MAY])
    desk.record(Kind, "A", BORN, nummer=2, geburtsdatum=BORN, **proof)
    return {one.monat: one.differenz("pv_an") for found in desk.preview(JUNE).values() for one in found.monate
            if one.differenz("pv_an")}


@pytest.mark.parametrize(("proof", "months"), [
    ({"nachweis_am": date(2026, 9, 20)}, (MARCH, APRIL, MAY)),  # the last day of six months
    ({"nachweis_am": date(2026, 9, 21), "nachweis_elektronisch": True}, (MARCH, APRIL, MAY)),
    ({"nachweis_am": date(2026, 9, 21)}, ()),
    ({}, (MARCH, APRIL, MAY)),
])
def test_the_months_that_the_proof_reaches_are_computed_again(desk: Desk, proof: dict[str, object],
                                                              months: tuple[date, ...]) -> None:
    found = _second_child(desk, **proof)
    assert tuple(found) == months
    assert all(-1100 < cents < -850 for cents in found.values())  # 0.25 % of about 3.6 to 4.3 thousand
