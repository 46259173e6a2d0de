"""Eingebetteter Server: drei Wege, Wiederfinden, Ende mit dem Elternprozess, verständliche Meldungen."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tenants.db import binaries, passwords, server, setup, ways
from tenants.db.binaries import ServerError
from tenants.db.engine import APP

pytestmark = pytest.mark.launcher

FAST = {"fsync": "off", "shared_buffers": "16MB"}
ROOT = Path(setup.__file__).parents[2]
root_only = os.geteuid() == 0
SCRIPT = """
import json, sys, time
from tenants.db import server
running = server.start(sys.argv[1], settings={"fsync": "off", "shared_buffers": "16MB"})
import psycopg
with psycopg.connect(running.dsn("postgres", "postgres")) as c:
    version = c.info.server_version
    settings = dict(c.execute("SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'ssl')"))
print(json.dumps({"way": running.way, "pid": running.process and running.process.pid, "version": version, **settings}))
sys.stdout.flush()
if len(sys.argv) > 2:
    time.sleep(60)
running.stop()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """Kurzes Verzeichnis, das auch andere Kennungen erreichen (Pfade von Sockets sind begrenzt)."""
    directory = Path(tempfile.mkdtemp(prefix="kw-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def service_directory(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(ways, "SERVICE_DIRECTORY", place / "lib")
    return place / "lib"


def owner_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def works(running: server.Server) -> bool:
    with psycopg.connect(running.dsn(passwords.SUPERUSER, "postgres")) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_first_start_second_start_and_who_finds_it_running(place: Path) -> None:
    running = server.start(place / "d", settings=FAST)
    assert running.process is not None
    found = server.start(place / "d", settings=FAST)
    assert found.process is None
    found.stop()
    assert works(running)
    running.stop()
    assert running.process.returncode == 0
    with pytest.raises(psycopg.OperationalError):
        works(running)
    again = server.start(place / "d", settings=FAST)
    assert works(again)
    again.stop()


def test_passwords_are_needed_and_kept_to_the_owner(place: Path) -> None:
    running = server.start(place / "d", settings=FAST)
    assert (place / "d" / "passwords.json").stat().st_mode & 0o777 == 0o600
    wrong = running.dsn(passwords.SUPERUSER, "postgres").replace(running.secrets[passwords.SUPERUSER], "geraten")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert running.secrets[APP] not in repr(running)
    running.stop()
    (place / "d" / "passwords.json").chmod(0o644)
    with pytest.raises(ServerError, match="chmod 600"):
        server.start(place / "d")


def test_root_with_namespace(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    way = expected(ways.NAMESPACE, monkeypatch)
    running = server.start(place / "d", settings=FAST)
    assert (running.way, running.process is not None) == (way, True)
    assert works(running)
    running.stop()


def test_root_without_namespace_drops_to_another_account(
    place: Path, service_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = expected(ways.DROPPED, monkeypatch)
    running = server.start(place / "d", settings=FAST)
    assert running.way == way
    assert running.process is not None
    assert owner_of(running.process.pid) == (place / "d" / "cluster").stat().st_uid != 0 or not root_only
    assert works(running)
    running.stop()


def test_when_the_probe_fails_root_drops_by_itself(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ways.ENV_WAY, raising=False)
    monkeypatch.setattr(ways, "_namespace_prefix", lambda: None)
    assert ways.choose().name == (ways.DROPPED if root_only else ways.DIRECT)


def test_a_directory_the_other_account_cannot_reach_moves_its_data(
    place: Path, service_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = expected(ways.DROPPED, monkeypatch)
    (place / "zu").mkdir(mode=0o700)
    running = server.start(place / "zu" / "d", settings=FAST)
    assert works(running)
    running.stop()
    moved = (place / "zu" / "d" / "cluster.path").exists()
    assert moved is (way == ways.DROPPED)
    if moved:
        assert Path((place / "zu" / "d" / "cluster.path").read_text().strip()).is_relative_to(service_directory)
    again = server.start(place / "zu" / "d", settings=FAST)
    assert works(again)
    again.stop()


def test_the_same_data_by_one_way_after_the_other(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (ways.NAMESPACE, ways.DROPPED, ways.NAMESPACE):
        way = expected(name, monkeypatch)
        running = server.start(place / "d", settings=FAST)
        assert running.way == way
        assert works(running)
        running.stop()


def test_ordinary_user_directly(place: Path) -> None:
    told = json.loads(subprocess.check_output(command(place, ordinary(place)), text=True, env=environment(place)))
    assert (told["way"], told["listen_addresses"]) == (ways.DIRECT, "")
    assert told["version"] >= 150000


def ordinary(place: Path) -> list[str]:
    """Befehl, der aus root einen gewöhnlichen Menschen macht, der dieses Programm lesen darf."""
    if not root_only:
        return []
    nobody = pwd.getpwnam("nobody")
    ids = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    prefix = ["setpriv", *ids]
    probe = [*prefix, sys.executable, "-c", "import tenants.db.server"]
    if subprocess.run(probe, env=environment(place), capture_output=True, check=False).returncode == 0:
        os.chown(place, nobody.pw_uid, nobody.pw_gid)
        return prefix
    namespace = ways._namespace_prefix()
    assert namespace is not None, f"{ROOT} ist nur für root lesbar: die Prüfungen an einem anderen Ort ausführen"
    return [*namespace]


def command(place: Path, prefix: list[str], *more: str) -> list[str]:
    """Ein eigener Prozess, auf Wunsch unter anderer Kennung."""
    return [*prefix, sys.executable, "-c", SCRIPT, str(place / "d"), *more]


def environment(place: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(place), "PYTHONDONTWRITEBYTECODE": "1"}


def expected(name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Gibt den Weg vor; ohne root gibt es nur den unmittelbaren."""
    monkeypatch.setenv(ways.ENV_WAY, name)
    return name if root_only else ways.DIRECT


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_ends_with_the_process_that_started_it(place: Path, end: signal.Signals) -> None:
    process = subprocess.Popen(command(place, [], "warten"), stdout=subprocess.PIPE, text=True, env=environment(place))
    assert process.stdout is not None
    pid = json.loads(process.stdout.readline())["pid"]
    process.send_signal(end)
    process.wait(10)
    process.stdout.close()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]:
        assert time.monotonic() < deadline, "der Server läuft weiter"
        time.sleep(0.05)
    assert not (place / "d" / "cluster" / "postmaster.pid").exists() or ended(pid)
    running = server.start(place / "d", settings=FAST)
    assert works(running)
    running.stop()


def ended(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_a_long_path_gets_a_short_socket(place: Path) -> None:
    running = server.start(place / ("lang" * 30), settings=FAST)
    assert len(str(running.socket)) < server.SOCKET_LIMIT
    assert works(running)
    running.stop()
    shutil.rmtree(running.socket)


def test_messages_name_the_remedy(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = place / "datei"
    blocked.write_text("")
    with pytest.raises(ServerError, match="anderes angeben"):
        server.start(blocked / "d")
    monkeypatch.setenv(binaries.ENV_BINARIES, str(place))
    with pytest.raises(ServerError, match="Verzeichnis bin angeben"):
        binaries.find()
    monkeypatch.delenv(binaries.ENV_BINARIES)
    with pytest.raises(ServerError, match=r"brauchen PostgreSQL 9, gefunden: \d+"):
        binaries.find(9)
    monkeypatch.setattr(binaries, "packaged", list)
    monkeypatch.setattr(binaries, "_distribution", list)
    with pytest.raises(ServerError, match=r"apt-get install postgresql.*KREISLOHN_DATABASE_URL"):
        binaries.find()


def test_a_server_that_does_not_start_says_why(place: Path) -> None:
    with pytest.raises(ServerError, match=r"startet nicht.*Protokoll:"):
        server.start(place / "d", settings={"gibt_es_nicht": "1"})


def test_unknown_way_and_missing_tools_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv(ways.ENV_WAY, "fliegen")
    with pytest.raises(ServerError, match="fliegen ist unbekannt"):
        ways.choose()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv(ways.ENV_WAY, ways.NAMESPACE)
    with pytest.raises(ServerError, match="Benutzernamensräume sind auf dieser Maschine gesperrt"):
        ways.choose()
    monkeypatch.setenv(ways.ENV_WAY, ways.DROPPED)
    with pytest.raises(ServerError, match="apt-get install util-linux"):
        ways.choose()


def test_a_distribution_serves_as_well(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wo eine Distribution PostgreSQL ab 15 mitbringt, laufen auch darauf alle Umbauten."""
    for found in [*binaries._distribution(), *binaries.packaged()]:
        monkeypatch.setenv(binaries.ENV_BINARIES, str(found.directory))
        running = server.start(place / f"d{found.major}", settings=FAST)
        dsns = setup.prepare(running)
        with psycopg.connect(dsns.app) as connection:
            assert connection.info.server_version // 10000 == found.major
            assert connection.execute("SELECT count(*) FROM tenant").fetchone() == (0,)
        running.stop()


def test_programs_the_other_account_cannot_reach_are_copied_once(
    place: Path, service_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected(ways.DROPPED, monkeypatch)
    monkeypatch.setattr(ways, "reachable", lambda way, path: path.is_relative_to(service_directory))
    found = next(iter(binaries.packaged()))
    copied = ways.usable(ways.choose(), found)
    assert copied.directory.is_relative_to(service_directory)
    assert ways.usable(ways.choose(), found) == copied
    assert len(list(service_directory.iterdir())) == 1
    answer = subprocess.check_output([copied.program("postgres"), "--version"], text=True)
    assert f" {found.major}." in answer
