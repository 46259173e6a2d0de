"""Lebt der Prozess, kann er arbeiten? Ohne Angaben zu Menschen oder Mandanten."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import psycopg

from tenants.db import engine
from tenants.security import masterkey

FRESH = 2.0  # seconds; whoever asks faster gets the last answer, so questions cannot burden the database
PATIENCE = 3


@dataclass(frozen=True)
class Readiness:
    """Antwort auf die Frage nach der Bereitschaft."""

    database: bool
    master_key: bool

    @property
    def ready(self) -> bool:
        """Ob Anfragen hierher sollen."""
        return self.database and self.master_key

    def as_dict(self) -> dict[str, object]:
        """Für die Antwort als JSON."""
        return {"status": "bereit" if self.ready else "nicht bereit", "datenbank": self.database,
                "hauptschluessel": self.master_key}


_lock = threading.Lock()
_last: tuple[float, Readiness] | None = None


def check(*, fresh: float = FRESH) -> Readiness:
    """Fragt Datenbank und Hauptschlüssel, höchstens alle fresh Sekunden."""
    global _last
    with _lock:
        if _last is None or time.monotonic() - _last[0] > fresh:
            _last = (time.monotonic(), Readiness(_database(), _master_key()))
        return _last[1]


def _database() -> bool:
    """Eine eigene kurze Verbindung: ein belegter Vorrat soll nicht wie eine tote Datenbank aussehen."""
    try:
        address = engine.current().app.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, connect_timeout=PATIENCE, autocommit=True) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except (psycopg.Error, RuntimeError):
        return False


def _master_key() -> bool:
    try:
        return bool(masterkey.current().key_id)
    except masterkey.MasterKeyError:
        return False
