"""Wessen Schlüssel vor dem Zustand „ausgeschieden“ vernichtet wurden, trägt ihn nach dem Umbau; sonst niemand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from migrations import runner
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session
from tenants.security import rotation
from tenants.security.keys import new_keys

Admin = psycopg.Connection[dict[str, Any]]
FORCED = ("SELECT relname AS name FROM pg_class WHERE relname IN ('tenant', 'tenant_key', 'audit_entry') "
          "AND relrowsecurity AND relforcerowsecurity ORDER BY 1")


@pytest.fixture
def employers(database: Dsns) -> dict[str, int]:
    """Vernichtet; lebend; ohne Schlüssel von Anfang an; vernichtet und aus einer Sicherung zurück."""
    with platform_session(actor="anna") as session:
        made = {number: service.create_tenant(session, number, f"Gemeinde {number}", "gemeinde").id
                for number in ("fort", "da", "nie", "zurück")}
        for number in ("fort", "zurück"):
            rotation.destroy_keys(session, made[number], "Austritt")
        session.add_all(new_keys(made["zurück"]))
    return made


def test_only_whose_keys_were_destroyed_has_left(
    database: Dsns, admin_of: Callable[[Dsns], Admin], employers: dict[str, int]
) -> None:
    admin = admin_of(database)
    runner.downgrade(database.owner, "0070")
    admin.execute("UPDATE tenant SET state = 'aktiv'")  # as the versions before the state left them
    admin.execute("UPDATE tenant SET state = 'einrichtung' WHERE number = 'nie'")
    admin.execute("DELETE FROM tenant_key WHERE tenant_id = %s", (employers["nie"],))
    forced = admin.execute(FORCED).fetchall()
    assert len(forced) == 3
    expected = {"fort": "ausgeschieden", "da": "aktiv", "nie": "einrichtung", "zurück": "aktiv"}
    runner.upgrade(database.owner)
    assert states(admin) == expected
    assert admin.execute(FORCED).fetchall() == forced
    runner.downgrade(database.owner, "0070")
    assert states(admin) == expected


def states(admin: Admin) -> dict[str, str]:
    return {row["number"]: row["state"] for row in admin.execute("SELECT number, state FROM tenant")}
