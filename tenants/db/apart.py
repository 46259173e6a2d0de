"""Passen Programm und Datenbank zusammen? Während einer Aktualisierung arbeitet die ältere Fassung an der umgebauten
Datenbank weiter; was dort nicht mehr geht, soll als klare Meldung enden und nicht als Fehler des Programms."""

from __future__ import annotations

from psycopg import errors

from tenants.db.base import Base

GONE = (errors.UndefinedTable, errors.UndefinedColumn)


def versions_apart(error: BaseException) -> bool:
    """Ob der Fehler nur von einem anderen Stand der Datenbank kommen kann.

    Eine Tabelle oder Spalte des Programms fehlt, oder die Datenbank verlangt eine Spalte, die es nicht kennt.
    """
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, GONE):
        return True
    if not isinstance(cause, errors.NotNullViolation):
        return False
    table = Base.metadata.tables.get(str(cause.diag.table_name))
    return table is None or str(cause.diag.column_name) not in table.columns
