"""Every point at which a process may die: before each statement and each bulk write, and around each commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tenants.db import bulk, engine

Reached = Callable[[], None]


@contextmanager
def points(reached: Reached) -> Iterator[None]:
    """Calls ``reached`` before each statement, each bulk write and each commit of the application's connections."""
    app, cursor = engine.current().app, bulk._cursor
    listeners = [("before_cursor_execute", lambda *_: reached()), ("commit", lambda *_: reached())]
    for name, listener in listeners:
        event.listen(app, name, listener)

    def counted(session: Any) -> Any:
        reached()
        return cursor(session)

    bulk._cursor = counted
    try:
        yield
    finally:
        bulk._cursor = cursor
        for name, listener in listeners:
            event.remove(app, name, listener)
