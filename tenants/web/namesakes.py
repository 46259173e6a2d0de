"""Ob eine Person der Mensch ist, der gerade handelt: verbunden mit seinem Zugang oder ebenso genannt.

Das Portal hat einen eigenen Zugang neben dem des Personals. Fragte niemand nach dem Namen, entschiede derselbe Mensch
mit dem einen, was er mit dem anderen beantragt hat. Wer nur ebenso heißt, bittet eine zweite Person.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from tenants.web.identity import current, current_mandate
from tenants.web.lists import sort_key

FEWEST = 2  # words; one alone is no full name


def is_me(person: uuid.UUID, names: Iterable[str]) -> bool:
    """Ob die Person mit diesen Namen (in jeder Reihenfolge) die des angemeldeten Menschen ist oder ebenso heißt."""
    mine = current().display_name
    return person in current_mandate().person_public_ids or any(alike(mine, name) for name in names)


def alike(one: str, other: str) -> bool:
    """Ob zwei volle Namen derselbe sein können: der eine enthält alle Wörter des anderen."""
    first, second = _words(one), _words(other)
    return min(len(first), len(second)) >= FEWEST and (first <= second or second <= first)


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in re.split(r"[\W_]+", sort_key(name)) if word)
