"""Kleine Gruppen verbergen, auch gegen Erschließen aus der Summe: Zahlen in Berichten verraten niemanden."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def hidden(sizes: Mapping[K, int], smallest: int) -> set[K]:
    """Welche Gruppen einer Aufteilung verborgen bleiben.

    Alle mit 1 bis `smallest` - 1 Personen; dazu die nächstgrößeren, bis die verborgenen zusammen wenigstens `smallest`
    Personen und zwei Gruppen sind: sonst ergäbe die Summe abzüglich der gezeigten eine kleine Gruppe.
    """
    small = {key for key, size in sizes.items() if 0 < size < smallest}
    if not small:
        return small
    rest = sorted((key for key, size in sizes.items() if size >= smallest), key=lambda key: (sizes[key], str(key)))
    while rest and (len(small) < 2 or sum(sizes[key] for key in small) < smallest):
        small.add(rest.pop(0))
    return small


def part(count: int, whole: int, smallest: int) -> int | None:
    """Ein Teil einer gezeigten Gruppe, wenn weder er noch der Rest klein ist; sonst None."""
    return None if 0 < count < smallest or 0 < whole - count < smallest else count
