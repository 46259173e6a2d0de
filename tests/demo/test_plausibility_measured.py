"""Am Vorführkreis gemessen: 95 % gesäter Fehler gefunden, unter 2 % falscher Alarm, auch bei echten Änderungen.

``KREISLOHN_SAMEN`` nennt weitere Samen (``1,2,3``); ``kreislohn bench plausible`` misst dasselbe und nennt die Zahlen.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from payroll.bench import plausible
from tenants.db.engine import Dsns

SEEDS = [int(text) for text in os.environ.get("KREISLOHN_SAMEN", "210").split(",")]


@pytest.fixture(scope="module")
def town(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[plausible.Town]:
    """Eine Stadt mit drei bezahlten Monaten."""
    with fresh_database():
        yield plausible.town()


@pytest.mark.parametrize("seed", SEEDS)
def test_seeded_errors_are_found_and_real_changes_stay_quiet(town: plausible.Town, seed: int) -> None:
    done = plausible.played(town, seed)
    assert len(done.missed) * 100 <= len(done.seeded) * (100 - plausible.FOUND_AT_LEAST), done.missed
    assert len(done.alarms) * 100 < done.others * plausible.FALSE_BELOW, done.alarms
    assert len(done.seeded) >= 34
    assert done.changed >= 18
