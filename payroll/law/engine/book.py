"""The rule book: all rules, inputs and parameters; the rule set of a day is built and checked from it."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from types import ModuleType
from typing import Any

from payroll.law.engine.errors import RuleBookError
from payroll.law.engine.fingerprint import fingerprint
from payroll.law.engine.overlay import Overlay, overlaid
from payroll.law.engine.parameters import IN_FORCE, Parameter
from payroll.law.engine.rule import Input, Rule, rule_of

Resolved = Rule | Input | Parameter
ACCEPTS = {"Exact": ("Exact", "Money"), "Rate": ("Rate", "Count", "Days", "Choice"),
           "Count": ("Count", "Days", "Choice")}
PREVIOUS = "__vorjahr"


@dataclass(frozen=True)
class Node:
    """A rule in the rule set of a day: its value's name and where each argument comes from."""

    name: str
    rule: Rule
    sources: tuple[str, ...]
    when: str | None


@dataclass(frozen=True)
class DoubtfulParameter:
    """A number used that is not (yet) safe law: a finding of the run."""

    name: str
    titel: str
    paragraf: str
    status: str
    quelle: str
    ab: date

    def __str__(self) -> str:
        return (f"{self.titel} ({self.paragraf}), seit {self.ab:%d.%m.%Y}: Status {self.status}, "
                f"Quelle {self.quelle}")


@dataclass(frozen=True)
class RuleSet:
    """What is law on one day, ordered so that every value comes after what it needs."""

    day: date
    nodes: dict[str, Node]
    inputs: dict[str, Input]
    parameters: dict[str, tuple[Parameter, date]]
    arguments: dict[str, Any]

    def order_for(self, outputs: Iterable[str]) -> list[Node]:
        """The nodes needed for these outputs, in computing order."""
        wanted: set[str] = set()
        stack = list(outputs)
        while stack:
            name = stack.pop()
            node = self.nodes.get(name)
            if node is None or name in wanted:
                if node is None and name not in self.inputs and name not in self.parameters:
                    raise RuleBookError(f"am {self.day} gibt es keinen Wert {name!r}")
                continue
            wanted.add(name)
            stack.extend(node.sources)
            if node.when:
                stack.append(node.when)
        return [node for name, node in self.nodes.items() if name in wanted]

    @cached_property
    def fingerprint(self) -> str:
        """What the rule set computes, as one hash; see fingerprint.py for what it covers."""
        return fingerprint(self)

    def doubtful_parameters(self, outputs: Iterable[str]) -> list[DoubtfulParameter]:
        """Parameters behind these outputs whose value of the day is a draft, unconfirmed or from a single source."""
        used: dict[str, None] = {}
        for node in self.order_for(outputs):
            used.update(dict.fromkeys(source for source in node.sources if source in self.parameters))
        found = []
        for name in used:
            parameter, day = self.parameters[name]
            value = parameter.on(day)
            if value is not None and value.status not in IN_FORCE:
                found.append(DoubtfulParameter(name, parameter.titel, parameter.paragraf, value.status, value.quelle,
                                               value.ab))
        return found


