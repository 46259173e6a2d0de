"""Expressions as functions over columns: types are checked here, once; at run time only columns are computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from payroll.law.engine.integers import IntArray
from payroll.law.plan import decimals as dec
from payroll.law.plan import nodes as ex
from payroll.law.plan import operations as op
from payroll.law.plan import rounding
from payroll.law.plan.decimals import Decimals
from payroll.law.plan.errors import Place, refuse
from payroll.law.plan.frame import Frame
from payroll.law.plan.operations import Truth

NUMBERS = ("int", "long", "double", "BigDecimal")
WHOLE = ("int", "long")
ACCEPTS = {"int": ("int",), "long": WHOLE, "double": ("int", "long", "double"), "BigDecimal": ("BigDecimal",)}
MAX_ROUNDING_SCALE = 20

Run = Callable[[Frame], Decimals]


@dataclass(frozen=True)
class Term:
    """A number: its Java type, and how its column is computed."""

    kind: str
    run: Run


@dataclass(frozen=True)
class Table:
    """A constant array: its Java type and the values over one scale."""

    kind: str
    values: tuple[int, ...]
    scale: int


@dataclass
class Names:
    """What may be named: variables by type, constants, tables."""

    variables: dict[str, str] = field(default_factory=dict)
    constants: dict[str, tuple[str, Decimals]] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.variables or name in self.constants or name in self.tables


OPERATIONS: Mapping[str, Callable[[Decimals, Decimals], Decimals]] = {
    "add": dec.add, "subtract": dec.subtract, "multiply": dec.multiply, "max": dec.larger, "min": dec.smaller,
}
ARITHMETIC: Mapping[str, Callable[[Decimals, Decimals], Decimals]] = {
    "+": dec.add, "-": dec.subtract, "*": dec.multiply, "/": rounding.truncate_int,
    "%": lambda a, b: dec.subtract(a, dec.multiply(rounding.truncate_int(a, b), b)),
}
ALONE: Mapping[str, Callable[[Decimals], Decimals]] = {"negate": dec.negate, "abs": dec.absolute}
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
OUTCOMES = {frozenset({-1}): "<", frozenset({-1, 0}): "<=", frozenset({0}): "==", frozenset({0, 1}): ">=",
            frozenset({1}): ">", frozenset({-1, 1}): "!="}


class Compiler:
    """Compiles the expressions of one place of the plan."""

    def __init__(self, names: Names, place: Place) -> None:
        self._names = names
        self._place = place

    def value(self, node: ex.Node, kind: str) -> Run:
        """A number that can be assigned to a variable of this type."""
        term = self.term(node)
        if term.kind not in ACCEPTS[kind]:
            raise refuse(self._place, f"{term.kind} kann nicht an {kind} zugewiesen werden")
        return term.run

    def term(self, node: ex.Node) -> Term:
        """A number."""
        if isinstance(node, ex.Number):
            if node.kind == "text":
                raise refuse(self._place, "Text ist nur in new BigDecimal(…) vorgesehen")
            return _constant(node.kind, dec.one(node.digits, node.scale))
        if isinstance(node, ex.Name):
            return self._named(node.name)
        if isinstance(node, ex.Static):
            return self._static(node.name)
        if isinstance(node, ex.Make):
            return self._made(node.value)
        if isinstance(node, ex.Index):
            return self._element(node)
        if isinstance(node, ex.Call):
            return self._call(node)
        if isinstance(node, ex.Unary) and node.sign == "-":
            inner = self._numeric(node.value, ("int", "long", "double"))
            return Term(inner.kind, lambda frame: dec.negate(inner.run(frame)))
        if isinstance(node, ex.Binary) and node.sign in ARITHMETIC:
            return self._arithmetic(node)
        raise refuse(self._place, "hier wird eine Zahl erwartet, keine Bedingung und keine Liste")

    def test(self, node: ex.Node) -> Truth:
        """A condition."""
        if isinstance(node, ex.Unary) and node.sign == "!":
            inner = self.test(node.value)
            return lambda frame: op.inverted(inner(frame))
        if isinstance(node, ex.Binary) and node.sign in ("&&", "||"):
            return op.short_circuit(self.test(node.left), self.test(node.right), node.sign == "&&")
        if isinstance(node, ex.Binary) and node.sign in COMPARISONS:
            return self._comparison(node)
        raise refuse(self._place, "hier wird eine Bedingung erwartet")

    def _comparison(self, node: ex.Binary) -> Truth:
        sign, right = node.sign, node.right
        wanted = _literal(right)
        if isinstance(node.left, ex.Call) and node.left.method == "compareTo" and wanted is not None:
            first, second = self._pair(node.left)
            matching = frozenset(s for s in (-1, 0, 1) if bool(dec.compare(dec.one(s), sign, dec.one(wanted))))
            if matching in OUTCOMES:
                relation = OUTCOMES[matching]
                return lambda frame: dec.compare(first.run(frame), relation, second.run(frame))
        a, b = (self._numeric(side, ("int", "long", "double")) for side in (node.left, right))
        return lambda frame: dec.compare(a.run(frame), sign, b.run(frame))

    def _numeric(self, node: ex.Node, kinds: tuple[str, ...]) -> Term:
        term = self.term(node)
        if term.kind not in kinds:
            raise refuse(self._place, f"{' oder '.join(kinds)} erwartet, nicht {term.kind}")
        return term

    def _named(self, name: str) -> Term:
        if name in self._names.variables:
            return Term(self._names.variables[name], lambda frame: frame.read(name))
        if name in self._names.constants:
            return _constant(*self._names.constants[name])
        what = "ist eine Tabelle" if name in self._names.tables else "ist nicht erklärt"
        raise refuse(self._place, f"{name!r} {what}")

    def _static(self, name: str) -> Term:
        values = {"ZERO": 0, "ONE": 1, "TEN": 10}
        if name not in values:
            raise refuse(self._place, f"BigDecimal.{name} ist hier nicht vorgesehen")
        return _constant("BigDecimal", dec.one(values[name]))

    def _made(self, node: ex.Node) -> Term:
        if isinstance(node, ex.Number):
            return _constant("BigDecimal", dec.one(node.digits, node.scale))
        return Term("BigDecimal", self._numeric(node, ("int", "long", "double")).run)

    def _element(self, node: ex.Index) -> Term:
        table = self._names.tables.get(node.table)
        if table is None:
            raise refuse(self._place, f"{node.table!r} ist keine Tabelle")
        position = self._numeric(node.position, ("int",))
        values: IntArray = np.array(table.values, dtype=object)
        whole = dec.column(values, table.scale)
        return Term(table.kind, lambda frame: op.looked_up(whole, position.run(frame)))

    def _arithmetic(self, node: ex.Binary) -> Term:
        a, b = self._numeric(node.left, WHOLE), self._numeric(node.right, WHOLE)
        kind = "long" if "long" in (a.kind, b.kind) else "int"
        operation = ARITHMETIC[node.sign]
        if kind == "long":
            return Term(kind, lambda frame: operation(a.run(frame), b.run(frame)))
        return Term(kind, lambda frame: op.java_int(operation(a.run(frame), b.run(frame))))

    def _pair(self, node: ex.Call) -> tuple[Term, Term]:
        if len(node.arguments) != 1:
            raise refuse(self._place, f"{node.method} mit genau einem Wert erwartet")
        return self._numeric(node.target, ("BigDecimal",)), self._numeric(node.arguments[0], ("BigDecimal",))

    def _call(self, node: ex.Call) -> Term:
        method = node.method
        if method in OPERATIONS:
            a, b = self._pair(node)
            operation = OPERATIONS[method]
            return Term("BigDecimal", lambda frame: operation(a.run(frame), b.run(frame)))
        if method == "compareTo":
            a, b = self._pair(node)
            return Term("int", lambda frame: op.sign(a.run(frame), b.run(frame)))
        if method == "divide":
            return self._divide(node)
        target = self._numeric(node.target, ("BigDecimal",)).run
        if method == "setScale":
            if len(node.arguments) not in (1, 2):
                raise refuse(self._place, "setScale mit Stellen und Rundung erwartet")
            scale, mode = self._rounding(node.arguments)
            return Term("BigDecimal", lambda frame: rounding.set_scale(target(frame), scale, mode))
        if node.arguments:
            raise refuse(self._place, f"{method} mit diesen Werten ist nicht vorgesehen")
        if method in ALONE:
            alone = ALONE[method]
            return Term("BigDecimal", lambda frame: alone(target(frame)))
        if method == "signum":
            return Term("int", lambda frame: op.sign(target(frame), dec.ZERO))
        if method == "longValue":
            return Term("long", lambda frame: rounding.set_scale(target(frame), 0, "DOWN"))
        if method == "intValue":
            return Term("int", lambda frame: op.java_int(rounding.set_scale(target(frame), 0, "DOWN")))
        raise refuse(self._place, f"die Methode {method!r} ist nicht vorgesehen")

    def _divide(self, node: ex.Call) -> Term:
        if len(node.arguments) not in (1, 3):
            raise refuse(self._place, "divide mit Teiler oder mit Teiler, Stellen und Rundung erwartet")
        a = self._numeric(node.target, ("BigDecimal",)).run
        b = self._numeric(node.arguments[0], ("BigDecimal",)).run
        if len(node.arguments) == 1:
            return Term("BigDecimal", lambda frame: rounding.divide_exactly(a(frame), b(frame)))
        scale, mode = self._rounding(node.arguments[1:])
        return Term("BigDecimal", lambda frame: rounding.divide_rounded(a(frame), b(frame), scale, mode))

    def _rounding(self, arguments: tuple[ex.Node, ...]) -> tuple[int, str]:
        scale = _literal(arguments[0])
        if scale is None or not 0 <= scale <= MAX_ROUNDING_SCALE:
            raise refuse(self._place, f"Stellen der Rundung: eine Zahl von 0 bis {MAX_ROUNDING_SCALE} erwartet")
        if len(arguments) == 1:
            return scale, "UNNECESSARY"
        mode = arguments[1].name.removeprefix("ROUND_") if isinstance(arguments[1], ex.Static) else ""
        if mode not in rounding.MODES:
            raise refuse(self._place, "unbekannte Rundung")
        return scale, mode


def _constant(kind: str, value: Decimals) -> Term:
    return Term(kind, lambda _: value)


def _literal(node: ex.Node) -> int | None:
    if isinstance(node, ex.Unary) and node.sign == "-":
        inner = _literal(node.value)
        return None if inner is None else -inner
    return node.digits if isinstance(node, ex.Number) and node.kind == "int" else None
