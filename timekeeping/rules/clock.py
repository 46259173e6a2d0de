"""Local time of Germany and the minutes that really passed.

A *minute* is a whole number of minutes since 1970-01-01 00:00 UTC. Local times are without zone; the two nights of the
clock change are the only ones on which a local time can be missing or come twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class ClockError(ValueError):
    """A local time that cannot be placed; the message is German and names the remedy."""


class Span(NamedTuple):
    """Real time from one minute to another, the end excluded."""

    von: int
    bis: int

    @property
    def minuten(self) -> int:
        """Length in minutes that passed."""
        return self.bis - self.von


def real_minute(local: datetime) -> int:
    """The minute of a local time; raises ClockError where the hour does not exist or comes twice.

    A time with an offset is placed by it, provided that the offset is one that was in force.
    """
    if local.second or local.microsecond:
        raise ClockError(f"{local}: nur ganze Minuten")
    if local.tzinfo is not None:
        return _with_offset(local)
    first, second = (local.replace(tzinfo=ZONE, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        if first.astimezone(UTC).astimezone(ZONE).replace(tzinfo=None) != local:
            raise ClockError(f"{local:%d.%m.%Y %H:%M} gibt es nicht (Umstellung auf Sommerzeit); Zeit berichtigen")
        raise ClockError(f"{local:%d.%m.%Y %H:%M} gibt es zweimal (Ende der Sommerzeit); Abstand zu UTC angeben, "
                         "+02:00 für die erste, +01:00 für die zweite Stunde")
    return (first - EPOCH) // MINUTE


def _with_offset(stamp: datetime) -> int:
    if stamp.astimezone(ZONE).utcoffset() != stamp.utcoffset():
        raise ClockError(f"{stamp.isoformat()}: dieser Abstand zu UTC gilt dann nicht; Zeit berichtigen")
    return (stamp - EPOCH) // MINUTE


def minute_of(moment: datetime) -> int:
    """The minute of a moment with a zone; seconds do not count."""
    return int((moment.astimezone(UTC) - EPOCH) // MINUTE)


@lru_cache(maxsize=1 << 16)
def local_time(minute: int) -> datetime:
    """The local time of a minute, without zone."""
    return (EPOCH + minute * MINUTE).astimezone(ZONE).replace(tzinfo=None)


def local_day(minute: int) -> date:
    """The local calendar day of a minute."""
    return local_time(minute).date()


@lru_cache(maxsize=1 << 16)
def at(day: date, hour: int = 0) -> int:
    """The minute at which a full hour of a day begins (24: the next day); not for the hour of the clock change."""
    return real_minute(datetime.combine(day + DAY if hour == 24 else day, time(hour % 24)))


def day_span(day: date) -> Span:
    """The whole local day: 1380, 1440 or 1500 minutes."""
    return Span(at(day), at(day, 24))


def days_of(span: Span) -> Iterator[tuple[date, Span]]:
    """The span cut at local midnights, with the day of each part."""
    start = span.von
    while start < span.bis:
        day = local_day(start)
        end = min(at(day, 24), span.bis)
        yield day, Span(start, end)
        start = end


def week_start(day: date) -> date:
    """Monday of the week."""
    return day - timedelta(days=day.weekday())


def each_day(first: date, last: date) -> Iterator[date]:
    """All days from first to last, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
