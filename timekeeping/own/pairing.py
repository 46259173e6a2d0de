"""Aus Stempeln und genehmigten Korrekturen werden Anwesenheiten; was offen bleibt, wird genannt, nie geraten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from timekeeping.imports.moments import ZONE
from timekeeping.rules.clock import at, minute_of
from timekeeping.rules.limits import limit

LONGEST = 16 * 60  # minutes between come and go that belong together


@dataclass(frozen=True)
class Anwesend:
    """Eine Anwesenheit einer Beschäftigung in ganzen Minuten (UTC seit 1970); tag ist der ihres Beginns am Ort."""

    beschaeftigung_id: int
    tag: date
    von: int
    bis: int
    pause: int = 0
    berichtigt: bool = False

    @property
    def arbeit(self) -> int:
        """Minuten ohne Pause."""
        return self.bis - self.von - self.pause


@dataclass(frozen=True)
class Offen:
    """Ein Kommen ohne Gehen oder ein Gehen ohne Kommen."""

    beschaeftigung_id: int
    zeitpunkt: datetime
    richtung: str


def paired(stamps: Iterable[Any]) -> tuple[list[Anwesend], list[Offen]]:
    """Paare einer Beschäftigung, nach Zeit; das letzte Kommen darf noch offen sein."""
    found: list[Anwesend] = []
    lone: list[Offen] = []
    come: Any = None
    for one in sorted(stamps, key=lambda row: (row.zeitpunkt, row.richtung != "gehen", row.id)):
        if one.richtung == "kommen":
            if come is not None:
                lone.append(Offen(come.beschaeftigung_id, come.zeitpunkt, "kommen"))
            come = one
            continue
        length = minute_of(one.zeitpunkt) - minute_of(come.zeitpunkt) if come is not None else -1
        if come is None or length > LONGEST:
            lone += [Offen(row.beschaeftigung_id, row.zeitpunkt, row.richtung) for row in (come, one) if row]
        elif length > 0:
            start = come.zeitpunkt.astimezone(ZONE)
            found.append(Anwesend(one.beschaeftigung_id, start.date(), minute_of(start), minute_of(one.zeitpunkt)))
        come = None
    if come is not None:
        lone.append(Offen(come.beschaeftigung_id, come.zeitpunkt, "kommen"))
    return found, lone


def corrected(found: Sequence[Anwesend], lone: Sequence[Offen], corrections: Iterable[Any],
              ) -> tuple[list[Anwesend], list[Offen]]:
    """Genehmigte Korrekturen (die jüngste je Tag zuletzt) ersetzen alles, was an ihrem Tag begann."""
    days = {row.tag: row for row in corrections}
    kept = [one for one in found if one.tag not in days]
    for day, row in days.items():
        kept += [Anwesend(row.beschaeftigung_id, day, at(day) + first, at(day) + last, pause, berichtigt=True)
                 if _plain(day) else _by_clock(row.beschaeftigung_id, day, first, last, pause)
                 for first, last, pause in row.zeiten]
    still = [one for one in lone if one.zeitpunkt.astimezone(ZONE).date() not in days]
    return sorted(kept, key=lambda one: one.von), still


def _plain(day: date) -> bool:
    """Weder an diesem noch am nächsten Tag wird die Uhr umgestellt."""
    return at(day + timedelta(days=2)) - at(day) == 2 * 1440


def _by_clock(job: int, day: date, first: int, last: int, pause: int) -> Anwesend:
    """Minuten nach der Uhr an der Wand in den Nächten der Umstellung; die doppelte Stunde gilt als erste."""
    midnight = datetime(day.year, day.month, day.day)
    start, end = ((midnight + timedelta(minutes=part)).replace(tzinfo=ZONE) for part in (first, last))
    return Anwesend(job, day, minute_of(start), max(minute_of(end), minute_of(start) + 1), pause, berichtigt=True)


def with_statutory_breaks(found: Sequence[Anwesend]) -> list[Anwesend]:
    """Zieht je Tag die fehlende Pause des § 4 ArbZG von der längsten Anwesenheit ab, nie unter die Grenze hinunter."""
    days: dict[date, list[int]] = {}
    made = list(found)
    for index, one in enumerate(made):
        days.setdefault(one.tag, []).append(index)
    for day, own in days.items():
        worked = sum(made[index].arbeit for index in own)
        parts = sorted((made[index] for index in own), key=lambda one: one.von)
        taken = sum(one.pause for one in parts) + sum(
            gap for gap in (two.von - one.bis for one, two in pairwise(parts))
            if gap >= limit("pause_teil_minuten", day))
        missing = _missing(worked, taken, day)
        longest = max(own, key=lambda index: made[index].arbeit)
        if missing:
            made[longest] = replace(made[longest], pause=made[longest].pause + missing)
    return made


def _missing(worked: int, taken: int, day: date) -> int:
    found = 0
    for size in ("kurz", "lang"):
        above, needed = limit(f"pause_{size}_ab_minuten", day), limit(f"pause_{size}_minuten", day)
        if worked > above:
            found = max(found, min(needed - taken, worked - above))
    return max(found, 0)
