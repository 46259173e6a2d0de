"""Sichern und Zurückspielen von Anfang bis Ende, eingebettet und mit angegebener Datenbank."""

from __future__ import annotations

import base64
import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy import select

import app as application
from payroll.cli import kreislohn
from tenants import audit, service
from tenants.backup import manifest
from tenants.backup import service as backups
from tenants.commands import site
from tenants.db import engine, passwords, setup
from tenants.db.engine import Dsns
from tenants.db.server import Server
from tenants.db.session import platform_session, tenant_session
from tenants.models.tenant import TenantSetting
from tenants.security import masterkey, open_sealed, seal
from tenants.web.settings import from_master_key

Run = Callable[..., tuple[int, str]]
SECRET = b"Personalnummer 4711 der Gemeinde Muster"
PLACE = {"table": "tenant_setting", "row": "1", "column": "content"}
_number = itertools.count(1)


def content(tenant: int, setting: Callable[..., TenantSetting]) -> None:
    with tenant_session(tenant, actor="anna") as session:
        session.add(setting("probe", content={"siegel": seal(session, SECRET, **PLACE).hex(), "klar": "sichtbar"}))
        audit.record(session, "probe.angelegt", "probe", {})


def check_content(tenant: int) -> None:
    with tenant_session(tenant, actor="anna") as session:
        (found,) = session.scalars(select(TenantSetting))
        assert open_sealed(session, bytes.fromhex(found.content["siegel"]), **PLACE) == SECRET
        found.valid_to = found.valid_from
        session.flush()
        audit.record(session, "probe.geaendert", "probe", {})


@pytest.fixture
def superuser(postgres: Server, database: Dsns, monkeypatch: pytest.MonkeyPatch) -> str:
    dsn = postgres.dsn(passwords.SUPERUSER, str(engine.normalise(database.owner).database))
    monkeypatch.setenv(backups.ENV_BACKUP, dsn)
    return dsn


