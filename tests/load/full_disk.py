"""Die Platte unter PostgreSQL läuft mitten in einem großen Lauf wirklich voll; danach wird Platz geschaffen.

    .venv/bin/python tests/load/full_disk.py --people 240 --part 40

Zweimal: erst ist die Platte der Daten voll, dann die des Journals von PostgreSQL (pg_wal). Beide Platten sind kleine
tmpfs in einem Namensraum, den sonst niemand sieht; gefüllt wird mit einer Datei, während ein Arbeiter mitten in einem
Stück ist. Geprüft wird: nichts Halbes ist zu sehen, das Protokoll bleibt heil, und sobald Platz ist (und die Datenbank
wieder läuft), kommt der Lauf von selbst zu Ende, gleich wie in einem Prozess und genau einmal.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import func, select

from payroll.bench import close
from payroll.runs.models import Ergebnis
from payroll.runs.stuecke.teilen import VARIABLE
from payroll.sammellauf import service
from payroll.sammellauf.models import FERTIG, RECHNEN
from tenants.audit.export import verify_database
from tenants.db import passwords, server, setup
from tenants.db.engine import Dsns
from tenants.db.server import Server
from tenants.db.session import tenant_session
from tests.load import hosts
from tests.load.hosts import MONTH, ROOT, Outcome, _alone, _judged, _order, _wait

INSIDE, WORKER = "KREISLOHN_VOLLE_PLATTE", "w1"
DATA, JOURNAL = PLATTEN = ("daten", "journal")
SIZE = {DATA: "600m", JOURNAL: "160m"}
SPARE = 32 * 1024  # bytes that are left free
SWITCHES = 60  # of the journal's segments, until the database cannot write any more


@dataclass
class Voll(Outcome):
    """Was bei einer vollen Platte geschah, zum Ausgang des Laufs dazu."""

    platte: str = ""
    gemerkt: str = ""
    datenbank_beendet: bool = False
    sichtbar_dabei: int = 0
    protokoll_heil: bool = False

    @property
    def kept(self) -> bool:
        """Ob alles gehalten ist, was versprochen ist."""
        return super().kept and self.protokoll_heil and not self.sichtbar_dabei and bool(self.gemerkt)


def impossible() -> str:
    """Warum es hier nicht geht; leer, wenn es geht."""
    if shutil.which("unshare") is None:
        return "Das Programm unshare fehlt; das Paket util-linux einspielen."
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run([*_space(), "mount", "-t", "tmpfs", "-o", "size=1m", "none", place],
                              capture_output=True, text=True, check=False)
    return f"Hier lässt sich keine kleine Platte anlegen: {done.stderr.strip()}" if done.returncode else ""


def _space() -> list[str]:
    """Ein eigener Raum für Platten; wer nicht root ist, ist es nur darin."""
    return ["unshare", *(() if os.geteuid() == 0 else ("--user", "--map-root-user")), "--mount"]


@dataclass
class Haus:
    """Der laufende Server, seine Adressen, der Arbeitgeber, das Verzeichnis der kleinen Platte und eines daneben."""

    running: Server
    dsns: Dsns
    tenant: int
    small: Path
    beside: Path


@contextmanager
def house(platte: str, people: int) -> Iterator[Haus]:
    """PostgreSQL mit einer kleinen Platte und einem Arbeitgeber; am Ende ist alles wieder weg."""
    with tempfile.TemporaryDirectory(prefix="kl-voll-") as held:
        Path(held).chmod(0o755)
        directory, small = Path(held) / "pg", Path(held) / ("pg" if platte == DATA else "klein")
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE[platte]},mode=755", "none", str(small)], check=True)
        running = server.start(directory)
        try:
            found = Haus(running, setup.prepare(running), 0, small, Path(held))
            close.connect(found.dsns)
            found.tenant = close.employer_with(people, "970")
            running.stop()
            _journal_to(directory, small if platte == JOURNAL else Path(held))
            running = found.running = server.start(directory)
            yield found
            running = found.running
        finally:
            running.stop()
            subprocess.run(["umount", "--lazy", str(small)], check=True)


def _journal_to(directory: Path, place: Path) -> None:
    """Verlegt das Journal auf eine andere Platte, wie PostgreSQL es vorsieht."""
    old, new = directory / "cluster" / "pg_wal", place / "wal"
    subprocess.run(["cp", "-a", str(old), str(new)], check=True)
    shutil.rmtree(old)
    old.symlink_to(new)


def collective(platte: str, people: int, part: int) -> Voll:
    """Der ganze Versuch mit einer Platte."""
    os.environ[VARIABLE] = str(part)
    with house(platte, people) as home:
        found, tenant = Voll(platte=platte), home.tenant
        expected = _alone(tenant)
        begun = time.monotonic()
        with _worker(home.dsns, home.beside) as log:
            service.order(f"{close.CLERK}.970", [tenant], MONTH, RECHNEN)
            _wait((home.beside / f"busy-{WORKER}").exists, "Der Arbeiter bekommt kein Stück")
            ballast = _fill(home.small)
            (home.beside / f"hold-{WORKER}").unlink()
            (_worker_notices if platte == DATA else _database_notices)(found, home, log)
            ballast.unlink()
            if found.datenbank_beendet:
                home.running = server.start(home.running.directory)
            _wait(lambda: _order(tenant) == FERTIG, "Der Lauf kommt nicht zu Ende")
        found.sekunden = round(time.monotonic() - begun, 1)
        _judged(tenant, expected, found)
        with tenant_session(tenant, actor="prüfung") as session:
            found.protokoll_heil = verify_database(session).breaks == ()
        return found


@contextmanager
def _worker(dsns: Dsns, directory: Path) -> Iterator[Path]:
    """Ein Arbeiter in einem eigenen Prozess, der im ersten Stück innehält, solange die Datei hold-w1 da ist."""
    (directory / f"hold-{WORKER}").touch()
    log = directory / "arbeiter.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, hosts.__file__, "--role", "work", "--directory", str(directory)], cwd=ROOT, stdout=out,
            stderr=out, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "HOST_NAME": WORKER, "HOST_APP": dsns.app,
                 "HOST_PLATFORM": dsns.platform})
    try:
        yield log
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)


def _fill(place: Path) -> Path:
    """Füllt die Platte bis auf SPARE."""
    ballast = place / "ballast"
    free = os.statvfs(place)
    with ballast.open("wb") as out:
        os.posix_fallocate(out.fileno(), 0, max(free.f_bavail * free.f_frsize - SPARE, 1))
    return ballast


def _worker_notices(found: Voll, home: Haus, log: Path) -> None:
    """Sind die Daten voll, scheitert, was schreibt; PostgreSQL läuft weiter und lässt lesen."""
    _wait(lambda: "DiskFull" in log.read_text(encoding="utf-8"), "Der Arbeiter merkt die volle Platte nicht")
    found.gemerkt = "DiskFull beim Arbeiter; PostgreSQL läuft weiter"
    with tenant_session(home.tenant, actor="prüfung") as session:
        found.sichtbar_dabei = session.scalar(select(func.count(Ergebnis.id))) or 0


def _database_notices(found: Voll, home: Haus, _log: Path) -> None:
    """Ist das Journal voll, kann PostgreSQL nichts mehr festschreiben: es bricht ab und endet."""
    running = home.running
    with suppress(psycopg.Error), psycopg.connect(running.dsn(passwords.SUPERUSER, "postgres"),
                                                  autocommit=True) as admin:
        for _ in range(SWITCHES):
            admin.execute("SELECT pg_logical_emit_message(false, 'voll', repeat('x', 100000)), pg_switch_wal()")
    assert running.process is not None
    with suppress(subprocess.TimeoutExpired):
        running.process.wait(30)
    found.datenbank_beendet = running.process.poll() is not None
    said = (running.directory / "server.log").read_text(encoding="utf-8")
    found.gemerkt = "PANIC: No space left on device" if "PANIC" in said and "No space left" in said else ""


def main() -> int:
    """Beide Versuche, je einer als JSON; 0, wenn alles gehalten ist, 2, wenn es hier nicht geht."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=240)
    parser.add_argument("--part", type=int, default=40)
    parser.add_argument("--disk", choices=PLATTEN, action="append")
    given = parser.parse_args()
    if INSIDE not in os.environ:
        if why := impossible():
            print(f"Nicht möglich: {why}")
            return 2
        return subprocess.run([*_space(), sys.executable, *sys.argv], env={**os.environ, INSIDE: "1"},
                              check=False).returncode
    outcomes = [collective(one, given.people, given.part) for one in given.disk or PLATTEN]
    for outcome in outcomes:
        print(json.dumps(asdict(outcome) | {"gehalten": outcome.kept, "am": f"{datetime.now(UTC):%Y-%m-%d %H:%M}"},
                         ensure_ascii=False))
    return 0 if all(one.kept for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
