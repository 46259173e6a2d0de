"""``kreislohn nightly`` und ``kreislohn config``: was der Betrieb jede Nacht und vor dem Start braucht."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from payroll.runs.commands import database
from tenants.commands import site, stated
from tenants.counting import counted
from tenants.operation import configuration, tracing
from tenants.operation.keys_of_file import KEYS


def register(kreislohn: click.Group) -> None:
    """Hängt die Befehle an."""
    kreislohn.add_command(nightly)
    group = click.Group("config", help="Einstellungen: zeigen und prüfen.")
    kreislohn.add_command(group)
    group.add_command(show)
    group.add_command(check)


def options_of(root: click.Group, environment: dict[str, str]) -> dict[str, object]:
    """Vorgaben der Befehle aus den Einstellungen, wie click sie erwartet: --data überall, der Rest bei serve."""
    values: dict[str, object] = {}
    for name, command in root.commands.items():
        if isinstance(command, click.Group):
            values[name] = options_of(command, environment)
        elif "KREISLOHN_DATA" in environment and name != "demo":
            values[name] = {"data": environment["KREISLOHN_DATA"]}
    if "serve" in root.commands:
        serve = values.setdefault("serve", {})
        assert isinstance(serve, dict)
        for option in ("host", "port", "proxies", "threads"):
            if value := environment.get(f"KREISLOHN_{option.upper()}"):
                serve[option] = value
        if names := environment.get("KREISLOHN_NAMES"):
            serve["names"] = names.split()
    return values


@click.command("nightly")
@site.data_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="Verzeichnis für die Urkunden der Löschung; Vorgabe: urkunden im Datenverzeichnis.")
@click.option("--job", "only", multiple=True, help="Nur diese Aufgabe; mehrfach möglich.")
@click.option("--again", is_flag=True, help="Auch, was in den letzten zwölf Stunden schon gelang.")
@stated.operator("führt nur aus, was Regeln verlangen oder zwei Menschen genehmigt haben; gehört in die Zeitsteuerung")
def nightly(data: Path, out: Path | None, only: tuple[str, ...], again: bool) -> None:
    """Erledigt die Aufgaben der Nacht; nach einem Abbruch noch einmal aufgerufen, setzt er fort."""
    from payroll.nightly_jobs import JOBS
    from tenants.operation import nightly as night

    if unknown := set(only) - {job.name for job in JOBS}:
        raise click.UsageError(f"Aufgabe „{min(unknown)}“ gibt es nicht; vorhanden: {', '.join(night.NAMES)}.")
    chosen = [job for job in JOBS if not only or job.name in only]
    stated_place = os.environ.get("KREISLOHN_NIGHTLY_DOCUMENTS")
    failed = 0
    with database(data) as connected:
        documents = out or (Path(stated_place) if stated_place else data / "urkunden")
        try:
            for one in night.run(chosen, night.Night(date.today(), connected, documents), again=again):
                click.echo(f"{one.job}: {one.outcome} ({one.words})")
                failed += one.outcome != night.SUCCEEDED
        except night.AlreadyRunning as running:
            raise click.ClickException(str(running)) from running
    if failed:
        raise click.exceptions.Exit(1)


@click.command("show")
@stated.operator("zeigt die Einstellungen dieser Maschine ohne Geheimnisse")
def show() -> None:
    """Nennt alle Angaben mit Wert und Bedeutung; Geheimnisse nur als Ort ihrer Datei."""
    section = ""
    for key in KEYS:
        if key.section != section:
            section = key.section
            click.echo(f"[{section}]")
        value = os.environ.get(key.variable) or ("(in der Umgebung)" if os.environ.get(key.secret or "") else "–")
        click.echo(f"  {key.name} = {value}   {key.words}; {key.variable}")


@click.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@stated.operator("prüft die Einstellungen dieser Maschine, ändert nichts")
def check(file: Path | None) -> None:
    """Prüft eine Einstellungsdatei (sonst die geltenden Angaben) samt Geheimnissen, ohne etwas zu starten."""
    environment = dict(os.environ)
    try:
        found = configuration.apply(file, environment)
    except configuration.ConfigurationError as error:
        raise click.ClickException(f"{len(error.problems)} Fehler:\n{error}") from error
    wrong = _beyond(environment)
    if wrong:
        raise click.ClickException(f"{len(wrong)} Fehler:\n" + "\n".join(wrong))
    click.echo(f"In Ordnung, {counted(len(found.values), 'Angabe', 'Angaben')}.")


def _beyond(environment: dict[str, str]) -> list[str]:
    """Was nur ein Versuch zeigt: Name des Servers, Hauptschlüssel, Anteile der Datenbank."""
    from tenants.security import masterkey
    from tenants.web import own_name

    wrong = []
    if names := environment.get("KREISLOHN_NAMES"):
        refused = own_name.refused(tuple(names.split()), required=True)
        wrong += [f"[server] names: {refused}"] if refused else []
    if path := environment.get(masterkey.ENV_FILE):
        try:
            masterkey.from_file(Path(path))
        except masterkey.MasterKeyError as error:
            wrong.append(f"[keys] master_key_file: {error}")
    if environment.get(tracing.VARIABLE) and (lack := tracing.missing()):
        wrong.append(lack)
    parts = [bool(environment.get(f"KREISLOHN_DATABASE_URL_{part}")) for part in ("OWNER", "APP", "PLATFORM")]
    if any(parts) and not all(parts):
        wrong.append("[database] owner_url_file, app_url_file und platform_url_file nur zusammen angeben.")
    return wrong
