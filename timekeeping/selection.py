"""Welche Beschäftigungen eine Abfrage meint: alle, eine, genannte oder einen Bereich von Nummern."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

PORTION = 1_000


@dataclass(frozen=True)
class Bereich:
    """Beschäftigungen von einer Nummer bis zu einer anderen, beide einschließlich; ohne Ende alle danach."""

    von: int
    bis: int | None = None


Auswahl = int | Collection[int] | Bereich | None


def chosen(column: Any, auswahl: Auswahl) -> list[ColumnElement[bool]]:
    """Bedingungen an die Spalte der Beschäftigung; keine, wenn alle gemeint sind."""
    if auswahl is None:
        return []
    if isinstance(auswahl, int):
        return [column == auswahl]
    if isinstance(auswahl, Bereich):
        return [column >= auswahl.von, *([column <= auswahl.bis] if auswahl.bis is not None else [])]
    return [column.in_(sorted(auswahl))]


def portions(jobs: Iterable[int], size: int = PORTION) -> Iterator[Bereich]:
    """Bereiche mit höchstens so vielen der genannten Beschäftigungen; zusammen decken sie alle Nummern."""
    ordered = sorted(set(jobs))
    ends = ordered[size - 1 :: size]
    if not ends or ends[-1] != ordered[-1]:
        ends.append(ordered[-1] if ordered else 0)
    begin = 0
    for end in ends[:-1]:
        yield Bereich(begin, end)
        begin = end + 1
    yield Bereich(begin)
