"""Counts SQL statements where they leave the process: in the driver, below SQLAlchemy and the bulk door alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent meanwhile by this process, in order; ``executemany`` counts once for each set of values.

    BEGIN and COMMIT, which the driver adds to each transaction, are not among them.
    """
    sent: list[str] = []

    def noting(name: str) -> Callable[..., Any]:
        original = getattr(psycopg.Cursor, name)

        def method(cursor: psycopg.Cursor[Any], query: Any, *args: Any, **kwargs: Any) -> Any:
            sent.append(_text(query, cursor))
            return original(cursor, query, *args, **kwargs)

        return method

    def many(cursor: psycopg.Cursor[Any], query: Any, values: Any, **kwargs: Any) -> Any:
        rows = list(values)
        sent.extend([_text(query, cursor)] * len(rows))
        return original_many(cursor, query, rows, **kwargs)

    original_many = psycopg.Cursor.executemany
    with (patch.object(psycopg.Cursor, "execute", noting("execute")),
          patch.object(psycopg.Cursor, "copy", noting("copy")),
          patch.object(psycopg.Cursor, "executemany", many)):
        yield sent


def _text(query: Any, cursor: psycopg.Cursor[Any]) -> str:
    if isinstance(query, psycopg.sql.Composable):
        return query.as_string(cursor)
    return query.decode() if isinstance(query, bytes) else str(query)
