"""Stempel vieler Personen auf einmal: dieselben Zuschlagsminuten wie quantities.py, in Spalten statt einzeln."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from timekeeping.handover.kinds import lohnart_of
from timekeeping.handover.quantities import Lage
from timekeeping.rules.clock import at, each_day, local_day, minute_of
from timekeeping.rules.holidays import ist_feiertag
from timekeeping.rules.premiums import CUTS, DEEP_NIGHT_ENDS, NIGHT_BEGINS, NIGHT_ENDS, STEUER_TAG, day_kind, relief_of

HOURS = (0, *CUTS)
NIGHT = 1200


@dataclass(frozen=True)
class Stempel:
    """Anwesenheiten in Spalten: Beschäftigung, Zeile, Beginn und Ende in Minuten (UTC seit 1970), Arbeit in Minuten."""

    beschaeftigung: Any
    zeile: Any
    von: Any
    bis: Any
    arbeit: Any

    def __len__(self) -> int:
        return len(self.von)


def from_rows(rows: Iterable[Any]) -> Stempel:
    """Spalten aus Zeilen."""
    held = [(row.beschaeftigung_id, row.id, minute_of(row.beginn), minute_of(row.ende), int(row.menge) // 60)
            for row in rows]
    return Stempel(*np.array(held, dtype=np.int64).reshape(-1, 5).T)


def premium_minutes(stamps: Stempel, month: date, lage: Lage) -> tuple[dict[tuple[int, int, int], int], Any]:
    """Minuten des Monats je (Beschäftigung, Lohnart, Begünstigung) und die Stellen der Stempel ohne Entscheidung.

    Ohne Entscheidung ist, wer an einem Feiertag des Monats arbeitete, solange lage.feiertag fehlt; er zählt nicht mit.
    """
    if not len(stamps):
        return {}, np.zeros(0, dtype=np.int64)
    line = _timeline(local_day(int(stamps.von.min())), local_day(int(stamps.bis.max())), month, 
                     with_time_off=lage.feiertag == "mit")
    undecided = np.zeros(len(stamps), dtype=bool)
    if lage.feiertag is None:
        row, place, _ = _expand(stamps.von, stamps.bis, line.grenzen)
        undecided[row[line.feiertag[place]]] = True
    kept = np.flatnonzero(~undecided)
    jobs, job = np.unique(stamps.beschaeftigung[kept], return_inverse=True)
    weekday_off = np.isin(stamps.beschaeftigung[kept], list(lage.schicht)).astype(np.int64)
    begun = line.tag[_place(stamps.von[kept], line.grenzen)]
    sums = np.zeros(len(jobs) * line.width, dtype=np.int64)
    for first, last, of in _worked(stamps, kept):
        row, place, minutes = _expand(first, last, line.grenzen)
        row = of[row]
        late = (line.stunde[place] < DEEP_NIGHT_ENDS) & (begun[row] < line.tag[place])
        for code in (line.nacht[late.astype(np.int64), place],
                     line.tagart[weekday_off[row], late.astype(np.int64), place]):
            hit = code >= 0
            sums += np.bincount(job[row[hit]] * line.width + code[hit], weights=minutes[hit],
                                minlength=len(sums)).astype(np.int64)
    return {(int(jobs[cell // line.width]), *line.keys[cell % line.width]): int(sums[cell])
            for cell in np.flatnonzero(sums).tolist()}, np.flatnonzero(undecided)


def _worked(stamps: Stempel, kept: Any) -> Iterable[tuple[Any, Any, Any]]:
    """Arbeit vor und nach der Pause, die in der Mitte der Arbeit liegt (rules/breaks.py); mit der Stelle in kept."""
    first, last, work = stamps.von[kept], stamps.bis[kept], stamps.arbeit[kept]
    pause = last - first - work
    has = (pause > 0) & (pause < last - first)
    begin = np.where(has, first + work // 2, last)
    everyone = np.arange(len(kept))
    yield first, begin, everyone
    with_break = np.flatnonzero(has)
    yield (begin + pause)[with_break], last[with_break], with_break


def _place(minutes: Any, bounds: Any) -> Any:
    return np.searchsorted(bounds, minutes, side="right") - 1


def _expand(first: Any, last: Any, bounds: Any) -> tuple[Any, Any, Any]:
    """Jede Spanne an den Grenzen geschnitten: Stelle der Spanne, Abschnitt, Minuten; leere Spannen fallen weg."""
    held = np.flatnonzero(last > first)
    low, high = _place(first[held], bounds), np.searchsorted(bounds, last[held], side="left") - 1
    count = high - low + 1
    row = np.repeat(held, count)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    place = np.repeat(low, count) + offset
    return row, place, np.minimum(last[row], bounds[place + 1]) - np.maximum(first[row], bounds[place])


@dataclass(frozen=True)
class _Zeitachse:
    """Abschnitte gleicher Zuschläge: Grenzen in Minuten; je Abschnitt Tag, Stunde, Stelle des Zuschlags (-1: keiner).

    nacht: nach „begann vor Mitternacht“; tagart: nach „in Schichtarbeit“, dann ebenso. feiertag: einer des Monats.
    """

    grenzen: Any
    tag: Any
    stunde: Any
    feiertag: Any
    nacht: Any
    tagart: Any
    keys: tuple[tuple[int, int], ...]

    @property
    def width(self) -> int:
        return len(self.keys)


@lru_cache(maxsize=64)
def _timeline(first: date, last: date, month: date, *, with_time_off: bool) -> _Zeitachse:
    days = list(each_day(first, last))
    parts = [(day, hour) for day in days for hour in HOURS]
    keys: dict[tuple[int, int], int] = {}
    night = np.full((2, len(parts)), -1, dtype=np.int64)
    kind = np.full((2, 2, len(parts)), -1, dtype=np.int64)
    for place, (day, hour) in enumerate(parts):
        if day.replace(day=1) != month:
            continue
        for late in (0, 1) if hour < DEEP_NIGHT_ENDS else (0,):
            if hour >= NIGHT_BEGINS or hour < NIGHT_ENDS:
                night[late, place] = keys.setdefault((NIGHT, 1 + late), len(keys))
            for shift in (0, 1):
                name = day_kind(day, hour, {day: with_time_off}, saturday=not shift)
                if name:
                    relief = relief_of(day, hour, over_midnight=bool(late)) if name != "samstag" else STEUER_TAG[0]
                    key = (lohnart_of(name, day), STEUER_TAG.index(relief))
                    kind[shift, late, place] = keys.setdefault(key, len(keys))
    bounds = np.array([*(at(day, hour) for day, hour in parts), at(last + timedelta(days=1))], dtype=np.int64)
    return _Zeitachse(
        bounds, np.array([day.toordinal() for day, _ in parts]), np.array([hour for _, hour in parts]),
        np.array([ist_feiertag(day) and day.replace(day=1) == month for day, _ in parts]), night, kind,
        tuple(sorted(keys, key=keys.__getitem__)))
