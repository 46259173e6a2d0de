"""Vorrichtungen des Angriffs: ein Kreis mit zwei Mandanten, von denen keiner den anderen sehen darf."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import realm as realms

from tenants.db import passwords
from tenants.db.engine import Dsns, normalise
from tenants.db.server import Server


@pytest.fixture(scope="module")
def realm(fresh_database: Callable[[], AbstractContextManager[Dsns]], postgres: Server) -> Iterator[realms.Realm]:
    """Beide Mandanten mit Menschen, einem bezahlten und einem offenen Monat, Zugängen in jeder Rolle."""
    with fresh_database() as dsns:
        admin = postgres.dsn(passwords.SUPERUSER, str(normalise(dsns.owner).database))
        yield realms.build(dsns, admin)
