"""Menschen eines Stichtags und Tafeln über sie: was alle Kennzahlen zu Beschäftigten gemeinsam haben."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from staffplan import grades

KREISE = {"beamte": "Beamtinnen und Beamte", "tarif": "Tarifbeschäftigte", "auszubildende": "Auszubildende",
          "minijob": "Geringfügig Beschäftigte"}
Zelle = str | int | Decimal | None


@dataclass(frozen=True)
class Mensch:
    """Ein Mensch am Stichtag; `job` ist die Beschäftigung mit dem größten Umfang, `geschlecht` leer ohne Angabe."""

    job: int
    kreis: str
    gruppe: str
    teilzeit: bool
    alter: int
    ende: date | None
    schwerbehindert: bool
    geschlecht: str = ""


@dataclass(frozen=True)
class Tafel:
    """Eine Tabelle: Schlüssel, Titel, Spalten, Zeilen; None ist verborgen."""

    schluessel: str
    titel: str
    spalten: tuple[str, ...]
    zeilen: tuple[tuple[Zelle, ...], ...]


def sized(people: Sequence[Mensch], key: Callable[[Mensch], Hashable]) -> dict[Any, list[Mensch]]:
    """Die Menschen nach einem Merkmal."""
    found: dict[Any, list[Mensch]] = defaultdict(list)
    for one in people:
        found[key(one)].append(one)
    return found


def percent(count: int, whole: int) -> Decimal:
    """Ein Anteil in Prozent, eine Stelle nach dem Komma."""
    return (Decimal(count * 100) / Decimal(whole)).quantize(Decimal("0.1"))


def in_order(groups: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Kreis und Gruppe in der Ordnung der Tabellen."""
    return sorted(groups, key=_order)


def _order(key: tuple[str, str]) -> tuple[int, tuple[int, int, tuple[int, int]], str]:
    try:
        return list(KREISE).index(key[0]), grades.sort_key(None, key[1]), key[1]
    except grades.UnknownGrade:
        return list(KREISE).index(key[0]), (99, 99, (0, 0)), key[1]
