"""A year's plan of the ministry (Programmablaufplan) read from its XML and computed over columns.

    plan = read_plan(path)
    plan.evaluate({"lzz": 2, "stkl": 1, "re4": cents}, rows)["lstlzz"]

Names and encodings are those of payroll.law.rules.lohnsteuer: lower case, amounts in cents, f in thousandths, kvz in
hundredths of a percent, zkf in tenths. Source of the form: section 39b (6) EStG, the ministry's pseudo-code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from payroll.law.engine import Fault, InputError, Result, ValueColumn
from payroll.law.engine.integers import IntArray, Integers, fits, widen
from payroll.law.plan import decimals as dec
from payroll.law.plan.decimals import Decimals, RowsFault
from payroll.law.plan.declarations import Declared, declarations
from payroll.law.plan.document import Element, parse, read_bytes
from payroll.law.plan.errors import PlanError, refuse
from payroll.law.plan.frame import Frame, Stored
from payroll.law.plan.operations import INT_MAX
from payroll.law.plan.program import Program, StepFault, compile_program
from payroll.law.rules.lohnsteuer.eingaben import INPUTS

BLOCK = 32768
LAW = "§ 39b Abs. 6 EStG (Programmablaufplan)"
MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
          "Dezember")
DENOMINATORS = {one.name: one.den for one in INPUTS}


@dataclass(frozen=True)
class PlanInput:
    """An input: name in lower case, Java type, the default and its denominator (100: hundredths)."""

    name: str
    kind: str
    default: int
    den: int = 1


@dataclass(frozen=True)
class Plan:
    """A compiled plan. ``year`` and ``first_month``: from when it holds; ``digest``: SHA-256 of the file."""

    name: str
    year: int
    first_month: int
    digest: str
    inputs: tuple[PlanInput, ...]
    outputs: tuple[str, ...]
    _spelling: Mapping[str, str]
    _start: Mapping[str, Decimals]
    _program: Program

    @property
    def new_inputs(self) -> tuple[str, ...]:
        """Inputs that our rules of no year know: whoever pays by this plan must find out what they mean."""
        return tuple(one.name for one in self.inputs if one.name not in DENOMINATORS)

    def evaluate(self, columns: Mapping[str, Any], rows: int) -> dict[str, IntArray]:
        """All outputs as whole cents; raises InputError for unusable inputs, PlanError for a row without a result."""
        result = self.compute(columns, rows)
        if result.faults:
            first = result.faults[0]
            raise PlanError(f"{self.name}, {len(result.faults)} Fälle ohne Ergebnis; Fall {first.row + 1}: "
                            f"{first.message}")
        return {name: result.cents(name) for name in self.outputs}

    def compute(self, columns: Mapping[str, Any], rows: int) -> Result:
        """All outputs in the form of the law engine: faulty rows are named and hold 0, the others go on.

        Inputs of the wage tax that this plan does not know are not read; missing ones take the plan's default.
        """
        given = self._given(columns, rows)
        result = Result(rows)
        pieces: dict[str, list[tuple[IntArray, Decimals]]] = {name: [] for name in self.outputs}
        for start in range(0, rows, BLOCK):
            index, values, faults = self._block(given, np.arange(start, min(start + BLOCK, rows)))
            result.faults += faults
            for name in self.outputs:
                pieces[name].append((index, values[name]))
        for name in self.outputs:
            result.columns[name] = _whole(pieces[name], rows)
        return result

    def _given(self, columns: Mapping[str, Any], rows: int) -> dict[str, Integers]:
        unknown = sorted(set(columns) - set(DENOMINATORS) - {one.name for one in self.inputs})
        if unknown:
            raise InputError(f"unbekannte Eingaben: {', '.join(unknown)}")
        return {one.name: _integers(one.name, columns[one.name], rows) for one in self.inputs if one.name in columns}

    def _block(self, given: Mapping[str, Integers],
               index: IntArray) -> tuple[IntArray, Mapping[str, Decimals], list[Fault]]:
        faults: list[Fault] = []
        while index.size:
            values: dict[str, Stored] = dict(self._start)
            for one in self.inputs:
                if one.name in given:
                    column = given[one.name]
                    num = column if isinstance(column, int) else column[index]
                    values[self._spelling[one.name]] = dec.column(num, len(str(one.den)) - 1)
            bad, message = self._too_large(values, index.size)
            if not bad.size:
                frame = Frame(index.size, values)
                try:
                    self._program.run(frame)
                    return index, {name: frame.read(self._spelling[name]) for name in self.outputs}, faults
                except StepFault as fault:
                    bad, message = fault.frame.faulty(fault.fault), f"{fault.place}: {fault.fault.message}"
                except RowsFault as fault:
                    bad, message = np.arange(index.size), fault.message
            faults += [Fault(int(row), self.name, LAW, message) for row in index[bad]]
            index = np.delete(index, bad)
        return index, dict.fromkeys(self.outputs, dec.ZERO), faults

    def _too_large(self, values: Mapping[str, Stored], size: int) -> tuple[IntArray, str]:
        """Rows whose whole-number inputs do not fit in Java's int."""
        for one in self.inputs:
            value = values[self._spelling[one.name]]
            if one.kind == "int" and isinstance(value, Decimals) and max(-value.lo, value.hi) > INT_MAX:
                outside = np.broadcast_to(np.abs(np.asarray(value.num)) > INT_MAX, (size,))
                return np.flatnonzero(outside), f"{one.name.upper()} passt nicht in int"
        return np.zeros(0, dtype=np.int64), ""


