"""The rule book: all rules, inputs and parameters; the rule set of a day is built and checked from it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from types import ModuleType
from typing import Any

from payroll.law.engine.build import PREVIOUS, build_rule_set
from payroll.law.engine.errors import RuleBookError
from payroll.law.engine.overlay import Overlay, overlaid
from payroll.law.engine.parameters import Parameter
from payroll.law.engine.rule import Input, Rule, rule_of
from payroll.law.engine.rule_set import RuleSet


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
            self._built[day] = build_rule_set(self, day)
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
