"""Das Regelwerk eines Arbeitgebers: das Recht mit seinen Festlegungen, wo mehrere Lesarten vertretbar sind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from payroll.law.calculate import rule_book
from payroll.law.engine import RuleBook
from payroll.law.engine.overlay import Overlay, may_be_overlaid
from payroll.law.parameters import load_parameters


def book_for(overlays: Sequence[Overlay], *areas: str) -> RuleBook:
    """Das Regelwerk der Gebiete mit den Festlegungen; ohne solche das gemeinsame."""
    own = tuple(sorted(overlays, key=lambda one: (one.name, one.ab)))
    return _book(own, areas) if own else rule_book(*areas)


@lru_cache(256)
def _book(overlays: tuple[Overlay, ...], areas: tuple[str, ...]) -> RuleBook:
    plain = rule_book(*areas)
    return plain.with_overlays(overlays)


def plain(overlays: Iterable[Overlay]) -> list[list[Any]]:
    """Für den Wertebogen: Name, erster Tag, Wert, Quelle."""
    return [[one.name, one.ab.isoformat(), str(one.wert), one.quelle] for one in overlays]


@lru_cache(1)
def settable() -> tuple[Any, ...]:
    """Werte des Rechts, die ein Arbeitgeber festlegen darf (ganze Zahl oder Satz, keine Tabelle)."""
    return tuple(one for one in load_parameters() if may_be_overlaid(one) and one.einheit in ("anzahl", "prozent"))


def first_day(day: date) -> date:
    """Festlegungen wirken je Monat; es gilt, was am Ersten gilt."""
    return day.replace(day=1)
