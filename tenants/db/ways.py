"""Drei Wege, PostgreSQL zu starten; es weigert sich, mit den Rechten von root zu laufen.

direct: als gewöhnlicher Mensch unmittelbar. namespace: als root in einem Benutzernamensraum, in dem root eine
gewöhnliche Nummer trägt. dropped: als root ohne Namensräume (einfacher Container, chroot) unter einer anderen Kennung.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tenants.db.binaries import Binaries, ServerError

ENV_WAY = "KREISLOHN_POSTGRES_WAY"
DIRECT, NAMESPACE, DROPPED = "direct", "namespace", "dropped"
ACCOUNTS = ("kreislohn", "postgres", "nobody")
SERVICE_DIRECTORY = Path("/var/lib/kreislohn")


@dataclass(frozen=True)
class Way:
    """Wie ein Programm gestartet wird und wem seine Dateien gehören (uid und gid von außen gesehen)."""

    name: str
    prefix: tuple[str, ...]
    uid: int
    gid: int

    def command(self, *arguments: str, child: bool = False) -> list[str]:
        """Aufruf eines Programms; child endet geordnet, wenn der Elternprozess endet."""
        death = ("--pdeathsig", "INT") if child else ()
        setpriv = shutil.which("setpriv")
        if self.name == DROPPED:
            return [*self.prefix, *death, "--", *arguments]
        tail = [setpriv, *death, "--", *arguments] if setpriv and death else list(arguments)
        return [*self.prefix, *tail]


def choose() -> Way:
    """Der Weg, der auf dieser Maschine geht; KREISLOHN_POSTGRES_WAY=dropped überspringt den Namensraum."""
    if os.geteuid() != 0:
        return Way(DIRECT, (), os.geteuid(), os.getegid())
    wanted = os.environ.get(ENV_WAY)
    if wanted not in (None, "", NAMESPACE, DROPPED):
        raise ServerError(f"{ENV_WAY}={wanted} ist unbekannt: {NAMESPACE} oder {DROPPED} angeben.")
    if wanted != DROPPED:
        prefix = _namespace_prefix()
        if prefix is not None:
            return Way(NAMESPACE, prefix, 0, 0)
        if wanted == NAMESPACE:
            raise ServerError("Benutzernamensräume sind auf dieser Maschine gesperrt. Ohne diese Vorgabe starten.")
    return _dropped()


def _namespace_prefix() -> tuple[str, ...] | None:
    """Aufruf mit Namensraum, wenn die Probe gelingt; initdb verlangt eine Nummer mit Eintrag in passwd."""
    unshare = shutil.which("unshare")
    known = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    if unshare is None or not known:
        return None
    account = min(known, key=lambda entry: (entry.pw_uid != 1000, entry.pw_uid))
    prefix = (unshare, "--user", f"--map-user={account.pw_uid}", f"--map-group={account.pw_gid}")
    try:
        probe = subprocess.run([*prefix, "true"], capture_output=True, timeout=10, check=False)  # noqa: S603 (fixed)
    except (OSError, subprocess.SubprocessError):
        return None
    return prefix if probe.returncode == 0 else None


def _dropped() -> Way:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServerError(
            "PostgreSQL läuft nicht mit den Rechten von root, und setpriv fehlt. Abhilfe: "
            "„apt-get install util-linux“ ausführen, oder als gewöhnlicher Mensch starten, "
            "oder KREISLOHN_DATABASE_URL angeben."
        )
    for name in ACCOUNTS:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        ids = (f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
        return Way(DROPPED, (setpriv, *ids), account.pw_uid, account.pw_gid)
    raise ServerError(
        f"PostgreSQL braucht eine Kennung ohne Rechte, gefunden ist keine von: {', '.join(ACCOUNTS)}. "
        "Abhilfe: „useradd --system kreislohn“ ausführen."
    )


def reachable(way: Way, path: Path) -> bool:
    """Ob die Kennung dieses Weges alle Verzeichnisse bis path betreten darf."""
    if way.name != DROPPED:
        return True
    for directory in [*reversed(path.resolve().parents), path.resolve()]:
        if not directory.exists():
            continue
        status = directory.stat()
        shift = 6 if status.st_uid == way.uid else 3 if status.st_gid == way.gid else 0
        if not status.st_mode >> shift & 0o1:
            return False
    return True


def usable(way: Way, binaries: Binaries) -> Binaries:
    """Programme, die dieser Weg ausführen darf; unerreichbare aus dem Paket werden einmal kopiert."""
    if reachable(way, Path(binaries.program("postgres"))) or binaries.root is None:
        return binaries
    version = f"{binaries.major}-{int(Path(binaries.program('postgres')).stat().st_mtime)}"
    base = service_directory() / f"postgresql-{version}"
    if not base.exists():
        fresh = base.with_name(f"{base.name}.{os.getpid()}")
        target = fresh / binaries.root.parent.name / binaries.root.name
        shutil.copytree(binaries.root, target, ignore=shutil.ignore_patterns("include"))
        if binaries.libraries is not None:
            shutil.copytree(binaries.libraries, fresh / binaries.libraries.name)
        fresh.rename(base)
    return Binaries(base / binaries.root.parent.name / binaries.root.name / "bin", binaries.major)


def service_directory() -> Path:
    """Verzeichnis für alles, was eine andere Kennung erreichen muss."""
    try:
        SERVICE_DIRECTORY.mkdir(parents=True, exist_ok=True, mode=0o755)
    except OSError as error:
        raise ServerError(
            f"{SERVICE_DIRECTORY} lässt sich nicht anlegen ({error.strerror}). Abhilfe: das Verzeichnis anlegen, "
            "oder als gewöhnlicher Mensch starten, oder KREISLOHN_DATABASE_URL angeben."
        ) from error
    return SERVICE_DIRECTORY


def give(way: Way, directory: Path) -> None:
    """Übergibt ein Verzeichnis mit Inhalt der Kennung dieses Weges, wenn es einer anderen gehört."""
    if os.geteuid() != 0 or directory.stat().st_uid == way.uid:
        return
    for folder, _, files in os.walk(directory):
        os.chown(folder, way.uid, way.gid)
        for name in files:
            os.chown(os.path.join(folder, name), way.uid, way.gid, follow_symlinks=False)
