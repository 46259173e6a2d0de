"""Gemeinsame Vorrichtungen: ein Server je Lauf, eine frische Datenbank je Test aus einer Vorlage."""

from __future__ import annotations

import functools
import itertools
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, NamedTuple

import page
import psycopg
import pytest
from playwright.sync_api import Browser, Locator, sync_playwright

from tenants import service
from tenants.db import engine, passwords, server, setup
from tenants.db.engine import APP, OWNER, PLATFORM, Dsns
from tenants.db.server import Server
from tenants.db.session import platform_session
from tenants.security import masterkey
from tenants.security.masterkey import MasterKey

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "512MB"}
MEMORY, NEEDED = Path("/dev/shm"), 4 * 2**30
TEMPLATE = "kreislohn_vorlage"
MASTER = MasterKey(bytes(range(32)))
_number = itertools.count(1)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip

# Files of minutes come first: the last one alone would leave the other processors idle.
LONG = ("runs/test_killed_in_spring.py", "runs/test_killed_in_autumn.py", "demo/test_year_closed.py",
        "attack/test_scanner.py", "runs/test_hosts.py", "runs/test_connection_lost.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Die langen Dateien nach vorn, sonst bleibt die Reihenfolge."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).as_posix() not in LONG)


class TwoTenants(NamedTuple):
    """Nummern zweier Mandanten mit Schlüsseln."""

    first: int
    second: int


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Eigener Server für den ganzen Lauf, ohne Rücksicht auf Stromausfall.

    Im Arbeitsspeicher, wenn dort Platz ist: Eine frische Datenbank sind tausend Dateien, auf einer Platte langsam.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > NEEDED
    directory = Path(tempfile.mkdtemp(prefix="kl-", dir=MEMORY if roomy else None))
    running = server.start(directory, settings=FAST)
    yield running
    running.stop()
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def dying() -> ForkServerContext:
    """Prozesse, die ein Test sterben lässt; sie entstehen aus einem Vorrat mit gebautem Recht, wie in einem Server.

    Der Vorrat gehört dem ganzen Lauf: Was er lädt, steht hier und nicht in dem Test, der ihn zuerst braucht.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.runs.built_law"])
    return context


@pytest.fixture(scope="session")
def conforming() -> Callable[[bytes], None]:
    """Prüft ein Dokument gegen PDF/UA-1 (zugänglich) und PDF/A-2a (aufzubewahren), mit einem fremden Prüfer."""

    def check(pdf: bytes) -> None:
        for profile in ("ua1", "2a"):
            found = page.validate_pdf_bytes(pdf, profile=profile)
            assert found.is_compliant, [(one.rule_id, one.message) for one in found.failures]

    return check


@pytest.fixture(scope="session")
def template(postgres: Server) -> str:
    """Name der Vorlage: Rollen, Datenbank, alle Umbauten."""
    setup.prepare(postgres, database=TEMPLATE)
    return TEMPLATE


@pytest.fixture(scope="session")
def fresh_database(postgres: Server, template: str) -> Callable[[], AbstractContextManager[Dsns]]:
    """Öffnet eine Kopie der Vorlage (etwa 50 ms) und richtet die Verbindungen ein; für Vorrichtungen je Modul."""

    @contextmanager
    def fresh() -> Iterator[Dsns]:
        name = f"test_{next(_number)}"
        admin = postgres.dsn(passwords.SUPERUSER, "postgres")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        setup.grant_database(postgres.dsn(passwords.SUPERUSER, name), name)
        dsns = Dsns(*(postgres.dsn(role, name) for role in (OWNER, APP, PLATFORM)))
        masterkey.configure(MASTER)
        engine.configure(dsns.app, dsns.platform)
        try:
            yield dsns
        finally:
            engine.dispose()
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    return fresh


@pytest.fixture
def database(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[Dsns]:
    """Frische Datenbank auf dem Stand des Programms, Verbindungen eingerichtet."""
    with fresh_database() as dsns:
        yield dsns


@pytest.fixture
def two_tenants(database: Dsns) -> TwoTenants:
    """Zwei Mandanten mit Schlüsseln."""
    with platform_session(actor="test") as session:
        first = service.create_tenant(session, "001", "Kreis Beispiel", "kreis", demonstration=True)
        second = service.create_tenant(session, "002", "Gemeinde Muster", "gemeinde")
        return TwoTenants(first.id, second.id)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium des Systems oder der von Playwright eingerichtete; einer je Lauf, ein zweiter ginge nicht daneben."""
    with sync_playwright() as play, pytest.MonkeyPatch.context() as patch:
        for name in ("click", "press"):
            patch.setattr(Locator, name, _arriving(getattr(Locator, name)))
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = play.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


def _arriving(act: Callable[..., None]) -> Callable[..., None]:
    """Handlung, die erst endet, wenn die Seite ganz da ist, zu der sie führt.

    Der Browser meldet den Wechsel, sobald der erste Teil der neuen Seite ankommt; was dann geprüft wird, ist bei
    voller Maschine eine halbe Seite.
    """

    @functools.wraps(act)
    def arrive(locator: Locator, *args: Any, **options: Any) -> None:
        act(locator, *args, **options)
        if not locator.page.is_closed():
            locator.page.wait_for_load_state("load")

    return arrive
