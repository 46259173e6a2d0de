"""Probeläufe mit Rückrechnung: beliebig oft dasselbe, und keiner zahlt, was ein anderer Monat schon gezahlt hat."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from payroll.runs import steps
from payroll.runs.errors import RunRefused
from payroll.runs.models import Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungAuszahlung, RueckrechnungLauf, RueckrechnungZeile

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

JAN, FEB, MAR = (date(2026, m, 1) for m in (1, 2, 3))
TABLES = (Rueckrechnung, RueckrechnungZeile, RueckrechnungAuszahlung, RueckrechnungLauf)


def _counted(desk: Desk) -> list[int | None]:
    with desk.session() as session:
        return [session.scalar(select(func.count(model.id))) for model in TABLES]


def test_trials_replace_each_other_and_the_hash_covers_the_retro_calculation(desk: Desk) -> None:
    desk.hire(desk.person("1", 380_000))
    desk.close_all([JAN])
    plain = desk.run(FEB).ergebnis_hash
    desk.pay("1", 1300, 10_000, JAN, date(2026, 1, 31))
    first = desk.run(FEB).ergebnis_hash
    counted = _counted(desk)
    assert counted[0] == 1
    assert desk.run(FEB).ergebnis_hash == first != plain
    assert _counted(desk) == counted


def test_a_month_calculated_before_its_predecessor_was_closed_is_calculated_again(desk: Desk) -> None:
    """Sonst zahlte jeder der beiden dieselbe Nachzahlung."""
    desk.hire(desk.person("1", 380_000))
    desk.close_all([JAN])
    desk.pay("1", 1300, 10_000, JAN, date(2026, 1, 31))
    march = desk.run(MAR)
    assert desk.booked(MAR)["1"].brutto == 10_000
    desk.close(FEB)
    assert desk.booked(FEB)["1"].brutto == 10_000
    with desk.session() as session:
        lauf = session.scalars(select(Lauf).where(Lauf.monat == MAR)).one()
        with pytest.raises(RunRefused, match="nach dieser Rechnung abgeschlossen"):
            steps.check(session, MAR, ergebnis_hash=str(lauf.ergebnis_hash))
    assert desk.run(MAR).ergebnis_hash != march.ergebnis_hash
    assert desk.booked(MAR) == {}
