"""pg_dump und pg_restore: aus dem mitgelieferten Paket oder aus der Distribution, passend zur Version des Servers.

Kennwörter gehen über die Umgebung des Kindprozesses, nie über die Befehlszeile. Der Klartext geht nur durch Röhren.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tenants.backup.container import CHUNK, BackupError
from tenants.db import binaries
from tenants.db.engine import normalise

DUMP = ("--format=custom", "--no-owner", "--no-comments")
RESTORE = ("--no-owner", "--exit-on-error", "--single-transaction", "--no-comments")


def dump(dsn: str, major: int, snapshot: str) -> Iterator[bytes]:
    """Der Inhalt der Datenbank zu einem festgehaltenen Zeitpunkt, in Stücken."""
    address, password = _address(dsn)
    command = [program("pg_dump", major), *DUMP, f"--snapshot={snapshot}", "--dbname", address]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 (program of PostgreSQL, own arguments)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(password),
            cwd="/",
        )
        assert process.stdout is not None
        try:
            while data := process.stdout.read(CHUNK):
                yield data
        except GeneratorExit:  # nobody wants the rest: the disk is full, the reason is on its way already
            process.kill()
            raise
        finally:
            process.stdout.close()
            code = process.wait()
        if code != 0:
            raise BackupError(f"pg_dump ist gescheitert: {_said(errors)}")


def version_for(major: int) -> int:
    """Version des pg_dump, das für diesen Server benutzt wird; pg_restore muss mindestens so neu sein."""
    return _version(Path(program("pg_dump", major))) or major


def restore(dsn: str, major: int, chunks: Iterable[bytes]) -> None:
    """Spielt einen Inhalt ein; scheitert etwas, bleibt die Datenbank, wie sie war."""
    address, password = _address(dsn)
    command = [program("pg_restore", major), *RESTORE, "--dbname", address]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 (program of PostgreSQL, own arguments)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=_environment(password),
            cwd="/",
        )
        assert process.stdin is not None
        try:
            for data in chunks:
                process.stdin.write(data)
            process.stdin.close()
        except BrokenPipeError:
            pass  # the exit code below says why
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait() != 0:
            raise BackupError(f"pg_restore ist gescheitert, eingespielt wurde nichts: {_said(errors)}")


def program(name: str, major: int) -> str:
    """Pfad des ältesten Programms, dessen Version mindestens die verlangte ist."""
    found: list[tuple[int, str]] = []
    for path in _candidates(name):
        version = _version(path)
        if version is not None:
            found.append((version, str(path)))
    if fitting := [one for one in found if one[0] >= major]:
        return min(fitting)[1]
    versions = ", ".join(str(version) for version, _ in found) or "keines"
    raise BackupError(
        f"Gebraucht wird {name} ab Version {major}, gefunden: {versions}. Abhilfe: „apt-get install "
        f"postgresql-client-{major}“ oder {binaries.ENV_BINARIES} auf das Verzeichnis bin dieser Version setzen."
    )


def _candidates(name: str) -> list[Path]:
    given = os.environ.get(binaries.ENV_BINARIES)
    if given:
        return [path for path in [Path(given) / name] if path.is_file()]
    places = [one.directory for one in binaries.packaged()]
    places += [path for base, pattern in binaries.PLACES for path in Path(base).glob(pattern)]
    on_path = shutil.which(name)
    return [path / name for path in places if (path / name).is_file()] + ([Path(on_path)] if on_path else [])


def _version(path: Path) -> int | None:
    """Hauptversion eines Programms; was sich nicht ausführen lässt, zählt nicht."""
    try:
        said = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=True, timeout=30).stdout  # noqa: S603 (program found above)
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(match.group(1)) if match else None


def _address(dsn: str) -> tuple[str, str]:
    """Verbindungsangaben ohne Kennwort, und das Kennwort."""
    url = normalise(dsn).set(drivername="postgresql").render_as_string(hide_password=False)
    values = conninfo_to_dict(url)
    password = str(values.pop("password", "") or "")
    return make_conninfo("", **values), password


def _environment(password: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "KREISLOHN"))}
    return {**kept, "LC_ALL": "C", "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10"}


def _said(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = [line.strip() for line in errors.read().decode(errors="replace").splitlines() if line.strip()]
    return " ".join(lines[-3:]) or "keine Meldung."
