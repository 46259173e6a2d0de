"""An explanation of a value: facts, numbers of law and steps, as German lines and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Fact:
    """An input of the row that counted."""

    name: str
    title: str
    text: str


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
    """One value on the way: ``formula`` in words, ``figures`` with numbers, ``because`` the branches that counted."""

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


@dataclass(frozen=True)
class Explanation:
    """All that led to a value, each thing once: facts of the row, numbers of law, steps in computing order."""

    day: date
    name: str
    title: str
    value: Fraction
    text: str
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    steps: tuple[Step, ...]

    def lines(self) -> list[str]:
        """The explanation as German lines, ready to print."""
        found = [f"{self.title}: {self.text} (Recht am {self.day:%d.%m.%Y})"]
        if self.facts:
            found += ["", "Angaben:", *(f"  {fact.title}: {fact.text}" for fact in self.facts)]
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
