"""Variables of the rows that take one path of the plan.

A branch runs in a frame of its own that holds only its rows; what it reads is picked out of the frame around it on
first use, and what it writes is put back together when somebody reads it: a value that nobody reads again is free.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from payroll.law.engine.integers import IntArray, fits, widen
from payroll.law.plan.decimals import Decimals, RowsFault, shift

MAX_CHAIN = 20


@dataclass(slots=True)
class Later:
    """A value that is computed when it is first read; ``chain``: so many wait behind each other."""

    make: Callable[[], Decimals]
    chain: int
    done: Decimals | None = None

    def get(self) -> Decimals:
        """The value."""
        if self.done is None:
            self.done = self.make()
        return self.done


Stored = Decimals | Later
Part = tuple[IntArray, Stored]


def now(value: Stored) -> Decimals:
    """The value itself."""
    return value.get() if isinstance(value, Later) else value


def later(make: Callable[[], Decimals], sources: list[Stored]) -> Later:
    """Put off a computation, unless too many already wait."""
    chain = 1 + max(source.chain if isinstance(source, Later) and source.done is None else 0 for source in sources)
    value = Later(make, chain)
    if chain > MAX_CHAIN:
        value.get()
    return value


class Frame:
    """The variables of ``size`` rows; ``index`` are their positions in the frame around."""

    def __init__(self, size: int, values: dict[str, Stored], outer: Frame | None = None,
                 index: IntArray | None = None) -> None:
        self.size = size
        self.values = values
        self.outer = outer
        self.index = index
        self.written: set[str] = set()

    def read(self, name: str) -> Decimals:
        """A variable's value for these rows."""
        value = now(self.peek(name))
        self.values[name] = value
        return value

    def write(self, name: str, value: Stored) -> None:
        """Give a variable a value."""
        self.values[name] = value
        self.written.add(name)

    def peek(self, name: str) -> Stored:
        """A variable's value, perhaps not yet computed."""
        found = self.values.get(name)
        if found is None:
            assert self.outer is not None
            assert self.index is not None
            found = self.values[name] = _picked(self.outer.peek(name), self.index)
        return found

    def part(self, index: IntArray) -> Frame:
        """A frame for some of the rows."""
        return Frame(index.size, {}, self, index)

    def join(self, parts: list[tuple[IntArray, Frame]]) -> None:
        """Take over what the parts have written."""
        names = {name for _, frame in parts for name in frame.written}
        for name in sorted(names):
            wrote = [(index, frame.values[name]) for index, frame in parts if name in frame.written]
            rest = None if len(wrote) == len(parts) and sum(i.size for i, _ in wrote) == self.size else self.peek(name)
            self.write(name, _joined(self.size, rest, wrote))

    def origin(self, rows: IntArray) -> IntArray:
        """Positions in the outermost frame."""
        frame: Frame = self
        while frame.outer is not None and frame.index is not None:
            rows = frame.index[rows]
            frame = frame.outer
        return rows

    def faulty(self, fault: RowsFault) -> IntArray:
        """Positions in the outermost frame of the rows that a fault is about."""
        mask = np.broadcast_to(np.asarray(fault.rows, dtype=bool), (self.size,))
        return self.origin(np.flatnonzero(mask))


def _picked(source: Stored, index: IntArray) -> Stored:
    def make() -> Decimals:
        value = now(source)
        if isinstance(value.num, int):
            return value
        return Decimals(value.num[index], value.scale, value.lo, value.hi)

    if isinstance(source, Decimals) and isinstance(source.num, int):
        return source
    return later(make, [source])


def _joined(size: int, rest: Stored | None, parts: list[Part]) -> Stored:
    def make() -> Decimals:
        values = [now(value) for value in sources]
        first = values[0]
        if isinstance(first.num, int) and all(isinstance(v.num, int) and v.num == first.num
                                              and v.scale == first.scale for v in values):
            return first
        scale = max(value.scale for value in values)
        try:
            values = [shift(value, scale - value.scale) for value in values]
        except RowsFault as fault:  # whoever reads has other rows than the parts: all of them are faulty
            raise RowsFault(fault.message) from fault
        lo, hi = min(value.lo for value in values), max(value.hi for value in values)
        wide = not fits(lo, hi)
        num = np.empty(size, dtype=object if wide else np.int64)
        if rest is not None:
            num[:] = widen(values[0].num) if wide else values[0].num
        for (index, _), value in zip(parts, values[len(values) - len(parts):], strict=True):
            num[index] = widen(value.num) if wide else value.num
        return Decimals(num, scale, lo, hi)

    sources = ([] if rest is None else [rest]) + [value for _, value in parts]
    return later(make, sources)
