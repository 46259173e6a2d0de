"""``kreislohn archive reissue``: Abrechnungen einer Person neu ausgeben, mit zwei Verwahrenden und Grund."""

from __future__ import annotations

from pathlib import Path

import click

from tenants.commands import site, stated
from tenants.commands.archive import asked


def register(archive: click.Group) -> None:
    """Hängt die Neuausgabe an „kreislohn archive“."""
    archive.add_command(reissue)


@click.command("reissue")
@site.tenant_option
@site.data_option
@click.option("--login", required=True, help="Anmeldename der beschäftigten Person.")
@click.option("--paper", "given", multiple=True, help="Name auf einem Papier des Archivschlüssels; zweimal.")
@click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
@stated.operator("zwei Verwahrende sind anwesend und geben ihre Codes ein")
def reissue(tenant: str, data: Path, login: str, given: tuple[str, ...], reason: str) -> None:
    """Versiegelt alle Abrechnungen einer Person an ihren heutigen Schlüssel; kein Inhalt wird dabei geöffnet."""
    from payroll.statements.reissue import reissue as reissued
    from tenants.db.session import platform_session, tenant_session
    from tenants.documents import DocumentKeyError
    from tenants.documents.people import persons_of

    codes = asked(given)
    with site.database(data):
        number = site.tenant_id(tenant)
        try:
            with platform_session(actor=site.actor()) as session:
                persons = persons_of(session, login, number)
            with tenant_session(number, actor=site.actor()) as own:
                done = [reissued(own, person, codes, reason) for person in persons]
        except DocumentKeyError as error:
            raise click.ClickException(str(error)) from error
    sealed, already = sum(one.sealed for one in done), sum(one.already for one in done)
    other = sum(one.other_archive for one in done)
    click.echo(f"{login}: {sealed} Abrechnungen neu ausgegeben, {already} waren schon lesbar.")
    if other:
        click.echo(f"{other} stehen unter einem früheren Archivschlüssel: mit dessen Papieren noch einmal ausführen.")
