"""On-call time and call-outs (§ 8 Abs. 3 TVöD): flat hourly rates, shares of an hour, hours rounded up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from timekeeping.rules.clock import at, days_of
from timekeeping.rules.facts import Rufbereitschaft
from timekeeping.rules.holidays import ist_feiertag
from timekeeping.rules.limits import limit


def is_flat(period: Rufbereitschaft) -> bool:
    """At least twelve real hours: flat rates for its days, otherwise a share of every hour."""
    return period.spanne.minuten >= limit("rufbereitschaft_pauschal_minuten", _begin(period))


def flat_days(period: Rufbereitschaft) -> Iterator[tuple[date, int]]:
    """The days that are paid flat and their number of hourly rates.

    The day of beginning and every further day that is on call until midnight; the day on which it ends before midnight
    gets none.
    """
    for day, part in days_of(period.spanne):
        if day == _begin(period) or part.bis == at(day, 24):
            weekend = day.weekday() >= 5 or ist_feiertag(day)
            yield day, limit("rufbereitschaft_saetze_sonst" if weekend else "rufbereitschaft_saetze_mo_fr", day)


def hourly_minutes(period: Rufbereitschaft) -> dict[date, int]:
    """Minutes of a short period by first day of the month."""
    found: dict[date, int] = defaultdict(int)
    for day, part in days_of(period.spanne):
        found[day.replace(day=1)] += part.minuten
    return dict(found)


def paid_hours(period: Rufbereitschaft) -> dict[date, int]:
    """Full hours of the call-outs by first day of the month in which they begin.

    Away: each one rounded up. By telephone: those of the period added, then rounded up, in the month of the first.
    """
    found: dict[date, int] = defaultdict(int)
    for one in period.einsaetze:
        if one.art == "ausserhalb":
            found[one.tag.replace(day=1)] += -(-one.spanne.minuten // 60)
    calls = sorted((one for one in period.einsaetze if one.art == "telefonisch"), key=lambda one: one.spanne)
    if calls:
        found[calls[0].tag.replace(day=1)] += -(-sum(one.spanne.minuten for one in calls) // 60)
    return dict(found)


def _begin(period: Rufbereitschaft) -> date:
    return next(days_of(period.spanne))[0]
