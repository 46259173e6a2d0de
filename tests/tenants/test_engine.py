"""Verbindungen des Prozesses: Schreibweisen der Adresse, Einrichten, Ersetzen, Schließen."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tenants.db import engine
from tenants.db.engine import APP, PLATFORM, Dsns
from tenants.db.errors import TenantMissing
from tenants.db.session import platform_session, tenant_session


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_addresses_in_every_spelling_use_the_same_driver(scheme: str) -> None:
    assert engine.normalise(f"{scheme}://a:b@c/d").render_as_string(False) == "postgresql+psycopg://a:b@c/d"


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match=r"„sqlite“ wird nicht unterstützt: PostgreSQL ab 15"):
        engine.normalise("sqlite://")


def test_each_pool_is_its_own_role_and_a_second_call_replaces_the_first(database: Dsns) -> None:
    first = engine.current()
    second = engine.configure(database.app, database.platform)
    assert engine.current() is second is not first
    for pool, role in ((second.app, APP), (second.platform, PLATFORM)):
        with pool.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == role


def test_without_configuration_the_message_says_what_to_do(database: Dsns) -> None:
    engine.dispose()
    with pytest.raises(RuntimeError, match="zuerst"):
        engine.current()


def test_addresses_do_not_show_their_passwords(database: Dsns) -> None:
    assert "://" not in repr(database)


def test_sessions_need_an_actor(database: Dsns) -> None:
    with pytest.raises(TenantMissing, match="Handelnden"), tenant_session(1, actor=""):
        pass
    with pytest.raises(TenantMissing, match="Handelnden"), platform_session(actor=""):
        pass
