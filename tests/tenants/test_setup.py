"""Einrichten: beliebig oft, auch auf einem fremden Server; Rollen, Rechte und Meldungen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from migrations import runner
from tenants.db import engine, passwords, server, setup
from tenants.db.binaries import ServerError
from tenants.db.engine import APP, OWNER, PLATFORM
from tenants.db.server import Server
from tenants.db.session import platform_session
from tenants.service import list_tenants

NAMES = [f"{setup.ENV_URL}{part}" for part in ("", "_OWNER", "_APP", "_PLATFORM")]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def admin(postgres: Server) -> Iterator[str]:
    """Adresse einer Rolle, die Datenbanken anlegen darf; die angelegte verschwindet wieder."""
    address = postgres.dsn(passwords.SUPERUSER, "postgres")
    yield address
    engine.dispose()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS fremd WITH (FORCE)")


def test_embedded_is_prepared_as_often_as_one_likes(tmp_path: Path) -> None:
    first = setup.connect(tmp_path / "d", settings={"fsync": "off"})
    with platform_session(actor="test") as session:
        assert list_tenants(session) == []
    second = setup.connect(tmp_path / "d")
    assert second.dsns == first.dsns
    second.stop()
    assert first.server is not None
    with psycopg.connect(first.dsns.owner) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (runner.head(),)
    first.stop()


def test_a_server_elsewhere_needs_one_address(
    tmp_path: Path, admin: str, postgres: Server, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "passwords.json"
    shared.write_text((postgres.directory / "passwords.json").read_text())
    shared.chmod(0o600)
    address = admin.replace("/postgres?", "/fremd?")
    assert address != admin
    dsns = setup.prepare(address, state_dir=tmp_path)
    engine.configure(dsns.app, dsns.platform)
    with platform_session(actor="test") as session:
        assert list_tenants(session) == []
    for name, dsn in zip(NAMES[1:], (dsns.owner, dsns.app, dsns.platform), strict=True):
        monkeypatch.setenv(name, dsn)
    assert setup.connect(tmp_path / "unbenutzt").dsns == dsns
    assert not (tmp_path / "unbenutzt").exists()


def test_unknown_passwords_are_not_overwritten(tmp_path: Path, postgres: Server, template: str) -> None:
    with pytest.raises(ServerError, match=r"gibt es schon.*passwords\.json"):
        setup.prepare(postgres.dsn(passwords.SUPERUSER, "postgres"), database="fremd", state_dir=tmp_path)


def test_half_given_addresses_and_dead_servers_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAMES[2], "postgresql://x@localhost/x")
    with pytest.raises(ServerError, match="nur zusammen angeben"):
        setup.connect(tmp_path)
    monkeypatch.delenv(NAMES[2])
    monkeypatch.setenv(NAMES[0], f"postgresql://x@/x?host={tmp_path}")
    with pytest.raises(ServerError, match=r"nicht erreichbar.*KREISLOHN_DATABASE_URL prüfen"):
        setup.connect(tmp_path / "s")
    with pytest.raises(ValueError, match="wird nicht unterstützt"):
        setup.prepare("mysql://x@localhost/x", state_dir=tmp_path / "s")
    with pytest.raises(ServerError, match="Verzeichnis für die Kennwörter"):
        setup.prepare("postgresql://x@localhost/x")


def test_strangers_may_not_connect_and_the_application_may_not_create(postgres: Server, template: str) -> None:
    with psycopg.connect(postgres.dsn(passwords.SUPERUSER, template)) as connection:
        rights = connection.execute(
            "SELECT grantee::regrole::text, string_agg(privilege_type, ' ' ORDER BY privilege_type) FROM pg_database, "
            "aclexplode(datacl) WHERE datname = current_database() GROUP BY 1"
        ).fetchall()
        create = connection.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", (APP,)).fetchone()
    granted = dict(rights)
    assert set(granted) == {passwords.SUPERUSER, OWNER, APP, PLATFORM}
    assert {granted[role] for role in (APP, PLATFORM)} == {"CONNECT TEMPORARY"}
    assert granted[OWNER] == "CONNECT CREATE TEMPORARY"  # the rebuilds create the queue's schema
    assert create == (False,)


def test_incomplete_passwords_are_named(tmp_path: Path) -> None:
    path = tmp_path / "passwords.json"
    assert set(passwords.load_or_create(path)) == {passwords.SUPERUSER, OWNER, APP, PLATFORM}
    path.write_text("{}")
    with pytest.raises(ServerError, match="unvollständig"):
        server.passwords.load_or_create(path)
