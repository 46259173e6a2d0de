"""Dated limits of working time and leave, read from arbeitszeit.toml and urlaub.toml with paragraph and source."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from payroll.law.engine import Parameter, read_toml

FOLDER = Path(__file__).parent


@cache
def parameters() -> dict[str, Parameter]:
    """All limits by name."""
    return {one.name: one for name in ("arbeitszeit", "urlaub") for one in read_toml(FOLDER / f"{name}.toml", "zeit")}


@cache
def limit(name: str, day: date) -> int:
    """The whole number in force on a day; KeyError for an unknown name, ValueError where nothing is in force."""
    value = parameters()[name].on(day)
    if value is None:
        raise ValueError(f"{parameters()[name].titel}: am {day:%d.%m.%Y} ist kein Wert hinterlegt")
    return int(value.wert)
