"""Shifts: presences that begin on the same day and belong together, their breaks, and the rest between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from timekeeping.rules.clock import Span
from timekeeping.rules.facts import Anwesenheit, Einsatz, Zeitraum
from timekeeping.rules.limits import limit
from timekeeping.rules.spans import difference, gaps, minutes, union


@dataclass(frozen=True)
class Schicht:
    """A chain of presences; ``einsatz_minuten``: call-outs of the day that are counted with this shift.

    A shift without presences holds only the call-outs of a day; it has neither breaks nor rest of its own.
    """

    tag: date
    anwesenheiten: tuple[Anwesenheit, ...]
    einsatz_minuten: int = 0

    @cached_property
    def spanne(self) -> Span:
        """From the first beginning to the last end."""
        return Span(self.anwesenheiten[0].spanne.von, max(one.spanne.bis for one in self.anwesenheiten))

    @cached_property
    def arbeit(self) -> list[Span]:
        """Worked time without breaks."""
        return union(span for one in self.anwesenheiten for span in one.arbeit)

    @cached_property
    def anwesend_minuten(self) -> int:
        """Minutes worked in the presences."""
        return minutes(self.arbeit)

    @property
    def minuten(self) -> int:
        """Minutes worked, call-outs included."""
        return self.anwesend_minuten + self.einsatz_minuten

    @cached_property
    def pausen(self) -> list[Span]:
        """Breaks and gaps that are long enough to count."""
        least = limit("pause_teil_minuten", self.tag)
        return [gap for gap in gaps(self.arbeit) if gap.minuten >= least]

    @property
    def pausenlage_bekannt(self) -> bool:
        """The place of every break is known."""
        return all(one.pausenlage_bekannt for one in self.anwesenheiten)

    @property
    def laengster_block(self) -> int:
        """Longest time without a break that counts, in minutes; shorter interruptions do not end it."""
        return max((span.minuten for span in difference([self.spanne], self.pausen)), default=0)


def shifts_of(facts: Zeitraum) -> list[Schicht]:
    """All shifts in order of time, then the call-outs of days without a shift."""
    chains: list[list[Anwesenheit]] = []
    for one in sorted(facts.arbeit, key=lambda presence: presence.spanne):
        rest = limit("ruhezeit_minuten", one.tag)
        if chains and chains[-1][0].tag == one.tag and one.spanne.von - _end(chains[-1]) < rest:
            chains[-1].append(one)
        else:
            chains.append([one])
    return _with_call_outs(chains, facts.einsaetze)


def _with_call_outs(chains: list[list[Anwesenheit]], calls: Iterable[Einsatz]) -> list[Schicht]:
    counted = [0] * len(chains)
    alone: dict[date, int] = {}
    for call in calls:
        same_day = [i for i, chain in enumerate(chains) if chain[0].tag == call.tag]
        before = [i for i in same_day if chains[i][0].spanne.von <= call.spanne.von]
        if same_day:
            counted[before[-1] if before else same_day[0]] += call.spanne.minuten
        else:
            alone[call.tag] = alone.get(call.tag, 0) + call.spanne.minuten
    found = [Schicht(chain[0].tag, tuple(chain), extra) for chain, extra in zip(chains, counted, strict=True)]
    return [*found, *(Schicht(day, (), count) for day, count in alone.items())]


def _end(chain: list[Anwesenheit]) -> int:
    return max(one.spanne.bis for one in chain)


@dataclass(frozen=True)
class Ruhe:
    """The time between two shifts: the longest stretch without work, and call-outs in it."""

    spaeter: Schicht
    laengste: int
    ohne_einsaetze: int
    einsaetze: int


def rests(shifts: Iterable[Schicht], calls: Iterable[Einsatz]) -> list[Ruhe]:
    """The rest before every shift but the first."""
    with_work = [one for one in shifts if one.anwesenheiten]
    called = [one.spanne for one in calls]
    found = []
    for earlier, later in pairwise(with_work):
        window = Span(earlier.spanne.bis, later.spanne.von)
        free = difference([window], called)
        longest = max((span.minuten for span in free), default=0)
        found.append(Ruhe(later, longest, minutes(free), window.minuten - minutes(free)))
    return found
