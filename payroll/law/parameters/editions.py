"""What the shipped pay tables say, as short marks: by tariff and the day from which cells hold.

A run keeps the marks it was computed with; a later program that brings other cells for a closed month shows by them.
Drafts are no law in force and not part of it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from payroll.law.parameters.pay_tables import Cell, load_pay_tables
from payroll.law.parameters.uploaded import FAMILIE

Editions = dict[str, dict[str, str]]
DIGITS = 12


def editions(until: date) -> Editions:
    """Tariff (FAMILIE for the family supplement) to day (ISO) to mark, of all cells that hold from a day up to
    ``until``.
    """
    tables = load_pay_tables()
    found: dict[tuple[str, date], list[Cell]] = defaultdict(list)
    for cell in tables.cells:
        found[cell.key[0], cell.ab].append(cell)
    for cell in tables.familie:
        found[FAMILIE, cell.ab].append(cell)
    marks: Editions = {}
    for (name, day), cells in sorted(found.items()):
        held = sorted(f"{' '.join(cell.key)} {cell.cent}" for cell in cells if cell.status != "entwurf")
        if held and day <= until:
            mark = hashlib.sha256("|".join(held).encode()).hexdigest()[:DIGITS]
            marks.setdefault(name, {})[day.isoformat()] = mark
    return marks


def differing(before: Mapping[str, Mapping[str, str]], now: Editions, until: date) -> frozenset[str]:
    """Tariffs whose cells up to ``until`` are others now than before."""
    def held(marks: Mapping[str, str]) -> dict[str, str]:
        return {day: mark for day, mark in marks.items() if day <= until.isoformat()}

    return frozenset(name for name in {*before, *now} if held(before.get(name, {})) != held(now.get(name, {})))
