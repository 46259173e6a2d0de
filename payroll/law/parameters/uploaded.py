"""Pay tables that an office entered itself: dated, over the tables of the program, as overlays of the rule book.

An uploaded table holds every cell of its tariff from its day on. Where the program knows a later table of the same
tariff, that one holds again: the newest day of a cell decides, on the same day the uploaded one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from payroll.law.engine.overlay import Overlay
from payroll.law.parameters.pay_table_parameters import family_key, pay_key
from payroll.law.parameters.pay_tables import (
    FAMILIENKLASSEN,
    FAMILIENSTUFEN,
    MIETENSTUFEN,
    STUFEN,
    Cell,
    Key,
    in_force,
    load_pay_tables,
)

NAMES = {"entgelttabelle": False, "entgelttabelle_entwurf": True}  # parameter, and whether drafts count in it
FAMILY_NAMES = {"familienzuschlagstabelle": False, "familienzuschlagstabelle_entwurf": True}
FAMILIE = "Familienzuschlag NRW"  # a table of its own: groups are classes, a step is "step/rent level"


@dataclass(frozen=True)
class UploadedTable:
    """A table of one tariff in force: cells (group, step, cents), source for people, digest of the content."""

    tarifwerk: str
    ab: date
    digest: str
    quelle: str
    zellen: tuple[tuple[str, str, int], ...] = field(compare=False)


Uploaded = tuple[UploadedTable, ...]


@lru_cache(256)
def cells_on(day: date, uploaded: Uploaded = (), drafts: bool = False) -> dict[Key, Cell]:
    """The cells in force on a day; ``uploaded``: the tables in force on that day that an office entered."""
    found = load_pay_tables().on(day, drafts=drafts)
    for table in uploaded:
        if table.tarifwerk != FAMILIE:
            _put(found, table, day, ((table.tarifwerk, g, s, cent) for g, s, cent in table.zellen))
    return found


@lru_cache(64)
def family_on(day: date, uploaded: Uploaded = (), drafts: bool = False) -> dict[Key, Cell]:
    """The family supplements (class, step, rent level) in force on a day, as :func:`cells_on`."""
    found = in_force(load_pay_tables().familie, day, drafts)
    for table in uploaded:
        if table.tarifwerk == FAMILIE:
            _put(found, table, day, ((klasse, *stufe.split("/"), cent) for klasse, stufe, cent in table.zellen))
    return found


def _put(found: dict[Key, Cell], table: UploadedTable, day: date, cells: Iterable[Any]) -> None:
    for *names, cent in cells:
        key: Key = tuple(names)
        known = found.get(key)
        if table.ab <= day and (known is None or known.ab <= table.ab):
            found[key] = Cell(key, table.ab, cent, "bestaetigt", table.quelle)


@lru_cache(256)
def table_overlays(day: date, uploaded: Uploaded) -> tuple[Overlay, ...]:
    """The overlays of the pay tables for the law of a month that begins on ``day``; none without uploaded tables."""
    if not uploaded:
        return ()
    code = {(g.tarifwerk, g.entgeltgruppe): position for position, g in enumerate(load_pay_tables().gruppen)}
    pay = tuple(table for table in uploaded if table.tarifwerk != FAMILIE)
    family = tuple(table for table in uploaded if table.tarifwerk == FAMILIE)
    found = []
    for name, drafts in NAMES.items() if pay else ():
        cells = {pay_key(code[key[0], key[1]], int(key[2])): cell for key, cell in cells_on(day, pay, drafts).items()}
        found.append(_overlay(name, cells, len(code) * STUFEN, pay))
    size = len(FAMILIENKLASSEN) * len(FAMILIENSTUFEN) * len(MIETENSTUFEN)
    for name, drafts in FAMILY_NAMES.items() if family else ():
        cells = {family_key(*key): cell for key, cell in family_on(day, family, drafts).items()}
        found.append(_overlay(name, cells, size, family))
    return tuple(found)


def _overlay(name: str, cells: dict[int, Cell], size: int, tables: Uploaded) -> Overlay:
    column = tuple(cells[place].cent if place in cells else None for place in range(size))
    return Overlay(name, max(table.ab for table in tables), column, "; ".join(table.quelle for table in tables))


def groups_of(tarifwerk: str) -> tuple[str, ...]:
    """Groups of a tariff that the rules know, in their order."""
    return tuple(g.entgeltgruppe for g in load_pay_tables().gruppen if g.tarifwerk == tarifwerk)


def ordered(cells: Iterable[tuple[str, str, int]], tarifwerk: str) -> tuple[tuple[str, str, int], ...]:
    """Cells in the order of the groups and steps."""
    if tarifwerk == FAMILIE:
        return tuple(sorted(cells, key=lambda cell: family_key(cell[0], *cell[1].split("/"))))
    place = {name: at for at, name in enumerate(groups_of(tarifwerk))}
    return tuple(sorted(cells, key=lambda cell: (place[cell[0]], int(cell[1]))))
