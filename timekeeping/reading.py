"""Reading of facts written as JSON: every value is checked, every error names key, content and remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from payroll.law.conformance.report import CellError, parse_number
from timekeeping.rules.clock import ClockError, Span, real_minute

T = TypeVar("T")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d([+-]\d\d:\d\d|Z)?")


def json_object(text: str) -> dict[str, Any]:
    """The object of a cell; a key that comes twice is an error."""
    try:
        value = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise CellError(f"facts: kein JSON ({error.msg}, Zeichen {error.pos})") from None
    if not isinstance(value, dict):
        raise CellError("facts: ein JSON-Objekt wird gebraucht")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CellError(f"facts: ein Schlüssel steht zweimal in {{{', '.join(key for key, _ in pairs)}}}")
    return found


class Record:
    """One JSON object with a place for messages; every key that is read counts as known."""

    def __init__(self, place: str, raw: Any, known: Iterable[str]) -> None:
        if not isinstance(raw, Mapping):
            raise CellError(f"{place}: ein Objekt wird gebraucht, nicht {raw!r}")
        self.place, self.raw = place, raw
        unknown = sorted(set(raw) - set(known))
        if unknown:
            raise CellError(f"{place}: unbekannter Schlüssel {', '.join(unknown)}; erlaubt: {', '.join(sorted(known))}")

    def has(self, key: str) -> bool:
        """The key is there and not null."""
        return self.raw.get(key) is not None

    def need(self, key: str) -> Any:
        """The raw value; a missing one is an error."""
        if not self.has(key):
            raise CellError(f"{self.place}: {key} fehlt")
        return self.raw[key]

    def optional(self, read: Callable[[str], T], key: str) -> T | None:
        """What ``read`` makes of the key, or None when it is missing."""
        return read(key) if self.has(key) else None

    def text(self, key: str, allowed: Iterable[str] | None = None, default: str | None = None) -> str:
        """A text, one of the allowed ones."""
        value = self.raw.get(key, default) if default is not None else self.need(key)
        names = None if allowed is None else tuple(allowed)
        if not isinstance(value, str) or (names is not None and value not in names):
            hint = f"; erlaubt: {', '.join(names)}" if names else ""
            raise CellError(f"{self.place} {key}: {value!r} ist nicht brauchbar{hint}")
        return value

    def flag(self, key: str) -> bool:
        """True or false; missing is false."""
        return as_flag(self.raw.get(key, False), f"{self.place} {key}")

    def count(self, key: str, default: int | None = None, *, signed: bool = False) -> int:
        """A whole number."""
        value = self.raw.get(key, default) if default is not None else self.need(key)
        return as_count(value, f"{self.place} {key}", signed=signed)

    def hundredths(self, key: str, default: str | None = None, *, most: int) -> int:
        """Hours or an amount with at most two decimals and not above ``most``, in hundredths."""
        value = self.raw.get(key, default) if default is not None else self.need(key)
        number = parse_number(str(value), f"{self.place} {key}") * 100
        if number.denominator != 1 or not 0 <= number <= most * 100:
            raise CellError(f"{self.place} {key}: {value!r} liegt nicht zwischen 0 und {most} oder hat mehr als zwei "
                            "Nachkommastellen")
        return number.numerator

    def day(self, key: str) -> date:
        """A day."""
        return as_day(self.need(key), f"{self.place} {key}")

    def span(self) -> Span:
        """Real time from ``von`` to ``bis``."""
        start, end = (as_minute(self.need(key), f"{self.place} {key}") for key in ("von", "bis"))
        if end <= start:
            raise CellError(f"{self.place}: bis {self.raw['bis']} liegt nicht nach von {self.raw['von']}")
        return Span(start, end)

    def items(self, key: str, known: Iterable[str]) -> list[Record]:
        """The objects of a list."""
        values = self.raw.get(key, [])
        if not isinstance(values, list):
            raise CellError(f"{self.place} {key}: eine Liste wird gebraucht")
        return [Record(f"{self.place} {key}[{number}]", value, known) for number, value in enumerate(values, 1)]

    def mapping(self, key: str) -> Mapping[str, Any]:
        """An object with free keys."""
        value = self.raw.get(key, {})
        if not isinstance(value, Mapping):
            raise CellError(f"{self.place} {key}: ein Objekt wird gebraucht")
        return value


def as_flag(value: Any, place: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise CellError(f"{place}: true oder false, nicht {value!r}")
    return value


def as_count(value: Any, place: str, *, signed: bool = False) -> int:
    """A whole number of reasonable size."""
    if isinstance(value, bool) or not isinstance(value, int) or (value < 0 and not signed) or abs(value) > 10**7:
        raise CellError(f"{place}: {value!r} ist keine brauchbare ganze Zahl")
    return value


def as_day(value: Any, place: str = "facts") -> date:
    """A day written YYYY-MM-DD."""
    try:
        day = date.fromisoformat(value if DAY.fullmatch(value) else "")
    except (ValueError, TypeError):
        raise CellError(f"{place}: {value!r} ist kein Tag (JJJJ-MM-TT)") from None
    if not 1900 <= day.year <= 2199:
        raise CellError(f"{place}: {value} liegt nicht zwischen 1900 und 2199")
    return day


def as_minute(value: Any, place: str) -> int:
    """The real minute of a local time written YYYY-MM-DDTHH:MM, with an offset where the hour comes twice."""
    try:
        stamp = datetime.fromisoformat(value if TIME.fullmatch(value) else "")
    except (ValueError, TypeError):
        raise CellError(f"{place}: {value!r} ist keine Zeit (JJJJ-MM-TTThh:mm)") from None
    as_day(stamp.date().isoformat(), place)
    try:
        return real_minute(stamp)
    except ClockError as error:
        raise CellError(f"{place}: {error}") from None
