"""Runs the ministry's pseudo-code (PAP XML) as it stands: an oracle that shares nothing with the rules.

The XML is translated statement by statement into Python; amounts are exact fractions with the rounding steps of Java's
BigDecimal (``setScale``, ``divide`` with scale), and a division without scale must end, as in Java.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from math import gcd
from pathlib import Path
from typing import Any

PLANS = {"2024": "Lohnsteuer2024.xml", "2024-12": "Lohnsteuer2024Dezember.xml", "2025": "Lohnsteuer2025.xml",
         "2026": "Lohnsteuer2026.xml"}


class BigDecimal:
    """The part of java.math.BigDecimal that the plans use."""

    ROUND_UP, ROUND_DOWN = "up", "down"
    ZERO: BigDecimal
    ONE: BigDecimal
    __slots__ = ("v",)

    def __init__(self, value: Any) -> None:
        self.v = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)

    valueOf = classmethod(lambda cls, value: cls(value))  # the plan's spelling

    def add(self, o: BigDecimal) -> BigDecimal:
        return BigDecimal(self.v + o.v)

    def subtract(self, o: BigDecimal) -> BigDecimal:
        return BigDecimal(self.v - o.v)

    def multiply(self, o: BigDecimal) -> BigDecimal:
        return BigDecimal(self.v * o.v)

    def divide(self, o: BigDecimal, scale: int | None = None, mode: str = "") -> BigDecimal:
        quotient = BigDecimal(self.v / o.v)
        if scale is not None:
            return quotient.setScale(scale, mode)
        rest = quotient.v.denominator
        while (common := gcd(rest, 10)) > 1:
            rest //= common
        if rest != 1:
            raise ArithmeticError("non-terminating decimal expansion")
        return quotient

    def setScale(self, scale: int, mode: str) -> BigDecimal:
        units = abs(self.v) * 10**scale
        whole = units.numerator // units.denominator
        if mode == "up" and whole != units:
            whole += 1
        return BigDecimal(Fraction(whole if self.v >= 0 else -whole, 10**scale))

    def compareTo(self, o: BigDecimal) -> int:
        return (self.v > o.v) - (self.v < o.v)

    def longValue(self) -> int:
        return int(self.v)


BigDecimal.ZERO, BigDecimal.ONE = BigDecimal(0), BigDecimal(1)


def _python(expression: str) -> str:
    text = expression.replace("&&", " and ").replace("||", " or ").replace("new ", "").strip()
    return re.sub(r"\s+", " ", text)


class Plan:
    """A compiled plan; ``run`` takes inputs and gives all outputs, both as numbers by the plan's names."""

    def __init__(self, path: Path) -> None:
        root = ET.fromstring(path.read_bytes())
        self.inputs = {e.get("name", ""): e.get("type", "") for e in root.iter("INPUT")}
        self.outputs = [e.get("name", "") for e in root.iter("OUTPUT")]
        fields = [*root.iter("INPUT"), *root.iter("OUTPUT"), *root.iter("INTERNAL")]
        self._types = {e.get("name", ""): e.get("type", "") for e in fields}
        self._defaults = {e.get("name", ""): _python(e.get("default") or "0") for e in fields}
        self._scope: dict[str, Any] = {"BigDecimal": BigDecimal}
        for one in root.iter("CONSTANT"):
            value = _python(one.get("value", "")).replace("{", "[").replace("}", "]")
            self._scope[one.get("name", "")] = eval(value, self._scope)
        names = ", ".join(self._types)
        for method in [*root.iter("MAIN"), *root.iter("METHOD")]:
            body = self._block(method, 1)
            source = f"def {method.get('name', 'MAIN')}():\n    global {names}\n" + "\n".join(body)
            exec(compile(source, path.name, "exec"), self._scope)

    def _block(self, parent: ET.Element, depth: int) -> list[str]:
        pad, lines = "    " * depth, []
        for step in parent:
            if step.tag == "EVAL":
                name, _, value = step.get("exec", "").partition("=")
                lines.append(f"{pad}{name.strip()} = {_python(value)}")
            elif step.tag == "EXECUTE":
                lines.append(f"{pad}{step.get('method')}()")
            elif step.tag == "IF":
                lines.append(f"{pad}if {_python(step.get('expr', ''))}:")
                for branch, opening in (("THEN", ""), ("ELSE", f"{pad}else:")):
                    found = step.find(branch)
                    if found is not None:
                        lines += [opening] if opening else []
                        lines += self._block(found, depth + 1)
            else:
                raise ValueError(f"unknown step {step.tag}")
        return lines or [f"{pad}pass"]

    def run(self, given: dict[str, Any]) -> dict[str, Fraction]:
        """Compute one case; inputs left out take the plan's default."""
        for name, kind in self._types.items():
            value = eval(self._defaults[name], {"BigDecimal": BigDecimal})
            self._scope[name] = BigDecimal(value) if kind == "BigDecimal" and not isinstance(
                value, BigDecimal) else value
        for name, value in given.items():
            kind = self.inputs[name]
            self._scope[name] = int(value) if kind == "int" else BigDecimal(Fraction(value))
            if kind == "double":
                self._scope[name] = Fraction(value)
        self._scope["MAIN"]()
        return {name: self._scope[name].v for name in self.outputs}
