"""Sets of real time: sorted spans that neither touch nor overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from timekeeping.rules.clock import Span


def union(spans: Iterable[Span]) -> list[Span]:
    """All spans together; overlapping and touching ones become one."""
    found: list[Span] = []
    for span in sorted(span for span in spans if span.minuten > 0):
        if found and span.von <= found[-1].bis:
            found[-1] = Span(found[-1].von, max(found[-1].bis, span.bis))
        else:
            found.append(span)
    return found


def intersection(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """The time that is in both."""
    others = union(right)
    return [Span(max(one.von, two.von), min(one.bis, two.bis)) for one in union(left) for two in others
            if one.von < two.bis and two.von < one.bis]


def difference(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """The time of the first that is not in the second."""
    found = union(left)
    for hole in union(right):
        found = [part for span in found
                 for part in (Span(span.von, min(span.bis, hole.von)), Span(max(span.von, hole.bis), span.bis))
                 if part.minuten > 0]
    return found


def minutes(spans: Iterable[Span]) -> int:
    """Minutes of all spans; they must not overlap."""
    return sum(span.minuten for span in spans)


def gaps(spans: Iterable[Span]) -> list[Span]:
    """The free time between the spans."""
    merged = union(spans)
    return [Span(one.bis, two.von) for one, two in pairwise(merged)]


def first_overlap(spans: Sequence[Span]) -> tuple[Span, Span] | None:
    """Two spans that share a minute, or None."""
    ordered = sorted(spans)
    for one, two in pairwise(ordered):
        if two.von < one.bis:
            return one, two
    return None


def keep_first(spans: Iterable[Span], count: int) -> list[Span]:
    """The first ``count`` minutes in order of time."""
    found: list[Span] = []
    for span in union(spans):
        part = Span(span.von, min(span.bis, span.von + count))
        if part.minuten > 0:
            found.append(part)
            count -= part.minuten
    return found
