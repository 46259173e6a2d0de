"""Eine leere eingebettete Datenbank für einen Befehl, der anderswo Entstandenes nachprüft."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tenants.db.engine import Dsns


@contextmanager
def empty_database(name: str = "") -> Iterator[Dsns]:
    """Ohne Umbauten, in einem Verzeichnis, das mit ihr verschwindet; name unterscheidet mehrere auf der Platte."""
    from tenants.db import engine, server, setup
    from tenants.db.binaries import ServerError

    directory = Path(tempfile.mkdtemp(prefix=f"kl-{name}"))
    try:
        running = server.start(directory)
        try:
            yield setup.prepare(running, migrate=False)
        finally:
            engine.dispose()
            running.stop()
    except ServerError as error:
        raise click.ClickException(str(error)) from error
    finally:
        shutil.rmtree(directory, ignore_errors=True)
