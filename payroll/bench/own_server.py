"""Ein eigener Datenbankserver für eine Messung: in einem Verzeichnis, das danach verschwindet."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from payroll.bench.measure import Measurement, database_busy, in_fresh_process
from tenants.db import server, setup
from tenants.db.engine import Dsns
from tenants.db.server import Server


@contextmanager
def own_server() -> Iterator[tuple[Server, Dsns]]:
    """Läuft, solange der Block läuft; die Datenbank ist angelegt und auf dem neuesten Stand."""
    directory = Path(tempfile.mkdtemp(prefix="kl-"))
    try:
        running = server.start(directory)
        try:
            yield running, setup.prepare(running)
        finally:
            running.stop()
    finally:
        shutil.rmtree(directory)


@contextmanager
def kept_server(directory: Path) -> Iterator[tuple[Server, Dsns]]:
    """Wie own_server, aber in einem Verzeichnis, das bleibt: was dort schon steht, ist beim nächsten Mal noch da."""
    running = server.start(directory)
    try:
        yield running, setup.prepare(running)
    finally:
        running.stop()


def of_employers(prepared: str, measured: str, *, people: int, **more: Any) -> Measurement:
    """A measurement over several employers on a server of its own, prepared by one process and measured by another.

    prepared: ``module:function`` of (addresses, people of each employer), returns the tenants. measured: of (addresses,
    tenants, more). The processor time of the database while measuring stands in the result.
    """
    with own_server() as (running, dsns):
        tenants = in_fresh_process(prepared, dsns, people)
        before = database_busy(running.process.pid) if running.process else 0.0
        found: Measurement = in_fresh_process(measured, dsns, tenants, **more)
        if running.process:
            found.database_seconds = round(database_busy(running.process.pid) - before, 2)
        return found
