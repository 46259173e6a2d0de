"""An explanation of a value: facts, numbers of law and steps, as German lines and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Fact:
    """An input of the row that counted; ``given`` is False when it is only the default."""

    name: str
    title: str
    text: str
    given: bool = True


@dataclass(frozen=True)
class Source:
    """A parameter that counted, with the day from which its value holds and where it is published."""

    name: str
    title: str
    law: str
    text: str
    since: date
    source: str
    status: str
    in_force: bool


@dataclass(frozen=True)
class Step:
    """One value on the way: ``formula`` in words, ``figures`` with numbers, ``because`` the branches that counted.

    ``level`` counts the steps to the value asked for: 0 is the value itself, 1 what it is computed from.
    """

    name: str
    title: str
    law: str
    unit: str
    value: Fraction
    text: str
    formula: str
    figures: str
    because: tuple[str, ...]
    uses: tuple[str, ...]
    level: int = 0


@dataclass(frozen=True)
class Explanation:
    """All that led to a value, each thing once: facts of the row, numbers of law, steps in computing order.

    ``remark``: what the reader must know beside it, e.g. that the program's rules have changed since.
    """

    day: date
    name: str
    title: str
    value: Fraction
    text: str
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    steps: tuple[Step, ...]
    remark: str = ""

    def down_to(self, level: int) -> Explanation:
        """Only the steps so near to the value, and the facts and numbers that these steps use themselves."""
        steps = tuple(step for step in self.steps if step.level <= level)
        used = {name for step in steps for name in step.uses}
        return replace(self, steps=steps, facts=tuple(fact for fact in self.facts if fact.name in used),
                       sources=tuple(source for source in self.sources if source.name in used))

    def lines(self) -> list[str]:
        """The explanation as German lines, ready to print; facts that are only defaults are left out."""
        found = [f"{self.title}: {self.text} (Recht am {self.day:%d.%m.%Y})"]
        given = [fact for fact in self.facts if fact.given]
        if given:
            found += ["", "Angaben:", *(f"  {fact.title}: {fact.text}" for fact in given)]
        if self.sources:
            found += ["", "Werte des Rechts:"]
            found += [f"  {s.title}: {s.text} ({s.law}; seit {s.since:%d.%m.%Y}; {s.source}"
                      f"{'' if s.in_force else '; Status: ' + s.status})" for s in self.sources]
        found += ["", "Rechenschritte:"]
        for number, step in enumerate(self.steps, 1):
            found.append(f"  {number}. {step.title}: {step.text} ({step.law})")
            if step.formula:
                found.append(f"     = {step.formula}")
            if step.figures not in ("", step.formula, step.text):
                found.append(f"     = {step.figures}")
            found += [f"     weil {reason}" for reason in step.because]
        return found

    def as_dict(self) -> dict[str, Any]:
        """The explanation for JSON: exact values as text ("num/den"), days in ISO form."""
        data = asdict(self)
        for part in (data, *data["steps"]):
            part["value"] = str(part["value"])
        data["day"] = self.day.isoformat()
        for part in data["sources"]:
            part["since"] = part["since"].isoformat()
        return data
