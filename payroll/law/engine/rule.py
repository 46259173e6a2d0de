"""A rule of law: a pure function whose argument names say what it needs and whose name says what it gives."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar, get_type_hints

from payroll.law.engine.errors import RuleBookError
from payroll.law.tongue import say

F = TypeVar("F", bound=Callable[..., Any])

UNIT_KINDS: dict[str, tuple[str, ...]] = {
    "euro": ("Money", "Exact"),
    "anteil": ("Rate",),
    "prozent": ("Rate",),
    "zahl": ("Rate", "Count"),
    "anzahl": ("Count",),
    "datum": ("Count",),
    "kalenderjahr": ("Count",),
    "tage": ("Days",),
    "ja/nein": ("Condition",),
    "auswahl": ("Choice",),
}
# How the passes of a rule are called on a page; other names are shown with blanks.
PASS_WORDS = {
    "laufend": "laufend", "ohne_einmal": "Jahr ohne Einmalzahlung", "mit_einmal": "Jahr mit Einmalzahlung",
    "mehrjaehrig": "Jahr mit Bezug für mehrere Jahre", "ermaessigt": "Fünftelregelung",
    "ermaessigt_ohne": "Fünftelregelung, Jahr ohne den Bezug", "kinder": "mit Kinderfreibeträgen",
    "soli": "Jahr mit Einmalzahlung und Kinderfreibeträgen"}
PERIODS = ("jahr", "monat", "woche", "tag", "stunde")


@dataclass(frozen=True)
class Rule:
    """One version of a rule, valid from ``since`` to ``until`` (both included)."""

    name: str
    function: Callable[..., Any]
    law: str
    unit: str
    since: date
    until: date | None
    title: str
    folder: str
    place: str
    arguments: tuple[str, ...]
    kinds: dict[str, str] = field(hash=False)
    result: str = "Money"
    when: str | None = None
    otherwise: int = 0
    passes: tuple[str, ...] = ()

    @property
    def full_title(self) -> str:
        """Title with the pass in words, where the rule is walked several times."""
        if not self.passes:
            return say(self.title)
        return f"{say(self.title)} ({say(PASS_WORDS.get(self.passes[0], self.passes[0].replace('_', ' ')))})"

    def valid_on(self, day: date) -> bool:
        """True when this version is the law on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


def rule(*, law: str, unit: str, since: str, until: str | None = None, name: str | None = None,
         when: str | None = None, otherwise: int = 0, passes: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Declare a function as a rule.

    law: the paragraph. unit: "euro/monat", "anteil", "tage", "anzahl", "ja/nein", "auswahl", ... since, until: first
    and last day of validity (ISO). name: the value given, if it differs from the function's name. when: name of a
    condition; rows without it get ``otherwise`` and are not computed. passes: the rule exists once per pass, as
    ``name__pass``; its arguments are looked up as ``argument__pass`` first, then as ``argument``.
    """

    def mark(function: F) -> F:
        function.__rule__ = {  # type: ignore[attr-defined]  # the mark that the rule book looks for
            "law": law, "unit": unit, "since": since, "until": until, "name": name, "when": when,
            "otherwise": otherwise, "passes": passes}
        return function

    return mark


def rule_of(function: Callable[..., Any], folder: str) -> Rule:
    """The declared rule behind a marked function; checks law, dates, docstring, annotations, unit."""
    mark = function.__rule__  # type: ignore[attr-defined]  # set by the decorator
    code = function.__code__
    place = f"{code.co_filename}:{code.co_firstlineno} {function.__name__}"
    if not mark["law"].strip():
        raise RuleBookError(f"{place}: Regel ohne Rechtsgrundlage")
    title = inspect.getdoc(function) or ""
    if not title:
        raise RuleBookError(f"{place}: Regel ohne Beschreibung")
    hints = {k: getattr(v, "__name__", str(v)) for k, v in get_type_hints(function).items()}
    arguments = tuple(inspect.signature(function).parameters)
    missing = [a for a in (*arguments, "return") if a not in hints]
    if missing:
        raise RuleBookError(f"{place}: ohne Typangabe: {', '.join(missing)}")
    base, _, period = mark["unit"].partition("/") if mark["unit"] != "ja/nein" else ("ja/nein", "", "")
    if base not in UNIT_KINDS or (period and period not in PERIODS):
        raise RuleBookError(f"{place}: unbekannte Einheit {mark['unit']!r}")
    if hints["return"] not in UNIT_KINDS[base]:
        raise RuleBookError(f"{place}: Einheit {mark['unit']!r} passt nicht zum Ergebnistyp {hints['return']}")
    until = date.fromisoformat(mark["until"]) if mark["until"] else None
    return Rule(
        name=mark["name"] or function.__name__, function=function, law=mark["law"], unit=mark["unit"],
        since=date.fromisoformat(mark["since"]), until=until, title=title.splitlines()[0], folder=folder,
        place=place, arguments=arguments, kinds={a: hints[a] for a in arguments}, result=hints["return"],
        when=mark["when"], otherwise=mark["otherwise"], passes=tuple(mark["passes"]))


@dataclass(frozen=True)
class Input:
    """A column that comes from outside.

    kind: Money (cents), Rate (integers over ``den``), Count, Days, Condition (0/1), Choice (index into ``names``).
    default: value of a missing column (in the integers of the column); ``None`` = the column must be there.
    """

    name: str
    kind: str
    unit: str
    title: str
    default: int | None = None
    den: int = 1
    names: tuple[str, ...] = ()
    folder: str = ""
    place: str = ""
