"""Dated numbers of law, read exactly from TOML and CSV; every value has its source and its status.

A TOML file holds one table per parameter::

    [grundfreibetrag]
    titel = "Grundfreibetrag"
    paragraf = "§ 32a Abs. 1 Satz 2 Nr. 1 EStG"
    einheit = "euro/jahr"
    werte = [ { ab = 2026-01-01, wert = 12348, quelle = "BGBl. 2024 I Nr. 449", status = "gesetz" } ]

``einheit``: euro[/...] (Money), prozent (Rate, the value divided by 100), anteil or zahl (Rate), anzahl (Count), tage
(Days), tabelle (``wert`` is a list: a Lookup by whole number from ``erster``; ``je`` gives the unit of its values),
zonen (``wert`` is a list of records of exact numbers, handed to the rule as a tuple of dicts of Fraction). ``bis`` ends
a value without successor. ``mandant = true`` allows tenants to overlay the value (see overlay.py).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any

from payroll.law.engine.errors import ParameterError
from payroll.law.engine.functions import Lookup
from payroll.law.engine.quantity import Count, Days, Money, Quantity, Rate

STATUSES = ("gesetz", "bestaetigt", "einzelquelle", "nachgerechnet", "entwurf", "unbestaetigt", "satzung")
IN_FORCE = frozenset({"gesetz", "bestaetigt", "satzung"})


@dataclass(frozen=True)
class DatedValue:
    """A value from a day on, with its source."""

    ab: date
    bis: date | None
    wert: Any
    quelle: str
    status: str


@dataclass(frozen=True)
class Parameter:
    """A named number of law with all its dated values."""

    name: str
    titel: str
    paragraf: str
    einheit: str
    folder: str
    place: str
    werte: tuple[DatedValue, ...]
    extra: tuple[tuple[str, Any], ...] = ()
    overlays: tuple[DatedValue, ...] = ()

    def on(self, day: date) -> DatedValue | None:
        """The value in force on that day: an overlay of the tenant before the value of the law."""
        return _latest(self.overlays, day) or _latest(self.werte, day)

    @property
    def versions(self) -> tuple[DatedValue, ...]:
        """All values of the law, then all overlays."""
        return (*self.werte, *self.overlays)

    @property
    def kind(self) -> str:
        """Type of the argument that a rule receives."""
        return _kind(self.einheit)

    def argument(self, day: date) -> Any:
        """The value as a rule receives it, or None when there is none on that day."""
        value = self.on(day)
        return None if value is None else to_argument(self, value)


def _latest(values: tuple[DatedValue, ...], day: date) -> DatedValue | None:
    begun = [value for value in values if value.ab <= day]
    return begun[-1] if begun and (begun[-1].bis is None or day <= begun[-1].bis) else None


def _kind(einheit: str) -> str:
    base = einheit.partition("/")[0]
    kinds = {"euro": "Money", "prozent": "Rate", "anteil": "Rate", "zahl": "Rate", "anzahl": "Count", "tage": "Days",
             "tabelle": "Lookup", "zonen": "tuple", "entgelttabelle": "Lookup"}
    if base not in kinds:
        raise ParameterError(f"unbekannte Einheit {einheit!r}")
    return kinds[base]


def exact(raw: Any) -> Fraction:
    """An exact number from TOML (int, Decimal, or a text like "7/1200")."""
    if isinstance(raw, bool) or not isinstance(raw, (int, str, Decimal, Fraction)):
        raise ParameterError(f"{raw!r} ist keine exakte Zahl")
    try:
        return Fraction(raw)
    except (ValueError, ArithmeticError) as error:
        raise ParameterError(f"{raw!r} ist keine exakte Zahl") from error


def quantity(einheit: str, raw: Any) -> Quantity:
    """One number as a quantity of its unit; money must come to whole cents."""
    base = einheit.partition("/")[0]
    value = exact(raw)
    if base == "euro":
        cents = value * 100
        if cents.denominator != 1:
            raise ParameterError(f"{raw!r} Euro sind keine ganzen Cent")
        return Money(cents.numerator)
    if base == "prozent":
        value /= 100
    if base in ("anzahl", "tage"):
        if value.denominator != 1:
            raise ParameterError(f"{raw!r} ist keine ganze Zahl")
        return (Days if base == "tage" else Count)(value.numerator)
    return Rate(value.numerator, value.denominator)


def to_argument(parameter: Parameter, value: DatedValue) -> Any:
    """A dated value in the form that rules work with."""
    base = parameter.einheit.partition("/")[0]
    _kind(base)
    extra = dict(parameter.extra)
    if base == "entgelttabelle":
        return Lookup(Money, list(value.wert), name=parameter.titel)
    if base == "zonen":
        return tuple({key: exact(raw) for key, raw in record.items()} for record in value.wert)
    if base == "tabelle":
        cells = [quantity(extra["je"], raw) for raw in value.wert]
        den = lcm(*(cell.value.denominator for cell in cells))
        return Lookup(type(cells[0]), [int(cell.value * den) for cell in cells], den, first=int(extra.get("erster", 0)),
                      name=parameter.titel, outside=str(extra.get("ausserhalb", "fault")))
    return quantity(parameter.einheit, value.wert)


def read_toml(path: Path, folder: str) -> list[Parameter]:
    """All parameters of one file; incomplete entries are errors naming file and entry."""
    with path.open("rb") as stream:
        tables = tomllib.load(stream, parse_float=Decimal)
    return [_parameter(name, table, path, folder) for name, table in tables.items()]


def _parameter(name: str, table: dict[str, Any], path: Path, folder: str) -> Parameter:
    place = f"{path.name} [{name}]"
    for key in ("titel", "paragraf", "einheit", "werte"):
        if not table.get(key):
            raise ParameterError(f"{place}: {key} fehlt")
    values: list[DatedValue] = []
    for raw in table["werte"]:
        if type(raw.get("ab")) is not date or type(raw.get("bis", date.max)) is not date or "wert" not in raw:
            raise ParameterError(f"{place}: jeder Wert braucht ab (ein Datum), wert und quelle; bis ist ein Datum")
        if not str(raw.get("quelle", "")).strip():
            raise ParameterError(f"{place}: Wert ab {raw.get('ab')} ohne Quelle")
        if raw.get("status", "gesetz") not in STATUSES:
            raise ParameterError(f"{place}: unbekannter Status {raw['status']!r}; erlaubt: {', '.join(STATUSES)}")
        values.append(DatedValue(raw["ab"], raw.get("bis"), raw["wert"], raw["quelle"], raw.get("status", "gesetz")))
    days = [value.ab for value in values]
    if days != sorted(set(days)):
        raise ParameterError(f"{place}: Stichtage doppelt oder nicht aufsteigend")
    extra = tuple((k, v) for k, v in table.items() if k not in ("titel", "paragraf", "einheit", "werte"))
    parameter = Parameter(name, table["titel"], table["paragraf"], table["einheit"], folder, place, tuple(values),
                          extra)
    checked(parameter, values)
    return parameter


def checked(parameter: Parameter, values: Iterable[DatedValue]) -> None:
    """Refuse values that the parameter's unit does not allow, naming file, entry and day."""
    for value in values:
        try:
            to_argument(parameter, value)
        except (ParameterError, KeyError, TypeError) as error:
            raise ParameterError(f"{parameter.place}, ab {value.ab}: {error}") from error
