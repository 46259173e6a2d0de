"""``kreislohn privacy report``: Auskunft über eine Person als JSON oder HTML."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from payroll.statements.retention import commands as deletion_commands
from tenants.commands import stated
from tenants.counting import counted

Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
DATA = click.Path(file_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


def register(kreislohn: click.Group, acting: Acting) -> click.Group:
    """Hängt die Gruppe ``privacy`` an und gibt sie; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit
    dem Recht."""
    group = click.Group("privacy", help="Datenschutz: Auskunft, Löschung am Ende der Aufbewahrung.")
    kreislohn.add_command(group)
    deletion_commands.register(group, acting)

    @group.command("report")
    @click.option("--tenant", required=True, help="Nummer des Arbeitgebers.")
    @click.option("--number", required=True, help="Personalnummer.")
    @click.option("--actor", required=True, help="Anmeldename; gebraucht wird das Recht privacy.read.")
    @click.option("--out", type=OUT, required=True, help="Neue Datei, Endung .json oder .html.")
    @click.option("--reason", required=True, help="Grund, zum Beispiel der Antrag mit Datum.")
    @click.option("--data", type=DATA, default=Path("var"), show_default=True)
    @stated.needs("privacy.read")
    def report(tenant: str, number: str, actor: str, out: Path, reason: str, data: Path) -> None:
        """Alles, was zu einer Person gespeichert ist, mit ihrem Leseprotokoll (Art. 15 DSGVO)."""
        from payroll.statements.privacy import page
        from payroll.statements.privacy.finding import by_number
        from payroll.statements.privacy.report import PersonMissing
        from payroll.statements.privacy.report import report as made

        with acting(data, tenant, actor, "privacy.read") as session:
            if out.suffix not in (".json", ".html") or out.exists():
                raise click.UsageError("--out braucht eine neue Datei mit der Endung .json oder .html.")
            try:
                found = made(session, by_number(session, number), reason=reason)
            except (PersonMissing, ValueError) as error:
                raise click.ClickException(str(error)) from error
        text = json.dumps(found, ensure_ascii=False, indent=1) if out.suffix == ".json" else page.html(found)
        out.touch(mode=0o600)
        out.write_text(text, encoding="utf-8")
        rows = sum(len(rows) for rows in found["daten"].values())
        click.echo(f"{out}: {counted(rows, 'Zeile', 'Zeilen')} aus "
                   f"{counted(len(found['daten']), 'Datenart', 'Datenarten')}, "
                   f"{counted(len(found['protokoll']), 'Eintrag', 'Einträge')}.")

    return group
