"""Befehle für die Einstellungen eines Arbeitgebers: ``kreislohn setting list|set``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from tenants.commands import stated

DIRECTORY = click.Path(file_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
WORDS = {"ja": True, "nein": False}


def register(kreislohn: click.Group, acting: Acting) -> None:
    """Hängt die Gruppe ``setting`` an; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("setting", help="Einstellungen der Abrechnung, datiert, wo das Recht eine Wahl lässt.")
    kreislohn.add_command(group)
    _list(group, acting)
    _set(group, acting)
    _rate(group, acting)


def _who(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--tenant", required=True, help="Nummer des Arbeitgebers."),
        click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Tag, ab dem sie gilt."),
        click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat."),
        click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True),
    ):
        command = option(command)
    return command


def _list(group: click.Group, acting: Acting) -> None:
    @group.command("list")
    @_who
    @stated.needs("run.read")
    def show(tenant: str, day: datetime, actor: str, data: Path) -> None:
        """Nennt alle Einstellungen, die an dem Tag gelten."""
        from payroll.masterdata.settings import settings_on

        with acting(data, tenant, actor, "run.read") as session:
            _say(settings_on(session, day.date()))


def _set(group: click.Group, acting: Acting) -> None:
    @group.command("set")
    @click.argument("name")
    @click.argument("wert")
    @click.option("--reason", required=True, help="Wer es so entschieden hat.")
    @_who
    @stated.needs("run.calculate")
    def change(name: str, wert: str, reason: str, tenant: str, day: datetime, actor: str, data: Path) -> None:
        """Setzt eine Einstellung ab einem Tag; ja und nein für Schalter."""
        from payroll.masterdata.service import FactError
        from payroll.masterdata.settings import record_settings

        first: date = day.date()
        with acting(data, tenant, actor, "run.calculate") as session:
            try:
                _say(record_settings(session, valid_from=first, reason=reason, **{name: WORDS.get(wert, wert)}))
            except FactError as refused:
                raise click.ClickException(str(refused)) from refused


def _rate(group: click.Group, acting: Acting) -> None:
    @group.command("rate")
    @click.argument("name")
    @click.argument("wert")
    @click.option("--source", required=True, help="Tarifvertrag, Dienstvereinbarung oder Beschluss mit Datum.")
    @click.option("--reason", required=True, help="Warum der Satz eingetragen wird.")
    @_who
    @stated.needs("import.write")
    def rate(name: str, wert: str, source: str, reason: str, tenant: str, day: datetime, actor: str,
             data: Path) -> None:
        """Trägt einen Stundensatz ein (stundensatz_1308 und andere), den keine Quelle für alle nennt."""
        from payroll.masterdata.service import FactError
        from payroll.runs.zeiten import entering
        from tenants.web import inputs

        with acting(data, tenant, actor, "import.write") as session:
            try:
                entering.enter_rate(session, name, inputs.decimal(wert, places=2), quelle=source,
                                    valid_from=day.date(), reason=reason)
            except (FactError, inputs.InputError) as refused:
                raise click.ClickException(str(refused)) from refused
            for row in entering.rates(session):
                until = f" bis {row.valid_to:%d.%m.%Y}" if row.valid_to else ""
                click.echo(f"{row.name}: {row.wert:.2f} ab {row.valid_from:%d.%m.%Y}{until}, {row.quelle}")


def _say(settings: Any) -> None:
    from payroll.masterdata.settings import NAMES

    for name in NAMES:
        value = getattr(settings, name)
        click.echo(f"{name}: {value if isinstance(value, str) else 'ja' if value else 'nein'}")
