"""Two results of measurements side by side: how much faster, how much memory, how many more statements."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


class NotComparable(ValueError):
    """The lines are no results of measurements, or nothing was measured twice; the words say what to do."""


@dataclass(frozen=True)
class Pair:
    """The same measurement twice; ratios are new to old (rate above 1 is faster), None where one side has no figure."""

    name: str
    size: int
    old_rate: float
    new_rate: float
    rate: float
    memory: float | None
    statements: int | None
    same_machine: bool

    def line(self) -> str:
        """One line for people."""
        memory = "" if self.memory is None else f", Speicher {self.memory:.2f}-fach"
        sql = "" if self.statements is None else f", SQL {self.statements:+d}"
        where = "" if self.same_machine else "; andere Maschine"
        return (f"{self.name} ({self.size}): {self.old_rate:,.1f} -> {self.new_rate:,.1f} je Sekunde = "
                f"{self.rate:.2f}-fach{memory}{sql}{where}")


def read(text: str) -> dict[tuple[str, int], dict[str, Any]]:
    """Results of ``bench --json``, one line each, by name and size; the last of several counts."""
    found = {}
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        try:
            row = json.loads(line)
            found[str(row["name"]), int(row["size"])] = row
            float(row["rate"])
        except (ValueError, KeyError, TypeError) as error:
            raise NotComparable(f"Zeile {number} ist kein Ergebnis von „kreislohn bench --json“.") from error
    return found


def compare(old: str, new: str) -> list[Pair]:
    """Every measurement that stands in both with the same meaning, in the order of the new one."""
    before, after = read(old), read(new)
    pairs = [_pair(before[key], row) for key, row in after.items()
             if key in before and (before[key].get("definition") or None) == (row.get("definition") or None)]
    if not pairs:
        raise NotComparable("Keine Messung mit gleichem Namen, gleicher Anzahl und gleicher Bedeutung steht in beiden "
                            "Dateien.")
    return pairs


def slower(pairs: Iterable[Pair], tolerance: float) -> list[Pair]:
    """What became slower by more than the tolerance (0.1 is ten percent)."""
    return [one for one in pairs if one.rate < 1 - tolerance]


def _pair(old: dict[str, Any], new: dict[str, Any]) -> Pair:
    memory = new["peak_mb"] / old["peak_mb"] if old.get("peak_mb") and new.get("peak_mb") else None
    counts = (old.get("sql_statements"), new.get("sql_statements"))
    statements = None if None in counts else int(counts[1] or 0) - int(counts[0] or 0)
    return Pair(new["name"], int(new["size"]), old["rate"], new["rate"],
                new["rate"] / old["rate"] if old["rate"] else float("inf"), memory, statements,
                _machine(old) == _machine(new))


def _machine(row: dict[str, Any]) -> str:
    """The machine without how busy it was."""
    return str(row.get("machine", "")).partition(", Last")[0]
