"""``kreislohn leaving …``: ein Arbeitgeber geht – Paket, Beweis, Einspielen; danach ``keys destroy``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from payroll.empty_database import empty_database
from tenants.commands import site, stated
from tenants.counting import counted

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW = click.Path(dir_okay=False, path_type=Path)


def register(kreislohn: click.Group) -> None:
    """Hängt die Gruppe ``leaving`` an."""
    kreislohn.add_command(leaving)


@click.group("leaving")
def leaving() -> None:
    """Ein Arbeitgeber geht: Paket mit Beschreibung, Beweis durch Nachrechnen, Einspielen."""


@contextmanager
def _clear() -> Iterator[None]:
    from payroll.runs.errors import RunRefused
    from tenants.security.masterkey import MasterKeyError
    from tenants.transfer import TransferError

    try:
        yield
    except (TransferError, RunRefused, MasterKeyError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _left_empty(data: Path) -> Iterator[None]:
    """Was misslingt, lässt das leere Verzeichnis leer: der nächste Versuch findet es, wie es war."""
    try:
        yield
    except BaseException:
        for one in data.iterdir() if data.exists() else ():
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        raise


@leaving.command("pack")
@site.tenant_option
@click.option("--out", type=NEW, required=True, help="Neue Datei des Pakets; daneben entsteht die Beschreibung.")
@click.option("--key-file", type=NEW, required=True, help="Neue Schlüsseldatei des Pakets.")
@site.data_option
@stated.operator("der ganze Arbeitgeber mit seinen Schlüsseln; die hat der Betrieb, und es steht im Protokoll")
def pack(tenant: str, out: Path, key_file: Path, data: Path) -> None:
    """Packt alles ein, was einem Arbeitgeber gehört, und beschreibt jede Tabelle."""
    from payroll.statements.emergency_commands import write_new
    from payroll.verbund.austritt import describe, pack_tenant
    from tenants.db.session import tenant_session
    from tenants.security import masterkey

    if key_file.exists():
        raise click.ClickException(f"{key_file} gibt es schon. Jedes Paket bekommt einen eigenen Schlüssel: den Namen "
                                   "einer neuen Datei angeben.")
    with _clear(), site.database(data):
        number = site.tenant_id(tenant)
        key = masterkey.ensure_file(key_file)
        try:
            with tenant_session(number, actor=site.actor()) as session:
                made = pack_tenant(session, out, key)
        except BaseException:
            key_file.unlink()  # belongs to no package
            raise
    write_new(out.with_name(f"{out.name}.json"), describe(made).encode())
    click.echo(f"{out}: {made.name}, {counted(len(made.tables), 'Tabelle', 'Tabellen')}, "
               f"{counted(len(made.extra['laeufe']), 'abgeschlossener Lauf', 'abgeschlossene Läufe')}; "
               f"Beschreibung in {out.name}.json.")
    click.echo(f"Den Schlüssel ({key_file}) auf einem anderen Weg übergeben als das Paket. Das Paket mit "
               "„leaving prove --record“ beweisen, dann „keys destroy --package“.")


@leaving.command("prove")
@click.argument("file", type=FILE)
@click.option("--key-file", type=FILE, required=True, help="Schlüsseldatei des Pakets.")
@click.option("--record", "recorded", is_flag=True,
              help="Das Ergebnis im Protokoll des Arbeitgebers festhalten, auf der Plattform, die er verlässt.")
@site.data_option
@stated.operator("beweist in eigenen, leeren Datenbanken; was er festhält, steht in der Kette dessen, der geht")
def prove(file: Path, key_file: Path, recorded: bool, data: Path) -> None:
    """Spielt das Paket in eine leere Einrichtung ein und rechnet den letzten Lauf nach.

    Endet mit 1, wenn ein Betrag verschieden ist oder bei gleichen Regeln sonst etwas. Gelten hier andere Regeln als
    damals und kein Betrag ist verschieden, sagt der Befehl das und endet mit 0. Mit --record steht das Ergebnis
    versiegelt im Protokoll; ohne lässt „keys destroy“ die Schlüssel stehen.
    """
    from payroll.replay_commands import report
    from payroll.verbund.austritt import prove as proved
    from tenants.security import masterkey
    from tenants.security.masterkey import MasterKey

    with _clear(), empty_database("eins") as first:
        done = proved(first, lambda: empty_database("zwei"), file, masterkey.from_file(key_file),
                      MasterKey(os.urandom(32)))
    click.echo(f"{done.manifest.name}: {counted(done.laeufe, 'Lauf', 'Läufe')} mit denselben Hashes, Protokoll mit "
               f"{counted(done.kette, 'Eintrag', 'Einträgen')} "
               "lückenlos.")
    if done.nachgerechnet is not None:
        for line in report(done.nachgerechnet):
            click.echo(line)
        if not done.bewiesen:
            click.echo("VERSCHIEDEN: nichts vernichten.")
    if recorded:
        _record(data, file, done)
    raise SystemExit(0 if done.bewiesen else 1)


def _record(data: Path, file: Path, done: Any) -> None:
    """Hält den Beweis auf der Plattform fest, die der Arbeitgeber verlässt."""
    from tenants.db.session import tenant_session
    from tenants.security import KeyMissing, destruction, leaving_proof

    with site.database(data):
        try:
            with tenant_session(site.tenant_id(done.manifest.number), actor=site.actor()) as session:
                number = leaving_proof.note(session, destruction.checksum(file), done.bewiesen, {
                    "laeufe": done.laeufe, "kette": done.kette, "gleich": done.gleich})
        except KeyMissing as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"Im Protokoll festgehalten und versiegelt: Eintrag {number}.")


@leaving.command("import")
@click.argument("file", type=FILE)
@click.option("--key-file", type=FILE, required=True, help="Schlüsseldatei des Pakets.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), required=True, help="Neues Verzeichnis.")
@stated.operator("richtet einen Betrieb aus einem Paket ein")
def take(file: Path, key_file: Path, data: Path) -> None:
    """Spielt ein Paket in eine neue, leere Einrichtung ein; Zugänge und Mandate richtet der Betrieb danach ein."""
    from payroll.verbund.austritt import take_in
    from tenants.audit import checkpoint
    from tenants.db import engine, server, setup
    from tenants.db.session import tenant_session
    from tenants.security import masterkey

    if data.exists() and any(data.iterdir()):
        raise click.ClickException(f"{data}/ enthält schon etwas. Ein leeres Verzeichnis angeben.")
    with _clear(), _left_empty(data):
        opened = masterkey.from_file(key_file)
        data.mkdir(parents=True, exist_ok=True)
        master = masterkey.ensure_file(data / "master.key")
        running = server.start(data)
        try:
            made = take_in(setup.prepare(running, migrate=False), file, opened, master)
            with tenant_session(made.tenant_id, actor=site.actor()) as session:
                keys = checkpoint.former_keys(session)
        finally:
            engine.dispose()
            running.stop()
    click.echo(f"{made.name} ({made.number}) ist in {data}/ eingespielt.")
    if keys:
        click.echo("Die Siegel seines Protokolls tragen den Schlüssel der früheren Einrichtung. Mit dem vergleichen, "
                   "den sie auf Papier gegeben hat („audit key“), dann prüfen:")
        click.echo(f"kreislohn audit verify --data {data} {' '.join(f'--key {one}' for one in keys)}")
