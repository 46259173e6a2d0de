"""Dated numbers of law for the functions of this area that work on dates and not on columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from payroll.law import official
from payroll.law.engine.errors import InputError
from payroll.law.engine.functions import Lookup
from payroll.law.engine.overlay import Overlay, overlaid
from payroll.law.engine.parameters import DatedValue, Parameter
from payroll.law.parameters import load_parameters


@cache
def _parameters() -> dict[str, Parameter]:
    return {parameter.name: parameter for parameter in load_parameters()}


def parameter(name: str, overlays: Sequence[Overlay] = ()) -> Parameter:
    """A number of law by name, with a tenant's values over it."""
    entered = official.overlays_of(tuple(one for one in official.known() if one.name == name), _parameters())
    return overlaid(_parameters(), [*entered, *(one for one in overlays if one.name == name)])[name]


def zahl(name: str, day: date, overlays: Sequence[Overlay] = ()) -> int:
    """A whole number of the law of a day; InputError when the law of that day is not known."""
    return int(_argument(name, day, overlays).value)


def zahlen(name: str, day: date, overlays: Sequence[Overlay] = ()) -> dict[int, int]:
    """A table of whole numbers of the law of a day, by key."""
    return tabelle(_argument(name, day, overlays))


def tabelle(lookup: Lookup) -> dict[int, int]:
    """The whole numbers of a table by key."""
    return {lookup.first + n: value // lookup.den for n, value in enumerate(lookup.cells()) if value is not None}


def fassungen(name: str) -> tuple[DatedValue, ...]:
    """All dated values of a number of law, oldest first."""
    return parameter(name).werte


def _argument(name: str, day: date, overlays: Sequence[Overlay]) -> Any:
    argument = parameter(name, overlays).argument(day)
    if argument is None:
        raise InputError(f"{name}: am {day:%d.%m.%Y} ist kein Recht hinterlegt")
    return argument
