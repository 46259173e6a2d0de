"""Amounts of pay tables in use that are drafts or not confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from payroll.law.engine.parameters import IN_FORCE
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.law.parameters.uploaded import Uploaded, cells_on


@dataclass(frozen=True)
class DoubtfulCell:
    """A cell of a pay table that is no certain law, with how many use it; law and source of its table."""

    tarifwerk: str
    entgeltgruppe: str
    stufe: str
    status: str
    law: str
    quelle: str
    count: int

    @property
    def name(self) -> str:
        """How people call it."""
        return f"{self.tarifwerk} {self.entgeltgruppe} Stufe {self.stufe}"


def doubtful_cells(cells: Iterable[tuple[str, str, str]], day: date, *, drafts: bool = False,
                   uploaded: Uploaded = ()) -> list[DoubtfulCell]:
    """The doubtful ones among these cells (tarifwerk, entgeltgruppe, stufe) on a day; one without a table is left out.

    drafts: as the pay itself was computed, drafts of a table count before the cell they want to replace.
    uploaded: tables in force that an office entered; their cells were confirmed by a second person.
    """
    tables = load_pay_tables()
    in_force = cells_on(day, uploaded, drafts)
    found = []
    for key, count in sorted(Counter(cells).items()):
        cell = in_force.get(key)
        if cell is not None and cell.status not in IN_FORCE:
            sheet = next(s for s in tables.sheets if (s.tarifwerk, s.ab) == (key[0], cell.ab))
            found.append(DoubtfulCell(*key, cell.status, sheet.paragraf, sheet.quelle, count))
    return found
