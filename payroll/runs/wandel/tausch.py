"""Der Austausch: Ursache für Ursache von den Eingaben vorher zu denen nachher, jeder Unterschied ein Anteil."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from payroll.law.engine import Result
from payroll.runs.wandel.anteile import Anteil, Beleg
from payroll.runs.wandel.gruppen import Worte

Column = Any
NOTHING = Worte("", "", "", "")


@dataclass
class Tausch:
    """Stand des Austauschs: Eingaben und Werte aller Fälle, die Anteile je Fall.

    Ein Schritt, mit dem sich ein Fall nicht rechnen lässt (Stufe, die es in der Gruppe nicht gibt), wird mit dem
    nächsten zusammen gezählt.
    """

    columns: dict[str, Column]
    values: dict[str, Column]
    rechne: Callable[[dict[str, Column]], Result]
    shares: dict[int, list[Anteil]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def size(self) -> int:
        """Zahl der Fälle."""
        return len(self.values["auszahlung"])

    def law(self, art: str, titel: str, belege: tuple[Beleg, ...],
            rechne: Callable[[dict[str, Column]], Result]) -> None:
        """Ein Schritt des Rechts, für alle Fälle."""
        self.rechne = rechne
        self._count(art, np.arange(self.size), dict.fromkeys(range(self.size), Worte(titel, "", "", "")), belege)

    def swap(self, art: str, changed: Mapping[str, Mapping[int, int]], words: Mapping[int, Worte]) -> None:
        """Setzt Eingaben (Name → Fall → Wert) und zählt, was sich ändert."""
        rows = sorted({row for cells in changed.values() for row in cells})
        if not rows:
            return
        for name, cells in changed.items():
            for row, value in cells.items():
                self.columns[name][row] = value
        self._count(art, np.array(rows, dtype=np.int64), words)

    def add(self, art: str, words: Mapping[int, Worte], effects: Mapping[int, int]) -> None:
        """Eine Wirkung, die unmittelbar in der Auszahlung steht."""
        for row, effect in effects.items():
            if effect:
                self._share(row, art, words.get(row, NOTHING), effect, {"auszahlung": effect}, ())

    def settle(self, stored: dict[str, Column], titel: str) -> None:
        """Was zwischen der Nachrechnung und den gespeicherten Werten liegt."""
        differs = np.zeros(self.size, dtype=bool)
        for name, column in stored.items():
            differs |= column != self.values[name]
        for row in np.flatnonzero(differs).tolist():
            self._record("regeln", row, Worte(titel, "", "", ""), {name: int(stored[name][row]) for name in stored}, ())

    def _count(self, art: str, rows: Column, words: Mapping[int, Worte], belege: tuple[Beleg, ...] = ()) -> None:
        result = self.rechne({name: column[rows] for name, column in self.columns.items()})
        faulty = {fault.row for fault in result.faults}
        fresh = {name: result.cents(name) for name in self.values}
        differs = np.zeros(len(rows), dtype=bool)
        for name, column in fresh.items():
            differs |= column != self.values[name][rows]
        for place in faulty:
            self.waiting[int(rows[place])].append(words.get(int(rows[place]), NOTHING).titel)
        for place in np.flatnonzero(differs).tolist():
            row = int(rows[place])
            if place not in faulty:
                self._record(art, row, words.get(row, NOTHING), {name: int(fresh[name][place]) for name in fresh},
                             belege)

    def _record(self, art: str, row: int, words: Worte, now: dict[str, int], belege: tuple[Beleg, ...]) -> None:
        changes = {name: value - int(self.values[name][row]) for name, value in now.items()
                   if value != self.values[name][row]}
        for name, value in now.items():
            self.values[name][row] = value
        self._share(row, art, words, changes.get("auszahlung", 0), changes, belege)

    def _share(self, row: int, art: str, words: Worte, effect: int, changes: dict[str, int],
               belege: tuple[Beleg, ...]) -> None:
        before = self.waiting.pop(row, [])
        title = "; ".join(dict.fromkeys([*filter(None, before), words.titel]))
        self.shares[row].append(Anteil(art, title, words.vorher, words.nachher, effect, changes, belege, words.satz))
