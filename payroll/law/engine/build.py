"""Building the rule set of a day: arguments find their values; gaps, cycles, kinds, exports, periods are checked."""

from __future__ import annotations

import difflib
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from payroll.law.engine.errors import RuleBookError
from payroll.law.engine.parameters import Parameter
from payroll.law.engine.rule import Input, Rule
from payroll.law.engine.rule_set import Node, RuleSet

if TYPE_CHECKING:
    from payroll.law.engine.book import RuleBook

Resolved = Rule | Input | Parameter
ACCEPTS = {"Exact": ("Exact", "Money"), "Rate": ("Rate", "Count", "Days", "Choice"),
           "Count": ("Count", "Days", "Choice")}
PREVIOUS = "__vorjahr"


def build_rule_set(book: RuleBook, day: date) -> RuleSet:
    """The checked rule set of a day; raises RuleBookError naming the places."""
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
