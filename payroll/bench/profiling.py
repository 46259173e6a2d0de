"""Where the time of a run goes: own seconds of each room of the house, the dearest functions, the dearest statements.

The profiler is Python's own; it makes everything written in Python dearer, the database not. It counts processor time,
so that other work on the machine does not change the shares; statements are counted by the time they were waited for.
Shares of two profiles taken in the same way can be compared, seconds with those of a measurement cannot.
"""

from __future__ import annotations

import cProfile
import pstats
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg

Place = tuple[str, int, str]
ROOT = Path(__file__).parents[2]
WAITING = "waiting for the database"
FUNCTIONS, STATEMENTS, LONGEST = 40, 25, 150
PLACES = re.compile(r"%\(\w+?(_\d+)*\)s(::\w+(\[\])?)?|\bbulk_\d+\b|\b\d+\b")


@dataclass
class Profile:
    """Own seconds by room, (calls, own, with what it calls) of functions, (calls, seconds) of statements."""

    rooms: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    functions: dict[str, list[float]] = field(default_factory=dict)
    statements: dict[str, list[float]] = field(default_factory=dict)

    def plain(self) -> Profile:
        """The same without a default factory, to be sent to another process."""
        return Profile(dict(self.rooms), self.functions, self.statements)


@contextmanager
def profiled() -> Iterator[Profile]:
    """Profiles what happens meanwhile in this thread; the result is whole when the block ends."""
    found, profiler = Profile(), cProfile.Profile(time.process_time)
    with _clocked(found.statements):
        profiler.enable()
        try:
            yield found
        finally:
            profiler.disable()
    for place, (_, calls, own, whole, callers) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        found.functions[_name(place)] = [calls, own, whole]
        if place[0] != "~" or "psycopg" in place[2]:
            found.rooms[_room(place)] += own
        else:
            for caller, (_, _, part, _) in callers.items():
                found.rooms[_room(caller)] += part


def joined(profiles: Iterable[Profile]) -> Profile:
    """Several as one."""
    whole = Profile()
    for one in profiles:
        for room, seconds in one.rooms.items():
            whole.rooms[room] += seconds
        for mine, theirs in ((whole.functions, one.functions), (whole.statements, one.statements)):
            for name, figures in theirs.items():
                mine[name] = [a + b for a, b in zip(mine.get(name, [0.0] * len(figures)), figures, strict=True)]
    return whole


def report(profile: Profile, title: str) -> str:
    """As a page."""
    total = sum(profile.rooms.values()) or 1.0
    rooms = sorted(profile.rooms.items(), key=lambda item: -item[1])
    text = [f"# {title}", "", "| room | own s | share |", "|---|---|---|"]
    text += [f"| {name} | {own:.2f} | {own / total:.0%} |" for name, own in rooms if own >= total / 200]
    text += ["", "| calls | own s | with what it calls s | function |", "|---|---|---|---|"]
    text += [f"| {calls:,.0f} | {own:.3f} | {whole:.3f} | `{name}` |"
             for name, (calls, own, whole) in _dearest(profile.functions, FUNCTIONS)]
    text += ["", "| calls | s waited | statement |", "|---|---|---|"]
    text += [f"| {calls:,.0f} | {waited:.3f} | `{name}` |"
             for name, (calls, waited) in _dearest(profile.statements, STATEMENTS)]
    return "\n".join([*text, ""])


def _dearest(figures: dict[str, list[float]], count: int) -> list[tuple[str, list[float]]]:
    return sorted(figures.items(), key=lambda item: -item[1][1])[:count]


def _room(place: Place) -> str:
    """Folder of ours, package of others; what the driver does in C is waiting."""
    file, _, function = place
    if file == "~" or "psycopg" in file:
        return WAITING if "wait" in function or "psycopg" in function else "psycopg"
    path = Path(file)
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        parts = path.relative_to(ROOT).parts[:-1]
        return "/".join(parts[:3]) or "app"
    parts = path.parts
    return parts[parts.index("site-packages") + 1] if "site-packages" in parts else "Python"


def _name(place: Place) -> str:
    file, line, function = place
    path = Path(file)
    if file == "~":
        return function.replace("|", "/")
    where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(*path.parts[-2:])
    return f"{where}:{line} {function}"


@contextmanager
def _clocked(statements: dict[str, list[float]]) -> Iterator[None]:
    """Notes how long each statement was waited for; alike ones, whatever their numbers, are one."""
    original = psycopg.Cursor.execute

    def execute(cursor: psycopg.Cursor[Any], query: Any, *args: Any, **kwargs: Any) -> Any:
        begun = time.perf_counter()
        try:
            return original(cursor, query, *args, **kwargs)
        finally:
            own = statements.setdefault(_alike(query, cursor), [0, 0.0])
            own[0] += 1
            own[1] += time.perf_counter() - begun

    with patch.object(psycopg.Cursor, "execute", execute):
        yield


def _alike(query: Any, cursor: psycopg.Cursor[Any]) -> str:
    text = query.as_string(cursor) if isinstance(query, psycopg.sql.Composable) else query
    text = text.decode() if isinstance(text, bytes) else str(text)
    words = PLACES.sub("?", " ".join(text.split()))
    return words if len(words) <= LONGEST else f"{words[:60]} … {words[-(LONGEST - 63):]}"


def written(file: Path, title: str, profiles: Iterable[Profile]) -> dict[str, float]:
    """Writes the page; returns the seconds by room, dearest first."""
    whole = joined(profiles)
    file.write_text(report(whole, title), encoding="utf-8")
    return {name: round(own, 3) for name, own in sorted(whole.rooms.items(), key=lambda item: -item[1])}