@pytest.fixture
def empty(postgres: Server, template: str) -> Iterator[Dsns]:
    name = f"rueckkehr_{next(_number)}"
    yield setup.prepare(postgres, database=name, migrate=False)
    engine.dispose()
    with psycopg.connect(postgres.dsn(passwords.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def saved(
    run: Run, superuser: str, two_tenants: tuple[int, int], setting: Callable[..., TenantSetting], tmp_path: Path
) -> Path:
    content(two_tenants[1], setting)
    out = tmp_path / "sicherung.klb"
    code, said = run("backup", "--out", str(out))
    assert code == 0, said
    return out


def into(monkeypatch: pytest.MonkeyPatch, target: Dsns, postgres: Server) -> None:
    for part in ("owner", "app", "platform"):
        monkeypatch.setenv(f"{setup.ENV_URL}_{part.upper()}", getattr(target, part))
    name = str(engine.normalise(target.owner).database)
    monkeypatch.setenv(backups.ENV_BACKUP, postgres.dsn(passwords.SUPERUSER, name))


def test_a_given_database_comes_back_whole(
    run: Run, saved: Path, empty: Dsns, postgres: Server, two_tenants: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = saved.read_bytes()
    assert saved.stat().st_mode & 0o777 == 0o600
    assert [word for word in (b"Gemeinde Muster", b"sichtbar", b"PGDMP", b"tenant_setting") if word in raw] == []
    into(monkeypatch, empty, postgres)
    code, said = run("restore", str(saved))
    assert code == 0, said
    assert "2 Mandanten" in said
    assert "Zeilen nachgezählt" in said
    engine.configure(empty.app, empty.platform)
    check_content(two_tenants[1])
    with platform_session(actor="anna") as session:
        actions = [entry.action for entry in session.scalars(select(audit.models.AuditEntry))]
    assert actions[-2:] == ["sicherung.erstellt", "sicherung.eingespielt"]


def test_walls_stand_in_the_restored_database(
    run: Run,
    saved: Path,
    superuser: str,
    empty: Dsns,
    postgres: Server,
    database: Dsns,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    query = """
SELECT c.relname, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner), relacl::text,
       ARRAY(SELECT polname::text || polcmd::text || pg_get_expr(polqual, polrelid) FROM pg_policy
             WHERE polrelid = c.oid ORDER BY 1),
       ARRAY(SELECT tgname::text FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal ORDER BY 1)
FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') ORDER BY 1
"""
    into(monkeypatch, empty, postgres)
    assert run("restore", str(saved))[0] == 0
    shapes: list[list[Any]] = []
    for name in (database, empty):
        dsn = postgres.dsn(passwords.SUPERUSER, str(engine.normalise(name.owner).database))
        with psycopg.connect(dsn) as connection:
            shapes.append(connection.execute(query).fetchall())
    assert len(shapes[0]) > 20
    assert shapes[0] == shapes[1]


def test_wrong_key_damage_and_full_target_are_refused_before_anything_happens(
    run: Run, saved: Path, empty: Dsns, postgres: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "ist nicht leer" in run("restore", str(saved))[1]
    into(monkeypatch, empty, postgres)
    right = base64.b64encode(masterkey.current().secret).decode()
    monkeypatch.setenv(masterkey.ENV_KEY, base64.b64encode(bytes(32)).decode())
    code, said = run("restore", str(saved))
    assert code == 1
    assert "Den Hauptschlüssel der gesicherten Einrichtung bereitstellen" in said
    monkeypatch.setenv(masterkey.ENV_KEY, right)
    damaged = tmp_path / "beschaedigt.klb"
    for raw in (saved.read_bytes()[:-1], saved.read_bytes()[:-200] + bytes(200), b"PGDMP"):
        damaged.write_bytes(raw)
        code, said = run("restore", str(damaged))
        assert code == 1
        assert "beschädigt" in said
    with psycopg.connect(empty.owner) as connection:
        assert manifest.counted(connection) == {}
    assert "unversehrt" in run("restore", str(saved), "--check-only")[1]


def test_missing_rows_are_found_after_restoring(saved: Path, superuser: str) -> None:
    made = backups.inspect(saved)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DELETE FROM tenant_setting")
        connection.execute("DELETE FROM alembic_version")
    with pytest.raises(backups.BackupError, match=r"alembic_version, .*tenant_setting"):
        backups._rows_agree(superuser, made)


def test_a_role_that_sees_less_is_refused_and_the_named_one_suffices(
    run: Run, database: Dsns, superuser: str, postgres: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(backups.ENV_BACKUP, database.owner)
    code, said = run("backup", "--out", str(tmp_path / "a.klb"))
    assert code == 1
    assert "BYPASSRLS IN ROLE pg_read_all_data" in said
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("CREATE ROLE sicherung LOGIN BYPASSRLS PASSWORD 'probe' IN ROLE pg_read_all_data")
        name = sql.Identifier(str(connection.info.dbname))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO sicherung").format(name))
        try:
            url = engine.normalise(superuser).set(username="sicherung", password="probe")
            monkeypatch.setenv(backups.ENV_BACKUP, url.render_as_string(hide_password=False))
            code, said = run("backup", "--out", str(tmp_path / "b.klb"))
            assert (code, (tmp_path / "b.klb").exists()) == (0, True), said
            assert "gibt es schon" in run("backup", "--out", str(tmp_path / "b.klb"))[1]
        finally:
            connection.execute("DROP OWNED BY sicherung")
            connection.execute("DROP ROLE sicherung")
    assert sorted(path.name for path in tmp_path.glob("*.klb*")) == ["b.klb"]


@pytest.fixture
def place() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="kl-"))
    yield directory
    shutil.rmtree(directory)


@pytest.mark.launcher
def test_an_embedded_database_comes_back_on_an_empty_machine(
    place: Path, setting: Callable[..., TenantSetting], monkeypatch: pytest.MonkeyPatch
) -> None:
    def command(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(kreislohn, list(words), catch_exceptions=False)
        return result.exit_code, result.output

    old, new, file = place / "alt", place / "neu", place / "monat.klb"
    with site.database(old):
        with platform_session(actor="test") as session:
            tenant = service.create_tenant(session, "210", "Stadt Auenstedt", "stadt").id
        content(tenant, setting)
    code, said = command("backup", "--data", str(old), "--out", str(file))
    assert code == 0, said
    shutil.move(old / "master.key", place / "tresor.key")
    shutil.rmtree(old)

    new.mkdir()
    code, said = command("restore", str(file), "--data", str(new))
    assert (code, "aus der Sicherung zurückholen" in said) == (1, True)
    assert list(new.iterdir()) == []
    shutil.copy2(place / "tresor.key", new / "master.key")
    begun = time.monotonic()
    code, said = command("restore", str(file), "--data", str(new))
    assert (code, "1 Mandant," in said, "Zeilen nachgezählt" in said) == (0, True, True), said
    assert "ein neues Verzeichnis" in command("restore", str(file), "--data", str(new))[1]
    with site.database(new):
        check_content(tenant)
        assert application.create_app(from_master_key(https=False)).test_client().get("/anmelden").status_code == 200
    assert "unversehrt" in command("audit", "verify", "--data", str(new))[1]
    assert time.monotonic() - begun < 600, "der Neuaufbau auf einer leeren Maschine soll unter zehn Minuten bleiben"
