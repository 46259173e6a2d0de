"""Work cut into pieces that earn the same premiums (§ 8 Abs. 1 TVöD) and have the same relief (§ 3b EStG).

Of Sunday, holiday, 24/31 December and Saturday only the highest counts, minute by minute; night stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from timekeeping.rules.clock import Span, at, days_of, local_day, local_time
from timekeeping.rules.facts import Zeitraum
from timekeeping.rules.holidays import ist_feiertag, ist_hoher_sonntag, ist_sonntag, ist_vorfest

TAGARTEN = ("sonntag", "feiertag_ohne", "feiertag_mit", "vorfest", "samstag")
ARTEN = ("nacht", *TAGARTEN)
STEUER_NACHT = ("keine", "nacht", "nacht_0_bis_4_uhr")
STEUER_TAG = ("keine", "sonntag", "feiertag", "hoher_feiertag")
CUTS = (4, 6, 13, 14, 21)
NIGHT_BEGINS, NIGHT_ENDS, DEEP_NIGHT_ENDS = 21, 6, 4


class MissingTimeOff(ValueError):
    """Work on a holiday without saying whether time off was given."""


@dataclass(frozen=True)
class Stueck:
    """A piece of work on one day: ``tagart`` is the one premium of the day that counts ("" for none)."""

    spanne: Span
    tag: date
    nacht: bool
    tagart: str
    steuer_nacht: str
    steuer_tag: str


def pieces(facts: Zeitraum) -> list[Stueck]:
    """All pieces of all work and call-outs in order of time."""
    saturday = facts.zuordnung.schichtarbeit == "keine" or facts.zuordnung.krankenhaus
    blocks = [(one.spanne.von, one.arbeit) for one in facts.arbeit]
    blocks += [(one.spanne.von, [one.spanne]) for one in facts.einsaetze]
    found = [piece for begin, spans in blocks for span in spans
             for piece in cut(span, begin, facts.feiertagsausgleich, saturday=saturday)]
    return sorted(found, key=lambda piece: piece.spanne)


def cut(span: Span, begin: int, time_off: Mapping[date, bool], *, saturday: bool) -> Iterator[Stueck]:
    """One stretch of work in pieces; ``begin``: minute at which the presence began that it belongs to.

    ``time_off``: for each holiday worked, was time off given. ``saturday``: the Saturday premium is due at all.
    Raises MissingTimeOff for a holiday that is not in ``time_off``.
    """
    began = local_day(begin)
    for day, part in days_of(span):
        points = [part.von, *(c for c in (at(day, hour) for hour in CUTS) if part.von < c < part.bis), part.bis]
        for start, end in pairwise(points):
            hour = local_time(start).hour
            over_midnight = hour < DEEP_NIGHT_ENDS and began < day
            night = hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
            yield Stueck(
                Span(start, end), day, night, day_kind(day, hour, time_off, saturday=saturday),
                STEUER_NACHT[2 if over_midnight else int(night)], relief_of(day, hour, over_midnight=over_midnight))


def day_kind(day: date, hour: int, time_off: Mapping[date, bool], *, saturday: bool) -> str:
    """The one premium of the day that counts in an hour: 135 > 35 > 25 > 20 percent."""
    if ist_feiertag(day):
        if day not in time_off:
            raise MissingTimeOff(f"feiertagsausgleich: für die Arbeit am Feiertag {day:%d.%m.%Y} fehlt die Angabe, ob "
                                 "Freizeitausgleich gegeben wurde")
        return "feiertag_mit" if time_off[day] else "feiertag_ohne"
    if ist_vorfest(day) and hour >= NIGHT_ENDS:
        return "vorfest"
    if ist_sonntag(day):
        return "sonntag"
    return "samstag" if saturday and day.weekday() == 5 and 13 <= hour < 21 else ""


def relief_of(day: date, hour: int, *, over_midnight: bool) -> str:
    today = relief_of_day(day, hour)
    if not over_midnight:
        return today
    return max(today, relief_of_day(day - timedelta(days=1), 23), key=STEUER_TAG.index)


def relief_of_day(day: date, hour: int) -> str:
    """Kind of day of § 3b Abs. 1 Nr. 2 bis 4 EStG; Easter and Whit Sunday count as holidays (R 3b Abs. 3 LStR)."""
    if (day.month, day.day) in ((12, 25), (12, 26), (5, 1)) or ((day.month, day.day) == (12, 24) and hour >= 14):
        return "hoher_feiertag"
    if ist_feiertag(day) or ist_hoher_sonntag(day) or ((day.month, day.day) == (12, 31) and hour >= 14):
        return "feiertag"
    return "sonntag" if ist_sonntag(day) else "keine"


def minutes_by_kind(found: Iterable[Stueck]) -> dict[str, int]:
    """Minutes of each premium."""
    sums = dict.fromkeys(ARTEN, 0)
    for piece in found:
        if piece.nacht:
            sums["nacht"] += piece.spanne.minuten
        if piece.tagart:
            sums[piece.tagart] += piece.spanne.minuten
    return sums
