"""Wo sich das Wissen geändert hat: Tage, an denen vor und nach einem Zeitpunkt Verschiedenes galt.

Nur Fassungen, die nach dem Zeitpunkt erfasst oder abgelöst wurden, können sich unterscheiden; alle anderen stehen auf
beiden Seiten. So zählt der gekürzte Rest einer abgelösten Tatsache nicht als Änderung.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Version:
    """Eine Fassung einer Tatsache: Schlüssel, Zeitraum, Uhren, Inhalt (nur was das Entgelt bestimmt), wer und warum."""

    tabelle: str
    key: Hashable
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    content: tuple[Any, ...]
    recorded_by: str
    reason: str
    public_id: str

    def known(self, moment: datetime | None) -> bool:
        """War sie zu diesem Zeitpunkt bekannt und gültig? Ohne Zeitpunkt: heute."""
        if moment is None:
            return self.superseded_at is None
        return self.recorded_at <= moment and (self.superseded_at is None or self.superseded_at > moment)

    def on(self, day: date) -> bool:
        """Gilt sie an diesem Tag?"""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


@dataclass(frozen=True)
class Span:
    """Tage mit geändertem Inhalt und die Fassung, die ihn jetzt bestimmt (ist beendet worden: die frühere)."""

    first: date
    last: date
    cause: Version
    ended: bool


def changed(versions: Iterable[Version], since: datetime, overlap: timedelta, known_at: datetime | None, first: date,
            last: date) -> Iterator[Span]:
    """Spannen eines Schlüssels zwischen ``first`` und ``last``, deren Inhalt seit ``since`` anders geworden ist.

    Was in der Zeit ``overlap`` vor ``since`` erfasst wurde, hat der Lauf vielleicht gesehen, vielleicht nicht: als
    geändert gilt, was von irgendeinem Stand dieser Zeit abweicht.
    """
    found = list(versions)
    after = [v for v in found if v.known(known_at)]
    moments = {since - overlap, since, *(v.recorded_at for v in found if since - overlap < v.recorded_at <= since)}
    states = [[v for v in found if v.known(moment)] for moment in sorted(moments)]
    edges = _edges([*after, *(v for state in states for v in state)], first, last)
    for begin, following in zip(edges, [*edges[1:], last + DAY], strict=True):
        new = _on(after, begin)
        olds = [_on(state, begin) for state in states]
        differing = [old for old in olds if (old and old.content) != (new and new.content)]
        if differing:
            cause = new or differing[-1]
            assert cause is not None  # one of the two sides holds something
            yield Span(begin, following - DAY, cause, new is None)


def _edges(versions: Iterable[Version], first: date, last: date) -> list[date]:
    starts = {first}
    for version in versions:
        starts.add(version.valid_from)
        if version.valid_to is not None and version.valid_to < last:
            starts.add(version.valid_to + DAY)
    return sorted(day for day in starts if first <= day <= last)


def _on(versions: Iterable[Version], day: date) -> Version | None:
    return next((version for version in versions if version.on(day)), None)
