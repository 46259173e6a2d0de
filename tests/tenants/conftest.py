"""Vorrichtungen an der Grenze: Zeilen zweier Mandanten, Verbindungen mit nur einer der beiden Mauern."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from payroll.cli import kreislohn
from tenants.db import engine, setup
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, tenant_session
from tenants.models.tenant import TenantSetting
from tenants.security import masterkey

DAY = date(2026, 1, 1)


@pytest.fixture
def setting() -> Callable[..., TenantSetting]:
    """Baut eine Zeile, die alle Prüfungen erfüllt."""

    def build(area: str, **values: Any) -> TenantSetting:
        return TenantSetting(
            **{"area": area, "content": {}, "valid_from": DAY, "recorded_by": "anna", "reason": "", **values}
        )

    return build


@pytest.fixture
def settings(two_tenants: tuple[int, int], setting: Callable[..., TenantSetting]) -> tuple[int, int]:
    """Je Mandant eine Zeile derselben Art; die Nummern der Zeilen in der Reihenfolge der Mandanten."""
    ids = []
    for tenant, area in zip(two_tenants, ("eigenes", "fremdes"), strict=True):
        with tenant_session(tenant, actor="anna") as session:
            row = setting(area)
            session.add(row)
            session.flush()
            ids.append(row.id)
    return ids[0], ids[1]


@pytest.fixture
def app_engine(database: Dsns) -> Iterator[Engine]:
    """Verbindung der Anwendung ohne die Mauer in der Anwendung: hier steht nur die der Datenbank."""
    built = engine.build(database.app, pool_size=1, max_overflow=0)
    yield built
    built.dispose()


@pytest.fixture
def without_row_security(database: Dsns, postgres: Any) -> Iterator[Engine]:
    """Verbindung, für die die Datenbank keine Mauer zieht: hier steht nur die der Anwendung."""
    dsn = postgres.dsn("postgres", str(engine.normalise(database.owner).database))
    built = engine.build(dsn, pool_size=1, max_overflow=0)
    yield built
    built.dispose()


@pytest.fixture
def only_application(two_tenants: tuple[int, int], without_row_security: Engine) -> Iterator[TenantSession]:
    """Sitzung des ersten Mandanten mit nur der Mauer in der Anwendung; am Ende zurückgenommen."""
    session = TenantSession(without_row_security, expire_on_commit=False)
    session.info.update(tenant=two_tenants[0], actor="anna")
    with session:
        yield session
        session.rollback()


@pytest.fixture
def only_database(two_tenants: tuple[int, int], app_engine: Engine) -> Iterator[Session]:
    """Gewöhnliche Sitzung ohne Wächter, nur der Mandant der Transaktion ist gesetzt."""
    with Session(app_engine, expire_on_commit=False) as session:
        session.execute(select(func.set_config("app.tenant", str(two_tenants[0]), True)))
        yield session
        session.rollback()


@pytest.fixture
def run(database: Dsns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Führt einen Befehl gegen die Datenbank des Tests aus; danach gelten wieder deren Verbindungen."""
    for part in ("owner", "app", "platform"):
        monkeypatch.setenv(f"{setup.ENV_URL}_{part.upper()}", getattr(database, part))
    monkeypatch.setenv(masterkey.ENV_KEY, base64.b64encode(masterkey.current().secret).decode())

    def invoke(*words: str, data: Path | None = None) -> tuple[int, str]:
        given = ("--data", str(data or tmp_path / "var"))
        result = CliRunner().invoke(kreislohn, [*words, *given], catch_exceptions=False)
        engine.configure(database.app, database.platform)
        return result.exit_code, result.output

    return invoke
