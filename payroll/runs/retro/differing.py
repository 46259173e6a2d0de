"""Was in einem neu gerechneten Monat anders ist: alle Menschen in einem Vergleich, dann je Mensch seine Posten."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from payroll.runs.retro.booking import KINDS, Kind, Posten, Postenfolge

Column = Any
Lines = dict[tuple[str, str, str], tuple[str, int]]


@dataclass(frozen=True)
class Geaendert:
    """Geänderte Werte eines Monats: hintereinander Art und (alt, neu, Abstand) in Cent, je Zeile von begin[i] bis
    begin[i + 1]."""

    kinds: list[Kind]
    cents: Column
    begin: list[int]

    def of(self, row: int, lines: Sequence[Posten] = ()) -> Postenfolge:
        """Die Posten einer Zeile, danach die ihrer Lohnarten; leer, wenn nichts anders ist."""
        first, last = self.begin[row], self.begin[row + 1]
        cents = array("q")
        cents.frombytes(self.cents[first:last].tobytes())
        kinds = tuple(self.kinds[first:last])
        for one in lines:
            cents.extend(one[4:])
        return Postenfolge.of((*kinds, *(one[:4] for one in lines)) if lines else kinds, cents)


def values_changed(names: Sequence[str], old: Column, new: Column) -> Geaendert:
    """Vergleicht zwei Tafeln (Zeile je Mensch, Spalte je Name, Cent); jeder Posten zählt mit seinem Abstand."""
    rows, columns = np.nonzero(old != new)
    before, after = old[rows, columns], new[rows, columns]
    kinds = [KINDS[name] for name in names]
    begin = np.searchsorted(rows, np.arange(len(old) + 1)).tolist()
    return Geaendert([kinds[at] for at in columns.tolist()],
                     np.stack((before, after, after - before), axis=1).astype(np.int64), begin)


def line_changes(before: Lines, after: Lines) -> list[Posten]:
    """Je Lohnart, deren Betrag anders ist, ein Posten, nach Bereich, Lohnart und Merkmalen geordnet."""
    if before == after:
        return []
    posten = []
    for key in sorted({*before, *after}):
        alt, neu = before.get(key, ("", 0)), after.get(key, ("", 0))
        if alt[1] != neu[1]:
            bereich, lohnart, merkmale = key
            posten.append(Posten(bereich, lohnart, neu[0] or alt[0], merkmale, alt[1], neu[1], neu[1] - alt[1]))
    return posten
