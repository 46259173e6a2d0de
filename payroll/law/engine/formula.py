"""The trace of a value as a readable formula: with the names of its terms, or with their figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from payroll.law.engine.figures import decimal_text, value_text
from payroll.law.engine.trace import Origin
from payroll.law.tongue import hear, say

SIGNS = {"-": "−", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
STRENGTH = {"oder": 1, "und": 2, "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4, "ist": 4, "+": 5, "-": 5,
            "×": 6, "÷": 6}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
EXTREMES = {"max": "höchster Wert aus", "min": "niedrigster Wert aus"}
ATOM = 9
TABLE, OR = "Tabelle ", " oder "
DATE = "datum"


class Reader:
    """How to write the names of a formula: with their titles, or (``figures``) with their values.

    A table shows what it is asked for, or the value found in it. ``unit`` gives the unit of a name: a number of the law
    that is compared with a date is a date as well.
    """

    def __init__(self, show: Callable[[str], str], *, figures: bool, unit: Callable[[str], str] = str) -> None:
        self.show = show
        self.figures = figures
        self.unit = unit

    def table(self, origin: Origin) -> str:
        """A value from a table."""
        if self.figures:
            return value_text(origin.value, origin.quantity)
        keys = ", ".join(self.show(name) for name in origin.names())
        table = _table(origin.label)
        return say("%(table)s nach %(keys)s", table=table, keys=keys) if keys else table


def formula(origin: Origin, reader: Reader) -> str:
    """The formula in one line."""
    return _text(origin, reader)[0]


def reasons(origin: Origin) -> list[tuple[Origin, bool]]:
    """The conditions that chose the branches shown, outermost first, and whether they held."""
    if origin.kind == "choice":
        chosen, condition = origin.parts
        holds = origin.label == "weil"
        if not holds and condition.kind == "op" and condition.label in OPPOSITE:
            condition, holds = replace(condition, label=OPPOSITE[condition.label]), True
        return [(condition, holds), *reasons(chosen)]
    return [reason for part in origin.parts for reason in reasons(part)]


def _text(origin: Origin, reader: Reader) -> tuple[str, int]:
    """Text and binding strength."""
    if origin.kind == "name":
        return reader.show(origin.label), ATOM
    if origin.kind == "literal":
        return _literal(origin), ATOM
    if origin.kind == "choice":
        return _text(origin.parts[0], reader)
    if origin.label in EXTREMES:
        terms = "; ".join(formula(part, reader) for part in _flat(origin, origin.label))
        return f"{say(EXTREMES[origin.label])} ({terms})", ATOM
    if origin.label in STRENGTH and len(origin.parts) == 2:
        return _infix(origin, reader)
    if origin.label.startswith(TABLE):
        return reader.table(origin), ATOM
    inner = formula(origin.parts[0], reader)
    if origin.label.startswith(("auf ", "nach ")):
        return f"{inner}, {hear(origin.label)}", 0
    if origin.label == "wenn":
        return _text(origin.parts[0], reader)
    return f"{say(origin.label)} ({inner})", ATOM


def _infix(origin: Origin, reader: Reader) -> tuple[str, int]:
    left, right = origin.parts
    if origin.label in OPPOSITE and right.kind == "literal" and right.value and _is_date(left, reader):
        right = replace(right, label=value_text(right.value, right.quantity, DATE))
    if origin.label == "×" and right.kind == "literal" and right.value == -1:
        return f"−{_bracketed(left, reader, 7)}", 6
    strength = STRENGTH[origin.label]
    # the right side of − and ÷ binds tighter: a − (b + c)
    tight = strength + (1 if origin.label in ("-", "÷") or strength == 4 else 0)
    sign = say(SIGNS.get(origin.label, origin.label))
    return f"{_bracketed(left, reader, strength)} {sign} {_bracketed(right, reader, tight)}", strength


def _is_date(origin: Origin, reader: Reader) -> bool:
    return origin.kind == "name" and reader.unit(origin.label) == DATE


def _bracketed(origin: Origin, reader: Reader, least: int) -> str:
    text, strength = _text(origin, reader)
    return text if strength >= least else f"({text})"


def _table(label: str) -> str:
    return say("Tabelle %(name)s", name=say(label.removeprefix(TABLE)))


def _flat(origin: Origin, label: str) -> list[Origin]:
    """max(max(a, b), c) as a, b, c."""
    parts: list[Origin] = []
    for part in origin.parts:
        parts += _flat(part, label) if part.kind == "op" and part.label == label else [part]
    return parts


def _literal(origin: Origin) -> str:
    if origin.label:
        return say(OR).join(say(name) for name in origin.label.split(OR))
    value: Fraction = origin.value
    if origin.quantity not in ("Money", "Exact", "Condition") and (value * 10**6).denominator != 1:
        return f"{decimal_text(Fraction(value.numerator))}/{decimal_text(Fraction(value.denominator))}"
    return value_text(value, origin.quantity)
