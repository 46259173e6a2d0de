"""In which language texts for people are put together: German, unless somebody speaks another for a while.

The German text stands in the program and is the key to the other one. Only what is shown and thrown away is spoken so;
whatever is kept or printed (documents, records, findings) is made while nobody speaks and stays German.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

NO_BREAK = "\u00a0"
PLACE = re.compile(r"%\\\((\w+)\\\)s")
COUNTED = ("number", "count", "day", "month", "year", "first", "last", "due")
FIGURES = r"[\u2212+-]?\d[\d.,:/]*"
MARKS = str.maketrans(",.", ".,")
SIGNS = {"-": "\u2212", "\u2212": "\u2212", "+": "+"}


@dataclass(frozen=True)
class Tongue:
    """A language beside German: its text for a German one ("" when it has none).

    ``heard``: patterns of German sentences that were put together long ago and are kept only as a whole.
    """

    text: Callable[[str], str]
    heard: tuple[str, ...] = ()


_spoken: ContextVar[Tongue | None] = ContextVar("spoken_tongue", default=None)


@contextmanager
def speaking(tongue: Tongue | None) -> Iterator[None]:
    """Texts put together inside are in this language; None is German."""
    token = _spoken.set(tongue)
    try:
        yield
    finally:
        _spoken.reset(token)


def foreign() -> bool:
    """Whether somebody speaks another language than German."""
    return _spoken.get() is not None


def say(german: str, **places: object) -> str:
    """The text in the language spoken, its places ``%(name)s`` filled; without a text of its own the German one."""
    tongue = _spoken.get()
    text = german if tongue is None else (tongue.text(german) or german)
    return text % places if places else text


def hear(german: str) -> str:
    """A finished German text in the language spoken; the same text when nobody has words for it.

    Places named in COUNTED hold figures and days, ``number…`` numbers in German notation; others what may have a text
    of its own.
    """
    tongue = _spoken.get()
    if tongue is None or not german:
        return german
    return tongue.text(german) or next((told for one in tongue.heard if (told := _told(tongue, one, german))), german)


def _told(tongue: Tongue, pattern: str, german: str) -> str:
    found = _expression(pattern).fullmatch(german)
    text = tongue.text(pattern) if found is not None else ""
    if found is None or not text:
        return ""
    return text % {name: figure(value) if name.startswith("number") else hear(value)
                   for name, value in found.groupdict().items()}


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(PLACE.sub(lambda place: f"(?P<{place[1]}>{FIGURES if place[1].startswith(COUNTED) else '.+?'})",
                                re.escape(pattern)), re.DOTALL)


def figure(german: str) -> str:
    """A number written in German notation (1.234,56) in the notation of the language spoken."""
    return german.translate(MARKS) if foreign() else german


def money(german: str, space: str = NO_BREAK) -> str:
    """An amount in euro written in German notation, with its currency."""
    if not foreign():
        return f"{german}{space}€"
    sign, rest = (SIGNS[german[0]], german[1:]) if german[:1] in SIGNS else ("", german)
    return f"{sign}€{figure(rest)}"


def inside(text: str) -> str:
    """A text that begins with a capital only because it can stand alone, for the middle of a sentence."""
    return text[:1].lower() + text[1:] if foreign() and text[1:2].islower() else text


def share(german: str, space: str = NO_BREAK) -> str:
    """A percentage written in German notation, with its sign."""
    return f"{figure(german)}%" if foreign() else f"{german}{space}%"
