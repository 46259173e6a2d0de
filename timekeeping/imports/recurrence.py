"""Wiederholung eines Kalendertermins (RRULE nach RFC 5545): die Tage einer Serie, Tag für Tag geprüft.

Gezählt wird nur bis zu einem Tag, den der Aufrufer nennt; deshalb endet auch eine Regel, die auf keinen Tag passt.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from timekeeping.imports.problems import Unlesbar, shown

WEEKDAYS = {name: at for at, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
RHYTHMS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
KNOWN = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS")
NUMBER, ON_DAY = re.compile(r"[+-]?\d{1,3}", re.ASCII), re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Regel:
    """Eine Wiederholung. bis: Text von UNTIL; wochentage mit ihrer Stelle im Monat oder Jahr (0: jeder)."""

    takt: str
    abstand: int
    anzahl: int | None
    bis: str
    wochenbeginn: int
    wochentage: tuple[tuple[int, int], ...]
    monate: frozenset[int]
    monatstage: frozenset[int]
    stellen: frozenset[int]


def parse(text: str) -> Regel:
    """Liest eine Regel. Raises Unlesbar, wo sie Teile hat, die Abwesenheiten nicht brauchen."""
    parts: dict[str, str] = {}
    for part in filter(None, text.upper().replace(" ", "").split(";")):
        name, _, value = part.partition("=")
        if name not in KNOWN or name in parts or not value:
            raise _refused(f"„{shown(part)}“ gehört zu keiner Wiederholung ganzer Tage")
        parts[name] = value
    rhythm = parts.get("FREQ", "")
    if rhythm not in RHYTHMS:
        raise _refused(f"Takt „{shown(rhythm)}“ ist kein Tag, keine Woche, kein Monat und kein Jahr")
    if "COUNT" in parts and "UNTIL" in parts:
        raise _refused("COUNT und UNTIL schließen sich aus")
    days = tuple(_on_day(one) for one in parts["BYDAY"].split(",")) if "BYDAY" in parts else ()
    month_days = _numbers(parts, "BYMONTHDAY", 31)
    if rhythm in ("DAILY", "WEEKLY") and any(place for place, _ in days):
        raise _refused(f"BYDAY={shown(parts['BYDAY'])} gibt es nur in Monat und Jahr")
    if rhythm == "WEEKLY" and month_days:
        raise _refused("BYMONTHDAY gibt es nicht in der Woche")
    positions = _numbers(parts, "BYSETPOS", 366)
    if positions and rhythm in ("DAILY", "WEEKLY"):
        raise _refused("BYSETPOS gibt es nur in Monat und Jahr")  # calculators differ on the week of the first day
    if positions and not (days or month_days or "BYMONTH" in parts):
        raise _refused("BYSETPOS wählt aus nichts aus")
    return Regel(rhythm, _count(parts, "INTERVAL") or 1, _count(parts, "COUNT"), parts.get("UNTIL", ""),
                 _week_start(parts.get("WKST", "MO")), days,
                 frozenset(one for one in _numbers(parts, "BYMONTH", 12, signed=False)), month_days, positions)


def days(rule: Regel, first: date, last: date) -> Iterator[date]:
    """Tage der Serie von first (ihrem ersten Termin) bis last, aufsteigend, höchstens so viele, wie sie nennt."""
    found = (day for period in _periods(rule, first, last) for day in _of(rule, first, period) if first <= day <= last)
    return islice(found, rule.anzahl)


def _periods(rule: Regel, first: date, last: date) -> Iterator[list[date]]:
    """Alle Tage jedes Tages, jeder Woche, jedes Monats, jedes Jahres, die der Takt trifft."""
    match rule.takt:
        case "DAILY" | "WEEKLY":
            length = 1 if rule.takt == "DAILY" else 7
            begin = first - timedelta(days=(first.weekday() - rule.wochenbeginn) % 7) if length == 7 else first
            while begin <= last:
                yield [begin + n * DAY for n in range(length)]
                begin += timedelta(days=length * rule.abstand)
        case "MONTHLY":
            number = first.year * 12 + first.month - 1
            while number <= last.year * 12 + last.month - 1:
                yield _month(*divmod(number, 12))
                number += rule.abstand
        case _:
            for year in range(first.year, last.year + 1, rule.abstand):
                yield [day for month in range(12) for day in _month(year, month)]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month + 1, day + 1) for day in range(calendar.monthrange(year, month + 1)[1])]


def _of(rule: Regel, first: date, period: list[date]) -> list[date]:
    found = [day for day in period if _fits(rule, first, day)]
    if not rule.stellen:
        return found
    count = len(found)
    return [day for at, day in enumerate(found) if at + 1 in rule.stellen or at - count in rule.stellen]


def _fits(rule: Regel, first: date, day: date) -> bool:
    free = not rule.wochentage and not rule.monatstage
    if rule.monate and day.month not in rule.monate:
        return False
    if free and rule.takt == "YEARLY" and not rule.monate and day.month != first.month:
        return False
    if free and rule.takt in ("MONTHLY", "YEARLY"):
        return day.day == first.day
    if free and rule.takt == "WEEKLY":
        return day.weekday() == first.weekday()
    most = calendar.monthrange(day.year, day.month)[1]
    if rule.monatstage and day.day not in rule.monatstage and day.day - most - 1 not in rule.monatstage:
        return False
    return not rule.wochentage or any(day.weekday() == weekday and (not place or place in _places(rule, day))
                                      for place, weekday in rule.wochentage)


def _places(rule: Regel, day: date) -> tuple[int, int]:
    """Der wievielte seines Wochentags der Tag ist, von vorn und von hinten: im Monat, ohne BYMONTH im Jahr."""
    if rule.takt == "MONTHLY" or rule.monate:
        at, most = day.day, calendar.monthrange(day.year, day.month)[1]
    else:
        at, most = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
    return (at - 1) // 7 + 1, -((most - at) // 7) - 1


def _on_day(text: str) -> tuple[int, int]:
    found = ON_DAY.fullmatch(text)
    place = int(found[1] or 0) if found else 99
    if found is None or abs(place) > 53 or (found[1] and not place):
        raise _refused(f"BYDAY={shown(text)} ist kein Wochentag")
    return place, WEEKDAYS[found[2]]


def _numbers(parts: dict[str, str], name: str, most: int, *, signed: bool = True) -> frozenset[int]:
    texts = parts[name].split(",") if name in parts else []
    values = [int(one) if NUMBER.fullmatch(one) else 0 for one in texts]
    if any(not one or abs(one) > most or (one < 0 and not signed) for one in values):
        raise _refused(f"{name}={shown(parts[name])} gibt es nicht")
    return frozenset(values)


def _count(parts: dict[str, str], name: str) -> int | None:
    if name not in parts:
        return None
    if not re.fullmatch(r"\d{1,5}", parts[name], re.ASCII) or not int(parts[name]):
        raise _refused(f"{name}={shown(parts[name])} ist keine Zahl ab 1")
    return int(parts[name])


def _week_start(text: str) -> int:
    if text not in WEEKDAYS:
        raise _refused(f"WKST={shown(text)} ist kein Wochentag")
    return WEEKDAYS[text]


def _refused(why: str) -> Unlesbar:
    return Unlesbar(f"Die Wiederholung ist unlesbar: {why}", "jede Abwesenheit als eigenen Termin ausgeben")
