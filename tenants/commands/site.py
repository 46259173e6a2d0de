"""Was alle Befehle brauchen: die Datenbank dieser Einrichtung, ihren Hauptschlüssel, einen Mandanten nach Nummer."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tenants.db.session import PlatformSession, TenantSession
    from tenants.db.setup import Connected

DATA_DIR = click.Path(file_okay=False, path_type=Path)
PLATFORM = "plattform"
LOGIN_ID = Path("/proc/self/loginuid")  # stays through sudo and su
NO_LOGIN = 4_294_967_295  # uid -1: no session of a person (a service, a container)


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--data, für alle Befehle gleich."""
    words = "Verzeichnis der Datenbank."
    return click.option("--data", type=DATA_DIR, default=Path("var"), show_default=True, help=words)(command)


def tenant_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--tenant: Nummer des Mandanten oder „plattform“."""
    words = f"Nummer des Mandanten; „{PLATFORM}“ ist die Kette der Plattform."
    return click.option("--tenant", required=True, help=words)(command)


def actor() -> str:
    """Wer im Protokoll steht, wenn ein Befehl handelt: die Kennung an dieser Maschine."""
    return f"befehl:{os.environ.get('SUDO_USER') or os.environ.get('USER') or os.geteuid()}"


def account() -> str:
    """Welcher Zugang dieser Maschine handelt, wie ihn der Kernel führt; die Umgebung ändert daran nichts.

    Es ist der Zugang, der sich angemeldet hat, auch nach sudo; ohne Anmeldung der, dem der Prozess gehört. Für
    Befehle, die zwei Menschen verlangen.
    """
    number = _logged_in()
    if number is None:
        number = os.getuid()
    try:
        return f"befehl:{pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"befehl:{number}"


def _logged_in() -> int | None:
    try:
        number = int(LOGIN_ID.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if number == NO_LOGIN else number


def master_key(data: Path, *, create: bool) -> None:
    """Hauptschlüssel aus Umgebung oder Datei; create legt die Datei im Datenverzeichnis beim ersten Mal an."""
    from tenants.security import masterkey

    try:
        if masterkey.stated():
            masterkey.configure(masterkey.from_environment())
        else:
            path = data / "master.key"
            masterkey.configure(masterkey.ensure_file(path) if create else masterkey.from_file(path))
    except masterkey.MasterKeyError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def database(data: Path, longest: timedelta | None = None) -> Iterator[Connected]:
    """Eingebettete oder angegebene Datenbank auf dem Stand des Programms, mit Hauptschlüssel.

    longest: wie lange eine einzelne Anweisung dauern darf; ohne Angabe, was für Befehle gilt.
    """
    from migrations.runner import NewerDatabase
    from tenants.db import engine, setup
    from tenants.db.binaries import ServerError

    data.mkdir(parents=True, exist_ok=True)
    own = data / "master.key"
    made = not own.exists()
    master_key(data, create=True)
    try:
        connected = setup.connect(data, longest=longest or engine.LONGEST_STATEMENT)
    except (ServerError, NewerDatabase) as error:
        raise click.ClickException(str(error)) from error
    try:
        _require_master(own if made else None)
        yield connected
    finally:
        connected.stop()


def _require_master(made: Path | None) -> None:
    """Beendet den Befehl, wenn der Hauptschlüssel nicht zur Datenbank gehört; made: die eben angelegte Datei."""
    from tenants.db.session import platform_session
    from tenants.security.keys import KeyMissing, require_master

    try:
        with platform_session(actor=actor()) as session:
            require_master(session)
    except KeyMissing as error:
        if made is not None:
            made.unlink(missing_ok=True)  # nobody shall take it for the right one and keep it
        raise click.ClickException(str(error)) from error


@contextmanager
def chain_session(number: str) -> Iterator[TenantSession | PlatformSession]:
    """Sitzung des Mandanten mit dieser Nummer oder der Plattform."""
    from tenants.db.session import platform_session, tenant_session

    if number == PLATFORM:
        with platform_session(actor=actor()) as session:
            yield session
        return
    with tenant_session(tenant_id(number), actor=actor()) as session:
        yield session


def tenant_id(number: str) -> int:
    """Interne Kennung zur Nummer eines Mandanten."""
    from tenants import service
    from tenants.db.session import platform_session

    with platform_session(actor=actor()) as session:
        known = {t.number: t.id for t in service.list_tenants(session, state=None)}
    if number not in known:
        raise click.ClickException(f"Den Mandanten {number} gibt es nicht. Vorhanden: {', '.join(known) or 'keiner'}.")
    return known[number]
