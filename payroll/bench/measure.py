"""One measurement: how many of what in how many seconds, with peak memory and number of SQL statements."""

from __future__ import annotations

import importlib
import importlib.metadata
import multiprocessing
import platform
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

SEED = 20261101
PACKAGES = ("kreislohn", "numpy", "sqlalchemy", "psycopg", "reportlab")


@dataclass
class Measurement:
    """Result of one benchmark. rate = size / seconds in units per second; peak_mb of the measuring process."""

    name: str
    size: int
    unit: str
    seconds: float
    rate: float
    peak_mb: float
    sql_statements: int | None = None
    seed: int = SEED
    machine: str = field(default_factory=lambda: f"{platform.machine()}, {multiprocessing.cpu_count()} Kerne, "
                                                 f"{platform.system()}, Python {platform.python_version()}")
    versions: dict[str, str] = field(default_factory=lambda: {n: importlib.metadata.version(n) for n in PACKAGES})

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def line(self) -> str:
        """One line for people."""
        sql = "" if self.sql_statements is None else f", {self.sql_statements} SQL-Anweisungen"
        return (f"{self.name}: {self.size} {self.unit} in {self.seconds:.2f} s = {self.rate:,.0f} je Sekunde, "
                f"Spitze {self.peak_mb:.0f} MB{sql}")


def timed(name: str, size: int, unit: str, work: Callable[[], Any]) -> Measurement:
    """Runs the work once and measures it."""
    started = time.perf_counter()
    with statements_counted() as counter:
        work()
    seconds = time.perf_counter() - started
    return Measurement(name, size, unit, round(seconds, 3), round(size / seconds, 1), peak_mb(),
                       counter["statements"] or None)


def best_of(repeats: int, name: str, size: int, unit: str, work: Callable[[], Any]) -> Measurement:
    """The fastest of several measurements (the others were disturbed)."""
    return min((timed(name, size, unit, work) for _ in range(repeats)), key=lambda m: m.seconds)


def peak_mb() -> float:
    """Largest resident memory of this process so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def in_fresh_process(module: str, size: int) -> Measurement:
    """Calls ``measure(size)`` of a module in a new process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (module, size))


def _measure(module: str, size: int) -> Measurement:
    found: Measurement = importlib.import_module(module).measure(size)
    return found


@contextmanager
def statements_counted() -> Iterator[dict[str, int]]:
    """Counts the statements that SQLAlchemy sends; the bulk door adds its own."""
    counter = {"statements": 0}

    def count(*_: Any) -> None:
        counter["statements"] += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield counter
    finally:
        event.remove(Engine, "before_cursor_execute", count)
