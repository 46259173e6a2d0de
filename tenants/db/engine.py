"""Verbindungen zur Datenbank: eine je Rolle, einmal eingerichtet, überall benutzt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL, make_url

OWNER, APP, PLATFORM = "kreislohn_owner", "kreislohn_app", "kreislohn_platform"
LONGEST_STATEMENT = timedelta(minutes=10)
# A cut cable says nothing: without these the database would hold the locks of a vanished machine for hours, and the
# machine would wait as long for an answer. A busy server notices at the check, one that is sending at the user timeout.
LIFELINE = {"tcp_keepalives_idle": 3, "tcp_keepalives_interval": 2, "tcp_keepalives_count": 2,
            "tcp_user_timeout": 7000, "client_connection_check_interval": 2000}
# Longer on our side: a database that stands still over its disk takes nothing for a while, and is not gone.
CLIENT_LIFELINE = {"keepalives_idle": 3, "keepalives_interval": 2, "keepalives_count": 2, "tcp_user_timeout": 30000}


@dataclass(frozen=True)
class Dsns:
    """Adressen derselben Datenbank für die drei Rollen."""

    owner: str = field(repr=False)
    app: str = field(repr=False)
    platform: str = field(repr=False)


@dataclass(frozen=True)
class Engines:
    """Verbindungsvorrat der Anwendung und der Plattform."""

    app: Engine
    platform: Engine


_current: Engines | None = None


def normalise(dsn: str) -> URL:
    """Adresse mit dem Treiber psycopg 3, gleich wie sie geschrieben wurde."""
    url = make_url(dsn.replace("postgres://", "postgresql://", 1))
    if url.get_backend_name() != "postgresql":
        raise ValueError(f"Datenbank „{url.get_backend_name()}“ wird nicht unterstützt: PostgreSQL ab 15 angeben.")
    return url.set(drivername="postgresql+psycopg")


def build(
    dsn: str, *, pool_size: int = 8, max_overflow: int = 10, longest: timedelta = LONGEST_STATEMENT
) -> Engine:
    """Verbindungsvorrat für eine Adresse; die Datenbank bricht jede Anweisung ab, die länger als longest dauert."""
    # pre_ping: after a restart of the database the next request gets a living connection instead of an error.
    engine = create_engine(
        normalise(dsn), pool_size=pool_size, max_overflow=max_overflow, hide_parameters=True, pool_pre_ping=True,
        connect_args=CLIENT_LIFELINE,
    )

    @event.listens_for(engine, "connect")
    def limit(connection: Any, _record: object) -> None:
        connection.autocommit = True  # inside a transaction a later rollback would take the limit back
        connection.execute(f"SET statement_timeout = {int(longest.total_seconds() * 1000)}")
        for name, value in LIFELINE.items():
            connection.execute(f"SET {name} = {value}")
        connection.autocommit = False

    return engine


@contextmanager
def connecting(dsn: str) -> Iterator[Connection]:
    """Eine einzelne Verbindung außerhalb des Vorrats, zum Beispiel für Umbauten."""
    engine = create_engine(normalise(dsn), poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def configure(
    dsn_app: str, dsn_platform: str, *, pool_size: int = 8, longest: timedelta = LONGEST_STATEMENT
) -> Engines:
    """Richtet die Verbindungen des Prozesses ein; ein zweiter Aufruf ersetzt die ersten."""
    global _current
    dispose()
    _current = Engines(
        build(dsn_app, pool_size=pool_size, longest=longest), build(dsn_platform, pool_size=pool_size, longest=longest)
    )
    return _current


def current() -> Engines:
    """Die eingerichteten Verbindungen."""
    if _current is None:
        raise RuntimeError("Keine Datenbank eingerichtet: zuerst tenants.db.engine.configure() aufrufen.")
    return _current


def dispose() -> None:
    """Schließt alle Verbindungen des Prozesses."""
    global _current
    if _current is not None:
        _current.app.dispose()
        _current.platform.dispose()
    _current = None
