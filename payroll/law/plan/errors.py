"""What can be wrong with a plan, and how its place is named."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where in the XML something stands: element, line, and the method around it."""

    element: str
    line: int
    method: str = ""

    def __str__(self) -> str:
        inside = f" in {self.method}" if self.method else ""
        return f"Zeile {self.line}, <{self.element}>{inside}"


class PlanError(ValueError):
    """The plan cannot be used; the message names element, line and what was found there."""


def refuse(place: Place, message: str) -> PlanError:
    """The error for a place of the plan, ready to be raised."""
    return PlanError(f"{place}: {message}")
