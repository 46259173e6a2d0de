"""Pay tables that an office entered itself: dated, over the tables of the program, as overlays of the rule book.

An uploaded table holds every cell of its tariff from its day on. Where the program knows a later table of the same
tariff, that one holds again: the newest day of a cell decides, on the same day the uploaded one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from payroll.law.engine.overlay import Overlay
from payroll.law.parameters.pay_table_parameters import pay_key
from payroll.law.parameters.pay_tables import STUFEN, Cell, Key, load_pay_tables

NAMES = {"entgelttabelle": False, "entgelttabelle_entwurf": True}  # parameter, and whether drafts count in it


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
        for gruppe, stufe, cent in table.zellen:
            key = (table.tarifwerk, gruppe, stufe)
            known = found.get(key)
            if table.ab <= day and (known is None or known.ab <= table.ab):
                found[key] = Cell(key, table.ab, cent, "bestaetigt", table.quelle)
    return found


@lru_cache(256)
def table_overlays(day: date, uploaded: Uploaded) -> tuple[Overlay, ...]:
    """The overlays of the pay tables for the law of a month that begins on ``day``; none without uploaded tables."""
    if not uploaded:
        return ()
    code = {(g.tarifwerk, g.entgeltgruppe): position for position, g in enumerate(load_pay_tables().gruppen)}
    begun, sources = max(table.ab for table in uploaded), "; ".join(table.quelle for table in uploaded)
    found = []
    for name, drafts in NAMES.items():
        column: list[int | None] = [None] * (len(code) * STUFEN)
        for key, cell in cells_on(day, uploaded, drafts).items():
            column[pay_key(code[key[0], key[1]], int(key[2]))] = cell.cent
        found.append(Overlay(name, begun, tuple(column), sources))
    return tuple(found)


def groups_of(tarifwerk: str) -> tuple[str, ...]:
    """Groups of a tariff that the rules know, in their order."""
    return tuple(g.entgeltgruppe for g in load_pay_tables().gruppen if g.tarifwerk == tarifwerk)


def ordered(cells: Iterable[tuple[str, str, int]], tarifwerk: str) -> tuple[tuple[str, str, int], ...]:
    """Cells in the order of the groups and steps."""
    place = {name: at for at, name in enumerate(groups_of(tarifwerk))}
    return tuple(sorted(cells, key=lambda cell: (place[cell[0]], int(cell[1]))))
