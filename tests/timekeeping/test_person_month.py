"""Jede Minute hat ihren Grund, und was die Seite zeigt, ist, was die Abrechnung bekommt."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from timekeeping.handover.quantities import Lage, presence, quantities
from timekeeping.imports.moments import lasting
from timekeeping.person_month import Lebenslage, by_wage_type, law_findings
from timekeeping.why import explained

ZONE = ZoneInfo("Europe/Berlin")
NIGHTS = (datetime(2026, 3, 28, 18), datetime(2026, 10, 24, 18), datetime(2026, 12, 23, 20), datetime(2026, 5, 30, 12))


def row(start: datetime, minutes: int, pause: int = 0, number: int = 1) -> Any:
    begin = start.replace(tzinfo=ZONE)
    end = (begin.astimezone(ZoneInfo("UTC")) + timedelta(minutes=minutes)).astimezone(ZONE)
    seconds = Decimal(lasting(begin, end) - pause * 60)
    return SimpleNamespace(
        id=number, art="stempel", lohnart="arbeitszeit", beschaeftigung_id=7, beginn=begin, ende=end, menge=seconds,
        von=begin.date(), bis=end.date(), monat=False, betrag=None, einheit="sekunden")


@settings(max_examples=300, deadline=None)
@given(base=st.sampled_from(NIGHTS), offset=st.integers(0, 4000), minutes=st.integers(1, 1000),
       share=st.integers(0, 40), shift=st.booleans())
def test_explained_pieces_are_the_work_and_its_premiums(base: datetime, offset: int, minutes: int, share: int,
                                                        shift: bool) -> None:
    start = base + timedelta(minutes=offset)
    if start.replace(tzinfo=ZONE).astimezone(ZoneInfo("UTC")).astimezone(ZONE).replace(tzinfo=None) != start:
        return  # the hour that does not exist
    one = row(start, minutes, min(share, minutes - 1))
    span, work = presence(one)
    found = list(explained(work, span.von, shift=shift, feiertag="ohne"))
    assert sum(piece.minuten for piece in found) == sum(part.minuten for part in work) == int(one.menge) // 60
    assert all(piece.gruende for piece in found)
    months = {piece.tag.replace(day=1) for piece in found}
    lage = Lage(frozenset({7}) if shift else frozenset(), "ohne")
    mengen = [menge for month in months for menge in quantities([one], month, lage)[0]]
    shown = sum(piece.minuten * len(piece.zuschlaege) for piece in found)
    assert sum(sum(parts.values()) for parts in by_wage_type(mengen).values()) == shown


def findings_of(*rows: Any) -> list[str]:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    return [str(one) for one in law_findings(rows, first, last, Lebenslage(bereich="ordnung"), 0)]


def test_a_free_weekday_near_a_sunday_is_its_rest_day() -> None:
    sunday = row(datetime(2026, 11, 8, 8), 300)
    assert findings_of(sunday) == []
    every_day = [row(datetime(2026, 10, 26, 8) + timedelta(days=n), 300, number=n) for n in range(27)]
    found = findings_of(*every_day)
    assert "ARBZG_11_ERSATZRUHETAG@2026-11-08" in found
    so_far = [one for one in every_day if one.von <= date(2026, 11, 8)]  # days to come may still be rest days
    assert "ARBZG_11_ERSATZRUHETAG@2026-11-08" not in findings_of(*so_far)


def test_rest_is_seen_over_the_edge_of_the_month() -> None:
    late, early = row(datetime(2026, 10, 31, 14), 480, number=1), row(datetime(2026, 11, 1, 6), 300, number=2)
    assert "ARBZG_5_RUHEZEIT@2026-11-01" in findings_of(late, early)


def test_average_of_24_weeks() -> None:
    begin = datetime(2026, 6, 1, 7)
    long = [row(begin + timedelta(weeks=week, days=day), 600, 45, number=week * 7 + day)
            for week in range(26) for day in range(6)]  # 6 x 9:15 = 55:30 a week
    found = findings_of(*long)
    assert "ARBZG_3_DURCHSCHNITT@2026-11-15" in found
    short = [row(begin + timedelta(weeks=week, days=day), 525, 45, number=week * 7 + day)
             for week in range(26) for day in range(6)]  # 6 x 8:00
    assert not [one for one in findings_of(*short) if "DURCHSCHNITT" in one]
