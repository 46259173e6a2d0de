"""Working time cut into stretches that earn the same premiums (§ 8 Abs. 1 TVöD) and have the same relief (§ 3b EStG).

Times are local and without zone; on the two nights of the clock change the hours really worked are to be given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from payroll.law.rules.entgelt.feiertage import ist_feiertag, ist_hoher_sonntag

STEUER_NACHT = ("keine", "nacht", "nacht_0_bis_4_uhr")
STEUER_TAG = ("keine", "sonntag", "feiertag", "hoher_feiertag")
FEIERTAG = ("kein", "mit_freizeitausgleich", "ohne_freizeitausgleich")
CUTS = (0, 4, 6, 13, 14, 20, 21)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Abschnitt:
    """A stretch of work; the fields from ``zeit_nacht`` on are inputs of the premium rules by the same names."""

    von: datetime
    bis: datetime
    zeit_nacht: bool
    zeit_sonntag: bool
    zeit_feiertag: str
    zeit_vorfeiertag: bool
    zeit_samstag: bool
    steuer_nacht: str
    steuer_tag: str

    @property
    def minuten(self) -> int:
        """Length in minutes."""
        return int((self.bis - self.von) / timedelta(minutes=1))

    def spalten(self) -> dict[str, int]:
        """The stretch as inputs of the premium rules; ``stunden`` are left to the caller (rest breaks, hundredths)."""
        return {
            "zeit_nacht": int(self.zeit_nacht), "zeit_sonntag": int(self.zeit_sonntag),
            "zeit_feiertag": FEIERTAG.index(self.zeit_feiertag), "zeit_vorfeiertag": int(self.zeit_vorfeiertag),
            "zeit_samstag": int(self.zeit_samstag), "steuer_nacht": STEUER_NACHT.index(self.steuer_nacht),
            "steuer_tag": STEUER_TAG.index(self.steuer_tag)}


def abschnitte(von: datetime, bis: datetime, *, freizeitausgleich: bool = False) -> list[Abschnitt]:
    """Cut one unbroken stretch of work; ``freizeitausgleich``: holidays in it are balanced by time off.

    Raises ValueError when ``bis`` is not after ``von``.
    """
    if bis <= von:
        raise ValueError(f"Arbeitszeit: Ende {bis:%d.%m.%Y %H:%M} liegt nicht nach dem Beginn {von:%d.%m.%Y %H:%M}; "
                         "Zeiten berichtigen")
    points = [von, *_cuts(von, bis), bis]
    found: list[Abschnitt] = []
    for start, end in pairwise(points):
        piece = _piece(start, end, von, freizeitausgleich)
        if found and replace(found[-1], bis=piece.bis) == replace(piece, von=found[-1].von):
            found[-1] = replace(found[-1], bis=piece.bis)
        else:
            found.append(piece)
    return found


def zeilen(schichten: Iterable[tuple[datetime, datetime]], *, freizeitausgleich: bool = False) -> dict[str, list[int]]:
    """Stretches of several shifts as columns of the premium rules, ``stunden`` in hundredths included.

    A rest break ends one tuple and begins the next; a stretch of minutes is rounded to hundredths of an hour.
    """
    pieces = [one for von, bis in schichten for one in abschnitte(von, bis, freizeitausgleich=freizeitausgleich)]
    rows = [{**one.spalten(), "stunden": (one.minuten * 100 + 30) // 60} for one in pieces]
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


def _cuts(von: datetime, bis: datetime) -> list[datetime]:
    days = (bis.date() - von.date()).days + 1
    cuts = [datetime.combine(von.date() + DAY * n, time(hour)) for n in range(days) for hour in CUTS]
    return [cut for cut in cuts if von < cut < bis]


def _piece(start: datetime, end: datetime, begin: datetime, time_off: bool) -> Abschnitt:
    day, hour = start.date(), start.hour
    eve = (day.month, day.day) in ((12, 24), (12, 31))
    holiday = FEIERTAG[1 if time_off else 2] if ist_feiertag(day) else FEIERTAG[0]
    over_midnight = hour < 4 and begin.date() < day
    return Abschnitt(
        start, end, zeit_nacht=hour >= 21 or hour < 6, zeit_sonntag=day.weekday() == 6, zeit_feiertag=holiday,
        zeit_vorfeiertag=eve and hour >= 6, zeit_samstag=day.weekday() == 5 and 13 <= hour < 21,
        steuer_nacht=STEUER_NACHT[2 if over_midnight else 1 if hour >= 20 or hour < 6 else 0],
        steuer_tag=max(_relief(day, hour), _relief(day - DAY, 23) if over_midnight else "keine",
                       key=STEUER_TAG.index))


def _relief(day: date, hour: int) -> str:
    """§ 3b Abs. 1 Nr. 2 bis 4 EStG by day and hour."""
    special = (day.month, day.day)
    if special in ((12, 25), (12, 26), (5, 1)) or (special == (12, 24) and hour >= 14):
        return "hoher_feiertag"
    if ist_feiertag(day) or ist_hoher_sonntag(day) or (special == (12, 31) and hour >= 14):
        return "feiertag"
    return "sonntag" if day.weekday() == 6 else "keine"
