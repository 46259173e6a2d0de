"""Hundert Tode in den Monaten Juni bis Oktober, dazwischen und danach alles genau einmal (siehe killing.py)."""

from __future__ import annotations

from datetime import date
from multiprocessing.context import ForkServerContext

from tenants.db.engine import Dsns
from tests.runs.killing import killed_and_finished


def test_killed_anywhere_a_hundred_times_and_finished_once(database: Dsns, dying: ForkServerContext) -> None:
    months = [date(2026, month, 1) for month in range(6, 11)]
    assert killed_and_finished(database, dying, months, seed=6) == 100
