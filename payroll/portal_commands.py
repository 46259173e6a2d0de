"""Befehle zum Portal: ``kreislohn portal …``."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from payroll.acting import acting
from tenants.commands import site, stated
from tenants.counting import counted


@click.group()
def portal() -> None:
    """Portal der Beschäftigten."""


@portal.command("leavers")
@site.data_option
@stated.operator("setzt nur das Ende der Zugänge nach dem Austritt, nach fester Frist; für nachts")
def leavers(data: Path) -> None:
    """Begrenzt die Zugänge der Ausgeschiedenen und öffnet die der Zurückgekehrten, bei allen Mandanten."""
    from sqlalchemy import select

    from payroll.masterdata.ausgeschieden import settle_access
    from tenants.db.session import platform_session, tenant_session
    from tenants.models.tenant import Tenant

    with site.database(data):
        with platform_session(actor=site.actor()) as session:
            tenants = list(session.scalars(select(Tenant).order_by(Tenant.number)))
        for tenant in tenants:
            with tenant_session(tenant.id, actor=site.actor()) as own:
                limited, opened = settle_access(own, date.today())
            click.echo(f"{tenant.number} {tenant.name}: {counted(limited, 'Zugang', 'Zugänge')} befristet, {opened} "
                       "wieder geöffnet")


@portal.command("notify")
@site.data_option
@stated.operator("legt nur Nachrichten ohne Bezügedaten in den Postausgang; für die Zeitsteuerung")
def notify(data: Path) -> None:
    """Meldet Beschäftigten mit Mailadresse, dass eine neue Abrechnung bereitliegt; je Zugang und Ausgabe einmal."""
    from payroll.statements import bereit
    from tenants import service
    from tenants.db.session import platform_session

    with site.database(data):
        with platform_session(actor=site.actor()) as session:
            tenants = [one.id for one in service.list_tenants(session)]
        count = bereit.announce(tenants, datetime.now(UTC), site.actor())
    click.echo(f"{count} {'Nachricht' if count == 1 else 'Nachrichten'} im Postausgang")


@portal.command("invite")
@click.option("--tenant", required=True, help="Nummer des Arbeitgebers.")
@click.option("--actor", required=True, help="Anmeldename; gebraucht wird das Recht person.write.")
@click.option("--address", required=True, help="Adresse des Portals, wie sie im Brief steht: https://…")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Neue Datei (ZIP).")
@click.option("--number", "numbers", multiple=True, help="Nur diese Personalnummern; mehrfach möglich.")
@site.data_option
@stated.needs("person.write")
def invite(tenant: str, actor: str, address: str, out: Path, numbers: tuple[str, ...], data: Path) -> None:
    """Zugang und Brief zur ersten Anmeldung für alle, die noch keinen Zugang haben; ein PDF je Person.

    Mit --number auch ein neuer Brief für jemanden, der noch kein Kennwort vergeben hat. Jeder Code steht nur in seinem
    Brief: die Datei (Modus 0600) drucken, getrennt übergeben, löschen.
    """
    from payroll.statements.briefe import portalzugang
    from payroll.statements.emergency_commands import write_new
    from payroll.statements.privacy.finding import by_number
    from payroll.statements.privacy.report import PersonMissing

    packed, made, refused, today = io.BytesIO(), 0, list[str](), date.today()
    if not out.parent.is_dir():
        raise click.ClickException(f"{out.parent} gibt es nicht: den Ordner vorher anlegen.")
    with acting(data, tenant, actor, "person.write") as session, zipfile.ZipFile(packed, "w") as pack:
        if out.exists():
            raise click.ClickException(f"{out} gibt es schon: einen anderen Namen angeben.")
        try:
            wanted = [by_number(session, one) for one in numbers] or portalzugang.without_access(session, today)
        except PersonMissing as error:
            raise click.ClickException(str(error)) from error
        for login, pdf in _letters(session, wanted, actor, address, refused):
            pack.writestr(f"{login}.pdf", pdf)
            made += 1
    if made:
        write_new(out, packed.getvalue())
    for words in refused:
        click.echo(words)
    click.echo(f"{made} {'Brief' if made == 1 else 'Briefe'} in {out}." if made else "Kein Brief ausgegeben.")


def _letters(session: Any, wanted: Iterable[Any], actor: str, address: str, refused: list[str]
             ) -> Iterator[tuple[str, bytes]]:
    """Je Person ihr Anmeldename und Brief, einzeln festgeschrieben; was nicht geht, kommt mit Grund zu refused."""
    from payroll.statements.briefe import portalzugang
    from payroll.statements.briefe.angaben import BriefError
    from tenants.users.errors import UserError

    own, today = portalzugang.own_person(session, actor), date.today()
    for person in wanted:
        if person in own:
            refused.append("Den eigenen Zugang gibt niemand selbst aus: eine zweite Person bitten.")
            continue
        try:
            letter = portalzugang.invite(session, person, today, address)
        except (portalzugang.ZugangError, UserError, BriefError) as error:
            refused.append(str(error))
            continue
        session.commit()  # each letter counts by itself, and the log is free for others in between
        yield letter.login, letter.pdf
