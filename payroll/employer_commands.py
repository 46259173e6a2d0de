"""``kreislohn tenants …``: Arbeitgeber anlegen, ihre Angaben ändern, auflisten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tenants.commands import site, stated
from tenants.counting import counted

KINDS = ("kreis", "stadt", "gemeinde", "zweckverband")
OPERATOR = stated.operator("legt Arbeitgeber an und ändert ihre Angaben, wie die Verwaltung im Browser; im Protokoll")


def register(kreislohn: click.Group) -> None:
    """Hängt die Gruppe ``tenants`` an."""
    kreislohn.add_command(employers)


@click.group("tenants")
def employers() -> None:
    """Arbeitgeber, für die hier abgerechnet wird."""


@contextmanager
def _platform(data: Path) -> Iterator[Any]:
    from tenants.db.session import platform_session
    from tenants.employers import EmployerError

    with site.database(data):
        try:
            with platform_session(actor=site.actor()) as session:
                yield session
        except EmployerError as error:
            raise click.ClickException(str(error)) from error


def _details(command: Callable[..., None]) -> Callable[..., None]:
    for option, words in (
            ("--strasse", "Straße und Hausnummer."), ("--plz", "Postleitzahl."), ("--ort", "Ort."),
            ("--bundesland", "Land der Betriebsstätte in zwei Buchstaben, zum Beispiel NW."),
            ("--telefon", "Telefon."), ("--email", "E-Mail."),
            ("--betriebsnummer", "Acht Ziffern, von der Bundesagentur für Arbeit."),
            ("--finanzamt", "Finanzamt der Betriebsstätte."), ("--steuernummer", "Steuernummer der Betriebsstätte.")):
        command = click.option(option, default=None, help=words)(command)
    return command


@employers.command("create")
@click.argument("number")
@click.option("--name", required=True, help="Wie er auf Abrechnungen und Bescheiden steht.")
@click.option("--kind", type=click.Choice(KINDS), required=True)
@_details
@site.data_option
@OPERATOR
def create(number: str, name: str, kind: str, data: Path, **details: str | None) -> None:
    """Legt einen Arbeitgeber mit eigenen Schlüsseln an, dazu die Lohnarten und Kassen des Kreises."""
    from payroll.masterdata import arbeitgeber
    from tenants import employers as service

    with _platform(data) as session:
        given = {key: value or "" for key, value in details.items()} | {"name": name, "kind": kind}
        row = service.create(session, number, given, check=arbeitgeber.checked)
        session.commit()
        made = arbeitgeber.furnish(row.id, site.actor())
    click.echo(f"{number} {name} ist angelegt: {_counted(made)}.")
    click.echo("Als Nächstes: „users mandate“ für Sachbearbeitung, Leitung und Personalamt, „archive create“, „tariff "
               "distribute“, dann „people import“.")


@employers.command("furnish")
@click.argument("number")
@site.data_option
@OPERATOR
def furnish(number: str, data: Path) -> None:
    """Legt Lohnarten und Kassen an, die einem Arbeitgeber fehlen, etwa nach einem Abbruch beim Anlegen."""
    from payroll.masterdata import arbeitgeber
    from tenants import employers as service
    from tenants.models.tenant import Tenant

    with _platform(data) as session:
        row = session.get_one(Tenant, site.tenant_id(number))
        service.staying(row)
        made = arbeitgeber.furnish(row.id, site.actor())
    click.echo(f"Neu bei {number}: {_counted(made)}." if any(made.values()) else "Es fehlt nichts.")


def _counted(made: Mapping[str, int]) -> str:
    return (f"{counted(made['lohnarten'], 'Lohnart', 'Lohnarten')}, "
            f"{counted(made['krankenkassen'], 'Krankenkasse', 'Krankenkassen')}, "
            f"{counted(made['zv_kassen'], 'Zusatzversorgungskasse', 'Zusatzversorgungskassen')}")


@employers.command("change")
@click.argument("number")
@click.option("--name", default=None)
@click.option("--kind", type=click.Choice(KINDS), default=None)
@_details
@click.option("--reason", required=True, help="Grund, zum Beispiel der Bescheid; er steht im Protokoll.")
@site.data_option
@OPERATOR
def change(number: str, reason: str, data: Path, **given: str | None) -> None:
    """Ändert Angaben eines Arbeitgebers; was nicht genannt ist, bleibt."""
    from payroll.masterdata import arbeitgeber, land
    from tenants import employers as service
    from tenants.models.tenant import Tenant

    with _platform(data) as session:
        row = session.get_one(Tenant, site.tenant_id(number))
        named = {key: value for key, value in given.items() if value is not None}
        changed = service.change(session, row, named, reason=reason, check=arbeitgeber.checked, land=land.corrected)
    click.echo(f"Geändert: {', '.join(changed)}." if changed else "Nichts geändert.")


@employers.command("list")
@site.data_option
@OPERATOR
def show(data: Path) -> None:
    """Nennt alle Arbeitgeber mit Zustand und dem, was für Meldungen fehlt."""
    from payroll.masterdata import arbeitgeber
    from tenants import service
    from tenants.models.tenant import LEFT

    with _platform(data) as session:
        for row in service.list_tenants(session, state=None):
            missing = [word for word, value in (("Betriebsnummer", row.betriebsnummer), ("Finanzamt", row.finanzamt),
                                                ("Steuernummer", row.steuernummer)) if not value]
            bare = row.state != LEFT and not arbeitgeber.furnished(row.id, site.actor())
            click.echo(f"{row.number}  {row.name}  {row.kind}  {row.state}"
                       f"{f'  noch nicht eingerichtet: „tenants furnish {row.number}“' if bare else ''}"
                       f"{'  fehlt: ' + ', '.join(missing) if missing else ''}")
