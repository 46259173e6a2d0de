"""Zeitpunkte in der Zeit des Ortes: Nächte der Zeitumstellung, Schichten über Mitternacht."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from timekeeping.imports.problems import Unklar, Unlesbar

MIDNIGHT, NONE = time(), timedelta()
ZONE = ZoneInfo("Europe/Berlin")


@lru_cache(maxsize=1 << 16)
def at_place(day: date, seconds: int) -> datetime:
    """Zeitpunkt nach der Uhr an der Wand; was es nicht gibt, ist unlesbar, was es zweimal gibt, unklar."""
    naive = datetime.combine(day, MIDNIGHT) + timedelta(seconds=seconds)
    if _even(day):
        return naive.replace(tzinfo=ZONE)
    first, second = naive.replace(tzinfo=ZONE, fold=0), naive.replace(tzinfo=ZONE, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(ZONE).replace(tzinfo=None) != naive:
        raise Unlesbar(f"{naive:%H:%M} Uhr gibt es am {naive:%d.%m.%Y} nicht (Umstellung auf Sommerzeit)",
                       "Uhrzeit prüfen")
    raise Unklar(f"{naive:%H:%M} Uhr gibt es am {naive:%d.%m.%Y} zweimal (Umstellung auf Winterzeit)",
                 "mit Abweichung von UTC ausgeben oder von Hand entscheiden")


def at_midnight(day: date) -> datetime:
    """Beginn eines Tages am Ort; um Mitternacht wird keine Uhr umgestellt."""
    return datetime.combine(day, MIDNIGHT, ZONE)


@lru_cache(maxsize=1024)
def _even(day: date) -> bool:
    """Bis zum Ende des nächsten Tages wird keine Uhr umgestellt."""
    start = at_midnight(day)
    return start.utcoffset() == (start + timedelta(days=2)).utcoffset()


def from_offset(day: date, seconds: int, offset: int) -> datetime:
    """Zeitpunkt mit Abweichung von UTC in Sekunden, in der Zeit des Ortes."""
    fixed = datetime.combine(day, MIDNIGHT, timezone(timedelta(seconds=offset))) + timedelta(seconds=seconds)
    return fixed.astimezone(ZONE)


def lasting(start: datetime, end: datetime) -> int:
    """Sekunden zwischen zwei Zeitpunkten, wie sie wirklich vergehen."""
    passed = end - start
    if end.tzinfo is start.tzinfo:  # then Python takes the clock on the wall
        passed -= (end.utcoffset() or NONE) - (start.utcoffset() or NONE)
    return round(passed.total_seconds())
