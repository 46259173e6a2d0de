"""``kreislohn emergency``: Notpaket eines Mandanten erstellen und ohne Datenbank öffnen."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from tenants.commands import site, stated
from tenants.commands.archive import asked
from tenants.counting import counted

# Files of higher floors that belong into the pack, by name.
SOURCES: list[Callable[[Any], Mapping[str, bytes]]] = []


@click.group("emergency")
def emergency() -> None:
    """Notpaket: Zahlungsliste, Abrechnungen, Kontakte, Anleitung, versiegelt."""


@emergency.command("pack")
@site.tenant_option
@site.data_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Neue Datei.")
@stated.operator("läuft jeden Monat im Betrieb; den Inhalt öffnen nur zwei Verwahrende")
def pack(tenant: str, data: Path, out: Path) -> None:
    """Notpaket des letzten abgeschlossenen Monats; es geht ohne Server, Datenbank und Hauptschlüssel auf."""
    from payroll.runs.errors import RunRefused
    from payroll.statements.emergency import build
    from tenants.db.session import tenant_session
    from tenants.documents import DocumentKeyError

    if out.exists():
        raise click.ClickException(f"{out} gibt es schon: einen anderen Namen angeben.")
    with site.database(data):
        number = site.tenant_id(tenant)
        try:
            with tenant_session(number, actor=site.actor()) as session:
                files = {name: raw for source in SOURCES for name, raw in source(session).items()}
                raw, about = build(session, files=files)
        except (RunRefused, DocumentKeyError) as error:
            raise click.ClickException(str(error)) from error
    write_new(out, raw)
    click.echo(f"{out}: {about['mandant']}, {about['monat']}, "
               f"{counted(about['abrechnungen'], 'Abrechnung', 'Abrechnungen')}, {counted(len(raw), 'Byte', 'Bytes')}.")
    click.echo("Außerhalb des Rechenzentrums ablegen. Öffnen: kreislohn emergency open, mit zwei Papieren.")


@emergency.command("open")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--paper", "given", multiple=True, required=True, help="Name auf einem Papier; zweimal.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Neues Verzeichnis (nur für Sie lesbar).")
@stated.operator("zwei Verwahrende sind anwesend; Datenbank und Hauptschlüssel werden nicht gebraucht")
def open_pack(file: Path, given: tuple[str, ...], out: Path) -> None:
    """Öffnet ein Notpaket auf irgendeiner Maschine, mit den Codes zweier Verwahrender."""
    from tenants.backup import BackupError
    from tenants.backup import pack as packs

    if out.exists():
        raise click.ClickException(f"{out} gibt es schon: ein neues Verzeichnis angeben.")
    raw = file.read_bytes()
    try:
        about = packs.about(raw)
        click.echo(f"{about.get('mandant')}, {about.get('monat')}, Stand {about.get('stand')}")
        files = packs.opened(raw, asked(given))
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    for name, content in files.items():
        target = out / name
        if not target.resolve().is_relative_to(out.resolve()):
            raise click.ClickException(f"Das Paket nennt einen Ort außerhalb: {name}")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(target, content)
    click.echo(f"{counted(len(files), 'Datei', 'Dateien')} in {out}. Zuerst ANLEITUNG.txt lesen; danach das "
               "Verzeichnis löschen.")


def write_new(path: Path, content: bytes) -> None:
    """Schreibt eine neue Datei, nur für den eigenen Zugang lesbar; überschreibt nie."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"{path.name} gibt es schon: einen anderen Namen angeben.") from error
    with os.fdopen(handle, "wb") as target:
        target.write(content)
