"""Rahmen und Kern der Gleitzeit als Befunde: Arbeit außerhalb des Rahmens, Abwesenheit in der Kernzeit.

Beides ist Regel des Arbeitgebers (Dienstvereinbarung, § 6 Abs. 6 bis 8, § 10 TVöD), kein Gesetz; gebucht wird trotzdem.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from timekeeping.handover.quantities import presence
from timekeeping.imports.keys import ARBEITSZEIT
from timekeeping.own.plan import Plan
from timekeeping.rules.clock import Span, at, local_day
from timekeeping.rules.findings import Befund
from timekeeping.rules.findings.finding import hours
from timekeeping.rules.spans import difference, intersection, minutes, union

HOUR = 60


def frame_findings(plan: Plan | None, rows: Iterable[Any], ordered: Iterable[Span], first: date,
                   last: date) -> list[Befund]:
    """Befunde der Tage mit Anwesenheit; angeordnete Stunden dürfen außerhalb des Rahmens liegen.

    Die Pause zählt in der Kernzeit als anwesend. Wer halb abwesend ist oder kein Soll hat, hat keine Kernzeit.
    """
    if plan is None:
        return []
    days: dict[date, list[Span]] = {}
    absent: set[date] = set()
    for row in rows:
        if row.art == "stempel" and row.lohnart == ARBEITSZEIT:
            span = presence(row)[0]
            days.setdefault(local_day(span.von), []).append(span)
        elif row.art == "abwesenheit":
            absent.update(day for day in days_within(row, first, last))
    allowed = list(ordered)
    return [one for day in sorted(days) if first <= day <= last
            for one in _of_day(plan, day, union(days[day]), allowed, core=day not in absent)]


def days_within(row: Any, first: date, last: date) -> Iterator[date]:
    """Tage einer Abwesenheit im Zeitraum."""
    for number in range(max(row.von, first).toordinal(), min(row.bis, last).toordinal() + 1):
        yield date.fromordinal(number)


def _of_day(plan: Plan, day: date, present: list[Span], allowed: list[Span], *, core: bool) -> Iterator[Befund]:
    rule = plan.regelung(day)
    if rule is None or rule.art != "gleitend" or day in plan.dienste:
        return
    outside = difference(difference(present, [_within(day, rule.rahmen_von, rule.rahmen_bis)]), allowed)
    if outside:
        yield Befund("RAHMENZEIT", day, f"{hours(minutes(outside))} Stunden außerhalb des Rahmens von "
                                        f"{hours(rule.rahmen_von)} bis {hours(rule.rahmen_bis)} Uhr, nicht angeordnet")
    if not core or rule.kern_von is None or not plan.soll(day):
        return
    wanted = _within(day, rule.kern_von, rule.kern_bis)
    missing = wanted.minuten - minutes(intersection(present, [wanted]))
    if missing:
        yield Befund("KERNZEIT", day, f"{hours(missing)} Stunden der Kernzeit von {hours(rule.kern_von)} bis "
                                      f"{hours(rule.kern_bis)} Uhr nicht anwesend")


def _within(day: date, begin: int, end: int) -> Span:
    """Minuten des Tages als Spanne; der Rahmen beginnt und endet nie in der Stunde der Zeitumstellung."""
    return Span(*(at(day, part // HOUR) + part % HOUR for part in (begin, end)))