class RuleBook:
    """All versions of all rules; ``build(day)`` gives the rule set of a day (kept once built)."""

    def __init__(self, rules: Iterable[Rule], inputs: Iterable[Input], parameters: Iterable[Parameter],
                 exports: dict[str, frozenset[str]]) -> None:
        self.rules = [version for one in rules for version in _expand(one)]
        self.inputs: dict[str, Input] = _unique(inputs, "Eingabe")
        self.parameters: dict[str, Parameter] = _unique(parameters, "Parameter")
        self.exports = exports
        self.areas = {one.folder for one in self.rules} | set(exports)
        self._built: dict[date, RuleSet] = {}
        for name in set(self.inputs) & set(self.parameters):
            raise RuleBookError(f"{name!r} ist Eingabe ({self.inputs[name].place}) und Parameter "
                                f"({self.parameters[name].place})")
        self._check_overlaps()

    def change_days(self) -> list[date]:
        """Every day on which a rule or a parameter (or the previous year's value that a rule reads) changes."""
        days: set[date] = set()
        previous = {name.removesuffix(PREVIOUS) for one in self.rules for name in one.arguments if PREVIOUS in name}
        for one in self.rules:
            days.add(one.since)
            if one.until:
                days.add(one.until + timedelta(days=1))
        for parameter in self.parameters.values():
            for value in parameter.versions:
                days.add(value.ab)
                if parameter.name in previous:
                    days.add(date(value.ab.year + 1, 1, 1))
                if value.bis:
                    days.add(value.bis + timedelta(days=1))
        return sorted(days)

    def build(self, day: date) -> RuleSet:
        """The checked rule set of a day: gaps, cycles, types, exports are errors naming the places."""
        if day not in self._built:
            self._built[day] = _build(self, day)
        return self._built[day]

    def with_overlays(self, overlays: Iterable[Overlay]) -> RuleBook:
        """A book with the dated values of a tenant over the law; this book stays as it is."""
        book = copy(self)
        book.parameters = overlaid(self.parameters, overlays)
        book._built = {}
        return book

    def first_complete_day(self) -> date:
        """The first change day on which every area has law, and after which no day has a gap.

        Raises the RuleBookError of the last change day if not even the latest law is complete.
        """
        folders = {one.folder for one in self.rules}
        complete: date | None = None
        for day in reversed(self.change_days()):
            try:
                built = self.build(day)
            except RuleBookError:
                if complete is None:
                    raise
                break
            if {node.rule.folder for node in built.nodes.values()} != folders:
                break
            complete = day
        if complete is None:
            raise RuleBookError("das Regelwerk ist leer")
        return complete

    def _check_overlaps(self) -> None:
        by_name: dict[str, list[Rule]] = {}
        for one in self.rules:
            by_name.setdefault(one.name, []).append(one)
        for name, versions in by_name.items():
            if name in self.inputs or name in self.parameters:
                other = self.inputs[name].place if name in self.inputs else self.parameters[name].place
                raise RuleBookError(f"{name!r} gibt es zweimal: {versions[0].place} und {other}")
            versions.sort(key=lambda r: r.since)
            for a, b in pairwise(versions):
                if a.until is None or b.since <= a.until:
                    raise RuleBookError(f"{name!r} ab {b.since} doppelt geregelt: {a.place} und {b.place}")


def _expand(one: Rule) -> Iterator[Rule]:
    if not one.passes:
        yield one
        return
    for label in one.passes:
        yield replace(one, name=f"{one.name}__{label}", passes=(label,))


