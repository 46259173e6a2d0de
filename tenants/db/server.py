"""Eingebetteter PostgreSQL-Server: ein Kindprozess mit eigenem Verzeichnis und privatem Socket, ohne Netz.

start() nimmt den Server, der für das Verzeichnis schon läuft, sonst startet es einen. Der Kindprozess endet geordnet,
wenn der Prozess endet, der ihn gestartet hat (auch wenn dieser abgeschossen wird); deshalb aus dem Hauptfaden starten.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

from tenants.db import binaries as programs
from tenants.db import passwords, ways
from tenants.db.binaries import Binaries, ServerError
from tenants.db.ways import Way

PORT = 5432
SOCKET_LIMIT = 107 - len(f"/.s.PGSQL.{PORT}")
PATIENCE = 60.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "idle_in_transaction_session_timeout": "10min",
    "log_min_duration_statement": "5s",
    "log_parameter_max_length": "0",  # no values of people in the log of the server, neither here
    "log_error_verbosity": "terse",  # nor in the details of an error
    "log_min_error_statement": "panic",
    "timezone": "Europe/Berlin",
}


@dataclass
class Server:
    """Ein laufender Server; process ist leer, wenn ein anderer Prozess ihn gestartet hat."""

    directory: Path
    socket: Path
    secrets: dict[str, str] = field(repr=False)
    way: str = ways.DIRECT
    process: subprocess.Popen[bytes] | None = None

    def dsn(self, role: str, database: str) -> str:
        """Adresse einer Datenbank für eine Rolle."""
        url = URL.create("postgresql", role, self.secrets[role], None, PORT, database, {"host": str(self.socket)})
        return url.render_as_string(hide_password=False)

    def stop(self) -> None:
        """Beendet den Server, wenn dieser Prozess ihn gestartet hat."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)


def start(data_dir: Path | str, *, settings: Mapping[str, str] | None = None) -> Server:
    """Startet den Server für dieses Verzeichnis oder findet den laufenden; beim ersten Mal wird er eingerichtet."""
    directory = Path(data_dir).resolve()
    _make(directory)
    with _alone(directory / "start.lock"):
        way = ways.choose()
        cluster = _cluster(directory, way)
        secrets = passwords.load_or_create(directory / "passwords.json")
        server = Server(directory, _socket(directory, cluster), secrets, way.name)
        if _answers(server):
            return server
        _make_socket(server.socket, way)
        chosen = ways.usable(way, programs.find(_major_of(cluster)))
        if not (cluster / "PG_VERSION").exists():
            _initialise(chosen, way, cluster, secrets[passwords.SUPERUSER])
        ways.give(way, cluster)
        _launch(server, chosen, way, cluster, {**SETTINGS, **(settings or {})})
        return server


