"""Unpfändbare Bezüge eines Monats aus der Lohnart („pfaendbar“): welcher Art sie sind, in welcher Spalte sie stehen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from payroll.law.garnishment import ExemptItem
from payroll.masterdata.slices import MonthFacts
from payroll.runs.collect import Collected

COLUMN = {"grundentgelt": "brutto", "zulagen": "zulagen", "einmalzahlung": "einmalzahlung",
          "steuerfreie_bezuege": "steuerfreie_bezuege"}
# § 850a: half of overtime (no. 1), Christmas pay up to its limit (no. 4), jubilee money (no. 2), expenses and hardship
# (no. 3). What the employer pays into a savings contract leaves by itself; payments beside the gross never enter.
KIND = {("halb", "einmalzahlung"): "weihnachtsgeld", ("nicht", "einmalzahlung"): "urlaubsgeld", "halb": "mehrarbeit",
        "nicht": "aufwand"}
Slot = tuple[str, str, bool]


@dataclass
class Unpfaendbar:
    """Bezüge je Zeile der Forderungen; dazu Lohnarten, bei denen unklar ist, ob sie pfändbar sind (Fall, Lohnart)."""

    items: list[ExemptItem] = field(default_factory=list)
    unclear: list[tuple[int, str, str, int]] = field(default_factory=list)
    one_off: list[tuple[int, str]] = field(default_factory=list)


def exempt_items(facts: MonthFacts, collected: Collected, rows: Sequence[int]) -> Unpfaendbar:
    """``rows``: Zeile des Falls je Forderung."""
    found, amounts = Unpfaendbar(), _amounts(facts, collected, set(rows), (unclear := []))
    found.unclear = unclear
    slots = sorted({slot for own in amounts.values() for slot in own})
    left: dict[tuple[int, str], int] = {}
    columns: dict[Slot, list[int]] = {slot: [] for slot in slots}
    for place, row in enumerate(rows):
        for slot in slots:
            kind, column, pensionable = slot
            rest = left.setdefault((place, column), _held(collected, column, row, pensionable))
            cents = max(min(amounts.get(row, {}).get(slot, 0), rest), 0)
            left[place, column] = rest - cents
            columns[slot].append(cents)
            if kind == "urlaubsgeld" and cents:
                found.one_off.append((row, column))
    found.items = [ExemptItem(slot[0], slot[1], np.array(cents, dtype=np.int64), slot[2])
                   for slot, cents in columns.items() if any(cents)]
    return found


def _held(collected: Collected, column: str, row: int, pensionable: bool) -> int:
    """So viel kann höchstens fehlen: die Spalte, bei zusatzversorgungsfreien Bezügen höchstens deren Summe."""
    amount = _at(collected.inputs[column], row)
    return amount if pensionable else min(amount, _at(collected.inputs["zv_frei"], row))


def _at(values: Any, row: int) -> int:
    column = np.asarray(values)
    return int(column[row] if column.ndim else column)


def _amounts(facts: MonthFacts, collected: Collected, wanted: set[int],
             unclear: list[tuple[int, str, str, int]]) -> dict[int, dict[Slot, int]]:
    payments = facts.bezuege
    kinds: dict[tuple[int, str], tuple[str, str, bool]] = {}
    for i, row in enumerate(payments.get("beschaeftigung_row", ())):
        if int(row) in wanted:
            kinds[int(row), f"{payments['lohnart'][i]}"] = (
                payments["pfaendbar"][i], payments["ziel"][i], bool(payments["zv"][i]))
    # The death grant is not garnishable for the debts of the survivor either (§ 850a no. 7).
    kinds |= {(row, number): ("nicht", "einmalzahlung", False) for row in wanted for number in ("1608", "2109")}
    kinds |= {key: kind for key, kind in collected.zeiten.pfaendbar.items() if key[0] in wanted}
    found: dict[int, dict[Slot, int]] = defaultdict(lambda: defaultdict(int))
    for row in sorted(wanted):
        for line in collected.prices.lines.get(row, ()):
            garnishable, ziel, pensionable = kinds.get((row, line.lohnart), ("", "", True))
            if garnishable == "unklar" and line.bereich == "bezug":
                unclear.append((row, line.lohnart, line.text, line.betrag))
            kind = KIND.get((garnishable, ziel)) or KIND.get(garnishable)
            if kind and ziel in COLUMN:
                free = ziel != "steuerfreie_bezuege" and not pensionable
                found[row][kind, COLUMN[ziel], not free] += line.betrag
    return found