def read_plan(path: Path) -> Plan:
    """Read, check and compile a plan; raises PlanError naming element and line of what cannot be used."""
    raw = read_bytes(path)
    try:
        return compile_plan(parse(raw), sha256(raw).hexdigest())
    except PlanError as error:
        raise PlanError(f"{path.name}: {error}" if path.name not in str(error) else str(error)) from error


def compile_plan(root: Element, digest: str) -> Plan:
    """The plan of an XML tree."""
    if root.tag != "PAP":
        raise refuse(root.place, "das ist kein Programmablaufplan (PAP)")
    name = root.attributes.get("name", "")
    match = re.fullmatch(r"\D*?(20\d\d)(\D*)", name)
    if match is None or (match[2] and match[2] not in MONTHS):
        raise refuse(root.place, f"der Name {name[:40]!r} nennt kein Jahr (erwartet etwa Lohnsteuer2026)")
    declared = declarations(root)
    program = compile_program(declared.methods, declared.names)
    inputs = tuple(_input(one) for one in declared.fields if one.use == "INPUT")
    outputs = tuple(one.name.lower() for one in declared.fields if one.use == "OUTPUT")
    spelling = {one.name.lower(): one.name for one in declared.fields if one.use in ("INPUT", "OUTPUT")}
    if not inputs or not outputs:
        raise refuse(root.place, "ein Plan braucht INPUT und OUTPUT")
    if len(spelling) != len(inputs) + len(outputs):
        raise refuse(root.place, "zwei Eingaben oder Ausgaben unterscheiden sich nur in der Großschreibung")
    start = {one.name: one.default for one in declared.fields}
    return Plan(name, int(match[1]), MONTHS.index(match[2]) + 1 if match[2] else 1, digest, inputs, outputs, spelling,
                start, program)


def _input(one: Declared) -> PlanInput:
    name = one.name.lower()
    den = DENOMINATORS.get(name, 1)
    default = dec.shift(one.default, max(0, len(str(den)) - 1 - one.default.scale))
    assert isinstance(default.num, int)
    return PlanInput(name, one.kind, default.num, max(den, 10**default.scale))


def _integers(name: str, given: Any, rows: int) -> Integers:
    if isinstance(given, (bool, int)):
        return int(given)
    array = np.asarray(given)
    if array.dtype == bool:
        array = array.astype(np.int64)
    if array.dtype.kind not in "iuO" or array.shape != (rows,):
        raise InputError(f"Eingabe {name!r}: eine Spalte von {rows} ganzen Zahlen erwartet")
    if array.dtype.kind == "u":
        array = array.astype(object)
    if array.dtype == object and not all(isinstance(value, int) for value in array.tolist()):
        raise InputError(f"Eingabe {name!r}: nur ganze Zahlen erwartet")
    return array if array.dtype == object else array.astype(np.int64, copy=False)


def _whole(pieces: Sequence[tuple[IntArray, Decimals]], rows: int) -> ValueColumn:
    """The blocks of one output as one column, without decimals that are all zero."""
    scale = max((value.scale for _, value in pieces), default=0)
    values = [(index, dec.column(widen(value.num) * 10 ** (scale - value.scale)) if value.scale < scale
               else dec.tight(value)) for index, value in pieces]
    wide = any(not fits(v.lo, v.hi) for _, v in values)
    num = np.zeros(rows, dtype=object if wide else np.int64)
    for index, value in values:
        num[index] = widen(value.num) if wide else value.num
    unit = 10**scale
    if unit == 1:
        return ValueColumn("Money", num)
    if wide or unit < 2**62:
        down = num // unit
        if bool(np.all(down * unit == num)):
            return ValueColumn("Money", down)
    return ValueColumn("Exact", num, unit)