def _make(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ServerError(
            f"Datenverzeichnis {directory} lässt sich nicht anlegen ({error.strerror}): anderes angeben."
        ) from error
    if not os.access(directory, os.W_OK):
        raise ServerError(f"Datenverzeichnis {directory} ist nicht beschreibbar: anderes angeben oder Rechte ändern.")


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Zwei Prozesse richten dasselbe Verzeichnis nicht gleichzeitig ein."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _cluster(directory: Path, way: Way) -> Path:
    """Ort der Daten: im Verzeichnis selbst, außer die andere Kennung käme dort nicht hin."""
    own, pointer = directory / "cluster", directory / "cluster.path"
    if pointer.exists():
        return Path(pointer.read_text(encoding="utf-8").strip())
    if own.exists() or way.name != ways.DROPPED:
        if way.name == ways.DROPPED:
            _open_for(way, directory)
        return own
    if ways.reachable(way, directory.parent):
        _open_for(way, directory)
        return own
    name = hashlib.sha256(str(directory).encode()).hexdigest()[:12]
    elsewhere = ways.service_directory() / f"data-{name}" / "cluster"
    pointer.write_text(f"{elsewhere}\n", encoding="utf-8")
    return elsewhere


def _open_for(way: Way, directory: Path) -> None:
    """Lässt die andere Kennung durch das Verzeichnis gehen; lesen darf sie darin nur, was ihr gehört."""
    if not ways.reachable(way, directory.parent):
        raise ServerError(
            f"Die Kennung {way.uid} kann {directory} nicht erreichen. Abhilfe: ein Datenverzeichnis unter "
            f"{ways.SERVICE_DIRECTORY} angeben oder die Verzeichnisse darüber mit „chmod o+x“ öffnen."
        )
    directory.chmod(0o711)


def _socket(directory: Path, cluster: Path) -> Path:
    """Verzeichnis des Sockets; Pfade von Sockets sind kurz, lange Verzeichnisse weichen aus."""
    place = (directory if cluster.parent == directory else cluster.parent) / "socket"
    if len(str(place)) <= SOCKET_LIMIT:
        return place
    name = hashlib.sha256(str(place).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"kreislohn-{os.geteuid()}-{name}"


def _make_socket(place: Path, way: Way) -> None:
    """Legt das Verzeichnis des Sockets an; niemand sonst darf es vorbereitet haben."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    foreign = os.geteuid() != 0 and place.stat().st_uid != os.geteuid()
    if place.is_symlink() or foreign or place.stat().st_mode & 0o022:
        raise ServerError(f"{place} gehört einem anderen: Verzeichnis entfernen und erneut starten.")
    ways.give(way, place)
    place.chmod(0o700)


def _answers(server: Server) -> bool:
    try:
        with psycopg.connect(server.dsn(passwords.SUPERUSER, "postgres"), connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def _major_of(cluster: Path) -> int | None:
    version = cluster / "PG_VERSION"
    return int(version.read_text().strip()) if version.exists() else None


def _initialise(binaries: Binaries, way: Way, cluster: Path, password: str) -> None:
    """Legt die Daten an; das Kennwort geht über eine Datei, nie über die Befehlszeile."""
    cluster.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    cluster.mkdir(mode=0o700, exist_ok=True)
    secret = cluster.parent / f"initdb.{os.getpid()}"
    handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(password)
    if os.geteuid() == 0:
        os.chown(secret, way.uid, way.gid)
        os.chown(cluster, way.uid, way.gid)
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    arguments = ("-D", str(cluster), "-U", passwords.SUPERUSER, "-A", "scram-sha-256", "--pwfile", str(secret))
    rest = ("-E", "UTF8", "-k", "--no-instructions", *(locale if binaries.major >= 17 else ("--locale=C.UTF-8",)))
    command = way.command(binaries.program("initdb"), *arguments, *rest)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env=_environment())  # noqa: S603 (own programs)
    finally:
        secret.unlink()
    if done.returncode != 0:
        raise ServerError(f"PostgreSQL ließ sich nicht einrichten ({way.name}): {_last(done.stderr or done.stdout)}")


def _launch(server: Server, binaries: Binaries, way: Way, cluster: Path, settings: Mapping[str, str]) -> None:
    options = {**settings, "port": str(PORT), "unix_socket_directories": str(server.socket)}
    flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
    command = way.command(binaries.program("postgres"), "-D", str(cluster), *flags, child=True)
    log = server.directory / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 (own programs)
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=_environment(),
            start_new_session=True,
        )
    deadline = time.monotonic() + PATIENCE
    while not _answers(server):
        if process.poll() is not None:
            text = log.read_text(encoding="utf-8", errors="replace")
            raise ServerError(f"PostgreSQL startet nicht ({way.name}): {_last(text)} Protokoll: {log}")
        if time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise ServerError(f"PostgreSQL antwortet nach {PATIENCE:.0f} Sekunden nicht. Protokoll: {log}")
        time.sleep(0.02)
    server.process = process


def _environment() -> dict[str, str]:
    """Umgebung ohne fremde PG-Einstellungen; Meldungen auf Englisch, wie sie in Suchmaschinen stehen."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "KREISLOHN"))}
    return {**kept, "LC_ALL": "C"}


def _last(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return " ".join(lines[-3:]) or "keine Meldung."
