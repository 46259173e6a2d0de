"""How a value arose: a small tree that single-row quantities carry with them when a value is to be explained."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Origin:
    """A step of a calculation.

    ``kind``: ``name`` (an argument of the rule), ``literal``, ``op`` (operator or named function), ``choice`` (only the
    branch that counted). ``label`` is the name or the sign, ``value`` the exact figure, ``quantity`` its kind.
    """

    kind: str
    label: str
    value: Fraction
    quantity: str
    parts: tuple[Origin, ...] = ()
    note: str = ""

    def names(self) -> list[str]:
        """Names of arguments that the value depends on, in order of appearance, each once."""
        found: dict[str, None] = {}
        self._collect(found)
        return list(found)

    def _collect(self, found: dict[str, None]) -> None:
        if self.kind == "name":
            found.setdefault(self.label)
        for part in self.parts:
            part._collect(found)
