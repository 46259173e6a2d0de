"""Ordered hours: balanced by time off, extra hours of part-timers, overtime (§ 7 Abs. 6 bis 8 TVöD)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from timekeeping.rules.clock import Span, days_of, local_day, week_start
from timekeeping.rules.facts import Anordnung, Zeitraum, Zuordnung
from timekeeping.rules.spans import intersection, keep_first, minutes, union


@dataclass(frozen=True)
class Mehrstunden:
    """What is left of the ordered hours: extra hours up to full time, and overtime; in order of time."""

    mehrarbeit: list[Span]
    ueberstunden: list[Span]


def ordered_work(facts: Zeitraum) -> list[Span]:
    """All worked time inside an order, balanced or not."""
    return intersection(facts.arbeitsspannen, (one.spanne for one in facts.anordnungen))


def last_day_of_balance(worked: date) -> date:
    """Sunday of the week that follows the week of the work (§ 7 Abs. 7 TVöD)."""
    return week_start(worked) + timedelta(days=13)


def remaining(facts: Zeitraum) -> Mehrstunden:
    """Ordered hours that were not balanced in time, split week by week."""
    left = [span for order in facts.anordnungen for span in _unbalanced(order, facts.arbeitsspannen)]
    weeks: dict[date, list[Span]] = defaultdict(list)
    for span in union(left):
        for day, part in days_of(span):
            weeks[week_start(day)].append(part)
    room = free_minutes_of_part_time(facts.zuordnung)
    extra, overtime = [], []
    for _, spans in sorted(weeks.items()):
        first = keep_first(spans, room)
        extra += first
        overtime += keep_last(spans, minutes(spans) - minutes(first))
    return Mehrstunden(extra, overtime)


def _unbalanced(order: Anordnung, work: list[Span]) -> list[Span]:
    worked = intersection(work, [order.spanne])
    if not worked:
        return []
    limit = last_day_of_balance(local_day(worked[0].von))
    balanced = sum(count for day, count in order.ausgleich if day <= limit)
    return keep_first(worked, max(minutes(worked) - balanced, 0))


def keep_last(spans: list[Span], count: int) -> list[Span]:
    """The last ``count`` minutes in order of time."""
    mirrored = keep_first([Span(-span.bis, -span.von) for span in spans], count)
    return sorted(Span(-span.bis, -span.von) for span in mirrored)


def free_minutes_of_part_time(assigned: Zuordnung) -> int:
    """Minutes a week between the own and the full-time hours, whole minutes."""
    return max(assigned.vollzeitstunden - assigned.wochenstunden, 0) * 60 // 100
