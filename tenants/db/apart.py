"""Passen Programm und Datenbank zusammen? Während einer Aktualisierung arbeitet die ältere Fassung an der umgebauten
Datenbank weiter; was dort nicht mehr geht, soll als klare Meldung enden und nicht als Fehler des Programms."""

from __future__ import annotations

import time
from pathlib import Path

from psycopg import errors
from sqlalchemy import column, select, table
from sqlalchemy.exc import DBAPIError

import migrations
from tenants.db import engine
from tenants.db.base import Base

GONE = (errors.UndefinedTable, errors.UndefinedColumn)
UMBAUTEN = Path(migrations.__file__).with_name("versions")
# On import, not when first asked for: an update replaces the files under a running process.
ERWARTET = max(file.name[:4] for file in UMBAUTEN.glob("[0-9]*.py"))
FRISCH = 5.0  # seconds for which the database is not asked again
_STAND = table("alembic_version", column("version_num"))
_gesehen: tuple[float, str | None] | None = None


def versions_apart(error: BaseException) -> bool:
    """Ob der Fehler von einem anderen Stand der Datenbank kommt: er sieht so aus, und sie hat einen anderen.

    So sieht er aus, wenn eine Tabelle oder Spalte des Programms fehlt oder die Datenbank eine Spalte verlangt, die es
    nicht kennt. Auf demselben Stand ist das ein Fehler von uns. Lässt sich der Stand nicht lesen, gilt er als anderer.
    """
    return _looks_like(getattr(error, "orig", None) or error) and _stand() != ERWARTET


def _looks_like(cause: BaseException) -> bool:
    if isinstance(cause, GONE):
        return True
    if not isinstance(cause, errors.NotNullViolation):
        return False
    known = Base.metadata.tables.get(str(cause.diag.table_name))
    return known is None or str(cause.diag.column_name) not in known.columns


def _stand() -> str | None:
    """Der Stand der Umbauten in der Datenbank, höchstens FRISCH Sekunden alt; None, wenn er sich nicht lesen lässt."""
    global _gesehen
    now = time.monotonic()
    if _gesehen is None or now - _gesehen[0] > FRISCH:
        try:
            with engine.current().platform.connect() as connection:
                found = connection.scalar(select(_STAND.c.version_num))
        except (DBAPIError, RuntimeError):
            found = None
        _gesehen = now, found
    return _gesehen[1]
