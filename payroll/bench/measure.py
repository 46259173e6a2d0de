"""One measurement: how many of what in how many seconds, with peak memory and number of SQL statements."""

from __future__ import annotations

import importlib
import importlib.metadata
import multiprocessing
import os
import platform
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from payroll.bench.statements import counted

SEED = 20261101
ENOUGH = 20  # calls; of fewer the nearest rank of 95 % is the longest of them
PACKAGES = ("kreislohn", "numpy", "sqlalchemy", "psycopg", "reportlab")


def machine() -> str:
    """What was measured on: processor, cores, memory, system, Python, and how busy it was (load of the last minute)."""
    size = _proc("/proc/meminfo", "MemTotal")
    memory = f", {int(size.split()[0]) / 2**20:.0f} GB" if size else ""
    name = _proc("/proc/cpuinfo", "model name") or platform.processor() or "Prozessor unbekannt"
    return (f"{name} ({platform.machine()}), {multiprocessing.cpu_count()} Kerne{memory}, "
            f"{platform.system()}, Python {platform.python_version()}, Last {os.getloadavg()[0]:.1f}")


@dataclass
class Measurement:
    """Result of one benchmark. rate = size / seconds in units per second; peak_mb of the measuring process alone.

    beside: what another program measured on the same rows in the same process (see beside.py), None without one.
    remark: what else was measured, in words.
    areas: seconds per area of law, measured once more with clocks (see where.py), None without rules of law.
    cpu_seconds: processor time of the measuring process; database_seconds: that of the database beside it (all its
    processes), where it was measured. On a busy machine they say more than the seconds of the wall clock.
    p95_ms: what 95 of 100 calls did not exceed (milliseconds, nearest rank), over `calls` calls of one `call` (a page,
    a document, a month of one employer), all of one kind; of fewer than ENOUGH calls it is the longest, and said so.
    points: where a curve was measured, its points (see curves.py).
    definition: what the name means now, where it meant something else before; results of two are not compared.
    """

    name: str
    size: int
    unit: str
    seconds: float
    rate: float
    peak_mb: float
    sql_statements: int | None = None
    beside: dict[str, Any] | None = None
    areas: dict[str, float] | None = None
    remark: str | None = None
    cpu_seconds: float | None = None
    database_seconds: float | None = None
    p95_ms: float | None = None
    calls: int | None = None
    call: str | None = None
    points: list[dict[str, Any]] | None = None
    definition: str | None = None
    seed: int = SEED
    machine: str = field(default_factory=machine)
    versions: dict[str, str] = field(default_factory=lambda: {n: importlib.metadata.version(n) for n in PACKAGES})

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def noted(self, call: str, seconds: Sequence[float]) -> Measurement:
        """The same with the 95th percentile of these calls (seconds each, all of one kind)."""
        self.p95_ms, self.calls, self.call = round(percentile(seconds) * 1000, 3), len(seconds), call
        return self

    def line(self) -> str:
        """One line for people."""
        sql = "" if not self.sql_statements else f", {self.sql_statements} SQL-Anweisungen"
        sql += "" if self.cpu_seconds is None else f", Prozessorzeit {self.cpu_seconds:.1f} s"
        sql += "" if self.database_seconds is None else f" und der Datenbank {self.database_seconds:.1f} s"
        share = "95 %" if (self.calls or 0) >= ENOUGH else "längster"
        slow = "" if self.p95_ms is None else f", {share} von {self.calls} ({self.call}) in {self.p95_ms:,.1f} ms"
        return (f"{self.name}: {self.size} {self.unit} in {self.seconds:.2f} s = {self.rate:,.0f} je Sekunde{slow}, "
                f"Spitze {self.peak_mb:.0f} MB{sql}{self._where()}{self._other()}"
                f"{'; ' + self.remark if self.remark else ''}")

    def _where(self) -> str:
        whole = sum((self.areas or {}).values())
        if not whole:
            return ""
        shares = (f"{area} {part / whole:.0%}" for area, part in (self.areas or {}).items() if part / whole >= 0.01)
        return f"; davon {', '.join(shares)}"

    def _other(self) -> str:
        other = self.beside
        if other is None:
            return ""
        name = f"; daneben gettsim {other['version']}: "
        if "rate" not in other:
            return name + str(other["remark"])
        return (f"{name}{other['rate']:,.0f} je Sekunde, auf den Cent gleich {other['agree']:.1%}, mit der Rundung "
                f"des Jahresbetrags {other['agree_rounded_as_the_plan']:.1%}")


def timed(name: str, size: int, unit: str, work: Callable[[], Any]) -> Measurement:
    """Runs the work once and measures it."""
    with counted() as sent:
        started, busy = time.perf_counter(), time.process_time()
        work()
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
    return Measurement(name, size, unit, round(seconds, 3), round(size / seconds, 1), peak_mb(), len(sent),
                       cpu_seconds=round(busy, 2))


def best_of(repeats: int, name: str, size: int, unit: str, work: Callable[[], Any]) -> Measurement:
    """The fastest of several measurements (the others were disturbed)."""
    return min((timed(name, size, unit, work) for _ in range(repeats)), key=lambda m: m.seconds)


def percentile(seconds: Sequence[float], share: int = 95) -> float:
    """What this share (per cent) of the values does not exceed, by nearest rank; refuses an empty list."""
    ranked = sorted(seconds)
    return ranked[-(-len(ranked) * share // 100) - 1]


def repeated(times: int, work: Callable[[], Any]) -> list[float]:
    """Seconds of each call."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return found


class _Undone(Exception):
    """Nothing of the call stays."""


def undone(times: int, opened: Callable[[], AbstractContextManager[Any]], work: Callable[[Any], Any]) -> list[float]:
    """Seconds of each call of work with a session of its own, each undone afterwards: the next finds all as before.

    The commit is not inside. One call more goes before and is not counted: it loads what a process loads once.
    """
    def once() -> None:
        with suppress(_Undone), opened() as session:
            started = time.perf_counter()
            work(session)
            found.append(time.perf_counter() - started)
            raise _Undone

    found: list[float] = []
    for _ in range(times + 1):
        once()
    return found[1:]


def database_busy(postmaster: int) -> float:
    """Processor seconds so far of a database server with this process number and all its processes, ended ones too."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it ended in between; its time is the postmaster's by then
            continue
        if path.parent.name == f"{postmaster}":
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == f"{postmaster}":
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_mb() -> float:
    """Largest resident memory of this process so far.

    On Linux from the process itself: getrusage would also count the process that started this one.
    """
    held = _proc("/proc/self/status", "VmHWM")
    kilobytes = int(held.split()[0]) if held else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kilobytes / 1024, 1)


def in_fresh_process(function: str, *arguments: Any, **named: Any) -> Any:
    """Calls ``module:function`` in a new process and returns what it returns."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_call, function, *arguments, **named).result()


def _call(function: str, *arguments: Any, **named: Any) -> Any:
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)(*arguments, **named)


def _proc(file: str, key: str) -> str:
    path = Path(file)
    if not path.exists():
        return ""
    lines = (line.partition(":") for line in path.read_text(encoding="utf-8").splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == key), "")
