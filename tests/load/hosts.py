"""Ein großer Lauf über getrennte Maschinen, mit toten Arbeitern, gezogenem Kabel und Neustart der Datenbank.

    sudo .venv/bin/python tests/load/hosts.py --people 600 --part 30

Fünf Netznamensräume sind die Maschinen: eine hat PostgreSQL, vier je einen Arbeiter. Mitten im Lauf wird ein Arbeiter
abgeschossen, einem das Netz genommen und die Datenbank angehalten und neu gestartet. Geprüft wird: der Lauf kommt von
selbst zu Ende, mit demselben Prüfwert und denselben Summen wie in einem Prozess, nichts doppelt, Übernahme in
höchstens 15 Sekunden nach der Uhr der Datenbank. Ohne root oder Netznamensräume endet es mit dem Grund.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from payroll.bench import close
from payroll.runs import service as runs
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.stuecke import rechnen
from payroll.runs.stuecke.models import Laufblock, Laufstueck, Stueckrechnung
from payroll.runs.stuecke.teilen import VARIABLE
from payroll.sammellauf import service
from payroll.sammellauf.models import OFFEN, RECHNEN
from tenants.audit.models import AuditEntry
from tenants.db import server, setup
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session
from tenants.operation import queue
from tests.load import netns
from tests.load.netns import Hosts

ROOT = Path(__file__).parents[2]
MONTH, DATABASE, WORKERS, PATIENCE = date(2026, 11, 1), "db", ("w1", "w2", "w3", "w4"), 240.0
DOOR = "local all all scram-sha-256\nhost all all {network}.0/24 scram-sha-256\n"
EACH_SECOND = 200  # people that a busy machine calculates at least
LIMIT = 15.0  # seconds until another worker has begun what a dead one left


@dataclass
class Outcome:
    """Was dabei herauskam; Übernahmen in Sekunden nach der Uhr der Datenbank."""

    abrechnungen: int = 0
    gleich: bool = False
    mal_gerechnet: int = 0
    uebernahmen: dict[str, float] = field(default_factory=dict)
    sekunden: float = 0.0
    rest: list[int] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Ob alles gehalten ist, was versprochen ist."""
        return (self.gleich and self.mal_gerechnet == 1 and not any(self.rest)
                and all(seconds <= LIMIT for seconds in self.uebernahmen.values()))


