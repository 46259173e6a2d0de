"""Fehler fürs Log ohne Inhalt: Art, Stelle im Programm, bei der Datenbank Kennzahl und Regel – nie die Meldung.

Meldungen tragen Werte mit sich („Failing row contains …“, „invalid literal …“), und Werte sind hier Personendaten.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

PLACES = 12


def described(error: BaseException) -> str:
    """Ein Fehler mit seinen Ursachen in Zeilen, die jeder lesen darf."""
    return "\n".join(_lines(error))


def _lines(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"{type(current).__module__}.{type(current).__qualname__}{_database(current)}"
        for frame in traceback.extract_tb(current.__traceback__)[-PLACES:]:
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        current = getattr(current, "orig", None) or current.__cause__ or current.__context__


def _database(error: BaseException) -> str:
    """Kennzahl, Tabelle und Regel eines Fehlers der Datenbank."""
    diagnosis = getattr(error, "diag", None)
    parts = [getattr(diagnosis, name, None) for name in ("sqlstate", "table_name", "constraint_name")]
    known = [str(part) for part in parts if part]
    return f" ({', '.join(known)})" if known else ""
