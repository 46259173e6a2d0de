"""Evaluate a rule set over columns, block by block, so that memory stays flat whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import lcm
from typing import Any

import numpy as np

from payroll.law.engine.errors import InputError, LawFault, RuleBookError
from payroll.law.engine.integers import IntArray, Integers, fits, widen
from payroll.law.engine.quantity import Condition
from payroll.law.engine.rule import Input
from payroll.law.engine.rule_set import Node, RuleSet
from payroll.law.engine.scope import Scope, Value

BLOCK = 32768


@dataclass(frozen=True)
class ValueColumn:
    """A computed column of fractions; money counts cents, conditions are 0/1."""

    kind: str
    num: IntArray
    den: int | IntArray = 1


@dataclass(frozen=True)
class Fault:
    """A row that could not be computed, with the rule that failed."""

    row: int
    rule: str
    law: str
    message: str


@dataclass
class Result:
    """Columns by name, in the order of the rows given; rows with a fault hold 0 everywhere."""

    rows: int
    columns: dict[str, ValueColumn] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def cents(self, name: str) -> IntArray:
        """A column of whole numbers (cents, days, counts)."""
        column = self.columns[name]
        if not isinstance(column.den, int) or column.den != 1:
            raise InputError(f"{name!r} ist nicht ganzzahlig")
        return column.num


def evaluate(rules: RuleSet, inputs: Mapping[str, Any], outputs: Sequence[str] | None = None, *,
             rows: int | None = None, block: int = BLOCK) -> Result:
    """Compute the outputs (default: every value) for all rows.

    inputs: integer columns by input name (cents, codes, 0/1, numerators over the declared ``den``), or one integer for
    all rows. Unknown or missing inputs raise InputError; rows with a LawFault are reported and left out.
    """
    wanted = list(rules.nodes) if outputs is None else list(outputs)
    order = rules.order_for(wanted)
    columns = input_columns(rules, inputs, needed_inputs(rules, order, wanted))
    count = rows if rows is not None else _row_count({**inputs, **columns})
    result = Result(count)
    pieces: dict[str, list[tuple[IntArray, Value]]] = {name: [] for name in wanted}
    done_with = _done_with(order, wanted)
    for start in range(0, count, block):
        index = np.arange(start, min(start + block, count))
        done, faults = _block(rules, order, done_with, columns, index, wanted)
        result.faults += faults
        for name in wanted:
            pieces[name].append(done[name])
    for name in wanted:
        result.columns[name] = _join(pieces[name], count)
    return result


def needed_inputs(rules: RuleSet, order: Iterable[Node], wanted: Iterable[str] = ()) -> list[str]:
    """Names of the input columns that these nodes read."""
    found: dict[str, None] = {name: None for name in wanted if name in rules.inputs}
    for node in order:
        for name in (*node.sources, *([node.when] if node.when else [])):
            if name in rules.inputs:
                found.setdefault(name)
    return list(found)


def input_columns(rules: RuleSet, inputs: Mapping[str, Any], needed: list[str]) -> dict[str, Integers]:
    """The checked columns of the needed inputs; a column with one value for all rows may be a single integer."""
    unknown = sorted(set(inputs) - set(rules.inputs))
    if unknown:
        raise InputError(f"unbekannte Eingaben: {', '.join(unknown)}")
    columns: dict[str, Integers] = {}
    for name in needed:
        declared = rules.inputs[name]
        given = inputs.get(name, declared.default)
        if given is None:
            raise InputError(f"Eingabe {name!r} fehlt ({declared.title})")
        columns[name] = _integers(declared, given)
    return columns


def _integers(declared: Input, given: Any) -> Integers:
    if isinstance(given, (bool, int)):
        return int(given)
    array = np.asarray(given)
    if array.dtype == bool:
        array = array.astype(np.int64)
    if array.dtype.kind not in "iuO" or array.ndim != 1:
        raise InputError(f"Eingabe {declared.name!r}: ganze Zahlen in einer Spalte erwartet, nicht {array.dtype}")
    array = array.astype(np.int64, copy=False) if array.dtype.kind in "iu" else array
    if declared.kind == "Choice" and array.size:
        wrong = np.flatnonzero((array < 0) | (array >= len(declared.names)))
        if wrong.size:
            raise InputError(f"Eingabe {declared.name!r}, Zeile {int(wrong[0]) + 1}: Schlüssel {array[wrong[0]]} gibt "
                             f"es nicht; erlaubt: {', '.join(declared.names)}")
    return array


def _row_count(columns: Mapping[str, Any]) -> int:
    sizes = {name: len(column) for name, column in columns.items() if not isinstance(column, (bool, int))}
    if len(set(sizes.values())) > 1:
        raise InputError(f"Spalten sind verschieden lang: {sizes}")
    return next(iter(sizes.values()), 1)


def _done_with(order: list[Node], wanted: Iterable[str]) -> list[list[str]]:
    """For every node in order: the values that nothing needs after it."""
    last: dict[str, int] = {}
    guards: dict[str, str] = {}
    for position, node in enumerate(order):
        if node.when:
            guards[node.name] = node.when
        for name in (node.name, *node.sources, *([node.when] if node.when else [])):
            last[name] = position
            if name in guards:  # spreading a guarded value needs its condition
                last[guards[name]] = position
    found: list[list[str]] = [[] for _ in order]
    kept = {*wanted, *(guards[name] for name in wanted if name in guards)}
    for name, position in last.items():
        if name not in kept:
            found[position].append(name)
    return found


def _block(rules: RuleSet, order: list[Node], done_with: list[list[str]], columns: Mapping[str, Integers],
           index: IntArray, wanted: list[str]) -> tuple[dict[str, tuple[IntArray, Value]], list[Fault]]:
    faults: list[Fault] = []
    while index.size:
        rows = index if faults else slice(int(index[0]), int(index[-1]) + 1)
        scope = Scope(rules, {n: c if isinstance(c, int) else c[rows] for n, c in columns.items()}, index.size)
        node: Node | None = None
        try:
            for node, names in zip(order, done_with, strict=True):
                scope.compute(node)
                scope.forget(names)
            return {name: (index, scope.full(name)) for name in wanted}, faults
        except LawFault as fault:
            assert node is not None
            bad = scope.faulty_rows(node, fault.rows)
            if not bad.size:
                raise RuleBookError(f"{node.rule.place}: LawFault ohne betroffene Zeile: {fault.message}") from fault
            faults += [Fault(int(row), node.name, node.rule.law, fault.message) for row in index[bad]]
            index = np.delete(index, bad)
    return dict.fromkeys(wanted, (index, None)), faults


def _join(pieces: list[tuple[IntArray, Value]], count: int) -> ValueColumn:
    """The blocks of one value as one column over a common denominator."""
    values = [value for _, value in pieces if value is not None]
    if not values:
        return ValueColumn("Count", np.zeros(count, dtype=np.int64))
    if isinstance(values[0], Condition):
        flags = np.zeros(count, dtype=np.int64)
        for index, value in pieces:
            if value is not None:
                flags[index] = value.mask
        return ValueColumn("Condition", flags)
    static = all(isinstance(value.den, int) for value in values)
    common = lcm(*(value.den for value in values)) if static else 1
    wide = any(not fits(v.lo * (common // v.den if static else 1), v.hi * (common // v.den if static else 1))
               or (not isinstance(v.num, int) and v.num.dtype == object) for v in values)
    num = np.zeros(count, dtype=object if wide else np.int64)
    den: Any = common if static else np.ones(count, dtype=np.int64)
    for index, value in pieces:
        if value is None:
            continue
        factor = common // value.den if static else 1
        num[index] = (widen(value.num) if wide else value.num) * factor if factor != 1 else value.num
        if not static:
            den[index] = value.den
    return ValueColumn(_common_kind(values), num, den)


def _common_kind(values: list[Value]) -> str:
    """The widest kind among the blocks of a value: one unrounded block makes the column unrounded."""
    kinds = {type(value).kind for value in values}
    return kinds.pop() if len(kinds) == 1 else "Exact" if kinds <= {"Money", "Exact"} else "Rate"