def _unique(items: Iterable[Any], what: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if item.name in found:
            raise RuleBookError(f"{what} {item.name!r} gibt es zweimal: {found[item.name].place} und {item.place}")
        found[item.name] = item
    return found


def _build(book: RuleBook, day: date) -> RuleSet:
    active = {one.name: one for one in book.rules if one.valid_on(day)}
    parameters: dict[str, tuple[Parameter, date]] = {}
    nodes: dict[str, Node] = {}
    for one in active.values():
        sources = tuple(_resolve(book, active, parameters, one, argument, day) for argument in one.arguments)
        when = _resolve(book, active, parameters, one, one.when, day) if one.when else None
        nodes[one.name] = Node(one.name, one, sources, when)
        guards = ((one.when, when),) if one.when and when else ()
        for argument, source in (*zip(one.arguments, sources, strict=True), *guards):
            _check_kind(book, active, one, argument, source)
            _check_export(book, active, one, source)
            _check_period(book, active, one, argument, source)
    graph = {n.name: [s for s in (*n.sources, n.when) if s in nodes] for n in nodes.values()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        places = "; ".join(f"{name} ({active[name].place})" for name in error.args[1])
        raise RuleBookError(f"Kreis am {day}: {places}") from error
    arguments = {name: parameter.argument(at) for name, (parameter, at) in parameters.items()}
    return RuleSet(day, {name: nodes[name] for name in order}, book.inputs, parameters, arguments)


def _resolve(book: RuleBook, active: dict[str, Rule], parameters: dict[str, tuple[Parameter, date]], one: Rule,
             argument: str, day: date) -> str:
    candidates = [f"{argument}__{one.passes[0]}", argument] if one.passes else [argument]
    for name in candidates:
        if name in active or name in book.inputs:
            return name
    previous = argument.endswith(PREVIOUS)
    name = argument.removesuffix(PREVIOUS)
    if name in book.parameters:
        at = date(day.year - 1, 12, 31) if previous else day
        if book.parameters[name].on(at) is None:
            raise RuleBookError(f"{one.place}: Parameter {name!r} ({book.parameters[name].place}) hat am {at} "
                                f"keinen Wert")
        parameters[argument] = (book.parameters[name], at)
        return argument
    known = {*active, *book.inputs, *book.parameters}
    near = difflib.get_close_matches(argument, known, 3)
    elsewhere = [r.place for r in book.rules if r.name == argument]
    hint = f" (anderer Tag: {elsewhere[0]})" if elsewhere else f" (ähnlich: {', '.join(near)})" if near else ""
    raise RuleBookError(f"{one.place}: am {day} gibt es keinen Wert {argument!r}{hint}")


def _given(book: RuleBook, active: dict[str, Rule], source: str) -> Resolved:
    if source in active:
        return active[source]
    if source in book.inputs:
        return book.inputs[source]
    return book.parameters[source.removesuffix(PREVIOUS)]


def _check_kind(book: RuleBook, active: dict[str, Rule], one: Rule, argument: str, source: str) -> None:
    given = _given(book, active, source)
    kind = given.result if isinstance(given, Rule) else given.kind
    wanted = one.kinds.get(argument, "Condition")
    if wanted != kind and kind not in ACCEPTS.get(wanted, ()):
        raise RuleBookError(f"{one.place}: {argument!r} soll {wanted} sein, ist aber {kind} ({given.place})")


def _check_export(book: RuleBook, active: dict[str, Rule], one: Rule, source: str) -> None:
    given = _given(book, active, source)
    if isinstance(given, Input) or given.folder == one.folder or given.folder not in book.areas:
        return  # numbers of an area that is not loaded are checked where it is
    bare = source.removesuffix(PREVIOUS)
    if bare not in book.exports.get(given.folder, frozenset()):
        raise RuleBookError(f"{one.place}: {bare!r} wird von {given.folder!r} nicht angeboten ({given.place}); "
                            f"in EXPORTS von {given.folder} aufnehmen oder einen angebotenen Wert verwenden")


def _check_period(book: RuleBook, active: dict[str, Rule], one: Rule, argument: str, source: str) -> None:
    given = _given(book, active, source)
    unit = given.einheit if isinstance(given, Parameter) else given.unit
    period = unit.partition("/")[2] if unit != "ja/nein" else ""
    for suffix in ("jahr", "monat"):
        if period and argument.endswith(f"_{suffix}") and period != suffix:
            raise RuleBookError(f"{one.place}: {argument!r} nennt {suffix}, {given.place} gibt {unit}")


def rules_in(package: ModuleType, areas: tuple[str, ...] = ()) -> tuple[
        list[Rule], list[Input], dict[str, frozenset[str]]]:
    """Rules, inputs and exports of a package of rules (or of some areas = first folder level of it).

    An input that a rule of another loaded area supplies is no input any more; an input declared alike by several
    areas counts once.
    """
    rules: list[Rule] = []
    inputs: list[Input] = []
    exports: dict[str, frozenset[str]] = {}
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        folder = info.name.removeprefix(package.__name__ + ".").partition(".")[0]
        if areas and folder not in areas:
            continue
        module = importlib.import_module(info.name)
        if hasattr(module, "EXPORTS"):
            exports[folder] = frozenset(module.EXPORTS) | exports.get(folder, frozenset())
        for thing in vars(module).values():
            if callable(thing) and hasattr(thing, "__rule__") and thing.__module__ == module.__name__:
                rules.append(rule_of(thing, folder))
        inputs += [replace(i, folder=folder, place=info.name) for i in getattr(module, "INPUTS", ())]
    given = {one.name for one in rules}
    alike: dict[str, Input] = {}
    for one in (i for i in inputs if i.name not in given):
        other = alike.setdefault(one.name, one)
        if (other.kind, other.den, other.names) != (one.kind, one.den, one.names):
            raise RuleBookError(f"Eingabe {one.name!r} ist verschieden erklärt: {other.place} und {one.place}")
    return rules, list(alike.values()), exports


