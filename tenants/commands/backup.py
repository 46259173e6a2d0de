"""kreislohn backup und restore: verschlossene Sicherung der eingebetteten oder der angegebenen Datenbank."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenants.commands import site, stated
from tenants.counting import counted

if TYPE_CHECKING:
    from tenants.db.engine import Dsns
    from tenants.db.setup import Connected

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("backup")
@site.data_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Neue Datei.")
@stated.operator("sichert die ganze Einrichtung, verschlossen")
def backup(data: Path, out: Path) -> None:
    """Sichert alles in eine verschlossene Datei; ohne den Hauptschlüssel ist sie wertlos."""
    from tenants.backup import BackupError, service

    begun = time.monotonic()
    with site.database(data) as connected:
        try:
            made = service.backup(_observer(connected), out, actor=site.actor())
        except BackupError as error:
            raise click.ClickException(str(error)) from error
    size = out.stat().st_size / 1e6
    click.echo(f"{out}: {counted(made.rows, 'Zeile', 'Zeilen')} aus "
               f"{counted(len(made.tables), 'Tabelle', 'Tabellen')}, {size:.1f} MB, {_seconds(begun)}.")
    click.echo("Den Hauptschlüssel getrennt von dieser Datei aufbewahren.")


@click.command("restore")
@click.argument("file", type=FILE)
@site.data_option
@click.option("--check-only", is_flag=True, help="Öffnet und prüft die Sicherung, ohne etwas einzuspielen.")
@stated.operator("spielt die ganze Einrichtung ein")
def restore(file: Path, data: Path, check_only: bool) -> None:
    """Spielt eine Sicherung in ein leeres Verzeichnis oder eine leere Datenbank ein und prüft sie."""
    from tenants.backup import BackupError, service
    from tenants.db.binaries import ServerError
    from tenants.security import KeyMissing

    begun = time.monotonic()
    site.master_key(data, create=False)
    try:
        made = service.inspect(file)
        click.echo(f"{file}: Stand {made.created}, {counted(made.rows, 'Zeile', 'Zeilen')}, unversehrt.")
        if check_only:
            return
        with _empty(data) as (dsns, observer):
            done = service.restore(file, dsns, actor=site.actor(), observer=observer)
    except (BackupError, ServerError, KeyMissing) as error:
        raise click.ClickException(str(error)) from error
    rows = "Zeilen nachgezählt" if done.rows_checked else f"Zeilen nicht nachgezählt ({service.ENV_BACKUP} angeben)"
    click.echo(f"Eingespielt und geprüft: {counted(done.tenants, 'Mandant', 'Mandanten')}, "
               f"{counted(done.entries, 'Eintrag', 'Einträge')} im Protokoll, {rows}.")
    click.echo(f"Gebraucht: {_seconds(begun)}. Weiter mit: kreislohn serve --data {data} --name NAME")


def _observer(connected: Connected) -> str:
    """Adresse der Rolle, die alle Zeilen sieht."""
    from tenants.backup import BackupError, service
    from tenants.db import passwords, setup

    if connected.server is not None:
        return connected.server.dsn(passwords.SUPERUSER, setup.DATABASE)
    given = os.environ.get(service.ENV_BACKUP) or os.environ.get(setup.ENV_URL)
    if not given:
        raise BackupError(f"{service.ENV_BACKUP} angeben: eine Rolle mit BYPASSRLS und pg_read_all_data.")
    return _same_database(given, connected.dsns)


def _same_database(address: str, dsns: Dsns) -> str:
    from tenants.db.engine import normalise

    named = normalise(address).set(database=normalise(dsns.owner).database)
    return named.render_as_string(hide_password=False)


@contextmanager
def _empty(data: Path) -> Iterator[tuple[Dsns, str | None]]:
    """Leere, vorbereitete Datenbank: eingebettet in einem neuen Verzeichnis oder die angegebene."""
    from tenants.backup import BackupError, service
    from tenants.db import engine, passwords, server, setup
    from tenants.db.engine import Dsns

    given = [os.environ.get(f"{setup.ENV_URL}_{part}") for part in ("OWNER", "APP", "PLATFORM")]
    url, observer = os.environ.get(setup.ENV_URL), os.environ.get(service.ENV_BACKUP)
    try:
        if all(given):
            yield Dsns(*(str(dsn) for dsn in given)), observer
        elif url:
            dsns = setup.prepare(url, state_dir=data, migrate=False)
            yield dsns, _same_database(observer or url, dsns)
        else:
            if (data / "cluster").exists() or (data / "cluster.path").exists():
                raise BackupError(f"In {data} liegt schon eine Datenbank: mit --data ein neues Verzeichnis angeben.")
            running = server.start(data)
            try:
                dsns = setup.prepare(running, migrate=False)
                yield dsns, running.dsn(passwords.SUPERUSER, setup.DATABASE)
            except BackupError as error:
                raise BackupError(f"{error} Vor dem nächsten Versuch {data} leeren, master.key behalten.") from error
            finally:
                engine.dispose()
                running.stop()
    finally:
        engine.dispose()


def _seconds(begun: float) -> str:
    return f"{time.monotonic() - begun:.1f} s"