@dataclass
class District:
    """Die laufenden Maschinen: Verzeichnis der Datenbank, Arbeitgeber, Adressen für die Arbeiter, Prozesse."""

    hosts: Hosts
    directory: Path
    tenant: int = 0
    addresses: Dsns | None = None
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_database(self) -> None:
        """Startet PostgreSQL auf seiner Maschine und wartet, bis es antwortet."""
        ready = self.directory / "ready"
        ready.unlink(missing_ok=True)
        self._start(DATABASE, "serve", {})
        _wait(ready.exists, "PostgreSQL antwortet nicht")

    def start_worker(self, name: str) -> None:
        """Ein Arbeiter auf seiner Maschine; steht eine Datei hold-NAME da, hält er im nächsten Stück inne."""
        assert self.addresses is not None
        self._start(name, "work", {"HOST_NAME": name, "HOST_APP": self.addresses.app,
                                   "HOST_PLATFORM": self.addresses.platform})

    def end(self, name: str, how: int = signal.SIGTERM) -> None:
        """Beendet den Prozess einer Maschine."""
        process = self.processes.pop(name)
        os.killpg(process.pid, how)
        process.wait(60)

    def _start(self, host: str, role: str, more: dict[str, str]) -> None:
        command = self.hosts.command(host, [sys.executable, str(Path(__file__)), "--role", role, "--directory",
                                            str(self.directory)])
        with (self.directory / f"{host}.log").open("ab") as log:
            self.processes[host] = subprocess.Popen(
                command, env={**os.environ, **more, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log, cwd=ROOT,
                start_new_session=True)


@contextmanager
def district(people: int, part: int) -> Iterator[District]:
    """Maschinen, Datenbank und ein Arbeitgeber; am Ende ist alles wieder weg."""
    os.environ[VARIABLE] = str(part)
    with tempfile.TemporaryDirectory(prefix="kl-hosts-") as held, netns.hosts(DATABASE, *WORKERS) as machines:
        directory = Path(held)
        directory.chmod(0o755)
        found = District(machines, directory)
        try:
            found.start_database()
            running = server.start(directory / "pg")
            close.connect(dsns := setup.prepare(running))
            found.tenant = close.employer_with(people, "970")
            found.addresses = Dsns(*(_over_the_network(one, machines.addresses[DATABASE]) for one in (
                dsns.owner, dsns.app, dsns.platform)))
            yield found
        finally:
            for name in [*found.processes]:
                found.end(name, signal.SIGTERM if name == DATABASE else signal.SIGKILL)


def collective(people: int, part: int) -> Outcome:
    """Der ganze Versuch."""
    with district(people, part) as found:
        expected = _alone(found.tenant)
        begun, outcome = time.monotonic(), Outcome()
        for name in WORKERS[:3]:
            (found.directory / f"hold-{name}").touch()
        for name in WORKERS:
            found.start_worker(name)
        service.order(f"{close.CLERK}.970", [found.tenant], MONTH, RECHNEN)
        outcome.uebernahmen["abgeschossen"] = _taken_over(found, "w1", lambda: found.end("w1", signal.SIGKILL))
        outcome.uebernahmen["Kabel gezogen"] = _taken_over(found, "w2", lambda: found.hosts.cut("w2"))
        found.hosts.mend("w2")
        _release(found, "w2")
        _restart(found)
        _wait(lambda: _order(found.tenant) != OFFEN, "Der Lauf kommt nicht zu Ende", PATIENCE + people / EACH_SECOND)
        outcome.sekunden = round(time.monotonic() - begun, 1)
        _judged(found.tenant, expected, outcome)
        return outcome


def _restart(found: District) -> None:
    """Hält die Datenbank an, während ein Arbeiter mitten in einem Stück ist, und startet sie neu."""
    _held(found, "w3")
    found.end(DATABASE)
    found.start_database()
    _release(found, "w3")


def _taken_over(found: District, name: str, accident: Callable[[], None]) -> float:
    """Sekunden vom Unfall, bis ein anderer das Stück begonnen hat, das dieser Arbeiter in der Hand hatte."""
    part = _held(found, name)
    with tenant_session(found.tenant, actor="prüfung") as session:
        at = session.scalar(select(func.clock_timestamp()).select_from(Laufstueck).limit(1))
    accident()
    again: list[datetime] = []

    def begun() -> bool:
        with tenant_session(found.tenant, actor="prüfung") as session:
            row = session.scalars(select(Laufstueck).where(Laufstueck.public_id == part)).one_or_none()
            if row is not None and row.begonnen_am is not None and at is not None and row.begonnen_am > at:
                again.append(row.begonnen_am)
        return bool(again)

    _wait(begun, f"Das Stück von {name} übernimmt niemand")
    assert at is not None
    return round((again[0] - at).total_seconds(), 1)


def _held(found: District, name: str) -> str:
    """Wartet, bis der Arbeiter mitten in einem Stück innehält; dessen Kennung."""
    busy = found.directory / f"busy-{name}"
    _wait(busy.exists, f"{name} bekommt kein Stück")
    return busy.read_text(encoding="utf-8")


def _release(found: District, name: str) -> None:
    (found.directory / f"hold-{name}").unlink(missing_ok=True)


def _order(tenant: int) -> str:
    with tenant_session(tenant, actor="prüfung") as session:
        return service.latest(session, MONTH)[0].zustand


def _alone(tenant: int) -> tuple[Any, ...]:
    """Der Lauf in einem Prozess; danach ist er wieder weg."""
    with tenant_session(tenant, actor=close.CLERK) as session:
        found = _shown(runs.calculate(session, MONTH, key="allein"))
        session.rollback()
    return found


def _shown(lauf: Lauf) -> tuple[Any, ...]:
    return lauf.ergebnis_hash, lauf.anzahl, lauf.gesamtbrutto, lauf.netto, lauf.auszahlung, lauf.ag_kosten


def _judged(tenant: int, expected: tuple[Any, ...], outcome: Outcome) -> None:
    with tenant_session(tenant, actor="prüfung") as session:
        lauf = session.scalars(select(Lauf).where(Lauf.monat == MONTH)).one()
        stored = session.execute(select(
            func.count(Ergebnis.id).label("zahl"), func.count(Ergebnis.beschaeftigung_id.distinct()).label("menschen"),
            func.sum(Ergebnis.auszahlung).label("summe")).where(Ergebnis.lauf_id == lauf.id)).one()
        outcome.abrechnungen = lauf.anzahl
        outcome.gleich = (_shown(lauf) == expected and stored.zahl == stored.menschen == lauf.anzahl
                          and int(stored.summe) == lauf.auszahlung)
        outcome.mal_gerechnet = session.scalar(select(func.count(AuditEntry.id)).where(
            AuditEntry.action == "lauf.gerechnet", AuditEntry.subject == f"lauf:{MONTH:%Y-%m}")) or 0
        outcome.rest = [session.scalar(select(func.count()).select_from(one)) or 0
                        for one in (Stueckrechnung, Laufstueck, Laufblock)]


def _wait(until: Callable[[], bool], problem: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{problem}: {seconds:.0f} Sekunden gewartet.")
        time.sleep(0.1)


def _over_the_network(dsn: str, address: str) -> str:
    url = make_url(dsn)
    return url.set(host=address, query={}).render_as_string(hide_password=False)


def serve(directory: Path) -> None:
    """Die Maschine der Datenbank: läuft, bis sie beendet wird."""
    door = directory / "door.conf"
    door.write_text(DOOR.format(network=netns.NETWORK), encoding="utf-8")
    running = server.start(directory / "pg", settings={
        "listen_addresses": f"{netns.NETWORK}.1", "hba_file": str(door), "fsync": "off"})
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    (directory / "ready").touch()
    ended.wait()
    running.stop()


def work(directory: Path) -> None:
    """Die Maschine eines Arbeiters."""
    name, real = os.environ["HOST_NAME"], rechnen.compute

    def compute(session: Any, rechnung: Any, stueck: Any) -> None:
        real(session, rechnung, stueck)
        hold = directory / f"hold-{name}"
        if hold.exists():
            written = directory / f"busy-{name}.new"
            written.write_text(str(stueck.public_id), encoding="utf-8")
            written.replace(directory / f"busy-{name}")  # whoever waits for it never sees it empty
            while hold.exists():
                time.sleep(0.1)

    rechnen.compute = compute
    close.connect(Dsns("", os.environ["HOST_APP"], os.environ["HOST_PLATFORM"]))
    queue.work(service.ACTIONS)


def main() -> int:
    """Ein Versuch, sein Ergebnis als JSON; 0, wenn alles gehalten ist, 2, wenn es hier nicht geht."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--part", type=int, default=30)
    parser.add_argument("--role", choices=("serve", "work"))
    parser.add_argument("--directory", type=Path, default=Path())
    given = parser.parse_args()
    if given.role:
        (serve if given.role == "serve" else work)(given.directory)
        return 0
    if why := netns.impossible():
        print(f"Nicht möglich: {why}")
        return 2
    outcome = collective(given.people, given.part)
    print(json.dumps(asdict(outcome) | {"gehalten": outcome.kept, "am": f"{datetime.now(UTC):%Y-%m-%d %H:%M}"},
                     ensure_ascii=False))
    return 0 if outcome.kept else 1


if __name__ == "__main__":
    sys.exit(main())
