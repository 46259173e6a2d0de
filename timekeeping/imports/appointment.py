"""Ein Termin eines Kalenders (VEVENT): seine Felder, Beginn, Ende und die Zeitpunkte darin."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from timekeeping.imports.moments import ZONE, at_place, from_offset
from timekeeping.imports.problems import Unlesbar, shown
from timekeeping.imports.values import calendar_day, clock

Feld = tuple[dict[str, str], str]  # parameters and value
REPEATS = ("RRULE", "RDATE", "EXRULE")
LISTED = (*REPEATS, "EXDATE")
DURATION = re.compile(r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?)?", re.ASCII)
# What Outlook and Exchange write for the time of the place.
NAMES = ("w. europe standard time", "central european standard time", "cet", "mez", "europe/berlin")


@dataclass(eq=False)
class Termin:
    """Ein VEVENT: seine Felder, je Feld das erste; mehrfache der Wiederholung alle."""

    zeile: int
    felder: dict[str, Feld] = field(default_factory=dict)
    mehrfach: dict[str, list[Feld]] = field(default_factory=dict)
    offen: bool = True

    def text(self, *names: str) -> str:
        """Der Wert des ersten Felds, das es gibt."""
        return next((self.felder[name][1].strip() for name in names if name in self.felder), "")

    @property
    def wiederholt(self) -> bool:
        """Ob er sich wiederholt."""
        return any(name in self.mehrfach for name in REPEATS)


def start_of(event: Termin) -> date:
    """Der Beginn: ein Tag oder ein Zeitpunkt."""
    return moment(*beginning(event))


def beginning(event: Termin) -> Feld:
    """Der Beginn, wie er da steht."""
    if "DTSTART" not in event.felder:
        raise Unlesbar("Der Termin hat keinen Beginn (DTSTART)", "Termin berichtigen")
    return event.felder["DTSTART"]


def end_of(event: Termin, start: date) -> date:
    """Das Ende, ausschließlich: aus DTEND oder DURATION, ohne beide der Tag selbst."""
    if "DTEND" in event.felder:
        return moment(*event.felder["DTEND"])
    if "DURATION" not in event.felder:
        return start if isinstance(start, datetime) else start + timedelta(days=1)
    found = DURATION.fullmatch(event.text("DURATION").upper())
    if found is None or not any(found.groups()):
        raise Unlesbar("hat eine unlesbare Dauer (DURATION)", "Termin berichtigen")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    step = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return start + step


def moment(params: dict[str, str], value: str) -> date:
    """Tag oder Zeitpunkt eines Felds."""
    day, place = placed(params, value)
    return place(day)


def placed(params: dict[str, str], value: str) -> tuple[date, Callable[[date], date]]:
    """Der Tag eines Felds, wie er da steht, und was aus einem Tag seiner Art wird: er selbst oder ein Zeitpunkt."""
    found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?", value, re.ASCII)
    if found is None:
        raise Unlesbar(f"„{shown(value)}“ ist kein Zeitpunkt", "Termin berichtigen")
    year, month, day, hour, minute, second, utc = found.groups()
    first = calendar_day(int(year), int(month), int(day))
    if hour is None:
        return first, lambda day: day
    seconds = clock(f"{hour}:{minute}:{second}")
    if utc:
        return first, lambda day: from_offset(day, seconds, 0)
    zone = params.get("TZID", ZONE.key)
    if zone.lower().endswith(NAMES) or ("utc+01:00" in zone.lower() and "berlin" in zone.lower()):
        return first, lambda day: at_place(day, seconds)
    raise Unlesbar(f"Zeitzone „{shown(zone)}“ ist unbekannt", f"in UTC oder {ZONE.key} ausgeben")
