"""Sichern und Zurückspielen mit einer fremden Datenbank: ein zweiter Server mit eigenem Anschluss (TCP), so angegeben
wie im Echtbetrieb; nach seinem Verlust entsteht alles auf einem leeren Server und in einem leeren Verzeichnis neu."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from payroll.cli import kreislohn
from tenants import audit, service
from tenants.backup import service as backups
from tenants.commands import site
from tenants.db import engine, passwords, server, setup
from tenants.db.server import Server
from tenants.db.session import platform_session, tenant_session
from tenants.models.tenant import TenantSetting
from tenants.security import masterkey, open_sealed, seal

pytestmark = pytest.mark.launcher
SECRET = b"IBAN DE02120300000000202051 der Gemeinde Muster"
PLACE = {"table": "tenant_setting", "row": "1", "column": "content"}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture
def place() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="kl-"))
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def external(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], tuple[Server, str]]]:
    """Startet fremde Server mit Anschluss; gibt Server und die Adresse seiner verwaltenden Rolle über TCP."""
    running = []

    def start(name: str) -> tuple[Server, str]:
        with closing(socket.create_server(("127.0.0.1", 0))) as probe:
            port = probe.getsockname()[1]
        monkeypatch.setattr(server, "PORT", port)
        made = server.start(place / name, settings={**FAST, "listen_addresses": "127.0.0.1"})
        running.append(made)
        return made, f"postgresql://{passwords.SUPERUSER}:{made.secrets[passwords.SUPERUSER]}@127.0.0.1:{port}/kreislohn"

    yield start
    engine.dispose()
    for made in running:
        made.stop()


def command(*words: str) -> str:
    result = CliRunner().invoke(kreislohn, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def settled(monkeypatch: pytest.MonkeyPatch, url: str, key: Path) -> None:
    """Umgebung des Echtbetriebs: Adresse der Datenbank, Hauptschlüssel in einer Datei."""
    for name in [name for name in os.environ if name.startswith("KREISLOHN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(setup.ENV_URL, url)
    monkeypatch.setenv(masterkey.ENV_FILE, str(key))


def test_an_external_database_comes_back_on_an_empty_machine(
    place: Path, external: Callable[[str], tuple[Server, str]], setting: Callable[..., TenantSetting],
    monkeypatch: pytest.MonkeyPatch
) -> None:
    key, file = place / "tresor" / "master.key", place / "monat.klb"
    key.parent.mkdir(mode=0o700)
    masterkey.ensure_file(key)
    lost, url = external("alt")
    settled(monkeypatch, url, key)
    with site.database(place / "zustand-alt") as connected:
        assert connected.server is None, "kein eingebetteter Server"
        with platform_session(actor="test") as session:
            tenant = service.create_tenant(session, "210", "Stadt Auenstedt", "stadt").id
        with tenant_session(tenant, actor="anna") as session:
            session.add(setting("probe", content={"siegel": seal(session, SECRET, **PLACE).hex()}))
            audit.record(session, "probe.angelegt", "probe", {}, values=audit.Values(
                audit.values.of_year(2026), [], [{"iban": "DE02120300000000202051"}]))
    said = command("backup", "--data", str(place / "zustand-alt"), "--out", str(file))
    assert "Zeilen aus" in said
    assert all(word not in file.read_bytes() for word in (b"Auenstedt", b"PGDMP", b"DE0212"))
    engine.dispose()
    lost.stop()
    shutil.rmtree(place / "alt")
    shutil.rmtree(place / "zustand-alt")

    begun = time.monotonic()
    _, fresh = external("neu")
    settled(monkeypatch, fresh, key)
    said = command("restore", str(file), "--data", str(place / "zustand-neu"))
    assert "1 Mandant," in said
    assert "Zeilen nachgezählt" in said
    with site.database(place / "zustand-neu") as connected:
        assert connected.server is None
        with tenant_session(tenant, actor="anna") as session:
            (found,) = session.scalars(select(TenantSetting))
            assert open_sealed(session, bytes.fromhex(found.content["siegel"]), **PLACE) == SECRET
            entries = session.scalars(select(audit.models.AuditEntry)).all()
            (opened,) = audit.values.opened(session, entries).values()
            assert opened.after == [{"iban": "DE02120300000000202051"}]
    assert "unversehrt" in command("audit", "verify", "--data", str(place / "zustand-neu"))
    assert time.monotonic() - begun < 600, "der Neuaufbau auf einer leeren Maschine soll unter zehn Minuten bleiben"
    with psycopg.connect(fresh) as connection:
        rows = connection.execute(
            "SELECT rolname, rolbypassrls, rolsuper FROM pg_roles WHERE rolname LIKE 'kreislohn%'")
        assert sorted(rows.fetchall()) == [
            ("kreislohn_app", False, False), ("kreislohn_owner", False, False), ("kreislohn_platform", False, False)]


def test_an_external_role_that_sees_less_is_refused(
    place: Path, external: Callable[[str], tuple[Server, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = place / "master.key"
    masterkey.ensure_file(key)
    _, url = external("fremd")
    settled(monkeypatch, url, key)
    with site.database(place / "zustand") as connected:
        monkeypatch.setenv(backups.ENV_BACKUP, connected.dsns.app)
    result = CliRunner().invoke(kreislohn, ["backup", "--data", str(place / "zustand"), "--out", str(place / "a.klb")])
    assert (result.exit_code, "sieht nicht alle Zeilen" in result.output) == (1, True)
    assert not (place / "a.klb").exists()
