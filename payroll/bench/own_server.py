"""Ein eigener Datenbankserver für eine Messung: in einem Verzeichnis, das danach verschwindet."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
