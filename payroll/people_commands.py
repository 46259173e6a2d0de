"""Befehle für Personen und ihre Tatsachen als Dateien: ``kreislohn people import|export|columns``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tenants.commands import stated
from tenants.counting import counted

DIRECTORY = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]


def register(kreislohn: click.Group, acting: Acting) -> None:
    """Hängt die Gruppe ``people`` an; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("people", help="Personen und ihre Tatsachen einlesen und ausgeben.")
    kreislohn.add_command(group)
    _import(group, acting)
    _export(group, acting)
    _columns(group)


def _who(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--tenant", required=True, help="Nummer des Arbeitgebers."),
        click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat."),
        click.option("--reason", required=True, help="Woher die Datei kommt oder wofür sie ist; steht im Protokoll."),
        click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True),
    ):
        command = option(command)
    return command


def _import(group: click.Group, acting: Acting) -> None:
    @group.command("import")
    @click.argument("file", type=FILE)
    @click.option("--dry-run", is_flag=True, help="Nur zeigen, was geschähe.")
    @click.option("--good-rows", is_flag=True, help="Nur die guten Zeilen; die anderen kommen in eine Korrekturdatei.")
    @_who
    @stated.needs("import.write")
    def read(file: Path, dry_run: bool, good_rows: bool, tenant: str, actor: str, reason: str, data: Path) -> None:
        """Liest Personen und Tatsachen aus XLSX oder CSV ein, alles oder nichts; Forderungen nur mit ihrem Recht."""
        from payroll.masterdata import imports

        try:
            with acting(data, tenant, actor, "import.write") as session:
                rights = session.info["rights"]
                if dry_run:
                    found = imports.dry_run(session, file.name, file.read_bytes(), rechte=rights)
                else:
                    found = imports.take_over(session, file.name, file.read_bytes(), reason=reason,
                                              nur_gute=good_rows, rechte=rights)
        except imports.ImportFehler as refused:
            for problem in refused.beanstandungen:
                click.echo(str(problem))
            raise click.ClickException(str(refused)) from refused
        _say(found)
        kept = getattr(found, "korrektur", None)
        if kept is not None:
            file.with_name(kept.name).write_bytes(kept.inhalt)
            click.echo(f"{counted(kept.zeilen, 'Zeile', 'Zeilen')} zurückbehalten: {file.with_name(kept.name)}")
        if found.draussen:
            raise SystemExit(1)


def _say(found: Any) -> None:
    for problem in found.beanstandungen:
        click.echo(str(problem))
    click.echo(f"Personen: {len(found.neu)} neu, {len(found.geaendert)} geändert, "
               f"{len(found.unveraendert)} unverändert; {counted(found.draussen, 'Zeile', 'Zeilen')} nicht in Ordnung")
    for one in found.blaetter:
        click.echo(f"{one.titel}: {one.neu} neu, {one.geaendert} geändert, {one.unveraendert} unverändert")


def _export(group: click.Group, acting: Acting) -> None:
    @group.command("export")
    @click.argument("file", type=TARGET)
    @click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Stand der Personen.")
    @click.option("--protected", is_flag=True, help="Auch Kennnummern, Konfession, Konten.")
    @_who
    @stated.needs("import.write")
    def write(file: Path, day: datetime, protected: bool, tenant: str, actor: str, reason: str, data: Path) -> None:
        """Gibt Personen und alle weiteren Tatsachen als Arbeitsmappe aus; Forderungen nur mit ihrem Recht."""
        from payroll.masterdata.export import export_workbook

        with acting(data, tenant, actor, "import.write") as session:
            if file.exists():
                raise click.ClickException(f"{file} gibt es schon; anderen Namen wählen.")
            content = export_workbook(session, day.date(), reason=reason, schuetzenswert=protected,
                                      rechte=session.info["rights"])
        file.write_bytes(content)
        click.echo(f"{file}: {counted(len(content), 'Byte', 'Bytes')}")


def _columns(group: click.Group) -> None:
    @group.command("columns")
    @stated.without_tenant("nennt nur die Spalten der Vorlage")
    def columns() -> None:
        """Nennt alle Blätter und Spalten mit Bedeutung und Beispiel, als Markdown."""
        from payroll.masterdata.imports.blaetter.erklaert import handbook

        click.echo(handbook(), nl=False)
