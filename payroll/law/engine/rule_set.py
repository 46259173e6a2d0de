"""The rule set of a day: what is law, wired and in computing order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from payroll.law.engine.errors import RuleBookError
from payroll.law.engine.fingerprint import fingerprint
from payroll.law.engine.parameters import IN_FORCE, Parameter
from payroll.law.engine.rule import Input, Rule


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
