"""Numbers of law that an office entered before the program brings them: part of the law for whoever knows them.

Who runs a computation says once where such values are found (:func:`provide`); every rule book built after that holds
them. They are dated, sourced, decided by two persons, and end where the program knows a later value that is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from payroll.law.engine.overlay import Overlay
from payroll.law.engine.parameters import IN_FORCE, Parameter

Values = tuple[Overlay, ...]
SCALARS = ("euro", "prozent", "anteil", "zahl", "anzahl", "tage")
# Where a number may be entered: what authorities and tariffs set anew. The wage tax comes with the ministry's plan.
FOLDERS = ("sozialversicherung", "pfaendung", "nebenleistungen", "zusatzversorgung", "abrechnung", "besoldung")
FILES = ("pauschalierung.toml", "zulagen.toml", "sonderzahlung.toml")
_said: ContextVar[Values | None] = ContextVar("official_values", default=None)
_source: list[Callable[[], Values]] = []


def provide(source: Callable[[], Values]) -> None:
    """Where the values are found that hold for the computation at hand; one place for the process."""
    _source[:] = [source]


def known() -> Values:
    """The values that hold now."""
    said = _said.get()
    if said is not None:
        return said
    return _source[0]() if _source else ()


@contextmanager
def as_known(values: Iterable[Overlay]) -> Iterator[None]:
    """For a while exactly these values hold: a proposal, or what was known at another moment."""
    token = _said.set(tuple(values))
    try:
        yield
    finally:
        _said.reset(token)


def may_be_entered(parameter: Parameter) -> bool:
    """True for a plain number or a table of numbers that no tenant decides for itself."""
    area, base = parameter.folder.partition("/")[0], parameter.einheit.partition("/")[0]
    file = parameter.place.partition(" ")[0]
    mine = (area in FOLDERS and file.endswith(".toml")) or file in FILES
    numbers = mine and base in (*SCALARS, "tabelle") and all(_plain(one.wert) for one in parameter.werte)
    return numbers and not dict(parameter.extra).get("mandant")


def _plain(value: object) -> bool:
    """A number with at most four decimals, or a list of them: what a file can hold."""
    if isinstance(value, list):
        return all(_plain(one) for one in value)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return False
    return value >= 0 and Decimal(value) * 10_000 % 1 == 0


def overlays_of(values: Values, parameters: Mapping[str, Parameter]) -> Values:
    """The values as overlays of a book, each ended where the program knows a later number in force."""
    found = []
    for one in values:
        later = [v.ab for v in parameters[one.name].werte if v.ab > one.ab and v.status in IN_FORCE]
        last = min(later) - timedelta(days=1) if later else None
        ends = [day for day in (one.bis, last) if day is not None]
        found.append(replace(one, bis=min(ends) if ends else None))
    return tuple(found)
