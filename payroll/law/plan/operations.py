"""What a plan does with columns beside arithmetic: conditions, tables, Java's int."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from payroll.law.engine.integers import IntArray
from payroll.law.plan import decimals as dec
from payroll.law.plan.decimals import Decimals, Mask, RowsFault
from payroll.law.plan.frame import Frame

INT_MAX = 2**31 - 1

Truth = Callable[[Frame], Mask]


def inverted(mask: Mask) -> Mask:
    """Not."""
    return not mask if isinstance(mask, bool) else ~mask


def short_circuit(first: Truth, second: Truth, both: bool) -> Truth:
    """&& and ||: the second condition is computed only for the rows that need it."""
    def test(frame: Frame) -> Mask:
        mask = first(frame)
        if isinstance(mask, bool):
            return second(frame) if mask is both else mask
        open_rows = np.flatnonzero(mask if both else ~mask)
        if open_rows.size == frame.size:
            return second(frame)
        if not open_rows.size:
            return mask
        part = frame.part(open_rows)
        try:
            found = second(part)
        except RowsFault as fault:
            raise RowsFault(fault.message, _spread(fault.rows, open_rows, frame.size)) from fault
        result = mask.copy()
        result[open_rows] = found
        return result

    return test


def _spread(rows: Mask, index: IntArray, size: int) -> Mask:
    mask = np.zeros(size, dtype=bool)
    mask[index] = rows
    return mask


def looked_up(table: Decimals, position: Decimals) -> Decimals:
    """table[position]; rows outside the table are faulty."""
    values = table.num
    assert not isinstance(values, int)
    if isinstance(position.num, int):
        if not 0 <= position.num < values.size:
            raise RowsFault(f"die Tabelle hat keine Stelle {position.num}")
        return dec.one(int(values[position.num]), table.scale)
    outside = (position.num < 0) | (position.num >= values.size)
    if bool(outside.any()):
        raise RowsFault(f"die Tabelle hat keine Stelle {position.num[outside][0]}", outside)
    return Decimals(values[position.num.astype(np.int64)], table.scale, table.lo, table.hi)


def java_int(value: Decimals) -> Decimals:
    """The value itself; rows that do not fit in Java's int are faulty."""
    if value.lo >= -INT_MAX and value.hi <= INT_MAX:
        return value
    outside = inverted(_within(value))
    if bool(np.any(outside)):
        raise RowsFault("Zahl passt nicht in int", outside)
    return dec.tight(value)


def _within(value: Decimals) -> Mask:
    low, high = dec.compare(value, ">=", dec.one(-INT_MAX)), dec.compare(value, "<=", dec.one(INT_MAX))
    return low & high


def sign(a: Decimals, b: Decimals) -> Decimals:
    """compareTo: -1, 0 or 1."""
    above, below = dec.compare(a, ">", b), dec.compare(a, "<", b)
    if isinstance(above, bool) and isinstance(below, bool):
        return dec.one(above - below)
    return Decimals(np.asarray(above, dtype=np.int64) - np.asarray(below, dtype=np.int64), 0, -1, 1)
