"""Listen eines Jahres oder einer Art: worauf die Liste zum Jahresende und andere Seiten zeigen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

Row = TypeVar("Row")


@dataclass(frozen=True)
class Auswahl(Generic[Row]):
    """Die Zeilen des gewählten Jahres und, wo es Arten gibt, der gewählten Art; None und leer heißen alle."""

    rows: list[Row]
    jahr: int | None
    jahre: list[int]
    art: str = ""


def chosen(rows: Sequence[Row], years: Callable[[Row], Iterable[int]],
           kind: Callable[[Row], str] | None = None) -> Auswahl[Row]:
    """Liest Jahr und Art aus der Adresse und lässt nur stehen, was dazu gehört.

    years: die Jahre, zu denen eine Zeile gehört (entstanden in, gilt für). Ein Jahr ohne Zeilen bleibt gewählt, damit
    die leere Liste sagt, wessen Liste sie ist.
    """
    year, wanted = request.args.get("jahr", type=int), request.args.get("art", "") if kind else ""
    if year is not None and not 1900 <= year <= 9999:
        year = None
    known = {one for row in rows for one in years(row)}
    shown = [row for row in rows if (year is None or year in years(row)) and (
        kind is None or not wanted or kind(row) == wanted)]
    return Auswahl(shown, year, sorted(known | ({year} if year is not None else set()), reverse=True), wanted)
