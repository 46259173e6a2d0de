"""Rahmen und Kern der Gleitzeit: was außerhalb liegt oder fehlt, wird genannt; Angeordnetes und Abwesenheit nicht."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from timekeeping.own.frame import frame_findings
from timekeeping.own.plan import Plan
from timekeeping.rules.clock import Span, at

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 9)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def plan(art: str = "gleitend", core: tuple[int, int] | None = (540, 900)) -> Plan:
    rule = SimpleNamespace(
        art=art, valid_from=date(2026, 1, 1), valid_to=None, anker=date(2025, 12, 29), wochen=[[468] * 5 + [0, 0]],
        rahmen_von=390, rahmen_bis=1140, kern_von=core[0] if core else None, kern_bis=core[1] if core else None)
    return Plan((rule,), {})


def stamp(begin: str, end: str, pause: int = 30, day: date = MONDAY) -> Any:
    start, stop = (datetime.combine(day, datetime.strptime(one, "%H:%M").time(), ZONE) for one in (begin, end))
    seconds = int((stop - start).total_seconds())
    return SimpleNamespace(art="stempel", lohnart="arbeitszeit", beginn=start, ende=stop, menge=seconds - pause * 60,
                           von=day, bis=day)


def found(*rows: Any, ordered: tuple[Span, ...] = (), held: Plan | None = None) -> list[str]:
    return [f"{one}: {one.text}" for one in frame_findings(held or plan(), rows, ordered, FIRST, LAST)]


@pytest.mark.parametrize(("begin", "end", "expected"), [
    ("06:30", "15:00", []),
    ("09:00", "19:00", []),
    ("06:00", "15:30", ["RAHMENZEIT@2026-11-09: 0:30 Stunden außerhalb des Rahmens von 6:30 bis 19:00 Uhr, nicht "
                        "angeordnet"]),
    ("09:01", "15:00", ["KERNZEIT@2026-11-09: 0:01 Stunden der Kernzeit von 9:00 bis 15:00 Uhr nicht anwesend"]),
    ("10:00", "20:00", ["RAHMENZEIT@2026-11-09: 1:00 Stunden außerhalb des Rahmens von 6:30 bis 19:00 Uhr, nicht "
                        "angeordnet",
                        "KERNZEIT@2026-11-09: 1:00 Stunden der Kernzeit von 9:00 bis 15:00 Uhr nicht anwesend"]),
], ids=["early", "late", "before_frame", "minute_late", "both"])
def test_frame_and_core(begin: str, end: str, expected: list[str]) -> None:
    assert found(stamp(begin, end)) == expected


def test_a_gap_in_the_core_counts_and_a_break_does_not() -> None:
    assert found(stamp("08:00", "16:00", pause=60)) == []
    gap = found(stamp("08:00", "11:00", pause=0), stamp("12:30", "16:00", pause=0))
    assert gap == ["KERNZEIT@2026-11-09: 1:30 Stunden der Kernzeit von 9:00 bis 15:00 Uhr nicht anwesend"]


def test_ordered_hours_may_lie_outside() -> None:
    late = Span(at(MONDAY, 19), at(MONDAY, 21))
    assert found(stamp("09:00", "21:00"), ordered=(late,)) == []


def test_no_core_on_half_days_off_holidays_and_other_plans() -> None:
    half = SimpleNamespace(art="abwesenheit", lohnart="urlaub", von=MONDAY, bis=MONDAY)
    assert found(stamp("07:00", "11:00", 0), half) == []
    all_saints = date(2026, 11, 1)
    assert found(stamp("10:00", "11:00", 0, all_saints)) == []
    assert found(stamp("05:00", "22:00"), held=plan("schicht")) == []
    assert found(stamp("08:00", "11:00", 0), held=plan(core=None)) == []
    assert frame_findings(None, [stamp("03:00", "04:00", 0)], (), FIRST, LAST) == []
