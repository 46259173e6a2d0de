"""Kennzahlen: Stellen, besetzt, frei, Teilzeit; Gruppen mit wenigen Personen bleiben verborgen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from staffplan.grades import sort_key
from staffplan.hiding import hidden, part
from staffplan.shares import rounded
from staffplan.state import Stand, Stelle

HEADER = ("Laufbahngruppe", "Gruppe", "Stellen", "besetzt", "frei", "Personen", "davon Teilzeit")
NONE = Fraction(0)


@dataclass(frozen=True)
class Summe:
    """Summen eines Tages."""

    stellen: Fraction
    besetzt: Fraction
    frei: Fraction
    zahl: int


@dataclass(frozen=True)
class Kennzahl:
    """Eine Gruppe; `personen` und `teilzeit` sind None, wenn die Gruppe zu klein ist, um sie zu zeigen."""

    laufbahn: str | None
    gruppe: str
    stellen: Fraction
    besetzt: Fraction
    personen: int | None
    teilzeit: int | None

    @property
    def frei(self) -> Fraction:
        """Freier Anteil."""
        return self.stellen - self.besetzt

    def cells(self) -> tuple[Any, ...]:
        """Zellen für die Ausgabe als Datei."""
        return (self.laufbahn or "", self.gruppe, rounded(self.stellen, 2), rounded(self.besetzt, 2),
                rounded(self.frei, 2), self.personen, self.teilzeit)


def totals(held: Stand) -> Summe:
    """Summen über alle Stellen; überbesetzte Stellen mindern die freien anderer nicht."""
    posts = held.stellen.values()
    return Summe(sum((p.anteil for p in posts), NONE), sum((p.besetzt for p in posts), NONE),
                 sum((max(p.frei, NONE) for p in posts), NONE), len(held.stellen))


def by_grade(held: Stand, smallest: int) -> list[Kennzahl]:
    """Kennzahlen je Laufbahngruppe und Gruppe.

    Personenzahlen kleiner Gruppen fehlen, auch wo sie sich aus der Summe erschließen ließen (staffplan.hiding); die
    Teilzeit fehlt, wo Teilzeit oder Vollzeit einer Gruppe wenige sind.
    """
    groups: dict[tuple[str | None, str], list[Stelle]] = defaultdict(list)
    for post in held.stellen.values():
        groups[(post.laufbahn, post.gruppe)].append(post)
    people = {key: {one.personalnummer for post in posts for one in post.besetzungen if one.besetzt}
              for key, posts in groups.items()}
    concealed = hidden({key: len(found) for key, found in people.items()}, smallest)
    shares = _shares(held)
    return [
        Kennzahl(*key, sum((p.anteil for p in groups[key]), NONE), sum((p.besetzt for p in groups[key]), NONE),
                 None if key in concealed else len(people[key]),
                 None if key in concealed else part(sum(shares[number] < 1 for number in people[key]),
                                                    len(people[key]), smallest))
        for key in sorted(groups, key=lambda one: sort_key(*one))
    ]


def _shares(held: Stand) -> dict[str, Fraction]:
    found: dict[str, Fraction] = defaultdict(Fraction)
    for post in held.stellen.values():
        for one in post.besetzungen:
            if one.besetzt:
                found[one.personalnummer] += one.anteil
    return found
